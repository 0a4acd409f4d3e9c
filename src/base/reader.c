#include "base/reader.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool wr_view_is(wr_view v, const void *bytes, size_t len)
{
    return v.len == len && (len == 0 || memcmp(v.data, bytes, len) == 0);
}

bool wr_view_equal(wr_view a, wr_view b)
{
    return wr_view_is(a, b.data, b.len);
}

bool wr_view_starts(wr_view v, const void *bytes, size_t len)
{
    return v.len >= len && (len == 0 || memcmp(v.data, bytes, len) == 0);
}

int wr_view_compare(wr_view a, wr_view b)
{
    size_t n = a.len < b.len ? a.len : b.len;
    int order = n ? memcmp(a.data, b.data, n) : 0;
    return order ? order : (a.len > b.len) - (a.len < b.len);
}

bool wr_read_view(wr_reader *r, size_t len, wr_view *out)
{
    if (!wr_view_slice(r->view, r->pos, len, out))
        return false;
    r->pos += len;
    return true;
}

bool wr_skip(wr_reader *r, size_t len)
{
    wr_view ignored;
    return wr_read_view(r, len, &ignored);
}

bool wr_read_u8(wr_reader *r, uint8_t *out)
{
    wr_view s;
    if (!wr_read_view(r, 1, &s))
        return false;
    *out = s.data[0];
    return true;
}

bool wr_read_u16le(wr_reader *r, uint16_t *out)
{
    return wr_u16le_at(r->view, r->pos, out) && wr_skip(r, 2);
}

bool wr_read_u32le(wr_reader *r, uint32_t *out)
{
    return wr_u32le_at(r->view, r->pos, out) && wr_skip(r, 4);
}

bool wr_read_u64le(wr_reader *r, uint64_t *out)
{
    return wr_u64le_at(r->view, r->pos, out) && wr_skip(r, 8);
}

static void fill(wr_error *err, wr_code code, const char *source, uint64_t offset, const char *fmt,
                 va_list ap) WR_PRINTF(5, 0);
static void fill(wr_error *err, wr_code code, const char *source, uint64_t offset, const char *fmt,
                 va_list ap)
{
    err->code = code;
    err->offset = offset;
    err->path[0] = '\0';
    snprintf(err->source, sizeof err->source, "%s", source ? source : "");
    vsnprintf(err->message, sizeof err->message, fmt, ap);
}

bool wr_fail(wr_error *err, wr_code code, const char *source, uint64_t offset, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    fill(err, code, source, offset, fmt, ap);
    va_end(ap);
    return false;
}

bool wr_fail_view(wr_error *err, wr_code code, wr_view at, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    fill(err, code, at.source, at.origin, fmt, ap);
    va_end(ap);
    return false;
}

bool wr_fail_reader(wr_error *err, wr_code code, const wr_reader *at, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    fill(err, code, at->view.source, at->view.origin + at->pos, fmt, ap);
    va_end(ap);
    return false;
}

bool wr_fail_memory(wr_error *err)
{
    return wr_fail(err, WR_E_NO_MEMORY, NULL, WR_NO_OFFSET, "out of memory");
}

void wr_watch_memory(void)
{
    errno = 0;
}

bool wr_memory_ended(void)
{
    return errno == ENOMEM;
}

bool wr_error_at(wr_error *err, const char *path)
{
    if (!err->path[0])
        snprintf(err->path, sizeof err->path, "%s", path);
    return false;
}

const char *wr_code_name(wr_code code)
{
    static const char *const names[] = {
        [WR_OK] = "ok",
        [WR_E_TRUNCATED] = "truncated",
        [WR_E_MALFORMED] = "malformed",
        [WR_E_UNSUPPORTED] = "unsupported",
        [WR_E_MISMATCH] = "mismatch",
        [WR_E_LIMIT] = "limit",
        [WR_E_IO] = "io",
        [WR_E_NO_MEMORY] = "no_memory",
        [WR_E_USAGE] = "usage",
        [WR_E_BUG] = "bug",
    };
    return (size_t)code < sizeof names / sizeof *names ? names[code] : "bug";
}
