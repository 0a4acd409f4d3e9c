/* schema.h - the tables of a fleet's database, as docs/fleet.md explains them. */
#ifndef WR_FLEET_SCHEMA_H
#define WR_FLEET_SCHEMA_H

/* "WRFL" */
#define WR_SCHEMA_APPLICATION 0x5752464c

/* Tables in the order in which they are copied. */
static const struct {
    const char *name, *columns;
} wr_schema_tables[] = {
    { "part", "id INTEGER PRIMARY KEY, text TEXT NOT NULL" },
    { "term", "id INTEGER PRIMARY KEY, text TEXT NOT NULL" },
    { "host", "id INTEGER PRIMARY KEY, key TEXT NOT NULL" },
    { "observation",
      "id INTEGER PRIMARY KEY, host INTEGER NOT NULL, name TEXT, observed TEXT, as_of TEXT, "
      "status TEXT NOT NULL, error_code TEXT, error TEXT, tool TEXT, evidence TEXT, "
      "evidence_id TEXT, product TEXT, build INTEGER, certificates INTEGER NOT NULL, "
      "trusted INTEGER NOT NULL, trust_set INTEGER, record BLOB NOT NULL" },
    { "holding", "observation INTEGER NOT NULL, certificate INTEGER NOT NULL, facts INTEGER NOT "
                 "NULL, verdict INTEGER NOT NULL, stores INTEGER NOT NULL, written INTEGER, "
                 "PRIMARY KEY (observation, certificate)) WITHOUT ROWID" },
    { "certificate",
      "facts INTEGER PRIMARY KEY, certificate INTEGER NOT NULL, sha256 TEXT NOT NULL, sha1 TEXT, "
      "subject TEXT, issuer TEXT, serial TEXT, not_before TEXT, not_after TEXT, self_signed "
      "INTEGER, key_algorithm TEXT, key_bits INTEGER" },
    { "verdict", "verdict INTEGER PRIMARY KEY, trust INTEGER NOT NULL, trusted TEXT NOT NULL" },
    { "found", "observation INTEGER NOT NULL, finding INTEGER NOT NULL, "
               "PRIMARY KEY (observation, finding)) WITHOUT ROWID" },
    { "finding", "finding INTEGER PRIMARY KEY, id TEXT NOT NULL, severity TEXT, title TEXT, detail "
                 "TEXT, certificate TEXT, source TEXT" },
    { "checked", "observation INTEGER NOT NULL, requirement INTEGER NOT NULL, "
                 "PRIMARY KEY (observation, requirement)) WITHOUT ROWID" },
    { "requirement", "requirement INTEGER PRIMARY KEY, profile TEXT NOT NULL, title TEXT, version "
                     "TEXT, result TEXT" },
    { "item",
      "requirement INTEGER NOT NULL, number INTEGER NOT NULL, id TEXT, kind TEXT, severity TEXT, "
      "result TEXT, state TEXT, detail TEXT, certificate TEXT, subject TEXT, store TEXT, parent "
      "INTEGER, PRIMARY KEY (requirement, number)) WITHOUT ROWID" },
    { "planned", "observation INTEGER NOT NULL, action INTEGER NOT NULL, "
                 "PRIMARY KEY (observation, action)) WITHOUT ROWID" },
    { "action", "id INTEGER PRIMARY KEY, action TEXT NOT NULL, store TEXT, certificate TEXT, "
                "registry_key TEXT, registry_name TEXT, registry_data TEXT, reason TEXT, "
                "requirement TEXT, widens TEXT" },
    { "policy", "observation INTEGER NOT NULL, number INTEGER NOT NULL, name TEXT, scope TEXT, "
                "value TEXT, effect TEXT, PRIMARY KEY (observation, number)) WITHOUT ROWID" },
    { "list", "observation INTEGER NOT NULL, number INTEGER NOT NULL, kind TEXT, this_update TEXT, "
              "sequence TEXT, entries INTEGER, signature TEXT, in_force INTEGER, "
              "PRIMARY KEY (observation, number)) WITHOUT ROWID" },
    { "object", "id INTEGER PRIMARY KEY, sha256 TEXT NOT NULL, line TEXT NOT NULL" },
};

#define WR_SCHEMA_TABLES (sizeof wr_schema_tables / sizeof *wr_schema_tables)

#endif
