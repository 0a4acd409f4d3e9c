/* database.h - a fleet's database: its tables, and a record put in and taken out. docs/fleet.md.
 *
 * Every number in it is made from content alone, so that the same records give the same rows in
 * whatever order and grouping they are merged. */
#ifndef WR_FLEET_DATABASE_H
#define WR_FLEET_DATABASE_H

#include "fleet/familiar.h"
#include "fleet/known.h"
#include "fleet/sql.h"

/* PRAGMA user_version; another is refused. */
#define WR_DATABASE_VERSION 1

enum wr_database_statement {
    WR_DB_PART = WR_PART_TEXT + 1, /* before it: the rows of parts, by kind */
    WR_DB_PART_TEXT,
    WR_DB_SAME_CERTIFICATE,
    WR_DB_TERM,
    WR_DB_HOST,
    WR_DB_SEEN,
    WR_DB_OBSERVATION,
    WR_DB_HOLDING,
    WR_DB_FOUND,
    WR_DB_CHECKED,
    WR_DB_ITEM,
    WR_DB_PLANNED,
    WR_DB_POLICY,
    WR_DB_LIST,
    WR_DB_OBJECT,
    WR_DB_STATEMENTS
};

/* Parts that were met before, told by their digest without asking SQLite. */
#define WR_DB_CACHE 65536

typedef struct wr_database {
    wr_sql sql;
    wr_sql_query statements[WR_DB_STATEMENTS];
    struct wr_db_cached {
        int64_t id, number;
        uint64_t check;
    } * cache; /* in the arena */
    wr_arena arena;
    wr_familiar familiar; /* of one that is filled */
    uint64_t num_rows;    /* of holdings added */
} wr_database;

/* A database to be filled: what stands at `path` is removed.  Nothing in it outlives a failure.
 * Fails: UNSUPPORTED, IO, NO_MEMORY. */
WR_MUST_USE bool wr_database_create(const char *path, wr_database *out, wr_error *err);

/* One to be read.  Fails: UNSUPPORTED (also: of another version), MALFORMED (no database of a
 * fleet), IO, NO_MEMORY. */
WR_MUST_USE bool wr_database_open(const char *path, wr_database *out, wr_error *err);

/* A zeroed database is allowed. */
void wr_database_close(wr_database *db);

/* Copies everything of the database at `path`, which was checked by wr_database_open, into an empty
 * one. */
WR_MUST_USE bool wr_database_copy(wr_database *db, const char *path, wr_error *err);

/* Adds what a line says; *fresh is false where it was there already.  Nothing is added where the
 * line is at fault: MALFORMED, LIMIT, UNSUPPORTED, MISMATCH, with the place of `split->line`.
 * Fails otherwise: IO (full disk), NO_MEMORY; then the database is of no use. */
WR_MUST_USE bool wr_database_add(wr_database *db, const wr_split *split, wr_arena *arena,
                                 bool *fresh, wr_error *err);

/* True for an error of wr_database_add that is the line's fault. */
bool wr_database_is_lines_fault(const wr_database *db, const wr_error *err);

/* Gives each line that was put in to `each`, until it says false: objects, then records, in the
 * order of their numbers. */
typedef bool wr_database_line(void *context, wr_view line, wr_error *err);
WR_MUST_USE bool wr_database_lines(wr_database *db, wr_database_line *each, void *context,
                                   wr_error *err);

/* A record as it was put in, in the arena; `record` is observation.record. */
WR_MUST_USE bool wr_database_record(wr_database *db, wr_view record, wr_arena *arena, wr_view *out,
                                    wr_error *err);

#endif
