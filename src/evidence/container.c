/* container.c - what a folder, an archive or a disk image holds of a host. */
#include "base/text.h"
#include "evidence/hive_logs.h"
#include "evidence/profile_path.h"
#include "evidence/waiting.h"
#include "source/pattern.h"

#include <string.h>

enum { TOGETHER = 64 }; /* files that wait to be read several at a time */

typedef struct container {
    wr_evidence *ev;
    wr_tree_kind kind;
    const wr_origin *given;
    const wr_evidence_options *options;
    wr_tree *tree;
    bool has_windows; /* only what the table has is read */
    size_t num_seen, num_other, num_taken;
    const wr_root *last_root;
    wr_waiting *waiting; /* room for TOGETHER of them; NULL: none waited yet */
    size_t num_waiting;
    wr_error *err;
} container;

static void tell(const container *c, const char *path)
{
    if (c->options->progress)
        c->options->progress(c->options->progress_context, path);
}

/* Kinds that count wherever they lie. */
static bool is_evidence(wr_kind kind, const wr_evidence_options *options)
{
    bool is_program = kind == WR_KIND_PE || kind == WR_KIND_CATALOGUE;

    if (is_program || options->programs_only)
        return is_program && options->programs;
    return kind == WR_KIND_REGF || kind == WR_KIND_SST || kind == WR_KIND_CTL ||
           kind == WR_KIND_PKCS7 || kind == WR_KIND_CERTIFICATE || kind == WR_KIND_PEM ||
           kind == WR_KIND_CAB || kind == WR_KIND_REG || kind == WR_KIND_POL;
}

static bool is_list(wr_kind kind, const wr_evidence_options *options)
{
    (void)options;
    return kind == WR_KIND_CTL || kind == WR_KIND_CAB;
}

/* ---- opening --------------------------------------------------------------------------------- */

static bool wants_nothing(void *context, const char *path, wr_view first)
{
    container *c = context;

    (void)first;
    c->num_seen++;
    tell(c, path);
    return false;
}

/* By the first bytes, which may be too few to say that a certificate is one. */
static bool wants_known(void *context, const char *path, wr_view first)
{
    container *c = context;
    wr_kind kind = wr_probe(first);

    c->num_seen++;
    tell(c, path);
    if (is_evidence(kind, c->options) || kind == WR_KIND_REGF_LOG ||
        wr_view_starts(first, "\x30", 1) || wr_hive_log_named(path))
        return true;
    c->num_other++;
    return false;
}

static bool has_machine(const container *c)
{
    size_t root;

    for (size_t i = 0; i < wr_tree_count(c->tree); i++) {
        const wr_tree_entry *e = wr_tree_entry_at(c->tree, i);
        const wr_discovery *row = e->deleted ? NULL : wr_discovery_of(e->path, &root);
        if (row && row->what == WR_FIND_MACHINE)
            return true;
    }
    return false;
}

static bool open_tree(container *c, const wr_tree_options *options)
{
    return wr_tree_open(c->given->path, options, c->ev->diags, &c->tree, c->err);
}

/* An archive without a Windows is passed through twice, so that one with a Windows is not read into
 * memory whole. */
static bool open_container(container *c)
{
    const wr_diags before = *c->ev->diags;
    wr_tree_options options = { .context = c,
                                .bitlocker_password = c->options->bitlocker_password,
                                .recovery_key = c->options->recovery_key };

    if (c->kind != WR_TREE_FOLDER) {
        options.patterns = wr_discovery_patterns(c->ev->arena, c->kind == WR_TREE_IMAGE);
        options.wants = c->kind == WR_TREE_ARCHIVE ? wants_nothing : NULL;
        if (!options.patterns)
            return wr_fail_memory(c->err);
    }
    if (!open_tree(c, &options))
        return false;
    c->has_windows = c->kind == WR_TREE_IMAGE || (c->given->use == WR_USE_EVIDENCE &&
                                                  !c->options->programs_only && has_machine(c));
    if (c->has_windows || c->kind != WR_TREE_ARCHIVE)
        return true;
    wr_tree_close(c->tree);
    c->tree = NULL;
    *c->ev->diags = before;
    c->num_seen = 0;
    options.wants = wants_known;
    return open_tree(c, &options);
}

/* ---- files ----------------------------------------------------------------------------------- */

/* The root of this path, one for all files that follow one another in it; NULL: no memory. */
static const wr_root *root_of(container *c, const wr_tree_entry *e, const char *path, size_t len)
{
    const wr_tree_volume *volume = wr_tree_volume_at(c->tree, e->volume);
    const char *text;
    wr_root *made;

    while (len && path[len - 1] == '/')
        len--;
    text = wr_arena_format(c->ev->arena, "%s%s%.*s", volume->label,
                           *volume->label && len ? "/" : "", (int)len, path);
    if (text && c->last_root && !strcmp(c->last_root->path, text))
        return c->last_root;
    if (!text || !(made = WR_NEW(c->ev->arena, wr_root, 1)))
        return NULL;
    *made = (wr_root){ c->given->path, text, e->volume, volume->taken };
    return c->last_root = made;
}

/* "CU:Users/alice/My": whose it is, the hive of the same profile would say. */
static const char *place_of(container *c, const wr_discovery *row, const char *inner)
{
    wr_arena *arena = c->ev->arena;
    size_t len = strlen(inner);
    const char *hive, *owner;

    for (const char *p = row->pattern; p; p = strchr(p, '/'), p = p ? p + 1 : NULL)
        while (len && inner[--len] != '/')
            ;
    hive = wr_arena_format(arena, "%.*s/NTUSER.DAT", (int)len, inner);
    owner = hive ? wr_profile_owner(hive, arena) : NULL;
    return owner ? wr_arena_format(arena, "CU:%s/%s", *owner ? owner : "unknown", row->store)
                 : NULL;
}

static bool fill_origin(container *c, const wr_tree_entry *e, const wr_discovery *row, size_t root,
                        wr_origin *out)
{
    const wr_view bytes = { (const uint8_t *)e->path, strlen(e->path), 0, NULL };
    const char *path = wr_text_utf8(c->ev->arena, bytes);

    if (!path)
        return wr_fail_memory(c->err);
    *out = *c->given;
    out->tree = c->tree;
    out->entry = e;
    out->path = NULL;
    out->keeps = !row                                                      ? is_evidence
                 : row->what == WR_FIND_CACHE || row->what == WR_FIND_LIST ? is_list
                                                                           : NULL;
    out->machine = row && row->what == WR_FIND_MACHINE && !e->deleted;
    out->deleted = e->deleted;
    out->aside = e->deleted || (row && (row->what == WR_FIND_HIVE || row->what == WR_FIND_STORE ||
                                        row->what == WR_FIND_POLICY));
    out->inner = path + (row && root <= strlen(path) ? root : 0);
    if (!(out->root = root_of(c, e, path, row ? root : (size_t)(wr_path_base(path) - path))))
        return wr_fail_memory(c->err);
    if (row && row->what == WR_FIND_STORE && !(out->place = place_of(c, row, out->inner)))
        return wr_fail_memory(c->err);
    return true;
}

static bool take_unopened(container *c, wr_origin *origin)
{
    const wr_root *root = origin->root;
    const char *volume = root->path;

    origin->path = wr_arena_format(c->ev->arena, "%s/%s%s%s", c->given->path, volume,
                                   *volume ? "/" : "", origin->inner);
    if (!origin->path)
        return wr_fail_memory(c->err);
    return wr_evidence_take_unopened(c->ev, origin, c->err);
}

/* ---- archives and images in a folder --------------------------------------------------------- */

/* In a Windows volume they are files of its users. */
static bool is_in_windows(const container *c, const char *path)
{
    size_t root;

    for (size_t i = 0; c->has_windows && i < wr_tree_count(c->tree); i++) {
        const wr_tree_entry *e = wr_tree_entry_at(c->tree, i);
        const wr_discovery *row = wr_discovery_of(e->path, &root);
        if (row && row->what == WR_FIND_MACHINE && !strncmp(path, e->path, root))
            return true;
    }
    return false;
}

/* A part that is read with the first one: an E01 segment that is not the first, or an extent of a
 * VMDK ("x-flat.vmdk", "x-s002.vmdk") whose descriptor lies beside it. */
static bool is_later_part(const container *c, const char *path, wr_view file)
{
    static const char *const extents[] = { "*-flat.vmdk", "*-s???.vmdk", "*-f???.vmdk" };
    const char *name = wr_path_base(path);
    uint16_t segment;

    /* SPEC EWF: the number of the segment stands at 9. */
    if (wr_view_starts(file, "EVF\x09", 4))
        return wr_u16le_at(file, 9, &segment) && segment > 1;
    for (size_t i = 0; i < sizeof extents / sizeof *extents; i++)
        if (wr_pattern_matches(extents[i], name))
            return wr_tree_find(
                c->tree, 0,
                wr_arena_format(c->ev->arena, "%.*s.vmdk", (int)(strrchr(path, '-') - path), path));
    return false;
}

static bool add_container(container *c, wr_error *err);

/* What it holds is evidence of its own hosts; what is wrong with it stops no other. */
static bool take_container(container *c, const wr_tree_entry *e, wr_tree_kind kind)
{
    const char *path = wr_arena_format(c->ev->arena, "%s/%s", c->given->path, e->path);
    const wr_origin given = { .path = path, .inner = path, .use = WR_USE_EVIDENCE };
    wr_error damage;
    container inside = {
        .ev = c->ev, .kind = kind, .given = &given, .options = c->options, .err = &damage
    };

    if (!path)
        return wr_fail_memory(c->err);
    if (!add_container(&inside, &damage))
        return wr_evidence_past(c->ev, &damage, c->err);
    c->num_taken += inside.num_taken;
    c->num_other += inside.num_taken == 0;
    return true;
}

static bool may_be_container(const container *c, const wr_tree_entry *e)
{
    return c->kind == WR_TREE_FOLDER && c->given->use == WR_USE_EVIDENCE &&
           !c->options->programs_only && !is_in_windows(c, e->path);
}

/* *found: it is an archive or an image, and taken as such. */
static bool take_as_container(container *c, const wr_tree_entry *e, bool *found)
{
    wr_tree_kind kind;
    wr_file *file;
    wr_error damage;
    bool later;

    *found = false;
    if (!may_be_container(c, e))
        return true;
    if (!wr_tree_open_file(c->tree, e, NULL, c->ev->diags, &file, &damage))
        return true; /* said where it is taken as a file */
    kind = wr_evidence_tree_kind(wr_file_view(file), WR_USE_EVIDENCE);
    later = kind == WR_TREE_IMAGE && is_later_part(c, e->path, wr_file_view(file));
    wr_file_close(file);
    *found = kind != WR_TREE_NONE;
    return !*found || later || take_container(c, e, kind);
}

/* ---- each file ------------------------------------------------------------------------------- */

static void count(container *c, bool kept)
{
    c->num_taken += kept;
    c->num_other += !kept;
}

/* What cannot be opened is lost alone. */
static bool pass_unopened(container *c, const wr_discovery *row, wr_origin *origin,
                          const wr_error *damage)
{
    return wr_evidence_past(c->ev, damage, c->err) &&
           (!row || origin->keeps || take_unopened(c, origin));
}

static bool take(container *c, const wr_tree_entry *e, const wr_discovery *row, wr_origin *origin)
{
    wr_file *file;
    wr_error damage;
    bool kept = true;

    tell(c, origin->inner);
    if (!wr_tree_open_file(c->tree, e, NULL, c->ev->diags, &file, &damage))
        return pass_unopened(c, row, origin, &damage);
    if (!wr_evidence_take(c->ev, file, origin, c->options, &kept, &damage) &&
        !wr_evidence_past(c->ev, &damage, c->err))
        return false;
    count(c, kept);
    return true;
}

/* The same of one that was read already. */
static bool take_read(container *c, wr_waiting *w)
{
    tell(c, w->origin.inner);
    if (!wr_waiting_join(w, c->ev, c->err))
        return false;
    if (!w->opened)
        return pass_unopened(c, w->row, &w->origin, &w->damage);
    if (!w->taken && !wr_evidence_past(c->ev, &w->damage, c->err))
        return false;
    count(c, w->kept);
    return true;
}

/* Beside a Windows no other file counts. */
static bool take_in_turn(container *c, wr_waiting *w)
{
    bool is_container = false;

    if (!w->row && !take_as_container(c, w->entry, &is_container))
        return false;
    return (!w->row && (c->has_windows || is_container)) || take(c, w->entry, w->row, &w->origin);
}

static bool take_waiting(container *c)
{
    bool done = wr_waiting_read(c->waiting, c->num_waiting, c->options, c->ev->arena, c->err);

    for (size_t i = 0; i < c->num_waiting; i++) {
        wr_waiting *w = &c->waiting[i];
        done = done && (w->in_turn ? take_in_turn(c, w) : take_read(c, w));
        wr_waiting_drop(w);
    }
    c->num_waiting = 0;
    return done;
}

/* Files of a folder are read together.  Those of an archive and of an image are read in turn, for
 * their trees are one thread's. */
static bool want(container *c, const wr_tree_entry *e, const wr_discovery *row, size_t root)
{
    const size_t together = c->kind == WR_TREE_FOLDER ? TOGETHER : 1;
    wr_waiting *w;

    if (!row && c->has_windows && !may_be_container(c, e))
        return true;
    if (!c->waiting && !(c->waiting = WR_NEW(c->ev->arena, wr_waiting, TOGETHER)))
        return wr_fail_memory(c->err);
    w = &c->waiting[c->num_waiting];
    *w = (wr_waiting){ .entry = e, .row = row };
    w->in_turn = together == 1 || (!row && c->has_windows);
    if (!fill_origin(c, e, row, root, &w->origin))
        return false;
    return ++c->num_waiting < together || take_waiting(c);
}

static bool is_hive(const wr_discovery *row)
{
    return row && (row->what == WR_FIND_MACHINE || row->what == WR_FIND_HIVE ||
                   row->what == WR_FIND_BACKUP);
}

static bool take_wanted(container *c)
{
    size_t num_deleted = 0;

    for (size_t i = 0; i < wr_tree_count(c->tree); i++) {
        const wr_tree_entry *e = wr_tree_entry_at(c->tree, i);
        size_t root = 0;
        const wr_discovery *row = wr_discovery_of(e->path, &root);

        if (c->options->programs_only || c->given->use != WR_USE_EVIDENCE)
            row = NULL;
        if (e->deleted && c->options->recover && is_hive(row)) {
            if (e->size && !want(c, e, row, root))
                return false;
            continue;
        }
        num_deleted += e->deleted;
        if (e->deleted || (row && (row->what == WR_FIND_LOG || row->what == WR_FIND_BACKUP ||
                                   row->what == WR_FIND_NOTED)))
            continue;
        if (!want(c, e, row, root))
            return false;
    }
    if (!take_waiting(c))
        return false;
    if (num_deleted)
        wr_diag_add(c->ev->diags, WR_DIAG_NOTE, WR_OK, c->given->path, WR_NO_OFFSET, NULL,
                    "%zu deleted file%s of the kinds that are looked for left out%s", num_deleted,
                    num_deleted == 1 ? "" : "s",
                    c->options->recover ? "" : "; --recover reads the hives among them");
    return true;
}

/* ---- older copies of hives ------------------------------------------------------------------- */

/* The hive that this is an older copy of; NULL where none was found. */
static const wr_item *hive_of(const container *c, const wr_root *root, const char *inner)
{
    const size_t name = (size_t)(wr_path_base(inner) - inner);
    const size_t folder = name < strlen("RegBack/") ? 0 : name - strlen("RegBack/");
    const char *hive =
        wr_arena_format(c->ev->arena, "%.*s%s", (int)folder, inner, wr_path_base(inner));

    for (size_t i = 0; hive && i < c->ev->items.count; i++) {
        const wr_item *item = c->ev->items.items[i];
        if (item->root && !item->deleted && item->root->container == root->container &&
            item->readable && !wr_text_compare(item->root->path, root->path) &&
            !wr_text_compare(item->inner, hive))
            return item;
    }
    return NULL;
}

/* Since Windows 10 1803 the copies are empty. */
static bool take_backup(container *c, const wr_tree_entry *e, const wr_discovery *row, size_t root)
{
    wr_origin origin;

    if (!e->size)
        return true;
    if (!fill_origin(c, e, row, root, &origin))
        return false;
    if (hive_of(c, origin.root, origin.inner)) {
        wr_diag_add(c->ev->diags, WR_DIAG_NOTE, WR_OK, c->given->path, WR_NO_OFFSET, origin.inner,
                    "an older copy of a hive that was read is left out: give it alone to see it");
        return true;
    }
    wr_diag_add(c->ev->diags, WR_DIAG_WARNING, WR_OK, c->given->path, WR_NO_OFFSET, origin.inner,
                "the hive itself cannot be read: this older copy of it is used");
    return take(c, e, row, &origin);
}

static bool take_backups(container *c)
{
    for (size_t i = 0; i < wr_tree_count(c->tree); i++) {
        const wr_tree_entry *e = wr_tree_entry_at(c->tree, i);
        size_t root;
        const wr_discovery *row = wr_discovery_of(e->path, &root);

        if (row && row->what == WR_FIND_BACKUP && !e->deleted && c->given->use == WR_USE_EVIDENCE &&
            !c->options->programs_only && !take_backup(c, e, row, root))
            return false;
    }
    return true;
}

/* Of a folder whose every file was asked; an image is nothing but what it has of Windows. */
static void say_other(const container *c)
{
    const size_t all = c->kind == WR_TREE_FOLDER ? wr_tree_count(c->tree) : c->num_seen;

    if (!c->has_windows && c->num_other)
        wr_diag_add(c->ev->diags, WR_DIAG_NOTE, WR_OK, c->given->path, WR_NO_OFFSET, NULL,
                    "%zu of %zu files below this folder are of no kind that is read", c->num_other,
                    all);
}

static bool add_container(container *c, wr_error *err)
{
    wr_tree **slot;

    tell(c, c->given->path);
    if (!open_container(c))
        return false;
    if (!(slot = WR_APPEND(c->ev->arena, &c->ev->trees, wr_tree *))) {
        wr_tree_close(c->tree);
        return wr_fail_memory(err);
    }
    *slot = c->tree;
    if (!take_wanted(c) || !take_backups(c))
        return false;
    say_other(c);
    return true;
}

bool wr_container_add(wr_evidence *ev, wr_tree_kind kind, const wr_origin *given,
                      const wr_evidence_options *options, wr_error *err)
{
    container c = { .ev = ev, .kind = kind, .given = given, .options = options, .err = err };

    if (!add_container(&c, err))
        return false;
    if (!c.num_taken && kind != WR_TREE_FOLDER)
        return wr_fail(err, WR_E_UNSUPPORTED, given->path, WR_NO_OFFSET,
                       kind == WR_TREE_IMAGE
                           ? "a disk image in which no Windows was found"
                           : "an archive that holds nothing of a kind that is read");
    return true;
}
