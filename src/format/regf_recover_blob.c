#include "format/der.h"
#include "format/property.h"
#include "format/regf_recover_internal.h"
#include "winroots/limits.h"

/* An element begins with id, reserved 1 and length of its first property. */
enum { PROPERTY_HEADER = 12, HIGHEST_ID = 0xFFFF };

static bool is_object(uint32_t id)
{
    return id == WR_PROP_CERTIFICATE || id == WR_PROP_CRL || id == WR_PROP_CTL;
}

/* True when the bytes are one DER SEQUENCE and nothing more. */
static bool is_one_sequence(wr_view v)
{
    wr_reader r = wr_reader_of(v);
    wr_error ignored;
    wr_der der;

    return wr_der_peek(&r, WR_DER_SEQUENCE) && wr_der_read(&r, &der, &ignored) &&
           wr_reader_left(&r) == 0;
}

/* What nearly nothing else begins with; asked of every byte. */
static bool may_begin(wr_view v, size_t at)
{
    uint32_t id, reserved;

    return v.len - at > 4 && v.data[at + 4] == 1 && wr_u32le_at(v, at + 4, &reserved) &&
           reserved == 1 && wr_u32le_at(v, at, &id) && id != 0 && id <= HIGHEST_ID;
}

/* Bytes of the properties from an offset to the end of an object that is DER; 0 where they do not
 * lead to one. */
static size_t element_at(wr_regf_blob_search *s, wr_view v, size_t at)
{
    wr_property property;
    wr_error ignored;
    wr_reader r;
    wr_view rest;

    if (!wr_view_slice(v, at, v.len - at, &rest))
        return 0;
    r = wr_reader_of(rest);
    for (int i = 0; i < WR_LIMIT_PROPERTIES && s->work > 0 && may_begin(rest, r.pos); i++) {
        s->work--;
        if (!wr_property_read(&r, &property, &ignored))
            return 0;
        if (is_object(property.id))
            return is_one_sequence(property.data) ? r.pos : 0;
    }
    return 0;
}

static void take(wr_regf_blob_search *s, wr_regf_place place, wr_view bytes, bool whole)
{
    wr_regf_deleted_blob *added;

    if (s->out->blobs.count == WR_LIMIT_DELETED) {
        s->full = true;
        return;
    }
    if (!(added = WR_APPEND(s->arena, &s->out->blobs, wr_regf_deleted_blob))) {
        s->no_memory = true;
        return;
    }
    *added = (wr_regf_deleted_blob){
        .bytes = bytes,
        .whole = whole,
        .place = place,
        .confidence = whole ? WR_REGF_HIGH : WR_REGF_MEDIUM,
        .reason = whole ? "a cell of its size holds properties and an object whose lengths agree"
                        : "properties and an object whose lengths agree; what was before is lost",
    };
}

void wr_regf_search_blobs(wr_regf_blob_search *search, wr_regf_place place, uint64_t begin,
                          uint64_t len)
{
    wr_view gap, bytes;
    size_t n;

    if (!wr_view_slice(search->bytes, begin, len, &gap))
        return;
    for (size_t at = 0; at + PROPERTY_HEADER < gap.len && !search->full && !search->no_memory;
         at += n) {
        uint64_t cell = begin + at - 4;

        n = may_begin(gap, at) ? element_at(search, gap, at) : 0;
        if (n == 0)
            n = 1;
        else if (search->taken && cell % 8 == 0 && search->taken[cell / 64] >> (cell / 8 & 7) & 1)
            continue; /* a value's data: it is given with the value */
        else if (wr_view_slice(gap, at, n, &bytes))
            take(search, place, bytes,
                 begin + at >= 4 && wr_regf_cell_frames(search->bytes, cell, n));
    }
}

bool wr_regf_recover_blobs(wr_view bytes, wr_regf_place place, wr_arena *arena, wr_diags *diags,
                           wr_regf_recovery *recovery, wr_error *err)
{
    wr_regf_recovery found = *recovery;
    wr_regf_blob_search s = { .bytes = bytes, .work = bytes.len, .arena = arena, .out = &found };

    wr_regf_search_blobs(&s, place, 0, bytes.len);
    if (s.no_memory)
        return wr_fail_memory(err);
    if (s.full)
        wr_regf_report_full(diags, bytes, "blobs");
    *recovery = found;
    return true;
}
