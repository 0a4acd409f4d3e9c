/* sql.c - sql.h with SQLite where its header was there, and without. */
#include "fleet/sql.h"

#if defined(WR_SQLITE_LIBRARY) || defined(WR_SQLITE_LINKED)

#include "source/component.h"

#include <sqlite3.h>
#include <string.h>

#define CALLS(X)                                                                                   \
    X(open_v2)                                                                                     \
    X(close_v2)                                                                                    \
    X(exec)                                                                                        \
    X(errmsg)                                                                                      \
    X(extended_errcode)                                                                            \
    X(db_config)                                                                                   \
    X(busy_timeout)                                                                                \
    X(prepare_v2)                                                                                  \
    X(finalize)                                                                                    \
    X(step)                                                                                        \
    X(reset)                                                                                       \
    X(clear_bindings)                                                                              \
    X(bind_int64)                                                                                  \
    X(bind_text)                                                                                   \
    X(bind_text64)                                                                                 \
    X(bind_blob64)                                                                                 \
    X(column_type)                                                                                 \
    X(column_int64)                                                                                \
    X(column_text)                                                                                 \
    X(column_blob)                                                                                 \
    X(column_bytes)                                                                                \
    X(changes)

static struct api {
#define MEMBER(name) __typeof__(&sqlite3_##name) name;
    CALLS(MEMBER)
} api;

#ifdef WR_SQLITE_LINKED

static bool load(const char *path, wr_error *err)
{
    (void)path, (void)err;
#define LINKED(name) sqlite3_##name,
    api = (struct api){ CALLS(LINKED) };
    return true;
}

const char *wr_sql_component(void)
{
    return "fleet database (SQLite)";
}

#else

static bool load(const char *path, wr_error *err)
{
#define CALL(name) { "sqlite3_" #name, offsetof(struct api, name) },
    static const wr_component_call calls[] = { CALLS(CALL) };
    static const wr_component component = { "SQLite", WR_SQLITE_LIBRARY, "libsqlite3-0", calls,
                                            sizeof calls / sizeof *calls };

    return wr_component_load(&component, &api, path, err);
}

const char *wr_sql_component(void)
{
    return "fleet database (SQLite: loads " WR_SQLITE_LIBRARY ")";
}

#endif

/* Who has to act: the one who gave a file that is no database, or the one whose disk is full. */
static wr_code code_of(int code)
{
    switch (code & 0xff) {
    case SQLITE_NOMEM:
        return WR_E_NO_MEMORY;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return WR_E_MALFORMED;
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return WR_E_IO;
    case SQLITE_TOOBIG:
        return WR_E_LIMIT;
    default:
        return WR_E_BUG;
    }
}

static bool fail(const wr_sql *sql, wr_error *err)
{
    return wr_fail(err, code_of(api.extended_errcode(sql->db)), sql->path, WR_NO_OFFSET,
                   "SQLite: %s", api.errmsg(sql->db));
}

bool wr_sql_open(const char *path, wr_sql_mode mode, wr_sql *out, wr_error *err)
{
    wr_sql sql = { NULL, path };
    sqlite3 *db = NULL;
    int flags =
        mode == WR_SQL_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;

    if (!api.open_v2 && !load(path, err))
        return false;
    if (api.open_v2(path, &db, flags, NULL) != SQLITE_OK) {
        sql.db = db;
        if (!db)
            return wr_fail_memory(err);
        fail(&sql, err);
        api.close_v2(db);
        return false;
    }
    sql.db = db;
    api.db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    api.db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    api.db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    api.db_config(db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
    *out = sql;
    return true;
}

void wr_sql_close(wr_sql *sql)
{
    if (sql->db)
        api.close_v2(sql->db);
    sql->db = NULL;
}

bool wr_sql_run(wr_sql *sql, const char *text, wr_error *err)
{
    return api.exec(sql->db, text, NULL, NULL, NULL) == SQLITE_OK || fail(sql, err);
}

bool wr_sql_lock(wr_sql *sql, void (*wait)(void *context), void *context, wr_error *err)
{
    bool told = false;

    for (;;) {
        int code = api.exec(sql->db, "BEGIN EXCLUSIVE", NULL, NULL, NULL);
        if (code == SQLITE_OK)
            return true;
        if ((code & 0xff) != SQLITE_BUSY)
            return fail(sql, err);
        if (!told)
            wait(context);
        told = true;
        api.busy_timeout(sql->db, 60000);
    }
}

bool wr_sql_prepare(wr_sql *sql, const char *text, wr_sql_query *out, wr_error *err)
{
    sqlite3_stmt *statement;

    if (api.prepare_v2(sql->db, text, -1, &statement, NULL) != SQLITE_OK)
        return fail(sql, err);
    *out = (wr_sql_query){ sql, statement };
    return true;
}

void wr_sql_free(wr_sql_query *q)
{
    if (q->statement)
        api.finalize(q->statement);
    q->statement = NULL;
}

void wr_sql_bind_int(wr_sql_query *q, int at, int64_t value)
{
    api.bind_int64(q->statement, at, value);
}

void wr_sql_bind_text(wr_sql_query *q, int at, const char *text)
{
    api.bind_text(q->statement, at, text, -1, SQLITE_STATIC);
}

void wr_sql_bind_chars(wr_sql_query *q, int at, wr_view text)
{
    api.bind_text64(q->statement, at, text.len ? (const char *)text.data : "", text.len,
                    SQLITE_STATIC, SQLITE_UTF8);
}

void wr_sql_bind_bytes(wr_sql_query *q, int at, wr_view bytes)
{
    api.bind_blob64(q->statement, at, bytes.len ? bytes.data : (const void *)"", bytes.len,
                    SQLITE_STATIC);
}

bool wr_sql_step(wr_sql_query *q, bool *row, wr_error *err)
{
    int code = api.step(q->statement);

    *row = code == SQLITE_ROW;
    return code == SQLITE_ROW || code == SQLITE_DONE || fail(q->sql, err);
}

bool wr_sql_do(wr_sql_query *q, wr_error *err)
{
    bool row, done = wr_sql_step(q, &row, err);

    wr_sql_reset(q);
    return done;
}

void wr_sql_reset(wr_sql_query *q)
{
    api.reset(q->statement);
    api.clear_bindings(q->statement);
}

bool wr_sql_is_null(wr_sql_query *q, int column)
{
    return api.column_type(q->statement, column) == SQLITE_NULL;
}

int64_t wr_sql_int(wr_sql_query *q, int column)
{
    return api.column_int64(q->statement, column);
}

const char *wr_sql_text(wr_sql_query *q, int column)
{
    const unsigned char *text = api.column_text(q->statement, column);
    return text ? (const char *)text : "";
}

wr_view wr_sql_bytes(wr_sql_query *q, int column)
{
    const void *bytes = api.column_blob(q->statement, column);
    return (wr_view){ .data = bytes,
                      .len = bytes ? (size_t)api.column_bytes(q->statement, column) : 0,
                      .source = q->sql->path };
}

int64_t wr_sql_changes(wr_sql *sql)
{
    return api.changes(sql->db);
}

#else

const char *wr_sql_component(void)
{
    return "fleet database (SQLite) not built in";
}

bool wr_sql_open(const char *path, wr_sql_mode mode, wr_sql *out, wr_error *err)
{
    (void)mode;
    (void)out;
    return wr_fail(err, WR_E_UNSUPPORTED, path, WR_NO_OFFSET,
                   "this build of winroots has no SQLite, which a fleet's database needs");
}

/* Nothing below is reached without a connection. */
void wr_sql_close(wr_sql *sql)
{
    (void)sql;
}

bool wr_sql_run(wr_sql *sql, const char *text, wr_error *err)
{
    (void)text;
    return wr_sql_open(sql->path, WR_SQL_READ, sql, err);
}

bool wr_sql_lock(wr_sql *sql, void (*wait)(void *context), void *context, wr_error *err)
{
    (void)wait;
    (void)context;
    return wr_sql_run(sql, "", err);
}

bool wr_sql_prepare(wr_sql *sql, const char *text, wr_sql_query *out, wr_error *err)
{
    (void)out;
    return wr_sql_run(sql, text, err);
}

void wr_sql_free(wr_sql_query *q)
{
    (void)q;
}

void wr_sql_bind_int(wr_sql_query *q, int at, int64_t value)
{
    (void)q;
    (void)at;
    (void)value;
}

void wr_sql_bind_text(wr_sql_query *q, int at, const char *text)
{
    (void)q;
    (void)at;
    (void)text;
}

void wr_sql_bind_chars(wr_sql_query *q, int at, wr_view text)
{
    (void)q;
    (void)at;
    (void)text;
}

void wr_sql_bind_bytes(wr_sql_query *q, int at, wr_view bytes)
{
    (void)q;
    (void)at;
    (void)bytes;
}

bool wr_sql_step(wr_sql_query *q, bool *row, wr_error *err)
{
    *row = false;
    return wr_sql_run(q->sql, "", err);
}

bool wr_sql_do(wr_sql_query *q, wr_error *err)
{
    return wr_sql_run(q->sql, "", err);
}

void wr_sql_reset(wr_sql_query *q)
{
    (void)q;
}

bool wr_sql_is_null(wr_sql_query *q, int column)
{
    (void)q;
    (void)column;
    return true;
}

int64_t wr_sql_int(wr_sql_query *q, int column)
{
    (void)q;
    (void)column;
    return 0;
}

const char *wr_sql_text(wr_sql_query *q, int column)
{
    (void)q;
    (void)column;
    return "";
}

wr_view wr_sql_bytes(wr_sql_query *q, int column)
{
    (void)q;
    (void)column;
    return (wr_view){ 0 };
}

int64_t wr_sql_changes(wr_sql *sql)
{
    (void)sql;
    return 0;
}

#endif

bool wr_sql_number(wr_sql *sql, const char *text, int64_t *out, wr_error *err)
{
    wr_sql_query q = { .statement = NULL };
    bool row, done;

    if (!wr_sql_prepare(sql, text, &q, err))
        return false;
    done = wr_sql_step(&q, &row, err) &&
           (row || wr_fail(err, WR_E_MALFORMED, sql->path, WR_NO_OFFSET, "no row, expected one"));
    if (done)
        *out = wr_sql_int(&q, 0);
    wr_sql_free(&q);
    return done;
}
