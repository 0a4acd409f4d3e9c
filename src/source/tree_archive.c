/* tree_archive.c - the members of an archive as a tree [libarchive].
 *
 * An archive is passed through once, and what is wanted is read into memory on the way: of most
 * kinds a second pass would unpack everything again.  Nothing is written to disk, so that a name
 * such as "../x" has no power; it is left out because no Windows gave it. */
#include "base/text.h"
#include "source/libarchive.h"
#include "source/member_name.h"
#include "source/tree_internal.h"
#include "winroots/limits.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#if !defined _WIN32 && !defined WR_STATIC
#include <locale.h>
#ifdef __APPLE__
#include <xlocale.h>
#endif
#endif

#define NAMELESS  "a name that is empty, or that libarchive reads in no locale of this system"
#define ENCRYPTED "encrypted: unpack the archive with its password first"

struct held {
    WR_LIST(wr_file *) files; /* by the id of their entry */
    uint64_t bytes;
};

struct pass {
    wr_libarchive la;
    wr_tree *tree;
    const wr_tree_options *options;
    wr_diags *diags;
    struct held *held;
    uint64_t passed, most; /* bytes that were unpacked, read or skipped, and the bound on it */
    size_t members;
    size_t left_out; /* links and the like */
    const char *first_left_out;
};

/* One archive, perhaps inside another. */
struct level {
    struct archive *a;
    const char *prefix; /* of the paths in it: "" or "inner.zip/" */
    unsigned depth;
};

struct member {
    struct pass *pass;
    struct archive *a;
    const char *path;
    uint64_t size;
    int64_t modified;
    bool encrypted;
    uint8_t first[WR_TREE_FIRST];
    size_t first_len, first_given;
};

static void skipped(struct pass *p, const wr_error *e)
{
    wr_diag_error(p->diags, WR_DIAG_SKIPPED, e);
}

static void skip(struct pass *p, const char *path, wr_code code, const char *why)
{
    wr_diag_add(p->diags, WR_DIAG_SKIPPED, code, p->tree->label, WR_NO_OFFSET, path, "%s", why);
}

/* Damage costs what is damaged; only the end of memory ends the work. */
static bool step_over(struct pass *p, const char *path, wr_error *e, wr_error *err)
{
    if (e->code == WR_E_NO_MEMORY) {
        *err = *e;
        return false;
    }
    wr_error_at(e, path);
    skipped(p, e);
    return true;
}

/* ---- names ----------------------------------------------------------------------------------- */

#ifdef _WIN32

/* There libarchive has letters where the archive said what they are in, and else, in the locale
 * "C", each byte as one: those are made bytes again. */
static const char *name_of(const struct pass *p, struct archive_entry *entry)
{
    const wchar_t *wide = p->la.archive_entry_pathname_w(entry);
    wr_arena *arena = &p->tree->arena;
    size_t len = wide ? wcslen(wide) : 0, bytes = 0;
    wr_view v = { .source = NULL };
    uint8_t *name;

    while (bytes < len && wide[bytes] <= 0xFF)
        bytes++;
    if (!(name = WR_NEW(arena, uint8_t, 2 * len + 1)))
        return NULL;
    v.data = name;
    if (bytes == len) {
        for (size_t i = 0; i < len; i++)
            name[i] = (uint8_t)wide[i];
        return wr_member_name(arena, (const char *)name);
    }
    for (size_t i = 0; i < len; i++) {
        name[v.len++] = (uint8_t)(wide[i] & 0xFF);
        name[v.len++] = (uint8_t)(wide[i] >> 8);
    }
    return wr_text(arena, v, WR_UTF16LE);
}

#else

static const char *name_of(const struct pass *p, struct archive_entry *entry)
{
    const char *name = p->la.archive_entry_pathname_utf8(entry);

    if (!name && !(name = p->la.archive_entry_pathname(entry)))
        return "";
    return wr_member_name(&p->tree->arena, name);
}

#endif

/* ---- bytes ----------------------------------------------------------------------------------- */

static bool count_passed(struct pass *p, uint64_t n, wr_error *err)
{
    if (n > p->most - p->passed)
        return wr_fail(err, WR_E_LIMIT, p->tree->label, WR_NO_OFFSET,
                       "unpacks to more than %" PRIu64 " bytes, %d times its size", p->most,
                       WR_LIMIT_EXPANSION_RATIO);
    p->passed += n;
    return true;
}

static long read_more(void *context, uint8_t *bytes, size_t len, wr_error *err)
{
    struct member *m = context;
    const wr_libarchive *la = &m->pass->la;
    la_ssize_t n;

    if (m->first_given < m->first_len) {
        size_t left = m->first_len - m->first_given;
        if (left > len)
            left = len;
        memcpy(bytes, m->first + m->first_given, left);
        m->first_given += left;
        return (long)left;
    }
    n = la->archive_read_data(m->a, bytes, len);
    if (n < 0) {
        const char *why = la->archive_error_string(m->a);
        if (la->archive_errno(m->a) == ENOMEM || wr_memory_ended())
            wr_fail_memory(err);
        else
            wr_fail(err, WR_E_MALFORMED, m->pass->tree->label, WR_NO_OFFSET,
                    "cannot be unpacked: %s", why ? why : "it is damaged");
        return -1;
    }
    return count_passed(m->pass, (uint64_t)n, err) ? (long)n : -1;
}

static bool read_first(struct member *m, wr_error *err)
{
    size_t got = 0;
    long n = 1;

    while (n > 0 && got < sizeof m->first) {
        n = read_more(m, m->first + got, sizeof m->first - got, err);
        got += n > 0 ? (size_t)n : 0;
    }
    m->first_len = got;
    return n >= 0;
}

static bool read_whole(struct member *m, wr_file **out, wr_error *err)
{
    const uint64_t left = WR_LIMIT_TREE_BYTES - m->pass->held->bytes;
    const uint64_t most = left < WR_LIMIT_TREE_FILE_BYTES ? left : WR_LIMIT_TREE_FILE_BYTES;
    const char *label =
        wr_arena_format(&m->pass->tree->arena, "%s/%s", m->pass->tree->label, m->path);

    if (!label)
        return wr_fail_memory(err);
    return wr_file_read(read_more, m, m->size, most, label, out, err) || wr_error_at(err, m->path);
}

/* The entry and its bytes; the file belongs to the tree then. */
static bool hold(struct pass *p, const char *path, int64_t modified, wr_file *file, wr_error *err)
{
    const wr_tree_entry entry = { .path = path,
                                  .size = wr_file_view(file).len,
                                  .modified = modified ? wr_time_from_unix(modified) : 0,
                                  .id = p->held->files.count };
    wr_file **held = WR_APPEND(&p->tree->arena, &p->held->files, wr_file *);

    if (!held) {
        wr_file_close(file);
        return wr_fail_memory(err);
    }
    *held = file;
    p->held->bytes += entry.size;
    return wr_tree_add(p->tree, &entry, err);
}

/* ---- members --------------------------------------------------------------------------------- */

static bool list_level(struct pass *p, wr_view bytes, const char *prefix, unsigned depth,
                       wr_error *err);

static bool list_inner(struct member *m, unsigned depth, wr_error *err)
{
    struct pass *p = m->pass;
    const char *prefix = wr_arena_format(&p->tree->arena, "%s/", m->path);
    wr_file *file;
    wr_error e;
    bool done;

    if (!prefix)
        return wr_fail_memory(err);
    if (depth + 1 >= WR_LIMIT_ARCHIVE_DEPTH) {
        skip(p, m->path, WR_E_LIMIT, "an archive too deep inside others is not looked into");
        return true;
    }
    if (!read_whole(m, &file, &e))
        return step_over(p, m->path, &e, err);
    done = list_level(p, wr_file_view(file), prefix, depth + 1, &e);
    wr_file_close(file);
    return done || step_over(p, m->path, &e, err);
}

static bool keep(struct member *m, wr_error *err)
{
    wr_file *file;
    wr_error e;

    if (read_whole(m, &file, &e))
        return hold(m->pass, m->path, m->modified, file, err);
    return step_over(m->pass, m->path, &e, err);
}

/* Of a stream, and of 7z, what is skipped is unpacked nevertheless. */
static bool leave(const struct level *l, struct member *m, wr_error *err)
{
    const wr_libarchive *la = &m->pass->la;
    const bool is_unpacked = la->archive_filter_code(l->a, 0) != ARCHIVE_FILTER_NONE ||
                             la->archive_format(l->a) == ARCHIVE_FORMAT_7ZIP;
    return !is_unpacked || count_passed(m->pass, m->size, err);
}

static bool take_file(const struct level *l, struct member *m, wr_error *err)
{
    struct pass *p = m->pass;
    const bool by_name = wr_tree_wants_name(p->options, m->path);
    wr_error e;

    if (m->encrypted) {
        if (by_name || p->options->wants)
            skip(p, m->path, WR_E_UNSUPPORTED, ENCRYPTED);
        return true;
    }
    if (!by_name && wr_member_is_archive(m->path))
        return list_inner(m, l->depth, err);
    if (!by_name && !p->options->wants)
        return leave(l, m, err);
    if (!read_first(m, &e)) /* damage in what nobody asked for is no news */
        return (!by_name && e.code == WR_E_MALFORMED) || step_over(p, m->path, &e, err);
    if (!by_name && !p->options->wants(p->options->context, m->path,
                                       (wr_view){ m->first, m->first_len, 0, p->tree->label }))
        return leave(l, m, err);
    return keep(m, err);
}

static bool take(struct pass *p, const struct level *l, struct archive_entry *entry, wr_error *err)
{
    const wr_libarchive *la = &p->la;
    const unsigned type = la->archive_entry_filetype(entry);
    const char *name = name_of(p, entry);
    struct member m = { .pass = p, .a = l->a };
    char *path;

    if (type == AE_IFDIR)
        return true;
    if (!name || !(path = wr_arena_format(&p->tree->arena, "%s", name)))
        return wr_fail_memory(err);
    if (!wr_member_path(path)) {
        skip(p, name, WR_E_MALFORMED, *name ? WR_MEMBER_ASTRAY : NAMELESS);
        return true;
    }
    if (!(m.path = wr_arena_format(&p->tree->arena, "%s%s", l->prefix, path)))
        return wr_fail_memory(err);
    if ((type && type != AE_IFREG) || la->archive_entry_hardlink(entry)) {
        if (p->left_out++ == 0)
            p->first_left_out = m.path;
        return true;
    }
    m.encrypted = la->archive_entry_is_data_encrypted(entry);
    m.size = la->archive_entry_size_is_set(entry) ? (uint64_t)la->archive_entry_size(entry) : 0;
    m.modified =
        la->archive_entry_mtime_is_set(entry) ? (int64_t)la->archive_entry_mtime(entry) : 0;
    return take_file(l, &m, err);
}

/* ---- one archive ----------------------------------------------------------------------------- */

/* OBSERVED libarchive 3.6.2: asked before a format is known, it calls what is no function. */
static bool is_encrypted(const wr_libarchive *la, struct archive *a)
{
    const int format = la->archive_format(a) & ARCHIVE_FORMAT_BASE_MASK;
    return (format == ARCHIVE_FORMAT_ZIP || format == ARCHIVE_FORMAT_7ZIP) &&
           la->archive_read_has_encrypted_entries(a) == 1;
}

static bool fail_archive(const struct pass *p, struct archive *a, wr_error *err)
{
    const char *label = p->tree->label, *why = p->la.archive_error_string(a);

    if (p->la.archive_errno(a) == ENOMEM || wr_memory_ended())
        return wr_fail_memory(err);
    if (is_encrypted(&p->la, a))
        return wr_fail(err, WR_E_UNSUPPORTED, label, WR_NO_OFFSET, ENCRYPTED);
    return wr_fail(err, WR_E_MALFORMED, label, WR_NO_OFFSET, "no archive that can be read: %s",
                   why ? why : "it is damaged");
}

/* Formats that evidence comes in, and no others: each is code that hostile bytes reach. */
static bool open_archive(const wr_libarchive *la, struct archive *a, wr_view bytes)
{
    return la->archive_read_support_format_zip(a) == ARCHIVE_OK &&
           la->archive_read_support_format_7zip(a) == ARCHIVE_OK &&
           la->archive_read_support_format_tar(a) == ARCHIVE_OK &&
           la->archive_read_support_format_iso9660(a) == ARCHIVE_OK &&
           la->archive_read_support_filter_gzip(a) == ARCHIVE_OK &&
           la->archive_read_support_filter_bzip2(a) == ARCHIVE_OK &&
           la->archive_read_support_filter_xz(a) == ARCHIVE_OK &&
           la->archive_read_support_filter_zstd(a) == ARCHIVE_OK &&
           la->archive_read_open_memory(a, bytes.data, bytes.len) == ARCHIVE_OK;
}

static bool next(struct pass *p, const struct level *l, struct archive_entry **entry, bool *end,
                 wr_error *err)
{
    int result;

    do
        result = p->la.archive_read_next_header(l->a, entry);
    while (result == ARCHIVE_RETRY && ++p->members <= WR_LIMIT_FOLDER_FILES);
    *end = result == ARCHIVE_EOF;
    if (result < ARCHIVE_WARN)
        return fail_archive(p, l->a, err);
    if (++p->members > WR_LIMIT_FOLDER_FILES)
        return wr_fail(err, WR_E_LIMIT, p->tree->label, WR_NO_OFFSET, "more than %d members",
                       WR_LIMIT_FOLDER_FILES);
    return true;
}

/* Fails at once where nothing can be read; later damage is a diagnostic, and what was read stays.
 */
static bool list_members(struct pass *p, const struct level *l, wr_error *err)
{
    for (size_t n = 0;; n++) {
        struct archive_entry *entry;
        bool end;
        wr_error e;

        if (next(p, l, &entry, &end, &e)) {
            if (end)
                return true;
            if (take(p, l, entry, &e))
                continue;
        }
        if (e.code == WR_E_NO_MEMORY || n == 0) {
            *err = e;
            return false;
        }
        skipped(p, &e);
        return true;
    }
}

static bool list_level(struct pass *p, wr_view bytes, const char *prefix, unsigned depth,
                       wr_error *err)
{
    const struct level l = { p->la.archive_read_new(), prefix, depth };
    bool done;

    if (!l.a)
        return wr_fail_memory(err);
    done = open_archive(&p->la, l.a, bytes) && !wr_memory_ended() ? list_members(p, &l, err)
                                                                  : fail_archive(p, l.a, err);
    p->la.archive_read_free(l.a);
    return done;
}

/* ---- the locale ------------------------------------------------------------------------------ */

#if defined _WIN32 || defined WR_STATIC

static bool list_in_utf8(struct pass *p, wr_view bytes, wr_error *err)
{
    return list_level(p, bytes, "", 0, err);
}

#else

/* A locale of UTF-8; every system has one of these, unless somebody took it away. */
static locale_t utf8_locale(void)
{
    static const char *const names[] = { "C.UTF-8", "en_US.UTF-8", "UTF-8" };
    locale_t found = (locale_t)0;

    for (size_t i = 0; !found && i < sizeof names / sizeof *names; i++)
        found = newlocale(LC_CTYPE_MASK, names[i], (locale_t)0);
    return found;
}

/* libarchive makes names of the locale of its thread, and none where that has no letter for them;
 * the locale of the program is not ours to set.  A static program asks no locale: libarchive.c. */
static bool list_in_utf8(struct pass *p, wr_view bytes, wr_error *err)
{
    const locale_t utf8 = utf8_locale(), before = utf8 ? uselocale(utf8) : (locale_t)0;
    const bool done = list_level(p, bytes, "", 0, err);

    if (utf8) {
        uselocale(before);
        freelocale(utf8);
    }
    return done;
}

#endif

/* ---- the tree -------------------------------------------------------------------------------- */

static bool list_file(struct pass *p, wr_file *file, wr_error *err)
{
    const wr_view bytes = wr_file_view(file);
    bool done;

    wr_watch_memory(); /* libarchive goes on without, and crashes or calls exit */
    p->most = WR_LIMIT_EXPANSION_FREE + bytes.len * WR_LIMIT_EXPANSION_RATIO;
    done = list_in_utf8(p, bytes, err);
    if (wr_memory_ended()) /* a name that is lost for it is no name that cannot be read */
        return wr_fail_memory(err);
    if (!done)
        return false;
    if (wr_file_failed(file))
        return wr_fail(err, WR_E_IO, p->tree->label, WR_NO_OFFSET, "cannot be read to its end");
    if (p->left_out)
        wr_diag_add(p->diags, WR_DIAG_NOTE, WR_E_UNSUPPORTED, p->tree->label, WR_NO_OFFSET,
                    p->first_left_out,
                    "%zu links, devices or the like are left out, this one first", p->left_out);
    return true;
}

static bool list(wr_tree *tree, const wr_tree_options *options, wr_diags *diags, wr_error *err)
{
    struct pass p = { .tree = tree, .options = options, .diags = diags };
    wr_file *file;
    bool done;

    if (!(p.held = tree->state = WR_NEW(&tree->arena, struct held, 1)))
        return wr_fail_memory(err);
    if (!wr_libarchive_load(&p.la, tree->label, err) ||
        !wr_tree_add_volume(tree, &(wr_tree_volume){ .label = "" }, err) ||
        !wr_file_open(tree->path, tree->label, &file, err))
        return false;
    done = list_file(&p, file, err);
    wr_file_close(file);
    return done;
}

static bool open_file(wr_tree *tree, const wr_tree_entry *entry, const char *label, wr_diags *diags,
                      wr_file **out, wr_error *err)
{
    const struct held *held = tree->state;

    (void)diags;
    return wr_file_share(held->files.items[entry->id], label, out, err);
}

static void close_files(wr_tree *tree)
{
    const struct held *held = tree->state;

    for (size_t i = 0; i < held->files.count; i++)
        wr_file_close(held->files.items[i]);
}

const wr_tree_source wr_tree_archive = { .list = list,
                                         .open_file = open_file,
                                         .close = close_files };
