/* cab.c - SPEC [MS-CAB] 2: CFHEADER, CFFOLDER, CFFILE, CFDATA. */
#include "source/cab.h"

#include <inttypes.h>

enum { FLAG_PREVIOUS = 1, FLAG_NEXT = 2, FLAG_RESERVE = 4 };
enum { ATTRIBUTE_NAME_IS_UTF = 0x80 };

#define FIXED_HEADER 36
#define FILE_ENTRY   ((size_t)16)  /* before the name */
#define NAME_MOST    ((size_t)256) /* bytes, with its NUL */

static bool fail_cut(const wr_reader *r, const char *what, wr_error *err)
{
    return wr_fail_reader(err, WR_E_TRUNCATED, r, "%zu bytes left, expected %s", wr_reader_left(r),
                          what);
}

struct header {
    uint32_t files_start;
    uint16_t flags;
    uint16_t header_reserve;
    uint8_t folder_reserve;
};

static bool read_fixed_header(wr_reader *r, wr_cab *cab, struct header *h)
{
    wr_view v;

    return wr_read_view(r, FIXED_HEADER, &v) &&
           wr_u32le_at(v, 16, &h->files_start) &&   /* coffFiles */
           wr_u16le_at(v, 26, &cab->num_folders) && /* cFolders */
           wr_u16le_at(v, 28, &cab->num_files) &&   /* cFiles */
           wr_u16le_at(v, 30, &h->flags);           /* flags */
}

static bool read_reserve(wr_reader *r, wr_cab *cab, struct header *h)
{
    if (!(h->flags & FLAG_RESERVE))
        return true;
    return wr_read_u16le(r, &h->header_reserve) && /* cbCFHeader */
           wr_read_u8(r, &h->folder_reserve) &&    /* cbCFFolder */
           wr_read_u8(r, &cab->block_reserve) &&   /* cbCFData */
           wr_skip(r, h->header_reserve);
}

static bool read_folder(wr_reader *r, uint8_t reserve, wr_cab_folder *f)
{
    f->at = r->view.origin + r->pos;
    return wr_read_u32le(r, &f->start) &&       /* coffCabStart */
           wr_read_u16le(r, &f->num_blocks) &&  /* cCFData */
           wr_read_u16le(r, &f->compression) && /* typeCompress */
           wr_skip(r, reserve);
}

bool wr_cab_open(wr_view bytes, wr_arena *arena, wr_cab *out, wr_error *err)
{
    wr_reader r = wr_reader_of(bytes);
    struct header h = { 0 };
    wr_cab cab = { .bytes = bytes };

    if (!wr_view_starts(bytes, "MSCF", 4))
        return wr_fail_view(err, WR_E_MALFORMED, bytes, "no cabinet, expected the letters MSCF");
    if (!read_fixed_header(&r, &cab, &h) || !read_reserve(&r, &cab, &h))
        return fail_cut(&r, "a cabinet's header", err);
    if (h.flags & (FLAG_PREVIOUS | FLAG_NEXT))
        return wr_fail_view(err, WR_E_UNSUPPORTED, bytes,
                            "part of a set of cabinets, expected a whole one");
    if (!(cab.folders = WR_NEW(arena, wr_cab_folder, cab.num_folders)))
        return wr_fail_memory(err);
    for (uint16_t i = 0; i < cab.num_folders; i++)
        if (!read_folder(&r, h.folder_reserve, &cab.folders[i]))
            return fail_cut(&r, "an entry of the folder table", err);
    cab.files = wr_reader_of(bytes);
    if (!wr_skip(&cab.files, h.files_start))
        return wr_fail_view(err, WR_E_TRUNCATED, bytes,
                            "%zu bytes, expected the file table at 0x%" PRIx32, bytes.len,
                            h.files_start);
    *out = cab;
    return true;
}

static bool read_name(wr_reader *r, wr_view *out, wr_error *err)
{
    size_t left = wr_reader_left(r), most = left < NAME_MOST ? left : NAME_MOST, len = 0;
    wr_view rest;

    if (!wr_view_slice(r->view, r->pos, most, &rest))
        return fail_cut(r, "a file's name", err);
    while (len < most && rest.data[len])
        len++;
    if (len == NAME_MOST)
        return wr_fail_reader(err, WR_E_MALFORMED, r, "a file's name of more than %zu bytes",
                              NAME_MOST - 1);
    if (!wr_read_view(r, len, out) || !wr_skip(r, 1))
        return fail_cut(r, "the end of a file's name", err);
    return true;
}

bool wr_cab_next(wr_reader *r, wr_cab_file *out, wr_error *err)
{
    wr_reader next = *r;
    wr_cab_file f = { 0 };
    uint16_t attributes;
    wr_view v;

    if (!wr_read_view(&next, FILE_ENTRY, &v) || !wr_u32le_at(v, 0, &f.size) || /* cbFile */
        !wr_u32le_at(v, 4, &f.offset) ||                                       /* uoffFolderStart */
        !wr_u16le_at(v, 8, &f.folder) ||                                       /* iFolder */
        !wr_u16le_at(v, 14, &attributes))                                      /* attribs */
        return fail_cut(r, "an entry of the file table", err);
    if (!read_name(&next, &f.name, err))
        return false;
    f.at = v.origin;
    f.name_is_utf8 = attributes & ATTRIBUTE_NAME_IS_UTF;
    *r = next;
    *out = f;
    return true;
}

/* SPEC [MS-CAB] 3.1: the little-endian words of `v` by XOR; what is left at its end is one more
 * word with its first byte on top. */
static uint32_t checksum(wr_view v, uint32_t sum)
{
    wr_reader r = wr_reader_of(v);
    uint32_t word, rest = 0;
    uint8_t byte;

    while (wr_read_u32le(&r, &word))
        sum ^= word;
    while (wr_read_u8(&r, &byte))
        rest = rest << 8 | byte;
    return sum ^ rest;
}

bool wr_cab_next_block(const wr_cab *cab, wr_reader *r, wr_cab_block *out)
{
    wr_reader next = *r;
    wr_cab_block b;
    uint16_t packed;

    if (!wr_read_u32le(&next, &b.checksum) || /* csum */
        !wr_view_slice(next.view, next.pos, (uint64_t)4 + cab->block_reserve, &b.sizes) ||
        !wr_read_u16le(&next, &packed) ||      /* cbData */
        !wr_read_u16le(&next, &b.expanded) ||  /* cbUncomp */
        !wr_skip(&next, cab->block_reserve) || /* abReserve */
        !wr_read_view(&next, packed, &b.data))
        return false;
    *r = next;
    *out = b;
    return true;
}

/* SPEC [MS-CAB] 2.4 */
static bool check_block(const wr_reader *at, const wr_cab_block *b, wr_error *err)
{
    uint32_t computed = b->checksum ? checksum(b->sizes, checksum(b->data, 0)) : 0;

    if (b->expanded > WR_CAB_BLOCK)
        return wr_fail_reader(err, WR_E_MALFORMED, at,
                              "a data block that expands to %u bytes, expected at most %d",
                              b->expanded, WR_CAB_BLOCK);
    if (computed != b->checksum)
        return wr_fail_reader(err, WR_E_MISMATCH, at,
                              "a data block of checksum 0x%08" PRIx32 ", computed 0x%08" PRIx32,
                              b->checksum, computed);
    return true;
}

bool wr_cab_read_blocks(const wr_cab *cab, const wr_cab_folder *folder, uint64_t budget,
                        wr_cab_blocks *out, wr_error *err)
{
    const uint64_t len = cab->bytes.len, left = folder->start < len ? len - folder->start : 0;
    const bool scarce = budget < left;
    wr_reader r;
    wr_view room;

    *out = (wr_cab_blocks){ 0 };
    if (!wr_view_slice(cab->bytes, folder->start, scarce ? budget : left, &room))
        return wr_fail_view(err, WR_E_TRUNCATED, cab->bytes,
                            "%" PRIu64 " bytes, expected data at 0x%" PRIx32, len, folder->start);
    for (r = wr_reader_of(room); out->count < folder->num_blocks; out->count++) {
        wr_reader at = r;
        wr_cab_block b;

        if (!wr_cab_next_block(cab, &r, &b))
            return wr_fail_reader(err, scarce ? WR_E_MALFORMED : WR_E_TRUNCATED, &at,
                                  "%zu bytes %s, expected data block %u of %u", wr_reader_left(&at),
                                  scarce ? "that no other folder has" : "left", out->count + 1u,
                                  folder->num_blocks);
        out->taken = r.pos;
        if (!check_block(&at, &b, err))
            return false;
        out->expanded += b.expanded;
        if (!wr_view_slice(room, 0, r.pos, &out->bytes))
            return wr_fail_reader(err, WR_E_BUG, &r, "a reader beyond its view");
    }
    return true;
}
