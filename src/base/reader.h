/* reader.h - the only door to bytes that winroots did not make.
 *
 * wr_view    a slice of evidence that never changes: its bytes, how many, and at which offset of
 *            which evidence it began.  Passed by value, owns nothing.
 * wr_reader  a cursor over one view.  A wr_read_* that fails moves nothing, so the position after
 *            a failure is the position to report. */
#ifndef WR_BASE_READER_H
#define WR_BASE_READER_H

#include "winroots/error.h"

typedef struct wr_view {
    const uint8_t *data;
    size_t len;
    uint64_t origin;    /* offset of data[0] in the evidence */
    const char *source; /* name of the evidence, for errors  */
} wr_view;

typedef struct wr_reader {
    wr_view view;
    size_t pos;
} wr_reader;

static inline wr_reader wr_reader_of(wr_view v)
{
    return (wr_reader){ v, 0 };
}

static inline size_t wr_reader_left(const wr_reader *r)
{
    return r->view.len - r->pos;
}

/* The part [off, off+len) of `v`; false, and *out untouched, where it does not fit.  This and the
 * fixed-offset reads are inline: they are all that a walk over a hive of 150 MB does. */
WR_MUST_USE static inline bool wr_view_slice(wr_view v, uint64_t off, uint64_t len, wr_view *out)
{
    if (off > v.len || len > v.len - off) /* never off + len: it can wrap */
        return false;
    *out = (wr_view){ len ? v.data + off : NULL, (size_t)len, v.origin + off, v.source };
    return true;
}

/* True when both hold the same bytes. */
bool wr_view_equal(wr_view a, wr_view b);

/* True when `v` holds exactly the `len` bytes at `bytes`. */
bool wr_view_is(wr_view v, const void *bytes, size_t len);

/* True when `v` begins with the `len` bytes at `bytes`. */
bool wr_view_starts(wr_view v, const void *bytes, size_t len);

/* Order by bytes, then by length: <0, 0, >0. */
int wr_view_compare(wr_view a, wr_view b);

/* Each reads and advances, or returns false and moves nothing. */
WR_MUST_USE bool wr_read_u8(wr_reader *r, uint8_t *out);
WR_MUST_USE bool wr_read_u16le(wr_reader *r, uint16_t *out);
WR_MUST_USE bool wr_read_u32le(wr_reader *r, uint32_t *out);
WR_MUST_USE bool wr_read_u64le(wr_reader *r, uint64_t *out);
WR_MUST_USE bool wr_read_view(wr_reader *r, size_t len, wr_view *out);
WR_MUST_USE bool wr_skip(wr_reader *r, size_t len);

/* The same at a fixed offset of a view, for records that are read by their table. */
WR_MUST_USE static inline bool wr_u16le_at(wr_view v, size_t off, uint16_t *out)
{
    wr_view s;
    if (!wr_view_slice(v, off, 2, &s))
        return false;
    *out = (uint16_t)(s.data[0] | s.data[1] << 8);
    return true;
}

WR_MUST_USE static inline bool wr_u32le_at(wr_view v, size_t off, uint32_t *out)
{
    wr_view s;
    if (!wr_view_slice(v, off, 4, &s))
        return false;
    *out = (uint32_t)s.data[0] | (uint32_t)s.data[1] << 8 | (uint32_t)s.data[2] << 16 |
           (uint32_t)s.data[3] << 24;
    return true;
}

WR_MUST_USE static inline bool wr_u64le_at(wr_view v, size_t off, uint64_t *out)
{
    uint32_t low, high;
    wr_view s;
    if (!wr_view_slice(v, off, 8, &s) || !wr_u32le_at(s, 0, &low) || !wr_u32le_at(s, 4, &high))
        return false;
    *out = (uint64_t)high << 32 | low;
    return true;
}

/* Fills *err; always false, so that a parser says `return wr_fail(...)`.  `path` is left empty: the
 * layer that knows it adds it with wr_error_at. */
bool wr_fail(wr_error *err, wr_code code, const char *source, uint64_t offset, const char *fmt, ...)
    WR_PRINTF(5, 6);

/* The same at the start of a view, and at a reader's position. */
bool wr_fail_view(wr_error *err, wr_code code, wr_view at, const char *fmt, ...) WR_PRINTF(4, 5);
bool wr_fail_reader(wr_error *err, wr_code code, const wr_reader *at, const char *fmt, ...)
    WR_PRINTF(4, 5);

/* Allocation failed. */
bool wr_fail_memory(wr_error *err);

/* Other libraries say that they failed, and seldom that memory ended: malloc leaves that in errno
 * (POSIX, and Windows).  The first before calls of such a library, the second behind one that
 * failed. */
void wr_watch_memory(void);
bool wr_memory_ended(void);

/* Names the place inside the evidence; the first layer that knows it wins.  Always false. */
bool wr_error_at(wr_error *err, const char *path);

#endif
