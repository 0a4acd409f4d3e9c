#include "format/ber.h"

#include "winroots/limits.h"

#include <string.h>

enum {
    HIGH_TAG = 0x1F,    /* SPEC X.690 8.1.2.4 */
    CONSTRUCTED = 0x20, /* SPEC X.690 8.1.2.5 */
    INDEFINITE = 0x80
};

/* A header that took two octets or more takes at most WR_DER_HEADER. */
#define GROWTH (WR_DER_HEADER / 2)

typedef struct output {
    uint8_t *bytes; /* room for GROWTH times the input */
    size_t len;
} output;

static void put(output *out, wr_view v)
{
    if (v.len)
        memcpy(out->bytes + out->len, v.data, v.len);
    out->len += v.len;
}

/* Puts a header before what was written since `mark`. */
static void close_value(output *out, size_t mark, uint8_t tag)
{
    uint8_t header[WR_DER_HEADER];
    size_t n = wr_der_header(tag, out->len - mark, header);

    memmove(out->bytes + mark + n, out->bytes + mark, out->len - mark);
    memcpy(out->bytes + mark, header, n);
    out->len += n;
}

static bool starts_indefinite(const wr_reader *r, uint8_t *tag)
{
    wr_reader at = *r;
    uint8_t length;

    return wr_read_u8(&at, tag) && wr_read_u8(&at, &length) && length == INDEFINITE;
}

static bool at_end_of_contents(const wr_reader *r)
{
    wr_reader at = *r;
    uint16_t zeros;

    return wr_read_u16le(&at, &zeros) && zeros == 0;
}

static bool convert(wr_reader *r, bool segment, unsigned depth, output *out, wr_error *err);

/* Every value to the end of `r`, or to an end of contents, behind which `r` then stands. */
static bool convert_inside(wr_reader *r, bool indefinite, bool segments, unsigned depth,
                           output *out, wr_error *err)
{
    while (indefinite ? !at_end_of_contents(r) : wr_reader_left(r) > 0)
        if (!convert(r, segments, depth, out, err))
            return false;
    return !indefinite || wr_skip(r, 2);
}

/* Writes the value at `r`.  A `segment` is a part of a string and gives its contents only. */
static bool convert(wr_reader *r, bool segment, unsigned depth, output *out, wr_error *err)
{
    wr_reader at = *r, inside;
    size_t mark = out->len;
    wr_der value = { 0 };
    bool indefinite = starts_indefinite(r, &value.tag), string;

    if (depth > WR_LIMIT_DER_DEPTH)
        return wr_fail_reader(err, WR_E_LIMIT, r, "values nested deeper than %d levels",
                              WR_LIMIT_DER_DEPTH);
    if (indefinite ? !wr_skip(&at, 2) : !wr_der_read(&at, &value, err))
        return false;
    string = (value.tag & ~CONSTRUCTED) == WR_DER_OCTET_STRING;
    if (segment && !string)
        return wr_fail_reader(err, WR_E_MALFORMED, r,
                              "tag 0x%02x, expected a segment of an OCTET STRING", value.tag);
    if (indefinite && (!(value.tag & CONSTRUCTED) || (value.tag & HIGH_TAG) == HIGH_TAG))
        return wr_fail_reader(err, WR_E_MALFORMED, r,
                              "tag 0x%02x with an indefinite length, expected a constructed one "
                              "and a number below 31",
                              value.tag);
    if (!(value.tag & CONSTRUCTED)) {
        put(out, segment ? value.contents : value.whole);
        *r = at;
        return true;
    }
    inside = indefinite ? at : wr_reader_of(value.contents);
    if (!convert_inside(&inside, indefinite, string, depth + 1, out, err))
        return false;
    *r = indefinite ? inside : at;
    if (!indefinite && !string && wr_view_is(value.contents, out->bytes + mark, out->len - mark)) {
        out->len = mark; /* nothing changed, so the header stays as it was, too */
        put(out, value.whole);
    } else if (!segment) {
        close_value(out, mark, string ? WR_DER_OCTET_STRING : value.tag);
    }
    return true;
}

bool wr_ber_read(wr_reader *r, wr_arena *arena, wr_view *out, wr_error *err)
{
    wr_reader at = *r;
    output made = { NULL, 0 };
    size_t left = wr_reader_left(r);

    if (left > SIZE_MAX / GROWTH || !(made.bytes = WR_NEW(arena, uint8_t, GROWTH * left + 1)))
        return wr_fail_memory(err);
    if (!convert(&at, false, 0, &made, err))
        return false;
    *out = (wr_view){ made.bytes, made.len, r->view.origin + r->pos, r->view.source };
    *r = at;
    return true;
}
