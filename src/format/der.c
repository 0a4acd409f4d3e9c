#include "format/der.h"

#include "base/text.h"
#include "winroots/limits.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    HIGH_TAG = 0x1F,        /* SPEC X.690 8.1.2.4: the tag number follows in octets of its own */
    INDEFINITE = 0x80,      /* SPEC X.690 8.1.3.6 */
    RESERVED_LENGTH = 0xFF, /* SPEC X.690 8.1.3.5 c */
    MORE_SEPTETS = 0x80
};

/* Any number of leading zeros.  What 64 bits cannot hold is more than any evidence has, and is
 * given as UINT64_MAX. */
static uint64_t long_length(wr_view octets)
{
    uint64_t length = 0;

    for (size_t i = 0; i < octets.len; i++)
        length = length >> 56 ? UINT64_MAX : length << 8 | octets.data[i];
    return length;
}

/* Offsets are counted in place: a copy of the reader for each of the millions of values of a large
 * analysis would cost as much as all else. */
bool wr_der_read(wr_reader *r, wr_der *out, wr_error *err)
{
    wr_view head, octets, contents;
    size_t start = r->pos, at;
    uint64_t length;

    if (!wr_view_slice(r->view, start, 2, &head))
        return wr_fail_reader(err, WR_E_TRUNCATED, r, "%zu bytes, expected a DER value",
                              wr_reader_left(r));
    at = start + head.len;
    if ((head.data[0] & HIGH_TAG) == HIGH_TAG)
        return wr_fail_reader(err, WR_E_MALFORMED, r, "tag 0x%02x, expected a number below 31",
                              head.data[0]);
    length = head.data[1];
    if (length == INDEFINITE || length == RESERVED_LENGTH)
        return wr_fail_reader(err, WR_E_MALFORMED, r,
                              "length 0x%02x of tag 0x%02x, expected a definite one", head.data[1],
                              head.data[0]);
    if (length > INDEFINITE) {
        if (!wr_view_slice(r->view, at, length - INDEFINITE, &octets))
            return wr_fail_reader(err, WR_E_TRUNCATED, r, "ends inside the length of tag 0x%02x",
                                  head.data[0]);
        length = long_length(octets);
        at += octets.len;
    }
    if (!wr_view_slice(r->view, at, length, &contents))
        return wr_fail_reader(err, WR_E_TRUNCATED, r,
                              "tag 0x%02x has %" PRIu64 " bytes, %zu are there", head.data[0],
                              length, r->view.len - at);
    if (!wr_view_slice(r->view, start, at - start + contents.len, &out->whole))
        return wr_fail_reader(err, WR_E_BUG, r, "a DER value lost its place");
    out->tag = head.data[0];
    out->contents = contents;
    r->pos = at + contents.len;
    return true;
}

bool wr_der_peek(const wr_reader *r, uint8_t tag)
{
    wr_view next;

    return wr_view_slice(r->view, r->pos, 1, &next) && next.data[0] == tag;
}

bool wr_der_expect(wr_reader *r, uint8_t tag, const char *what, wr_der *out, wr_error *err)
{
    wr_view next;

    if (!wr_view_slice(r->view, r->pos, 1, &next))
        return wr_fail_reader(err, WR_E_TRUNCATED, r, "ends where the %s is expected", what);
    if (next.data[0] != tag)
        return wr_fail_reader(err, WR_E_MALFORMED, r, "tag 0x%02x, expected 0x%02x for the %s",
                              next.data[0], tag, what);
    return wr_der_read(r, out, err);
}

bool wr_der_time(wr_reader *r, wr_time *out, wr_error *err)
{
    wr_reader at = *r;
    wr_der value = { .tag = 0 };

    if (!wr_der_read(&at, &value, err))
        return false;
    if (value.tag != WR_DER_UTC_TIME && value.tag != WR_DER_GENERALIZED_TIME)
        return wr_fail_reader(err, WR_E_MALFORMED, r,
                              "tag 0x%02x, expected 0x17 or 0x18 for a time", value.tag);
    if (!wr_time_from_asn1(value.contents, value.tag == WR_DER_GENERALIZED_TIME, out))
        return wr_fail_reader(err, WR_E_MALFORMED, r,
                              "%zu bytes of time text that are no date, expected one since 1601",
                              value.contents.len);
    *r = at;
    return true;
}

bool wr_der_algorithm(wr_reader *r, const char *what, wr_view *oid, wr_view *parameters,
                      wr_error *err)
{
    wr_der sequence, id;
    wr_reader inside;

    if (!wr_der_expect(r, WR_DER_SEQUENCE, what, &sequence, err))
        return false;
    inside = wr_reader_of(sequence.contents);
    if (!wr_der_expect(&inside, WR_DER_OID, what, &id, err))
        return false;
    *oid = id.contents;
    return wr_read_view(&inside, wr_reader_left(&inside), parameters);
}

size_t wr_der_header(uint8_t tag, size_t len, uint8_t out[WR_DER_HEADER])
{
    size_t octets = 0, n = 0;

    out[n++] = tag;
    if (len < INDEFINITE) {
        out[n++] = (uint8_t)len;
        return n;
    }
    while (octets < sizeof len && len >> 8 * octets)
        octets++;
    out[n++] = (uint8_t)(INDEFINITE | octets);
    while (octets--)
        out[n++] = (uint8_t)(len >> 8 * octets);
    return n;
}

/* An OID's arc may be a whole UUID (2.25.n, SPEC X.667), so 64 bits are too few. */
#define ARC_LIMBS (WR_LIMIT_OID_ARC_BITS / 32)

typedef struct arc {
    uint32_t limb[ARC_LIMBS]; /* least significant first */
} arc;

/* n = n * factor + addend; false where it does not fit. */
static bool arc_grow(arc *n, uint32_t factor, uint32_t addend)
{
    uint64_t carry = addend;

    for (int i = 0; i < ARC_LIMBS; i++) {
        carry += (uint64_t)n->limb[i] * factor;
        n->limb[i] = (uint32_t)carry;
        carry >>= 32;
    }
    return carry == 0;
}

/* n = n / divisor; gives the remainder. */
static uint32_t arc_shrink(arc *n, uint32_t divisor)
{
    uint64_t rest = 0;

    for (int i = ARC_LIMBS; i-- > 0;) {
        rest = rest << 32 | n->limb[i];
        n->limb[i] = (uint32_t)(rest / divisor);
        rest %= divisor;
    }
    return (uint32_t)rest;
}

static bool arc_is_below(const arc *n, uint32_t bound)
{
    for (int i = 1; i < ARC_LIMBS; i++)
        if (n->limb[i])
            return false;
    return n->limb[0] < bound;
}

/* The digits of `n` in `base`, most significant first; gives how many. */
static size_t arc_digits(arc n, uint32_t base, uint8_t digits[WR_LIMIT_OID_ARC_BITS])
{
    size_t first = WR_LIMIT_OID_ARC_BITS, count;

    do {
        digits[--first] = (uint8_t)arc_shrink(&n, base);
    } while (!arc_is_below(&n, 1));
    count = WR_LIMIT_OID_ARC_BITS - first;
    memmove(digits, digits + first, count);
    return count;
}

/* One arc in septets, the last without MORE_SEPTETS.  A leading zero septet is not DER. */
static bool read_arc(wr_reader *r, arc *out)
{
    arc n = { { 0 } };
    uint8_t octet;

    if (wr_der_peek(r, MORE_SEPTETS))
        return false;
    do {
        if (!wr_read_u8(r, &octet) || !arc_grow(&n, 128, octet & 0x7F))
            return false;
    } while (octet & MORE_SEPTETS);
    *out = n;
    return true;
}

static size_t put_arc(arc n, char *out)
{
    uint8_t digits[WR_LIMIT_OID_ARC_BITS];
    size_t count = arc_digits(n, 10, digits);

    for (size_t i = 0; i < count; i++)
        out[i] = (char)('0' + digits[i]);
    return count;
}

/* Takes the root arc (0, 1 or 2) out of the first number, which is 40 * root + second arc. */
static uint32_t split_root(arc *n)
{
    uint32_t root = arc_is_below(n, 40) ? 0 : arc_is_below(n, 80) ? 1 : 2, borrow = 40 * root;

    for (int i = 0; i < ARC_LIMBS && borrow; i++) {
        uint32_t limb = n->limb[i];
        n->limb[i] = limb - borrow;
        borrow = limb < borrow;
    }
    return root;
}

/* Dotted text of `contents` at `out`, which has room for 4 chars an octet and 2 more. */
static bool put_oid(wr_view contents, char *out)
{
    wr_reader r = wr_reader_of(contents);
    arc n;

    if (!read_arc(&r, &n))
        return false;
    *out++ = (char)('0' + split_root(&n));
    *out++ = '.';
    out += put_arc(n, out);
    while (wr_reader_left(&r)) {
        if (!read_arc(&r, &n))
            return false;
        *out++ = '.';
        out += put_arc(n, out);
    }
    *out = '\0';
    return true;
}

const char *wr_oid_text(wr_arena *arena, wr_view contents)
{
    static const char invalid[] = "invalid:";
    char *text;

    if (contents.len > SIZE_MAX / 4 - sizeof invalid ||
        !(text = WR_NEW(arena, char, 4 * contents.len + sizeof invalid)))
        return NULL;
    if (!put_oid(contents, text)) {
        memcpy(text, invalid, sizeof invalid);
        wr_text_hex_into(contents.data, contents.len, text + strlen(invalid));
    }
    return text;
}

/* A decimal number without leading zeros at *p, which moves behind it. */
static bool parse_arc(const char **p, arc *out)
{
    const char *digit = *p;
    arc n = { { 0 } };

    if (*digit < '0' || *digit > '9' || (*digit == '0' && digit[1] >= '0' && digit[1] <= '9'))
        return false;
    for (; *digit >= '0' && *digit <= '9'; digit++)
        if (!arc_grow(&n, 10, (uint32_t)(*digit - '0')))
            return false;
    *p = digit;
    *out = n;
    return true;
}

/* The next number to encode of dotted text at *p, which moves behind it and its dot: the root and
 * the second arc are one number. */
static bool parse_number(const char **p, bool is_first, arc *out)
{
    arc root, n;

    if (!is_first)
        return *(*p)++ == '.' && parse_arc(p, out);
    if (!parse_arc(p, &root) || !arc_is_below(&root, 3) || *(*p)++ != '.' || !parse_arc(p, &n) ||
        (root.limb[0] < 2 && !arc_is_below(&n, 40)) || !arc_grow(&n, 1, 40 * root.limb[0]))
        return false;
    *out = n;
    return true;
}

/* The contents of `dotted` at `out`, where it is of the usual kind: up to 16 octets, no arc of more
 * than 28 bits; 0 where it is not.  Tables are searched by dotted text so often that the large
 * arithmetic would cost more than all that is found. */
static size_t put_small(const char *dotted, uint8_t out[16])
{
    uint32_t first = 0;
    size_t len = 0;

    for (size_t n = 0; *dotted; n++) {
        const char *begin = dotted;
        uint32_t value = 0;
        int shift = 0;

        while (*dotted >= '0' && *dotted <= '9' && dotted - begin < 8)
            value = value * 10 + (uint32_t)(*dotted++ - '0');
        if (dotted == begin || (*begin == '0' && dotted - begin > 1) ||
            (*dotted && (*dotted != '.' || !dotted[1])))
            return 0;
        dotted += *dotted == '.';
        if (n == 0) {
            first = value;
            continue;
        }
        if (n == 1 && (first > 2 || (first < 2 && value > 39)))
            return 0;
        value += n == 1 ? 40 * first : 0;
        while (value >> shift >> 7)
            shift += 7;
        if (len + (size_t)shift / 7 + 1 > 16)
            return 0;
        for (; shift >= 0; shift -= 7)
            out[len++] = (uint8_t)((value >> shift & 0x7F) | (shift ? MORE_SEPTETS : 0));
    }
    return len;
}

bool wr_oid_is(wr_view contents, const char *dotted)
{
    wr_reader r = wr_reader_of(contents);
    uint8_t small[16];
    size_t len = put_small(dotted, small);
    arc theirs, ours;

    if (len)
        return wr_view_is(contents, small, len);

    for (const char *p = dotted; *p;)
        if (!parse_number(&p, p == dotted, &ours) || !read_arc(&r, &theirs) ||
            memcmp(&theirs, &ours, sizeof ours) != 0)
            return false;
    return *dotted && !wr_reader_left(&r);
}

static size_t put_septets(arc n, uint8_t *out)
{
    uint8_t septets[WR_LIMIT_OID_ARC_BITS];
    size_t count = arc_digits(n, 128, septets);

    for (size_t i = 0; i < count; i++)
        out[i] = (uint8_t)(septets[i] | (i + 1 < count ? MORE_SEPTETS : 0));
    return count;
}

/* Contents octets of `dotted` at `out`, which has room for one an input char; 0 = not an OID. */
static size_t put_contents(const char *dotted, uint8_t *out)
{
    size_t len = 0;
    arc n;

    for (const char *p = dotted; *p;) {
        if (!parse_number(&p, p == dotted, &n))
            return 0;
        len += put_septets(n, out + len);
    }
    return len;
}

bool wr_oid_parse(const char *dotted, wr_arena *arena, wr_view *out, wr_error *err)
{
    uint8_t *contents = WR_NEW(arena, uint8_t, strlen(dotted) + 1);
    size_t len;

    if (!contents)
        return wr_fail_memory(err);
    len = put_contents(dotted, contents);
    if (!len)
        return wr_fail(err, WR_E_USAGE, NULL, WR_NO_OFFSET,
                       "\"%.80s\" is not an object identifier, expected numbers such as 1.2.840",
                       dotted);
    *out = (wr_view){ contents, len, 0, "" };
    return true;
}

bool wr_oids_parse(wr_view sequence, wr_arena *arena, wr_oids *out, wr_error *err)
{
    wr_reader r = wr_reader_of(sequence), inside;
    wr_oids oids = { 0 };
    wr_der list, oid;

    if (!wr_der_expect(&r, WR_DER_SEQUENCE, "list of object identifiers", &list, err))
        return false;
    if (wr_reader_left(&r))
        return wr_fail_reader(err, WR_E_MALFORMED, &r,
                              "%zu bytes behind the list of object identifiers, expected none",
                              wr_reader_left(&r));
    inside = wr_reader_of(list.contents);
    while (wr_reader_left(&inside)) {
        wr_view *item;
        if (!wr_der_expect(&inside, WR_DER_OID, "object identifier", &oid, err))
            return false;
        if (!(item = WR_APPEND(arena, &oids.list, wr_view)))
            return wr_fail_memory(err);
        *item = oid.contents;
    }
    if (!wr_view_index_make(oids.list.items, oids.list.count, arena, &oids.index, err))
        return false;
    *out = oids;
    return true;
}

bool wr_oids_contain(const wr_oids *oids, wr_view oid)
{
    return wr_view_index_find(&oids->index, oid) != SIZE_MAX;
}
