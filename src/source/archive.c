/* archive.c - the members of a cabinet.
 *
 * A folder is expanded once, and its files are slices of what came out: files that share bytes cost
 * them once, and what comes before the damage in a folder, or in another folder, is not lost. */
#include "source/archive.h"

#include "base/text.h"
#include "source/cab.h"
#include "source/lzx.h"
#include "winroots/limits.h"

#include <inttypes.h>
#include <string.h>

#define ZLIB_CONST /* its input is evidence */
#include <zlib.h>

struct folder {
    bool expanded;
    wr_view bytes;         /* as far as it goes                            */
    const wr_error *fault; /* why not further; NULL where nothing is wrong */
};

struct expansion {
    wr_cab cab;
    wr_arena *arena;
    struct folder *folders;
    uint64_t left;  /* bytes of the cabinet that no folder has taken */
    uint64_t bytes; /* that came out so far                          */
};

/* Bytes of a folder that came out so far: `len` of `room`. */
struct output {
    uint8_t *bytes;
    size_t len, room;
};

/* ---- methods --------------------------------------------------------------------------------- */

/* SPEC [MS-MCI] 2: "CK" and one deflate stream, which may refer to what came out before it. */
static bool inflate_block(z_stream *z, const wr_cab_block *b, struct output *out)
{
    const size_t window = out->len < WR_CAB_BLOCK ? out->len : WR_CAB_BLOCK;

    if (!wr_view_starts(b->data, "CK", 2) || inflateReset(z) != Z_OK ||
        (window &&
         inflateSetDictionary(z, out->bytes + out->len - window, (unsigned)window) != Z_OK))
        return false;
    z->next_in = b->data.data + 2;
    z->avail_in = (unsigned)b->data.len - 2;
    z->next_out = out->bytes + out->len;
    z->avail_out = b->expanded;
    return inflate(z, Z_FINISH) == Z_STREAM_END && z->avail_out == 0;
}

static bool expand_mszip(const struct expansion *x, const wr_cab_folder *folder,
                         const wr_cab_blocks *blocks, struct output *out, wr_error *err)
{
    wr_reader r = wr_reader_of(blocks->bytes);
    z_stream z = { 0 };
    bool done = true;
    wr_cab_block b;

    (void)folder;
    if (inflateInit2(&z, -MAX_WBITS) != Z_OK)
        return wr_fail_memory(err);
    while (done && wr_cab_next_block(&x->cab, &r, &b)) {
        if ((done = inflate_block(&z, &b, out)))
            out->len += b.expanded;
        else
            wr_fail_view(err, WR_E_MALFORMED, blocks->bytes,
                         "MSZIP data that is damaged after %zu of %zu bytes: %s", out->len,
                         out->room, z.msg ? z.msg : "it ends there");
    }
    inflateEnd(&z);
    return done;
}

static bool copy_stored(const struct expansion *x, const wr_cab_folder *folder,
                        const wr_cab_blocks *blocks, struct output *out, wr_error *err)
{
    wr_reader r = wr_reader_of(blocks->bytes);
    wr_cab_block b;

    (void)folder;
    while (wr_cab_next_block(&x->cab, &r, &b)) {
        if (b.data.len != b.expanded)
            return wr_fail_view(err, WR_E_MALFORMED, b.data,
                                "%zu bytes that are stored as they are, expected %u", b.data.len,
                                b.expanded);
        if (b.data.len)
            memcpy(out->bytes + out->len, b.data.data, b.data.len);
        out->len += b.data.len;
    }
    return true;
}

static bool expand_lzx(const struct expansion *x, const wr_cab_folder *folder,
                       const wr_cab_blocks *blocks, struct output *out, wr_error *err)
{
    wr_reader r = wr_reader_of(blocks->bytes);
    bool done = true;
    wr_cab_block b;
    wr_lzx *z;

    if (!wr_lzx_start(x->arena, folder->compression >> 8 & 0x1F, out->bytes, out->room,
                      blocks->bytes, &z, err))
        return false;
    while (done && wr_cab_next_block(&x->cab, &r, &b)) {
        done = wr_lzx_frame(z, b.data, b.expanded, err);
        out->len += done ? b.expanded : 0;
    }
    wr_lzx_translate(z, out->bytes, out->len);
    return done;
}

typedef bool expand_fn(const struct expansion *x, const wr_cab_folder *folder,
                       const wr_cab_blocks *blocks, struct output *out, wr_error *err);

static expand_fn *const methods[16] = {
    [WR_CAB_STORED] = copy_stored,
    [WR_CAB_MSZIP] = expand_mszip,
    [WR_CAB_LZX] = expand_lzx,
};

/* ---- folders and their limits ---------------------------------------------------------------- */

static bool check_limits(const struct expansion *x, const wr_cab_blocks *blocks, wr_error *err)
{
    const uint64_t packed = blocks->bytes.len, expanded = blocks->expanded;

    if (x->bytes + expanded > WR_LIMIT_MEMBER_BYTES)
        return wr_fail_view(err, WR_E_LIMIT, blocks->bytes,
                            "expands to %" PRIu64 " bytes, expected at most %" PRIu64,
                            x->bytes + expanded, WR_LIMIT_MEMBER_BYTES);
    if (expanded > WR_LIMIT_EXPANSION_FREE && expanded / WR_LIMIT_EXPANSION_RATIO >= packed)
        return wr_fail_view(err, WR_E_LIMIT, blocks->bytes,
                            "%" PRIu64 " bytes expand to %" PRIu64
                            ", expected at most %d times as many",
                            packed, expanded, WR_LIMIT_EXPANSION_RATIO);
    return true;
}

/* Folders share no bytes of the cabinet, so that none costs more than its size. */
static bool expand_folder(struct expansion *x, const wr_cab_folder *folder, wr_view *bytes,
                          wr_error *err)
{
    expand_fn *expand = methods[folder->compression & 0xF];
    struct output out = { 0 };
    wr_cab_blocks blocks;
    wr_error end;
    bool whole, done;

    if (!expand)
        return wr_fail(err, WR_E_UNSUPPORTED, x->cab.bytes.source, folder->at,
                       "compression 0x%04x, expected none, MSZIP or LZX", folder->compression);
    whole = wr_cab_read_blocks(&x->cab, folder, x->left, &blocks, &end);
    x->left -= blocks.taken;
    if (!check_limits(x, &blocks, err))
        return false;
    x->bytes += blocks.expanded;
    out.room = (size_t)blocks.expanded;
    if (!(out.bytes = WR_NEW(x->arena, uint8_t, out.room)))
        return wr_fail_memory(err);
    done = out.room == 0 || expand(x, folder, &blocks, &out, err);
    *bytes = (wr_view){ out.bytes, out.len, 0, x->cab.bytes.source };
    if (done && !whole)
        *err = end;
    return done && whole;
}

/* Expands a folder when its first file asks, as far as it goes.  Fails: NO_MEMORY. */
static bool open_folder(struct expansion *x, uint16_t index, wr_error *err)
{
    struct folder *f = &x->folders[index];
    wr_error *fault;
    wr_error e;

    if (f->expanded)
        return true;
    if (!expand_folder(x, &x->cab.folders[index], &f->bytes, &e)) {
        if (e.code == WR_E_NO_MEMORY || !(fault = WR_NEW(x->arena, wr_error, 1)))
            return wr_fail_memory(err);
        *fault = e;
        f->fault = fault;
    }
    f->expanded = true;
    return true;
}

/* ---- members --------------------------------------------------------------------------------- */

static bool is_utf8(wr_view v)
{
    for (size_t i = 0, n; i < v.len; i += n) {
        uint32_t c;
        if (!(n = wr_text_char((const char *)v.data + i, v.len - i, &c)))
            return false;
    }
    return true;
}

/* ASSUMED: a name in an unknown code page that is no UTF-8 is shown as Latin-1, which loses none of
 * its bytes. */
static const char *name_of(wr_arena *arena, const wr_cab_file *file)
{
    return file->name_is_utf8 || is_utf8(file->name) ? wr_text_utf8(arena, file->name)
                                                     : wr_text(arena, file->name, WR_LATIN1);
}

static bool member_bytes(struct expansion *x, const wr_cab_file *file, wr_view *out, wr_error *err)
{
    const char *source = x->cab.bytes.source;
    const struct folder *folder;

    if (file->folder >= x->cab.num_folders)
        return wr_fail(err, WR_E_MALFORMED, source, file->at,
                       "a file in folder 0x%x, expected one of %u", file->folder,
                       x->cab.num_folders);
    if (!open_folder(x, file->folder, err))
        return false;
    folder = &x->folders[file->folder];
    if (wr_view_slice(folder->bytes, file->offset, file->size, out))
        return true;
    if (!folder->fault)
        return wr_fail(err, WR_E_MALFORMED, source, file->at,
                       "a file of %" PRIu32 " bytes at 0x%" PRIx32 " of its folder, which has %zu",
                       file->size, file->offset, folder->bytes.len);
    *err = *folder->fault;
    return false;
}

static bool add_member(struct expansion *x, const wr_cab_file *file, wr_members *members,
                       wr_error *err)
{
    const char *name = name_of(x->arena, file), *label;
    wr_member *member;
    wr_view bytes = { 0 };

    if (!name)
        return wr_fail_memory(err);
    if (!member_bytes(x, file, &bytes, err))
        return wr_error_at(err, name);
    label = wr_arena_format(x->arena, "%s/%s", x->cab.bytes.source, name);
    if (!label || !(member = WR_APPEND(x->arena, &members->list, wr_member)))
        return wr_fail_memory(err);
    *member = (wr_member){ name, { bytes.data, bytes.len, 0, label } };
    return true;
}

/* Every file that can be had; *fault is what was wrong with the first that cannot. */
static bool add_members(struct expansion *x, wr_diags *diags, wr_members *members, wr_error *fault)
{
    wr_reader r = x->cab.files;
    size_t faults = 0;

    for (uint16_t i = 0; i < x->cab.num_files; i++) {
        bool end_of_table = false;
        wr_cab_file file;
        wr_error e;

        if (!wr_cab_next(&r, &file, &e))
            end_of_table = true;
        else if (add_member(x, &file, members, &e))
            continue;
        if (e.code == WR_E_NO_MEMORY) {
            *fault = e;
            return false;
        }
        wr_diag_error(diags, WR_DIAG_SKIPPED, &e);
        if (faults++ == 0)
            *fault = e;
        if (end_of_table)
            break;
    }
    if (members->list.count == 0 && faults == 0)
        return wr_fail_view(fault, WR_E_MALFORMED, x->cab.bytes, "a cabinet without files");
    return members->list.count != 0;
}

bool wr_archive_read_cab(wr_view cab, wr_arena *arena, wr_diags *diags, wr_members *out,
                         wr_error *err)
{
    struct expansion x = { .arena = arena, .left = cab.len };
    wr_diags before = *diags;
    wr_members members = { 0 };

    if (!wr_cab_open(cab, arena, &x.cab, err))
        return false;
    if (!(x.folders = WR_NEW(arena, struct folder, x.cab.num_folders)))
        return wr_fail_memory(err);
    if (!add_members(&x, diags, &members, err)) {
        *diags = before; /* the error says it */
        return false;
    }
    *out = members;
    return true;
}
