/* database_read.c - lines out of the database, byte for byte as they were put in. */
#include "fleet/database.h"
#include "winroots/limits.h"

#include <string.h>

static bool number(wr_reader *r, uint64_t *out)
{
    uint64_t n = 0;

    for (unsigned shift = 0; shift < 63; shift += 7) {
        uint8_t byte;
        if (!wr_read_u8(r, &byte))
            return false;
        n |= (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80)) {
            *out = n;
            return true;
        }
    }
    return false;
}

typedef struct building {
    wr_database *db;
    wr_arena *arena;
    uint8_t *bytes;
    size_t len, room;
    wr_error *err;
} building;

static bool append(building *b, wr_view v)
{
    if (v.len > WR_LIMIT_REPORT_BYTES - b->len)
        return wr_fail(b->err, WR_E_LIMIT, b->db->sql.path, WR_NO_OFFSET,
                       "a record longer than %zu bytes", WR_LIMIT_REPORT_BYTES);
    if (b->len + v.len > b->room) {
        size_t room = 2 * (b->len + v.len);
        uint8_t *bytes = WR_NEW(b->arena, uint8_t, room);
        if (!bytes)
            return wr_fail_memory(b->err);
        if (b->len)
            memcpy(bytes, b->bytes, b->len);
        b->bytes = bytes;
        b->room = room;
    }
    if (v.len)
        memcpy(b->bytes + b->len, v.data, v.len);
    b->len += v.len;
    return true;
}

static bool damaged(const building *b)
{
    return wr_fail(b->err, WR_E_MALFORMED, b->db->sql.path, WR_NO_OFFSET,
                   "a record in the database is damaged");
}

static bool append_part(building *b, uint64_t id)
{
    wr_sql_query *q = &b->db->statements[WR_DB_PART_TEXT];
    bool there, done;

    wr_sql_bind_int(q, 1, (int64_t)id);
    done = wr_sql_step(q, &there, b->err) && (there || damaged(b)) && append(b, wr_sql_bytes(q, 0));
    wr_sql_reset(q);
    return done;
}

bool wr_database_record(wr_database *db, wr_view record, wr_arena *arena, wr_view *out,
                        wr_error *err)
{
    building b = { .db = db, .arena = arena, .err = err };
    wr_reader r = wr_reader_of(record);

    for (;;) {
        uint64_t len, id;
        wr_view own;

        if (!number(&r, &len) || len > SIZE_MAX || !wr_read_view(&r, (size_t)len, &own))
            return damaged(&b);
        if (!append(&b, own))
            return false;
        if (!wr_reader_left(&r))
            break;
        if (!wr_read_u64le(&r, &id))
            return damaged(&b);
        if (!append_part(&b, id))
            return false;
    }
    *out = (wr_view){ .data = b.bytes, .len = b.len, .source = db->sql.path };
    return true;
}

static bool each_row(wr_database *db, const char *text, bool is_record, wr_database_line *each,
                     void *context, wr_error *err)
{
    wr_sql_query q;
    bool row, done;

    if (!wr_sql_prepare(&db->sql, text, &q, err))
        return false;
    while ((done = wr_sql_step(&q, &row, err)) && row) {
        wr_view line = wr_sql_bytes(&q, 0);
        wr_arena arena;

        wr_arena_init(&arena, WR_LIMIT_ARENA);
        done = (!is_record || wr_database_record(db, line, &arena, &line, err)) &&
               each(context, line, err);
        wr_arena_free(&arena);
        if (!done)
            break;
    }
    wr_sql_free(&q);
    return done;
}

bool wr_database_lines(wr_database *db, wr_database_line *each, void *context, wr_error *err)
{
    return each_row(db, "SELECT line FROM object ORDER BY id", false, each, context, err) &&
           each_row(db, "SELECT record FROM observation ORDER BY id", true, each, context, err);
}
