/* sql.h - SQLite, loaded when a fleet's database is used; the only door to it.
 *
 * Calls that bind and read never fail: what is wrong is found by the next wr_sql_step. */
#ifndef WR_FLEET_SQL_H
#define WR_FLEET_SQL_H

#include "base/reader.h"

/* A connection, owned by the caller; `db` is SQLite's. */
typedef struct wr_sql {
    void *db;
    const char *path; /* for errors, borrowed */
} wr_sql;

/* A prepared statement; NULL is allowed in wr_sql_free. */
typedef struct wr_sql_query {
    wr_sql *sql;
    void *statement;
} wr_sql_query;

/* "fleet database (SQLite, libsqlite3.so.0 when needed)", or that it is not built in. */
const char *wr_sql_component(void);

typedef enum wr_sql_mode {
    WR_SQL_READ,
    WR_SQL_WRITE /* made where it is not there */
} wr_sql_mode;

/* Neither the schema nor the content of what is opened is trusted: no view, trigger or function of
 * it acts.  `path` is borrowed.  Fails: UNSUPPORTED (no SQLite here), IO, MALFORMED (no database),
 * NO_MEMORY. */
WR_MUST_USE bool wr_sql_open(const char *path, wr_sql_mode mode, wr_sql *out, wr_error *err);

/* A zeroed connection is allowed.  Statements are to be freed before. */
void wr_sql_close(wr_sql *sql);

/* Runs statements that give no rows.  Fails: IO (also: full disk), MALFORMED, NO_MEMORY, BUG. */
WR_MUST_USE bool wr_sql_run(wr_sql *sql, const char *text, wr_error *err);

/* Takes the only right to write to the database, and waits for it; `wait` is called once where
 * another process has it. */
WR_MUST_USE bool wr_sql_lock(wr_sql *sql, void (*wait)(void *context), void *context,
                             wr_error *err);

WR_MUST_USE bool wr_sql_prepare(wr_sql *sql, const char *text, wr_sql_query *out, wr_error *err);
void wr_sql_free(wr_sql_query *q);

/* Parameters are numbered from 1, columns from 0.  Bytes and text are borrowed until the next
 * wr_sql_reset; text is UTF-8. */
void wr_sql_bind_int(wr_sql_query *q, int at, int64_t value);
void wr_sql_bind_text(wr_sql_query *q, int at, const char *text); /* NULL = NULL */
void wr_sql_bind_chars(wr_sql_query *q, int at, wr_view text);
void wr_sql_bind_bytes(wr_sql_query *q, int at, wr_view bytes);

/* *row is false behind the last one. */
WR_MUST_USE bool wr_sql_step(wr_sql_query *q, bool *row, wr_error *err);
/* A statement without rows: step, and reset. */
WR_MUST_USE bool wr_sql_do(wr_sql_query *q, wr_error *err);
void wr_sql_reset(wr_sql_query *q); /* parameters become NULL */

bool wr_sql_is_null(wr_sql_query *q, int column);
int64_t wr_sql_int(wr_sql_query *q, int column);
const char *wr_sql_text(wr_sql_query *q, int column); /* never NULL; until the next step */
wr_view wr_sql_bytes(wr_sql_query *q, int column);

/* The first column of the first row. Fails also where there is none. */
WR_MUST_USE bool wr_sql_number(wr_sql *sql, const char *text, int64_t *out, wr_error *err);

/* Rows that the last statement changed. */
int64_t wr_sql_changes(wr_sql *sql);

#endif
