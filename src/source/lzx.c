/* lzx.c - SPEC [MS-PATCH] 2 (LZX), with the limits of [MS-CAB].
 *
 * libarchive has this, too, but OBSERVED version 3.6.2: where a stream is damaged it gives bytes of
 * memory that nobody wrote, which differ from run to run.  Here every bit is taken from a reader
 * and every match lies inside what came out before.
 */
#include "source/lzx.h"

#include <string.h>

enum { VERBATIM = 1, ALIGNED = 2, UNCOMPRESSED = 3 };

enum {
    LITERALS = 256,
    MOST_SLOTS = 50,
    MAIN_MOST = LITERALS + 8 * MOST_SLOTS,
    LENGTHS = 249,
    ALIGNED_CODES = 8,
    PRE_CODES = 20,
    LONGEST_CODE = 16,
    SHORTEST_MATCH = 2
};

/* A canonical Huffman code: how many codes have each length, and the symbols in order of theirs. */
struct tree {
    uint16_t count[LONGEST_CODE + 1];
    uint16_t symbols[MAIN_MOST];
};

struct wr_lzx {
    uint8_t *out;
    size_t room, pos;
    uint32_t window;                /* bytes */
    unsigned slots;                 /* of match distances */
    uint32_t slot_base[MOST_SLOTS]; /* the first distance of each, and 2 */
    bool started;
    uint32_t translation; /* size that calls are translated for, 0 = they are not */
    uint32_t recent[3];   /* distances of matches */

    unsigned kind; /* of the block that is being read, which frames do not end */
    uint32_t left; /* bytes that it still gives */
    bool odd;      /* an uncompressed one: a byte of padding follows it */
    bool pad;      /* that byte was not in the frame that ended the block */
    uint8_t main_lengths[MAIN_MOST], length_lengths[LENGTHS];
    struct tree main, length, aligned;
};

/* Little-endian words of 16 bits, the highest bit first. */
struct bits {
    wr_reader words;
    uint16_t word;
    unsigned left; /* of `word`, 0 to 15 between calls */
};

static bool take_bits(struct bits *b, unsigned n, uint32_t *out)
{
    uint32_t value = 0;

    while (n) {
        unsigned part;

        if (b->left == 0) {
            if (!wr_read_u16le(&b->words, &b->word))
                return false;
            b->left = 16;
        }
        part = n < b->left ? n : b->left;
        b->left -= part;
        n -= part;
        value = value << part | ((uint32_t)b->word >> b->left & ((1u << part) - 1));
    }
    *out = value;
    return true;
}

/* ---- codes ----------------------------------------------------------------------------------- */

/* False unless the lengths use up all codes, or are all 0: a tree that must not be asked. */
static bool make_tree(struct tree *t, const uint8_t *lengths, size_t count)
{
    uint16_t next[LONGEST_CODE + 2] = { 0 };
    uint32_t used = 0;

    memset(t->count, 0, sizeof t->count);
    for (size_t i = 0; i < count; i++)
        t->count[lengths[i]]++;
    t->count[0] = 0;
    for (unsigned n = 1; n <= LONGEST_CODE; n++) {
        used += (uint32_t)t->count[n] << (LONGEST_CODE - n);
        next[n + 1] = (uint16_t)(next[n] + t->count[n]);
    }
    for (size_t i = 0; i < count; i++)
        if (lengths[i])
            t->symbols[next[lengths[i]]++] = (uint16_t)i;
    return used == 1u << LONGEST_CODE || used == 0;
}

static bool take_symbol(struct bits *b, const struct tree *t, unsigned *out)
{
    uint32_t code = 0, first = 0, index = 0, bit;

    for (unsigned n = 1; n <= LONGEST_CODE; n++) {
        if (!take_bits(b, 1, &bit))
            return false;
        code = code << 1 | bit;
        first <<= 1;
        if (code - first < t->count[n]) {
            *out = t->symbols[index + code - first];
            return true;
        }
        index += t->count[n];
        first += t->count[n];
    }
    return false;
}

/* One run of lengths, each coded as its difference to the one that was there before. */
static bool take_run(struct bits *b, const struct tree *pre, uint8_t before, size_t *run,
                     uint8_t *length)
{
    enum { FEW_ZEROS = 17, MANY_ZEROS = 18, SAME = 19, LENGTH_CODES = 17 };
    uint32_t more = 0;
    unsigned code;

    if (!take_symbol(b, pre, &code))
        return false;
    *run = 1;
    *length = 0;
    if (code == FEW_ZEROS || code == MANY_ZEROS) {
        if (!take_bits(b, code == FEW_ZEROS ? 4 : 5, &more))
            return false;
        *run = more + (code == FEW_ZEROS ? 4 : 20);
        return true;
    }
    if (code == SAME) {
        if (!take_bits(b, 1, &more) || !take_symbol(b, pre, &code) || code >= LENGTH_CODES)
            return false;
        *run = more + 4;
    }
    *length = (uint8_t)((before + LENGTH_CODES - code) % LENGTH_CODES);
    return true;
}

/* The lengths [from, to) of a tree, under a tree of their own. */
static bool take_lengths(struct bits *b, uint8_t *lengths, size_t from, size_t to)
{
    uint8_t pre_lengths[PRE_CODES];
    struct tree pre;
    uint32_t n;

    for (size_t i = 0; i < PRE_CODES; i++) {
        if (!take_bits(b, 4, &n))
            return false;
        pre_lengths[i] = (uint8_t)n;
    }
    if (!make_tree(&pre, pre_lengths, PRE_CODES))
        return false;
    while (from < to) {
        uint8_t length;
        size_t run;

        if (!take_run(b, &pre, lengths[from], &run, &length) || run > to - from)
            return false;
        memset(lengths + from, length, run);
        from += run;
    }
    return true;
}

/* ---- blocks ---------------------------------------------------------------------------------- */

static bool take_aligned_tree(wr_lzx *z, struct bits *b)
{
    uint8_t lengths[ALIGNED_CODES];
    uint32_t n;

    for (size_t i = 0; i < ALIGNED_CODES; i++) {
        if (!take_bits(b, 3, &n))
            return false;
        lengths[i] = (uint8_t)n;
    }
    return make_tree(&z->aligned, lengths, ALIGNED_CODES);
}

static bool take_trees(wr_lzx *z, struct bits *b)
{
    const size_t codes = LITERALS + 8 * (size_t)z->slots;

    return (z->kind != ALIGNED || take_aligned_tree(z, b)) &&
           take_lengths(b, z->main_lengths, 0, LITERALS) &&
           take_lengths(b, z->main_lengths, LITERALS, codes) &&
           make_tree(&z->main, z->main_lengths, codes) &&
           take_lengths(b, z->length_lengths, 0, LENGTHS) &&
           make_tree(&z->length, z->length_lengths, LENGTHS);
}

/* From here on bytes are read: 1 to 16 bits are skipped up to a word, and three distances follow.
 */
static bool take_uncompressed_header(wr_lzx *z, struct bits *b)
{
    if (b->left == 0 && !wr_skip(&b->words, 2))
        return false;
    b->left = 0;
    for (size_t i = 0; i < 3; i++)
        if (!wr_read_u32le(&b->words, &z->recent[i]))
            return false;
    return true;
}

static bool begin_block(wr_lzx *z, struct bits *b)
{
    uint32_t kind, size;

    if (!take_bits(b, 3, &kind) || !take_bits(b, 24, &size))
        return false;
    z->kind = kind;
    z->left = size;
    z->odd = kind == UNCOMPRESSED && size % 2;
    if (kind == UNCOMPRESSED)
        return take_uncompressed_header(z, b);
    return (kind == VERBATIM || kind == ALIGNED) && take_trees(z, b);
}

static void end_block(wr_lzx *z, struct bits *b)
{
    z->pad = z->odd && !wr_skip(&b->words, 1);
    z->odd = false;
}

/* ---- matches --------------------------------------------------------------------------------- */

static unsigned extra_bits(unsigned slot)
{
    return slot < 4 ? 0 : slot < 36 ? slot / 2 - 1 : 17;
}

static bool take_new_distance(wr_lzx *z, struct bits *b, unsigned slot, uint32_t *out)
{
    unsigned n = extra_bits(slot), low = 0;
    bool aligned = z->kind == ALIGNED && n >= 3;
    uint32_t high;

    if (!take_bits(b, aligned ? n - 3 : n, &high) ||
        (aligned && !take_symbol(b, &z->aligned, &low)))
        return false;
    *out = z->slot_base[slot] - 2 + (aligned ? high << 3 : high) + low;
    return true;
}

/* A distance of the last three moves to the front by changing places with the first. */
static bool take_distance(wr_lzx *z, struct bits *b, unsigned slot, uint32_t *out)
{
    if (slot < 3) {
        *out = z->recent[slot];
        z->recent[slot] = z->recent[0];
    } else {
        if (!take_new_distance(z, b, slot, out))
            return false;
        z->recent[2] = z->recent[1];
        z->recent[1] = z->recent[0];
    }
    z->recent[0] = *out;
    return true;
}

static bool copy_match(wr_lzx *z, uint32_t distance, size_t length, size_t most)
{
    if (distance == 0 || distance > z->pos || distance > z->window || length > most)
        return false;
    for (size_t i = 0; i < length; i++, z->pos++) /* it may repeat what it writes */
        z->out[z->pos] = z->out[z->pos - distance];
    return true;
}

/* A literal, or a match of at most `most` bytes: neither a block nor a frame ends inside one. */
static bool expand_one(wr_lzx *z, struct bits *b, size_t most)
{
    enum { LONG = 7 };
    unsigned symbol, more = 0;
    uint32_t distance;
    size_t length;

    if (!take_symbol(b, &z->main, &symbol))
        return false;
    if (symbol < LITERALS) {
        z->out[z->pos++] = (uint8_t)symbol;
        return true;
    }
    length = (symbol - LITERALS) % 8;
    if (length == LONG && !take_symbol(b, &z->length, &more))
        return false;
    return take_distance(z, b, (symbol - LITERALS) / 8, &distance) &&
           copy_match(z, distance, length + more + SHORTEST_MATCH, most);
}

static bool expand_uncompressed(wr_lzx *z, struct bits *b, size_t most)
{
    wr_view bytes;

    if (!wr_read_view(&b->words, most, &bytes))
        return false;
    memcpy(z->out + z->pos, bytes.data, most);
    z->pos += most;
    return true;
}

/* ---- frames ---------------------------------------------------------------------------------- */

static bool start_stream(wr_lzx *z, struct bits *b)
{
    uint32_t translates, high = 0, low = 0;

    if (z->started)
        return true;
    if (!take_bits(b, 1, &translates) ||
        (translates && (!take_bits(b, 16, &high) || !take_bits(b, 16, &low))))
        return false;
    z->translation = high << 16 | low;
    z->started = true;
    return true;
}

static bool expand_to(wr_lzx *z, struct bits *b, size_t end)
{
    while (z->pos < end) {
        size_t before = z->pos, most = end - z->pos;

        if (z->left == 0 && !begin_block(z, b))
            return false;
        if (most > z->left)
            most = z->left;
        if (most &&
            !(z->kind == UNCOMPRESSED ? expand_uncompressed(z, b, most) : expand_one(z, b, most)))
            return false;
        z->left -= (uint32_t)(z->pos - before);
        if (z->left == 0)
            end_block(z, b);
    }
    return true;
}

bool wr_lzx_frame(wr_lzx *z, wr_view packed, size_t size, wr_error *err)
{
    struct bits b = { .words = wr_reader_of(packed) };
    const size_t begin = z->pos;

    if (begin % WR_LZX_FRAME || size > WR_LZX_FRAME || size > z->room - begin)
        return wr_fail_view(
            err, WR_E_MALFORMED, packed,
            "a block of %zu bytes at 0x%zx of its folder, expected whole frames of %zu", size,
            begin, WR_LZX_FRAME);
    if (z->pad && wr_skip(&b.words, 1))
        z->pad = false;
    if (!start_stream(z, &b) || !expand_to(z, &b, begin + size)) {
        size_t good = z->pos - begin;
        z->pos = begin;
        return wr_fail_reader(err, WR_E_MALFORMED, &b.words,
                              "LZX data that is damaged after %zu of %zu bytes", good, size);
    }
    return true;
}

bool wr_lzx_start(wr_arena *arena, unsigned window_bits, uint8_t *out, size_t room, wr_view at,
                  wr_lzx **z, wr_error *err)
{
    static const uint8_t slots[] = { 30, 32, 34, 36, 38, 42, MOST_SLOTS }; /* of 2^15 to 2^21 */
    wr_lzx *made;

    if (window_bits < 15 || window_bits - 15 >= sizeof slots)
        return wr_fail_view(err, WR_E_UNSUPPORTED, at,
                            "an LZX window of 2^%u, expected 2^15 to 2^21", window_bits);
    if (!(made = WR_NEW(arena, wr_lzx, 1)))
        return wr_fail_memory(err);
    *made = (wr_lzx){ .out = out,
                      .room = room,
                      .window = 1u << window_bits,
                      .slots = slots[window_bits - 15],
                      .recent = { 1, 1, 1 } };
    for (unsigned i = 1; i < made->slots; i++)
        made->slot_base[i] = made->slot_base[i - 1] + (1u << extra_bits(i - 1));
    *z = made;
    return true;
}

/* ---- calls of x86 ---------------------------------------------------------------------------- */

static void put_u32le(uint8_t *p, uint32_t value)
{
    for (size_t i = 0; i < 4; i++)
        p[i] = (uint8_t)(value >> 8 * i);
}

/* The targets of calls in one frame were made absolute, so that equal ones have equal bytes. */
static void translate_frame(uint8_t *frame, size_t size, int64_t at, int64_t file_size)
{
    const wr_view v = { frame, size, 0, NULL };

    for (size_t i = 0; i + 10 < size; i++) {
        uint32_t stored;
        int64_t target;

        if (frame[i] != 0xE8 || !wr_u32le_at(v, i + 1, &stored))
            continue;
        target = (int32_t)stored;
        if (target >= -(at + (int64_t)i) && target < file_size)
            put_u32le(frame + i + 1,
                      (uint32_t)(target < 0 ? target + file_size : target - at - (int64_t)i));
        i += 4;
    }
}

void wr_lzx_translate(const wr_lzx *z, uint8_t *out, size_t len)
{
    enum { FRAMES_TRANSLATED = 32768 };

    if (!z->translation)
        return;
    for (size_t at = 0, n = 0; at < len && n < FRAMES_TRANSLATED; at += WR_LZX_FRAME, n++)
        translate_frame(out + at, len - at < WR_LZX_FRAME ? len - at : WR_LZX_FRAME, (int64_t)at,
                        (int32_t)z->translation);
}
