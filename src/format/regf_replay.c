#include "format/regf_replay.h"

#include "format/regf_internal.h"
#include "winroots/limits.h"

#include <inttypes.h>
#include <string.h>

enum { HEADER = 512, BIN_HEADER = 32 }; /* bytes of a base block that a log copies; of a bin */

const char *wr_regf_log_use_name(wr_regf_log_use use)
{
    static const char *const names[] = { "applied", "not_needed", "unusable",
                                         "stale",   "gap",        "passed_over" };
    return names[use];
}

/* What planning knows besides its result. */
struct plan {
    wr_view primary;
    uint64_t most; /* bytes that an image may have */
    wr_diags *diags;
    wr_regf_replay *out;
};

/* A bin of the primary file must still be that bin in the page that replaces its beginning. */
static bool bin_holds(wr_view primary, uint32_t rel, wr_view page)
{
    uint32_t offset, size;
    wr_view bin;

    if (!wr_view_slice(primary, WR_REGF_BASE_BLOCK + (uint64_t)rel, BIN_HEADER, &bin) ||
        !wr_view_starts(bin, "hbin", 4) || !wr_u32le_at(bin, 4, &offset) || offset != rel)
        return true;
    return wr_view_starts(page, "hbin", 4) && wr_u32le_at(page, 4, &offset) && offset == rel &&
           wr_u32le_at(page, 8, &size) && size >= WR_REGF_BASE_BLOCK;
}

/* SPEC regf, dirty pages: recovery from an old log, which has no hashes, ends at a bin that is
 * none. */
static void keep_whole_bins(const struct plan *p, wr_regf_log *log, wr_regf_log_entry *e)
{
    wr_regf_log_cursor at = { 0 };
    wr_view page;
    uint32_t rel;

    while (wr_regf_log_next_page(e, &at, &rel, &page)) {
        if (bin_holds(p->primary, rel, page))
            continue;
        e->num_pages = at.count - 1;
        log->stop = WR_REGF_LOG_BIN;
        log->stop_offset = page.origin - log->file.origin;
        wr_diag_add(p->diags, WR_DIAG_WARNING, WR_E_MALFORMED, log->file.source, page.origin, NULL,
                    "page for bin 0x%x does not begin with that bin: the log counts only up to it",
                    rel);
        return;
    }
}

/* The entries of a log count, unless and until one of them cannot. */
static void take(struct plan *p, wr_regf_replay_log *l)
{
    wr_regf_replay *r = p->out;

    for (size_t i = 0; i < l->log.entries.count; i++) {
        wr_regf_log_entry *e = &l->log.entries.items[i];
        uint64_t len = WR_REGF_BASE_BLOCK + (uint64_t)e->bins_size;

        if (len > p->most) {
            l->log.stop = WR_REGF_LOG_GROWTH;
            l->log.stop_offset = e->offset;
            wr_diag_add(p->diags, WR_DIAG_WARNING, WR_E_LIMIT, l->log.file.source,
                        l->log.file.origin + e->offset, NULL,
                        "entry for a hive of %" PRIu64 " bytes, of which its file has %zu", len,
                        p->primary.len);
            break;
        }
        if (e->kind == WR_REGF_LOG_OLD)
            keep_whole_bins(p, &l->log, e);
        if (e->num_pages == 0)
            break;
        r->entries[r->num_entries++] = e;
        r->sequence = e->sequence;
        if (len > r->image_len)
            r->image_len = (size_t)len;
        l->num_applied++;
    }
    l->use = l->num_applied ? WR_REGF_LOG_APPLIED : WR_REGF_LOG_UNUSABLE;
}

/* One log counts: the times are its own, and so is the base block where the file's is damaged. */
static void take_alone(struct plan *p, wr_regf_replay_log *l)
{
    wr_regf_replay *r = p->out;

    take(p, l);
    if (r->num_entries == 0)
        return;
    r->last_written = l->log.header.last_written;
    if (r->checksum_valid)
        return;
    r->base_block = l->log.base_block;
    wr_diag_add(p->diags, WR_DIAG_WARNING, WR_E_MISMATCH, r->source, p->primary.origin, NULL,
                "the base block's checksum does not hold: it is taken from %s", l->log.file.source);
}

/* A log that is usable so far: it has entries, and nothing was decided about it. */
static bool undecided(const wr_regf_replay_log *l, wr_regf_log_kind kind)
{
    return l->log.kind == kind && l->use == WR_REGF_LOG_PASSED_OVER;
}

/* The log that is undecided with the earliest sequence number. */
static wr_regf_replay_log *earliest(const wr_regf_replay *r)
{
    wr_regf_replay_log *first = NULL;

    for (size_t i = 0; i < r->num_logs; i++)
        if (undecided(&r->logs[i], WR_REGF_LOG_NEW) &&
            (!first || !wr_regf_sequence_reaches(r->logs[i].log.header.primary_sequence,
                                                 first->log.header.primary_sequence)))
            first = &r->logs[i];
    return first;
}

/* New logs, valid base block: from the first that is not older than the file, as long as each
 * begins where the one before it ends.  OBSERVED NewDirtyHive1: LOG1 has 2, LOG2 has 3 to 5.  The
 * first need not continue the file: OBSERVED 2107 after 1622/1621. */
static void take_chain(struct plan *p, const wr_regf_header *header)
{
    wr_regf_replay *r = p->out;
    wr_regf_replay_log *l;

    while ((l = earliest(r))) {
        uint32_t begins = l->log.header.primary_sequence;

        if (r->num_entries > 0 && begins != r->sequence + 1) {
            l->use = WR_REGF_LOG_GAP;
            wr_diag_add(p->diags, WR_DIAG_WARNING, WR_E_MISMATCH, l->log.file.source,
                        l->log.file.origin + 4, NULL,
                        "the log begins with sequence number %u, %u is the next of the hive: it is "
                        "not applied",
                        begins, r->sequence + 1);
        } else if (r->num_entries == 0 &&
                   !wr_regf_sequence_reaches(begins, header->secondary_sequence)) {
            l->use = WR_REGF_LOG_STALE;
        } else {
            take(p, l);
        }
    }
}

/* New logs, damaged base block: SPEC regf, multiple transaction log files: the latest alone. */
static void take_latest(struct plan *p)
{
    wr_regf_replay *r = p->out;
    wr_regf_replay_log *latest = NULL;
    uint32_t reached = 0;

    for (size_t i = 0; i < r->num_logs; i++) {
        const wr_regf_log *log = &r->logs[i].log;
        if (!undecided(&r->logs[i], WR_REGF_LOG_NEW))
            continue;
        uint32_t last = log->entries.items[log->entries.count - 1].sequence;
        if (!latest || !wr_regf_sequence_reaches(reached, last)) {
            latest = &r->logs[i];
            reached = last;
        }
    }
    if (latest)
        take_alone(p, latest);
}

/* Old logs: the one with the latest time, as Windows 8 and patched Windows 7 do (SPEC regf); a log
 * older than the file was written before it. */
static void take_old(struct plan *p, wr_time since)
{
    wr_regf_replay *r = p->out;
    wr_regf_replay_log *latest = NULL;

    for (size_t i = 0; i < r->num_logs; i++) {
        wr_regf_replay_log *l = &r->logs[i];
        if (!undecided(l, WR_REGF_LOG_OLD))
            continue;
        if (l->log.header.last_written < since)
            l->use = WR_REGF_LOG_STALE;
        else if (!latest || l->log.header.last_written > latest->log.header.last_written)
            latest = l;
    }
    if (latest)
        take_alone(p, latest);
}

/* When the file was last written: where its base block does not say, its first bin does. */
static wr_time time_of(wr_view primary, const wr_regf_header *header)
{
    wr_time time = 0;
    wr_view bin;

    if (header->checksum_valid)
        return header->last_written;
    if (wr_view_slice(primary, WR_REGF_BASE_BLOCK, BIN_HEADER, &bin) &&
        wr_view_starts(bin, "hbin", 4) && !wr_u64le_at(bin, 20, &time))
        time = 0;
    return time;
}

static void choose(struct plan *p, const wr_regf_header *header)
{
    wr_regf_replay *r = p->out;

    if (r->checksum_valid)
        take_chain(p, header);
    else
        take_latest(p);
    if (r->num_entries == 0)
        take_old(p, time_of(p->primary, header));

    if (r->num_logs > 0 && r->num_entries == 0)
        wr_diag_add(p->diags, WR_DIAG_WARNING, WR_E_MISMATCH, r->source, p->primary.origin + 4,
                    NULL,
                    "the hive is dirty (sequence numbers %u and %u) and none of %zu logs applies",
                    r->primary_sequence, r->secondary_sequence, r->num_logs);
    if (r->num_entries > 0 && r->checksum_valid &&
        WR_REGF_BASE_BLOCK + (uint64_t)header->bins_size > r->primary_len)
        wr_diag_add(p->diags, WR_DIAG_WARNING, WR_E_TRUNCATED, r->source,
                    p->primary.origin + r->primary_len, NULL,
                    "the file ends %" PRIu64
                    " bytes too early: what its logs do not bring is zeros",
                    WR_REGF_BASE_BLOCK + (uint64_t)header->bins_size - r->primary_len);
}

bool wr_regf_replay_plan(wr_view primary, const wr_view *logs, size_t num_logs, wr_arena *arena,
                         wr_diags *diags, wr_regf_replay *out, wr_error *err)
{
    wr_regf_replay r = { .source = primary.source,
                         .num_logs = num_logs,
                         .primary_len = primary.len,
                         .image_len = primary.len };
    struct plan p = { primary, primary.len + WR_LIMIT_REPLAY_GAP, diags, &r };
    wr_regf_header header = { 0 };
    size_t num_entries = 0;

    if (primary.len < WR_REGF_BASE_BLOCK)
        return wr_fail_view(err, WR_E_TRUNCATED, primary,
                            "hive of %zu bytes, its base block has %u", primary.len,
                            WR_REGF_BASE_BLOCK);
    r.checksum_valid = wr_regf_header_read(primary, &header) && header.checksum_valid;
    r.primary_sequence = header.primary_sequence;
    r.secondary_sequence = header.secondary_sequence;
    r.dirty = !r.checksum_valid || r.primary_sequence != r.secondary_sequence;
    r.last_written = header.last_written;

    if (num_logs > 0 && !(r.logs = WR_NEW(arena, wr_regf_replay_log, num_logs)))
        return wr_fail_memory(err);
    for (size_t i = 0; i < num_logs; i++) {
        wr_regf_replay_log *l = &r.logs[i];
        if (!r.dirty) {
            *l = (wr_regf_replay_log){ .log.file = logs[i], .use = WR_REGF_LOG_NOT_NEEDED };
            continue;
        }
        if (!wr_regf_log_read(logs[i], arena, diags, &l->log, err))
            return false;
        l->use = l->log.entries.count ? WR_REGF_LOG_PASSED_OVER : WR_REGF_LOG_UNUSABLE;
        p.most += logs[i].len;
        num_entries += l->log.entries.count;
    }
    if (num_entries > 0 && !(r.entries = WR_NEW(arena, const wr_regf_log_entry *, num_entries)))
        return wr_fail_memory(err);
    if (r.dirty)
        choose(&p, &header);
    *out = r;
    return true;
}

static void put_u32le(uint8_t *to, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++)
        to[i] = (uint8_t)(value >> 8 * i);
}

/* The base block of the hive that an entry leaves behind. */
static void finish(const wr_regf_replay *r, const wr_regf_log_entry *e, uint8_t *image)
{
    wr_view header = { image, HEADER, 0, r->source };
    uint32_t flags = 0, checksum = 0;

    put_u32le(image + 4, e->sequence);
    put_u32le(image + 8, e->sequence);
    put_u32le(image + 12, (uint32_t)r->last_written);
    put_u32le(image + 16, (uint32_t)(r->last_written >> 32));
    put_u32le(image + 28, 0); /* a hive, even where the base block was a log's */
    put_u32le(image + 40, e->bins_size);
    if (e->kind == WR_REGF_LOG_NEW && wr_u32le_at(header, 144, &flags))
        put_u32le(image + 144, (flags & ~1u) | (e->flags & 1));
    if (wr_regf_checksum(header, &checksum))
        put_u32le(image + 508, checksum);
}

static void apply(const wr_regf_replay *r, const wr_regf_log_entry *e, uint8_t *image)
{
    wr_regf_log_cursor at = { 0 };
    wr_view bytes;
    uint32_t rel;

    while (wr_regf_log_next_page(e, &at, &rel, &bytes))
        if (bytes.len)
            memcpy(image + WR_REGF_BASE_BLOCK + rel, bytes.data, bytes.len);
    finish(r, e, image);
}

bool wr_regf_replay_until(const wr_regf_replay *replay, size_t from, size_t to, uint8_t *image,
                          size_t size, wr_view *out, wr_error *err)
{
    size_t len = replay->primary_len;

    if (from > to || to > replay->num_entries || size < replay->image_len)
        return wr_fail(err, WR_E_USAGE, replay->source, WR_NO_OFFSET,
                       "entries %zu to %zu of %zu, image of %zu bytes, %zu expected", from, to,
                       replay->num_entries, size, replay->image_len);
    if (from == 0 && to > 0 && replay->base_block.len)
        memcpy(image, replay->base_block.data, HEADER);
    for (size_t i = from; i < to; i++)
        apply(replay, replay->entries[i], image);
    for (size_t i = 0; i < to; i++)
        if (WR_REGF_BASE_BLOCK + (size_t)replay->entries[i]->bins_size > len)
            len = WR_REGF_BASE_BLOCK + (size_t)replay->entries[i]->bins_size;
    *out = (wr_view){ image, len, 0, replay->source };
    return true;
}

bool wr_regf_replay_all(const wr_regf_replay *replay, wr_view primary, uint8_t *own,
                        wr_arena *arena, wr_view *out, wr_error *err)
{
    uint8_t *image = replay->image_len == primary.len ? own : NULL;

    if (replay->num_entries == 0) {
        *out = primary;
        return true;
    }
    if (!image) {
        if (!(image = WR_NEW(arena, uint8_t, replay->image_len)))
            return wr_fail_memory(err);
        memcpy(image, primary.data, primary.len);
    }
    return wr_regf_replay_until(replay, 0, replay->num_entries, image, replay->image_len, out, err);
}

const char *wr_regf_replay_log_of(const wr_regf_replay *replay, const wr_regf_log_entry *entry)
{
    for (size_t i = 0; i < replay->num_logs; i++) {
        const wr_regf_log *log = &replay->logs[i].log;
        if (log->entries.count && entry >= log->entries.items &&
            entry < log->entries.items + log->entries.count)
            return log->file.source;
    }
    return "";
}
