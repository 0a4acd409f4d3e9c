#include "fleet/database.h"

#include "base/os.h"
#include "fleet/schema.h"
#include "winroots/limits.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *const insertions[WR_DB_STATEMENTS] = {
    [WR_PART_FACTS] = "INSERT OR IGNORE INTO certificate(facts, sha256, sha1, subject, issuer, "
                      "serial, not_before, not_after, self_signed, key_algorithm, key_bits, "
                      "certificate) VALUES(?,?,?,?,?,?,?,?,?,?,?,?)",
    [WR_PART_VERDICT] = "INSERT OR IGNORE INTO verdict(verdict, trusted, trust) VALUES(?,?,?)",
    [WR_PART_FINDING] = "INSERT OR IGNORE INTO finding(finding, id, severity, title, detail, "
                        "certificate, source) VALUES(?,?,?,?,?,?,?)",
    [WR_PART_REQUIREMENT] = "INSERT OR IGNORE INTO requirement(requirement, profile, title, "
                            "version, result) VALUES(?,?,?,?,?)",
    [WR_PART_ACTION] = "INSERT OR IGNORE INTO action(id, action, store, certificate, "
                       "registry_key, registry_name, registry_data, reason, requirement, widens) "
                       "VALUES(?,?,?,?,?,?,?,?,?,?)",
    [WR_DB_PART] = "INSERT INTO part(id, text) VALUES(?,?)",
    [WR_DB_PART_TEXT] = "SELECT text FROM part WHERE id = ?",
    [WR_DB_SAME_CERTIFICATE] =
        "SELECT 1 FROM certificate WHERE certificate = ? AND sha256 <> ? LIMIT 1",
    [WR_DB_TERM] = "INSERT OR IGNORE INTO term(id, text) VALUES(?,?)",
    [WR_DB_HOST] = "INSERT OR IGNORE INTO host(id, key) VALUES(?,?)",
    [WR_DB_SEEN] = "SELECT 1 FROM observation WHERE id = ?",
    [WR_DB_OBSERVATION] =
        "INSERT INTO observation(id, host, name, observed, as_of, status, error_code, error, tool, "
        "evidence, evidence_id, product, build, certificates, trusted, trust_set, record) "
        "VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
    [WR_DB_HOLDING] = "INSERT INTO holding(observation, certificate, facts, verdict, stores, "
                      "written) VALUES(?,?,?,?,?,?)",
    [WR_DB_FOUND] = "INSERT OR IGNORE INTO found(observation, finding) VALUES(?,?)",
    [WR_DB_CHECKED] = "INSERT OR IGNORE INTO checked(observation, requirement) VALUES(?,?)",
    [WR_DB_ITEM] = "INSERT OR IGNORE INTO item(requirement, number, id, kind, severity, result, "
                   "state, detail, certificate, subject, store, parent) "
                   "VALUES(?,?,?,?,?,?,?,?,?,?,?,?)",
    [WR_DB_PLANNED] = "INSERT OR IGNORE INTO planned(observation, action) VALUES(?,?)",
    [WR_DB_POLICY] = "INSERT INTO policy(observation, number, name, scope, value, effect) "
                     "VALUES(?,?,?,?,?,?)",
    [WR_DB_LIST] = "INSERT INTO list(observation, number, kind, this_update, sequence, entries, "
                   "signature, in_force) VALUES(?,?,?,?,?,?,?,?)",
    [WR_DB_OBJECT] = "INSERT OR IGNORE INTO object(id, sha256, line) VALUES(?,?,?)",
};

static bool prepare(wr_database *db, wr_error *err)
{
    for (size_t i = 0; i < WR_DB_STATEMENTS; i++)
        if (insertions[i] && !wr_sql_prepare(&db->sql, insertions[i], &db->statements[i], err))
            return false;
    db->cache = wr_arena_alloc(&db->arena, WR_DB_CACHE, sizeof *db->cache);
    return db->cache || wr_fail_memory(err);
}

void wr_database_close(wr_database *db)
{
    for (size_t i = 0; i < WR_DB_STATEMENTS; i++)
        wr_sql_free(&db->statements[i]);
    wr_sql_close(&db->sql);
    wr_familiar_close(&db->familiar);
    wr_arena_free(&db->arena);
}

static bool make_tables(wr_database *db, wr_error *err)
{
    char text[1024];

    for (size_t i = 0; i < WR_SCHEMA_TABLES; i++) {
        const char *columns = wr_schema_tables[i].columns;
        snprintf(text, sizeof text, "CREATE TABLE %s(%s%s", wr_schema_tables[i].name, columns,
                 strstr(columns, "WITHOUT ROWID") ? "" : ")");
        if (!wr_sql_run(&db->sql, text, err))
            return false;
    }
    snprintf(text, sizeof text,
             "CREATE INDEX certificate_of ON certificate(certificate);"
             "CREATE INDEX object_of ON object(sha256);"
             "PRAGMA application_id = %d; PRAGMA user_version = %d",
             WR_SCHEMA_APPLICATION, WR_DATABASE_VERSION);
    return wr_sql_run(&db->sql, text, err);
}

bool wr_database_create(const char *path, wr_database *out, wr_error *err)
{
    /* Whole or not at all is what its renaming gives: nothing here is worth a journal. */
    static const char settings[] = "PRAGMA page_size = 8192; PRAGMA journal_mode = OFF;"
                                   "PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;"
                                   "PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16384";
    wr_database db = { .num_rows = 0 };

    wr_arena_init(&db.arena, WR_LIMIT_ARENA);
    (void)wr_os_remove_file(path);
    if (wr_sql_open(path, WR_SQL_WRITE, &db.sql, err) && wr_sql_run(&db.sql, settings, err) &&
        make_tables(&db, err) && wr_sql_run(&db.sql, "BEGIN", err) && prepare(&db, err) &&
        wr_familiar_open(&db.familiar, err)) {
        *out = db;
        for (size_t i = 0; i < WR_DB_STATEMENTS; i++)
            if (out->statements[i].statement)
                out->statements[i].sql = &out->sql;
        return true;
    }
    wr_database_close(&db);
    return false;
}

/* The tables are exactly ours: a view or a trigger in their place would run. */
static bool check_tables(wr_sql *sql, wr_error *err)
{
    char text[1536];
    int64_t count;

    if (!wr_sql_number(sql, "SELECT count(*) FROM sqlite_schema", &count, err))
        return false;
    for (size_t i = 0; i < WR_SCHEMA_TABLES; i++) {
        const char *columns = wr_schema_tables[i].columns;
        int64_t same;

        snprintf(text, sizeof text,
                 "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND sql = 'CREATE TABLE "
                 "%s(%s%s'",
                 wr_schema_tables[i].name, columns, strstr(columns, "WITHOUT ROWID") ? "" : ")");
        if (!wr_sql_number(sql, text, &same, err))
            return false;
        count -= same;
    }
    return count == 2 || /* the indexes */
           wr_fail(err, WR_E_MALFORMED, sql->path, WR_NO_OFFSET,
                   "its tables are not those of a fleet's database of version %d",
                   WR_DATABASE_VERSION);
}

static bool check(wr_sql *sql, wr_error *err)
{
    int64_t application, version;

    if (!wr_sql_number(sql, "PRAGMA application_id", &application, err) ||
        !wr_sql_number(sql, "PRAGMA user_version", &version, err))
        return false;
    if (application != WR_SCHEMA_APPLICATION)
        return wr_fail(err, WR_E_MALFORMED, sql->path, WR_NO_OFFSET,
                       "an SQLite database, but none of a fleet");
    if (version != WR_DATABASE_VERSION)
        return wr_fail(err, WR_E_UNSUPPORTED, sql->path, WR_NO_OFFSET,
                       "a fleet's database of version %" PRId64 "; this winroots reads version %d",
                       version, WR_DATABASE_VERSION);
    return check_tables(sql, err);
}

bool wr_database_open(const char *path, wr_database *out, wr_error *err)
{
    wr_database db = { .num_rows = 0 };

    wr_arena_init(&db.arena, WR_LIMIT_ARENA);
    if (wr_sql_open(path, WR_SQL_READ, &db.sql, err) &&
        wr_sql_run(&db.sql,
                   "PRAGMA temp_store = MEMORY; PRAGMA cache_size = -65536; PRAGMA "
                   "cell_size_check = ON; BEGIN",
                   err) &&
        check(&db.sql, err) &&
        wr_sql_prepare(&db.sql, insertions[WR_DB_PART_TEXT], &db.statements[WR_DB_PART_TEXT],
                       err)) {
        *out = db;
        out->statements[WR_DB_PART_TEXT].sql = &out->sql;
        return true;
    }
    wr_database_close(&db);
    return false;
}

bool wr_database_copy(wr_database *db, const char *path, wr_error *err)
{
    wr_sql_query attach;
    char text[128];
    bool done;

    /* Attaching is nothing that a transaction can hold. */
    if (!wr_sql_run(&db->sql, "COMMIT", err) ||
        !wr_sql_prepare(&db->sql, "ATTACH ? AS old", &attach, err))
        return false;
    wr_sql_bind_text(&attach, 1, path);
    done = wr_sql_do(&attach, err);
    wr_sql_free(&attach);
    if (!done || !wr_sql_run(&db->sql, "BEGIN", err))
        return false;
    for (size_t i = 0; i < WR_SCHEMA_TABLES; i++) {
        snprintf(text, sizeof text, "INSERT INTO main.%s SELECT * FROM old.%s",
                 wr_schema_tables[i].name, wr_schema_tables[i].name);
        if (!wr_sql_run(&db->sql, text, err))
            return false;
    }
    return wr_sql_run(&db->sql, "COMMIT; DETACH old; BEGIN", err);
}
