#include "format/regf_log.h"

#include "format/regf_internal.h"

#include <string.h>

enum {
    SECTOR = 512,      /* unit of logs: header, entries, bitmap and old pages */
    PAGE = 4096,       /* unit of hive bins                                   */
    ENTRY_HEADER = 40, /* of a new log: what precedes the page references     */
    HASHED_HEADER = 32 /* of these, what the second hash covers               */
};

/* Remnants lie one behind the other, so that reading all of them hashes at most the log once; the
 * rest is for headers that lie. */
#define REMNANT_HASH_BUDGET(log_len) (4 * (uint64_t)(log_len))

const char *wr_regf_log_kind_name(wr_regf_log_kind kind)
{
    static const char *const names[] = { "other", "empty", "old", "new" };
    return names[kind];
}

static const struct {
    const char *name, *what; /* `what` only for damage */
} stops[] = {
    [WR_REGF_LOG_END] = { "end", NULL },
    [WR_REGF_LOG_SEQUENCE] = { "sequence", NULL },
    [WR_REGF_LOG_HEADER] = { "header", NULL }, /* says it itself, with numbers */
    [WR_REGF_LOG_SIZE] = { "size", "its size is no multiple of 512 bytes inside the log" },
    [WR_REGF_LOG_HASH] = { "hash", "a hash of it does not hold" },
    [WR_REGF_LOG_BINS_SIZE] = { "bins_size", "its hive bins size is no multiple of 4096 bytes" },
    [WR_REGF_LOG_PAGES] = { "pages", "its pages are none, outside the hive, or not all there" },
    [WR_REGF_LOG_BIN] = { "bin", NULL },
    [WR_REGF_LOG_GROWTH] = { "growth", NULL },
};

const char *wr_regf_log_stop_name(wr_regf_log_stop stop)
{
    return stops[stop].name;
}

bool wr_regf_sequence_reaches(uint32_t b, uint32_t a)
{
    return b - a <= INT32_MAX;
}

bool wr_regf_header_read(wr_view file, wr_regf_header *out)
{
    wr_regf_header h;
    uint32_t stored, computed;

    if (!wr_view_starts(file, "regf", 4) || !wr_u32le_at(file, 4, &h.primary_sequence) ||
        !wr_u32le_at(file, 8, &h.secondary_sequence) || !wr_u64le_at(file, 12, &h.last_written) ||
        !wr_u32le_at(file, 28, &h.type) || !wr_u32le_at(file, 40, &h.bins_size) ||
        !wr_u32le_at(file, 508, &stored) || !wr_regf_checksum(file, &computed))
        return false;
    h.checksum_valid = stored == computed;
    *out = h;
    return true;
}

/* Marvin32 as logs use it: lengths are multiples of 4, all 64 bits are stored.
 * OBSERVED more than 300 entries of real logs: the seed is a number, low half first. */
struct marvin {
    uint32_t low, high;
};

static uint32_t rotate(uint32_t x, unsigned bits)
{
    return x << bits | x >> (32 - bits);
}

static void mix(struct marvin *m, uint32_t dword)
{
    m->low += dword;
    m->high ^= m->low;
    m->low = rotate(m->low, 20) + m->high;
    m->high = rotate(m->high, 9) ^ m->low;
    m->low = rotate(m->low, 27) + m->high;
    m->high = rotate(m->high, 19);
}

static uint64_t marvin32(wr_view v)
{
    struct marvin m = { 0x7A4E55C5, 0x82EF4D88 };
    uint32_t dword;

    for (size_t at = 0; wr_u32le_at(v, at, &dword); at += 4)
        mix(&m, dword);
    mix(&m, 0x80);
    mix(&m, 0);
    return (uint64_t)m.high << 32 | m.low;
}

/* Where the next page belongs and how many bytes it has. */
static bool next_ref(const wr_regf_log_entry *e, wr_regf_log_cursor *at, uint32_t *rel,
                     uint32_t *len)
{
    uint8_t byte;

    if (at->count == e->num_pages)
        return false;
    if (e->kind == WR_REGF_LOG_NEW)
        return wr_u32le_at(e->refs, 8 * (size_t)at->count, rel) &&
               wr_u32le_at(e->refs, 8 * (size_t)at->count + 4, len);
    for (; at->bit / 8 < e->refs.len; at->bit++) {
        byte = e->refs.data[at->bit / 8];
        if (byte >> at->bit % 8 & 1) {
            *rel = (uint32_t)(SECTOR * at->bit++);
            *len = SECTOR;
            return true;
        }
        if (byte >> at->bit % 8 == 0)
            at->bit |= 7; /* nothing more in this byte */
    }
    return false;
}

bool wr_regf_log_next_page(const wr_regf_log_entry *entry, wr_regf_log_cursor *at, uint32_t *rel,
                           wr_view *bytes)
{
    wr_regf_log_cursor next = *at;
    uint32_t len;

    if (!next_ref(entry, &next, rel, &len) || !wr_view_slice(entry->pages, next.used, len, bytes))
        return false;
    next.count++;
    next.used += len;
    *at = next;
    return true;
}

/* Every page lies inside the hive and has its bytes. */
static bool pages_hold(const wr_regf_log_entry *e)
{
    wr_regf_log_cursor at = { 0 };
    wr_view bytes;
    uint32_t rel;

    while (wr_regf_log_next_page(e, &at, &rel, &bytes))
        if (rel > e->bins_size || bytes.len > e->bins_size - rel)
            return false;
    return e->num_pages > 0 && at.count == e->num_pages;
}

struct found {
    wr_regf_log_entry entry;
    uint32_t size;
    wr_regf_log_stop why; /* there is none that holds */
    uint64_t hashed;      /* bytes, for the budget     */
};

static bool refuse(struct found *f, wr_regf_log_stop why)
{
    f->why = why;
    return false;
}

/* The entry of a new log at an offset:
 *
 *     0  4  "HvLE"                 16  4  hive bins data size
 *     4  4  size of the entry      20  4  number of page references
 *     8  4  flags                  24  8  hash of [40, size)
 *    12  4  sequence number        32  8  hash of [0, 32)
 *    40  8  offset and size of each run of pages, then their bytes */
static bool find_entry(wr_view log, uint64_t at, struct found *f)
{
    wr_regf_log_entry *e = &f->entry;
    uint64_t pages_hash, header_hash;
    wr_view v, header, body;

    *f = (struct found){ .entry = { .kind = WR_REGF_LOG_NEW, .offset = at } };
    if (!wr_view_slice(log, at, ENTRY_HEADER, &v) || !wr_view_starts(v, "HvLE", 4) ||
        !wr_u32le_at(v, 4, &f->size) || !wr_u32le_at(v, 8, &e->flags) ||
        !wr_u32le_at(v, 12, &e->sequence) || !wr_u32le_at(v, 16, &e->bins_size) ||
        !wr_u32le_at(v, 20, &e->num_pages) || !wr_u64le_at(v, 24, &pages_hash) ||
        !wr_u64le_at(v, 32, &header_hash) || !wr_view_slice(v, 0, HASHED_HEADER, &header))
        return refuse(f, WR_REGF_LOG_END);
    if (f->size % SECTOR || f->size < SECTOR ||
        !wr_view_slice(log, at + ENTRY_HEADER, f->size - ENTRY_HEADER, &body))
        return refuse(f, WR_REGF_LOG_SIZE);
    if (marvin32(header) != header_hash) /* it covers the size and the other hash */
        return refuse(f, WR_REGF_LOG_HASH);
    f->hashed = f->size;
    if (marvin32(body) != pages_hash)
        return refuse(f, WR_REGF_LOG_HASH);
    if (e->bins_size % PAGE)
        return refuse(f, WR_REGF_LOG_BINS_SIZE);
    if (!wr_view_slice(body, 0, 8 * (uint64_t)e->num_pages, &e->refs) ||
        !wr_view_slice(body, e->refs.len, body.len - e->refs.len, &e->pages) || !pages_hold(e))
        return refuse(f, WR_REGF_LOG_PAGES);
    return true;
}

static void note_stop(const wr_regf_log *log, uint32_t sequence, wr_diags *diags)
{
    if (stops[log->stop].what)
        wr_diag_add(
            diags, WR_DIAG_WARNING, log->stop == WR_REGF_LOG_HASH ? WR_E_MISMATCH : WR_E_MALFORMED,
            log->file.source, log->file.origin + log->stop_offset, NULL,
            "entry with sequence number %u ends the log: %s", sequence, stops[log->stop].what);
}

/* Valid entries behind the chain: at any sector, since newer ones were written over their
 * beginnings. */
static bool read_remnants(wr_arena *arena, wr_regf_log *log)
{
    uint64_t budget = REMNANT_HASH_BUDGET(log->file.len), at = log->stop_offset;
    struct found f;

    while (at < log->file.len && budget > 0) {
        if (find_entry(log->file, at, &f)) {
            wr_regf_log_entry *e = WR_APPEND(arena, &log->remnants, wr_regf_log_entry);
            if (!e)
                return false;
            *e = f.entry;
            at += f.size;
        } else {
            at += SECTOR;
        }
        budget -= f.hashed < budget ? f.hashed : budget;
    }
    return true;
}

static bool read_new(wr_arena *arena, wr_diags *diags, wr_regf_log *log)
{
    uint32_t expected = log->header.primary_sequence;
    struct found f;
    bool found;

    while ((found = find_entry(log->file, log->stop_offset, &f)) && f.entry.sequence == expected) {
        wr_regf_log_entry *e = WR_APPEND(arena, &log->entries, wr_regf_log_entry);
        if (!e)
            return false;
        *e = f.entry;
        log->stop_offset += f.size;
        expected++; /* wraps */
    }
    /* What has another number, whole or damaged, was not written in this round. */
    if (found || (f.why != WR_REGF_LOG_END && f.entry.sequence != expected))
        log->stop = WR_REGF_LOG_SEQUENCE;
    else
        log->stop = f.why;
    note_stop(log, expected, diags);
    return read_remnants(arena, log);
}

/* The dirty vector of an old log: "DIRT", a bitmap of one bit for each 512 bytes of the hive's
 * bins, least significant bit first, and from the next sector on the pages whose bit is set. */
static wr_regf_log_stop find_pages(wr_view file, wr_regf_log_entry *e, uint64_t *end)
{
    uint64_t bitmap_len = e->bins_size / PAGE;
    uint64_t pages_at = (e->offset + 4 + bitmap_len + SECTOR - 1) / SECTOR * SECTOR;
    wr_regf_log_cursor at = { 0 };
    uint32_t rel, len;

    if (e->bins_size % PAGE)
        return WR_REGF_LOG_BINS_SIZE;
    if (!wr_view_slice(file, e->offset + 4, bitmap_len, &e->refs))
        return WR_REGF_LOG_SIZE;
    for (e->num_pages = UINT32_MAX; next_ref(e, &at, &rel, &len); at.count++)
        ;
    e->num_pages = at.count;
    if (!wr_view_slice(file, pages_at, SECTOR * (uint64_t)e->num_pages, &e->pages) ||
        !pages_hold(e))
        return WR_REGF_LOG_PAGES;
    *end = pages_at + e->pages.len;
    return WR_REGF_LOG_END;
}

static bool read_old(wr_arena *arena, wr_diags *diags, wr_regf_log *log)
{
    wr_regf_log_entry *e, found = { .kind = WR_REGF_LOG_OLD,
                                    .offset = log->stop_offset,
                                    .sequence = log->header.primary_sequence,
                                    .bins_size = log->header.bins_size };
    wr_view vector;

    if (!wr_view_slice(log->file, found.offset, 4, &vector) || !wr_view_is(vector, "DIRT", 4)) {
        log->stop = WR_REGF_LOG_HEADER;
        wr_diag_add(diags, WR_DIAG_WARNING, WR_E_MALFORMED, log->file.source,
                    log->file.origin + log->stop_offset, NULL,
                    "no \"DIRT\" behind the base block of a log of type %u", log->header.type);
        return true;
    }
    log->stop = find_pages(log->file, &found, &log->stop_offset);
    if (log->stop != WR_REGF_LOG_END) {
        note_stop(log, found.sequence, diags);
        return true;
    }
    if (!(e = WR_APPEND(arena, &log->entries, wr_regf_log_entry)))
        return false;
    *e = found;
    return true;
}

static bool only_zeros(wr_view v)
{
    wr_view head, tail;

    return v.len == 0 || (v.data[0] == 0 && wr_view_slice(v, 0, v.len - 1, &head) &&
                          wr_view_slice(v, 1, v.len - 1, &tail) && wr_view_equal(head, tail));
}

/* What is wrong with the copy of the base block; NULL where it holds. */
static const char *header_fault(const wr_regf_log *log)
{
    if (log->kind == WR_REGF_LOG_OTHER)
        return "is no transaction log: \"regf\" of type 1, 2 or 6 was expected";
    if (!log->header.checksum_valid)
        return "has a base block whose checksum does not hold";
    if (log->header.primary_sequence != log->header.secondary_sequence)
        return "was not finished: the sequence numbers of its base block differ";
    return NULL;
}

static wr_regf_log_kind kind_of(wr_view file, wr_regf_header *header)
{
    if (only_zeros(file))
        return WR_REGF_LOG_EMPTY;
    if (!wr_regf_header_read(file, header))
        return WR_REGF_LOG_OTHER;
    return header->type == 6                        ? WR_REGF_LOG_NEW
           : header->type == 1 || header->type == 2 ? WR_REGF_LOG_OLD
                                                    : WR_REGF_LOG_OTHER;
}

bool wr_regf_log_read(wr_view file, wr_arena *arena, wr_diags *diags, wr_regf_log *out,
                      wr_error *err)
{
    wr_regf_log log = { .file = file, .stop_offset = SECTOR };
    const char *fault;

    log.kind = kind_of(file, &log.header);
    if (log.kind == WR_REGF_LOG_EMPTY) {
        log.stop_offset = 0;
        *out = log;
        return true;
    }
    if (log.kind != WR_REGF_LOG_OTHER && !wr_view_slice(file, 0, SECTOR, &log.base_block))
        log.kind = WR_REGF_LOG_OTHER; /* cannot be: its checksum was read */
    if ((fault = header_fault(&log))) {
        log.stop = WR_REGF_LOG_HEADER;
        wr_diag_add(diags, WR_DIAG_WARNING, WR_E_MALFORMED, file.source, file.origin, NULL,
                    "the log %s", fault);
    } else if (!(log.kind == WR_REGF_LOG_NEW ? read_new : read_old)(arena, diags, &log)) {
        return wr_fail_memory(err);
    }
    if (!wr_view_slice(file, log.stop_offset, file.len - log.stop_offset, &log.rest))
        log.rest = (wr_view){ 0 };
    *out = log;
    return true;
}
