#include "evidence/evidence.h"

#include "evidence/hive_logs.h"
#include "format/reg_pol.h"
#include "format/reg_text.h"
#include "source/archive.h"
#include "source/file.h"
#include "source/folder.h"

#include <stdlib.h>
#include <string.h>

struct wr_evidence {
    wr_arena *arena;
    wr_diags *diags;
    WR_LIST(wr_item *) items;
    WR_LIST(wr_file *) files; /* those that items borrow from */
};

wr_evidence *wr_evidence_new(wr_arena *arena, wr_diags *diags)
{
    wr_evidence *ev = WR_NEW(arena, wr_evidence, 1);
    if (ev)
        *ev = (wr_evidence){ .arena = arena, .diags = diags };
    return ev;
}

void wr_evidence_free(wr_evidence *ev)
{
    for (size_t i = 0; ev && i < ev->files.count; i++)
        wr_file_close(ev->files.items[i]);
}

const char *wr_role_name(wr_role role)
{
    static const char *const names[] = {
        [WR_ROLE_SOFTWARE] = "software", [WR_ROLE_OSDATA] = "osdata",
        [WR_ROLE_USER] = "user",         [WR_ROLE_SYSTEM] = "system",
        [WR_ROLE_REGISTRY] = "registry", [WR_ROLE_POLICY] = "policy",
        [WR_ROLE_HIVE] = "hive",         [WR_ROLE_LIST] = "list",
        [WR_ROLE_STORE] = "store",       [WR_ROLE_SUPPLY] = "supply",
        [WR_ROLE_OTHER] = "other",
    };
    return names[role];
}

/* A certificate without properties, as an element like those of a store. */
static bool add_certificate(wr_arena *arena, wr_view der, wr_item *item, wr_error *err)
{
    wr_element *e = WR_APPEND(arena, &item->store.elements, wr_element);
    if (!e)
        return wr_fail_memory(err);
    *e = (wr_element){ .kind = WR_ELEMENT_CERTIFICATE, .object = der };
    e->all = (wr_view){ NULL, 0, der.origin, der.source };
    return true;
}

static bool add_certificates(wr_arena *arena, const wr_ders *ders, wr_item *item, wr_error *err)
{
    for (size_t i = 0; i < ders->list.count; i++)
        if (!add_certificate(arena, ders->list.items[i], item, err))
            return false;
    return true;
}

static bool parse(wr_evidence *ev, wr_view v, wr_kind kind, wr_item *item, wr_error *err);

/* A log that cannot be opened is said; the replay then shows what is missing. */
static bool open_log(wr_evidence *ev, const char *path, wr_view *out, bool *opened, wr_error *err)
{
    wr_file *file, **slot;
    wr_error damage;

    *opened = wr_file_open(path, NULL, &file, &damage);
    if (!*opened) {
        wr_diag_error(ev->diags, WR_DIAG_WARNING, &damage);
        return true;
    }
    if (!(slot = WR_APPEND(ev->arena, &ev->files, wr_file *))) {
        wr_file_close(file);
        return wr_fail_memory(err);
    }
    *slot = file;
    *out = wr_file_view(file);
    return true;
}

static bool is_clean(wr_view hive)
{
    wr_regf_header header;

    return wr_regf_header_read(hive, &header) && header.checksum_valid &&
           header.primary_sequence == header.secondary_sequence;
}

/* What the steps of a replay change: the file's own bytes, or a copy where its logs make it grow.
 */
static bool own_image(wr_evidence *ev, wr_file *file, wr_item *item, wr_error *err)
{
    item->image = wr_file_private(file);
    if (item->replay->image_len == item->view.len)
        return true;
    if (!(item->image = WR_NEW(ev->arena, uint8_t, item->replay->image_len)))
        return wr_fail_memory(err);
    memcpy(item->image, item->view.data, item->view.len);
    return true;
}

/* A dirty hive as Windows would load it; *v becomes the image.  The file itself never changes. */
static bool replay_logs(wr_evidence *ev, wr_file *file, wr_item *item,
                        const wr_evidence_options *options, wr_view *v, wr_error *err)
{
    wr_log_paths beside = { { 0 } };
    wr_regf_replay *replay;
    const char *const *paths = options->logs;
    size_t num_paths = options->num_logs, num_logs = 0;
    wr_view *logs;

    if (options->no_logs || is_clean(*v))
        return true;
    if (!num_paths) {
        if (!wr_hive_logs_find(item->path, ev->arena, ev->diags, &beside, err))
            return false;
        paths = beside.paths.items;
        num_paths = beside.paths.count;
    }
    if (!num_paths)
        return true;
    logs = WR_NEW(ev->arena, wr_view, num_paths);
    replay = WR_NEW(ev->arena, wr_regf_replay, 1);
    if (!logs || !replay)
        return wr_fail_memory(err);
    for (size_t i = 0; i < num_paths; i++) {
        bool opened;
        if (!open_log(ev, paths[i], &logs[num_logs], &opened, err))
            return false;
        num_logs += opened;
    }
    if (!wr_regf_replay_plan(*v, logs, num_logs, ev->arena, ev->diags, replay, err))
        return false;
    item->replay = replay;
    if (options->hold_logs)
        return own_image(ev, file, item, err);
    item->num_applied = replay->num_entries;
    return wr_regf_replay_all(replay, *v, wr_file_private(file), ev->arena, v, err);
}

static bool parse_regf(wr_evidence *ev, wr_view v, wr_diags *diags, wr_item *item, wr_error *err)
{
    if (!wr_regf_open(v, ev->arena, diags, &item->hive, err) ||
        !wr_mounts_of_hive(&item->hive, v.source, item->path, ev->arena, &item->mounts, err))
        return false;
    item->role = item->mounts.list.count ? item->mounts.list.items[0].role : WR_ROLE_HIVE;
    return true;
}

static bool parse_reg(wr_evidence *ev, wr_view v, wr_item *item, wr_error *err)
{
    item->role = WR_ROLE_REGISTRY;
    return wr_reg_text_parse(v, ev->arena, ev->diags, &item->entries, err) &&
           wr_reg_tree_build(&item->entries, v.source, ev->arena, ev->diags, &item->tree, err) &&
           wr_mounts_of_text(&item->tree, v.source, item->path, ev->arena, &item->mounts, err);
}

static bool parse_pol(wr_evidence *ev, wr_view v, wr_item *item, wr_error *err)
{
    item->role = WR_ROLE_POLICY;
    return wr_reg_pol_parse(v, ev->arena, ev->diags, &item->entries, err) &&
           wr_reg_tree_build(&item->entries, v.source, ev->arena, ev->diags, &item->tree, err) &&
           wr_mounts_of_policy(&item->tree, v.source, item->path, ev->arena, &item->mounts, err);
}

static bool parse_list(wr_evidence *ev, wr_view v, wr_item *item, wr_error *err)
{
    if (!wr_pkcs7_parse(v, ev->arena, ev->diags, &item->message, err) ||
        !wr_ctl_parse(item->message.content, ev->arena, &item->list, err))
        return false;
    item->role = item->list.kind == WR_CTL_CATALOGUE ? WR_ROLE_OTHER : WR_ROLE_LIST;
    return true;
}

/* What is no message is SKIPPED: the program then has fewer signatures. */
static bool read_signatures(wr_evidence *ev, const wr_pe_certificate *entry, wr_item *item,
                            wr_error *err)
{
    wr_pkcs7 message;
    wr_error damage;

    if (entry->type != WR_PE_PKCS_SIGNED_DATA) {
        wr_diag_add(ev->diags, WR_DIAG_NOTE, WR_E_UNSUPPORTED, entry->bytes.source,
                    entry->bytes.origin, NULL,
                    "an entry of type %u in the certificate table is not read",
                    (unsigned)entry->type);
        return true;
    }
    if (wr_pkcs7_parse(entry->bytes, ev->arena, ev->diags, &message, &damage))
        return wr_authenticode_read(&message, ev->arena, ev->diags, &item->signatures, err);
    if (damage.code == WR_E_NO_MEMORY)
        return wr_fail_memory(err);
    wr_diag_error(ev->diags, WR_DIAG_SKIPPED, &damage);
    return true;
}

static bool parse_program(wr_evidence *ev, wr_view v, wr_item *item, wr_error *err)
{
    if (!wr_pe_parse(v, ev->arena, ev->diags, &item->program, err))
        return false;
    for (size_t i = 0; i < item->program.certificates.count; i++)
        if (!read_signatures(ev, &item->program.certificates.items[i], item, err))
            return false;
    return true;
}

static bool parse_sst(wr_evidence *ev, wr_view v, wr_item *item, wr_error *err)
{
    item->role = WR_ROLE_STORE;
    return wr_sst_parse(v, ev->arena, ev->diags, &item->store, err);
}

static bool parse_pkcs7(wr_evidence *ev, wr_view v, wr_item *item, wr_error *err)
{
    item->role = WR_ROLE_STORE;
    return wr_pkcs7_parse(v, ev->arena, ev->diags, &item->message, err) &&
           add_certificates(ev->arena, &item->message.certificates, item, err);
}

static bool parse_certificate(wr_evidence *ev, wr_view v, wr_item *item, wr_error *err)
{
    wr_x509 x;

    item->role = WR_ROLE_STORE;
    if (!wr_x509_parse(v, &x, err))
        return false;
    if (x.der.len < v.len)
        wr_diag_add(ev->diags, WR_DIAG_NOTE, WR_E_MALFORMED, v.source, x.der.len, NULL,
                    "%zu bytes behind the certificate are not part of it", v.len - x.der.len);
    return add_certificate(ev->arena, x.der, item, err);
}

static bool parse_pem(wr_evidence *ev, wr_view v, wr_item *item, wr_error *err)
{
    wr_ders ders = { 0 };

    item->role = WR_ROLE_STORE;
    return wr_pem_certificates(v, ev->arena, ev->diags, &ders, err) &&
           add_certificates(ev->arena, &ders, item, err);
}

static bool parse_element(wr_evidence *ev, wr_view v, wr_item *item, wr_error *err)
{
    wr_element e, *added;

    item->role = WR_ROLE_STORE;
    if (!wr_element_parse(v, ev->diags, &e, err))
        return false;
    if (!(added = WR_APPEND(ev->arena, &item->store.elements, wr_element)))
        return wr_fail_memory(err);
    *added = e;
    return true;
}

/* What a cab carries counts as given itself: its first list, and every certificate. */
static bool parse_cab(wr_evidence *ev, wr_view v, wr_item *item, wr_error *err)
{
    wr_members members = { { 0 } };
    bool has_list = false;

    if (!wr_archive_read_cab(v, ev->arena, ev->diags, &members, err))
        return false;
    item->members = WR_NEW(ev->arena, const char *, members.list.count + 1);
    if (!item->members)
        return wr_fail_memory(err);
    item->role = WR_ROLE_OTHER;
    for (size_t i = 0; i < members.list.count; i++) {
        const wr_member *m = &members.list.items[i];
        wr_kind kind = wr_probe(m->bytes);
        wr_error damage;

        item->members[item->num_members++] = m->name;
        if (kind == WR_KIND_CAB || kind == WR_KIND_REGF || kind == WR_KIND_REG ||
            kind == WR_KIND_POL || (kind == WR_KIND_CTL && has_list))
            wr_diag_add(ev->diags, WR_DIAG_NOTE, WR_E_UNSUPPORTED, m->bytes.source, WR_NO_OFFSET,
                        NULL, "a %s inside a cabinet is not used", wr_kind_name(kind));
        else if (kind != WR_KIND_UNKNOWN && kind != WR_KIND_TEXT &&
                 !parse(ev, m->bytes, kind, item, &damage))
            wr_diag_error(ev->diags, WR_DIAG_SKIPPED, &damage);
        else
            has_list |= kind == WR_KIND_CTL;
    }
    if (has_list)
        item->role = WR_ROLE_LIST;
    return true;
}

static bool parse(wr_evidence *ev, wr_view v, wr_kind kind, wr_item *item, wr_error *err)
{
    switch (kind) {
    case WR_KIND_REGF:
        return parse_regf(ev, v, ev->diags, item, err);
    case WR_KIND_CTL:
    case WR_KIND_CATALOGUE:
        return parse_list(ev, v, item, err);
    case WR_KIND_SST:
        return parse_sst(ev, v, item, err);
    case WR_KIND_PKCS7:
        return parse_pkcs7(ev, v, item, err);
    case WR_KIND_CERTIFICATE:
        return parse_certificate(ev, v, item, err);
    case WR_KIND_PEM:
        return parse_pem(ev, v, item, err);
    case WR_KIND_ELEMENT:
        return parse_element(ev, v, item, err);
    case WR_KIND_CAB:
        return parse_cab(ev, v, item, err);
    case WR_KIND_REG:
        return parse_reg(ev, v, item, err);
    case WR_KIND_POL:
        return parse_pol(ev, v, item, err);
    case WR_KIND_EMPTY:
        return wr_fail_view(err, WR_E_TRUNCATED, v, "the file is empty, expected evidence");
    case WR_KIND_ZEROS:
        return wr_fail_view(err, WR_E_MALFORMED, v,
                            "the file begins with nothing but zero bytes, expected evidence");
    case WR_KIND_REGF_LOG:
    case WR_KIND_HBIN: {
        wr_regf unused; /* its message says what the file is instead of a hive */
        return wr_regf_open(v, ev->arena, ev->diags, &unused, err);
    }
    default:
        return wr_fail_view(
            err, WR_E_UNSUPPORTED, v,
            "the file is of kind %s, expected a registry hive, its text (reg), a policy "
            "file (pol), a certificate store (sst, p7b, cer, pem), a trust list "
            "(stl) or its cab",
            wr_kind_name(kind));
    }
}

/* Kinds that a folder's walk keeps; all else in it is counted. */
static bool is_evidence(wr_kind kind, const wr_evidence_options *options)
{
    bool is_program = kind == WR_KIND_PE || kind == WR_KIND_CATALOGUE;

    if (is_program || options->programs_only)
        return is_program && options->programs;
    return kind == WR_KIND_REGF || kind == WR_KIND_SST || kind == WR_KIND_CTL ||
           kind == WR_KIND_PKCS7 || kind == WR_KIND_CERTIFICATE || kind == WR_KIND_PEM ||
           kind == WR_KIND_CAB || kind == WR_KIND_REG || kind == WR_KIND_POL;
}

/* A store given as supply is supply whatever it is, and so on: how it was given narrows the role.
 */
static wr_role role_by_use(wr_use use, wr_role role)
{
    if (use == WR_USE_SUPPLY)
        return role == WR_ROLE_STORE || role == WR_ROLE_LIST || role == WR_ROLE_OTHER
                   ? WR_ROLE_SUPPLY
                   : WR_ROLE_OTHER;
    if (use == WR_USE_LIST)
        return role == WR_ROLE_LIST ? role : WR_ROLE_OTHER;
    if (use == WR_USE_STORE)
        return role == WR_ROLE_STORE ? role : WR_ROLE_OTHER;
    return role;
}

static bool expected_role(const wr_item *item, wr_error *err)
{
    static const char *const expected[] = {
        [WR_USE_LIST] = "a trust list (stl or cab)",
        [WR_USE_STORE] = "a certificate store (sst, p7b, cer, pem)",
        [WR_USE_SUPPLY] = "certificates (sst, p7b, cer, pem, cab)",
    };
    if (item->role != WR_ROLE_OTHER || item->use == WR_USE_EVIDENCE)
        return true;
    return wr_fail_view(err, WR_E_UNSUPPORTED, item->view, "the file is of kind %s, expected %s",
                        wr_kind_name(item->kind), expected[item->use]);
}

/* Takes `file` over.  `from_folder`: a walk found it, so only known kinds are kept. */
static bool add_file(wr_evidence *ev, wr_file *file, const char *path, wr_use use,
                     const char *place, const wr_evidence_options *options, bool from_folder,
                     bool *kept, wr_error *err)
{
    wr_view v = wr_file_view(file);
    wr_kind kind = wr_probe(v);
    wr_file **slot = NULL;
    wr_item **list = NULL, *item = NULL;

    *kept = !from_folder || is_evidence(kind, options);
    if (!*kept) {
        wr_file_close(file);
        return true;
    }
    if (!(slot = WR_APPEND(ev->arena, &ev->files, wr_file *)) ||
        !(item = WR_NEW(ev->arena, wr_item, 1)) ||
        !(list = WR_APPEND(ev->arena, &ev->items, wr_item *))) {
        ev->files.count -= slot != NULL;
        wr_file_close(file);
        return wr_fail_memory(err);
    }
    *slot = file;
    *list = item;
    *item = (wr_item){ .use = use,
                       .role = WR_ROLE_OTHER,
                       .kind = kind,
                       .path = path,
                       .label = v.source,
                       .place = place,
                       .bytes = v.len,
                       .recover = options->recover && kind == WR_KIND_REGF,
                       .view = v };
    if (options->hash) {
        if (!wr_digest(WR_SHA256, v, item->sha256, err))
            return false;
        item->has_sha256 = true;
    }
    if (kind == WR_KIND_REGF && !replay_logs(ev, file, item, options, &v, err))
        return false;
    if (item->image && item->replay->num_entries) { /* read once it is in a state */
        item->readable = true;
        return true;
    }
    if (!(kind == WR_KIND_PE && options->programs ? parse_program(ev, v, item, err)
                                                  : parse(ev, v, kind, item, err)))
        return false;
    item->role = role_by_use(use, item->role);
    if (!expected_role(item, err))
        return false;
    item->readable = true;
    return true;
}

static bool add_folder(wr_evidence *ev, const char *folder, wr_use use, const char *place,
                       const wr_evidence_options *options, wr_error *err)
{
    wr_folder_files files = { { 0 } };
    size_t num_other = 0;

    if (!wr_folder_list(folder, ev->arena, ev->diags, &files, err))
        return false;
    for (size_t i = 0; i < files.paths.count; i++) {
        const char *path = wr_arena_format(ev->arena, "%s/%s", folder, files.paths.items[i]);
        wr_file *file;
        wr_error damage;
        bool kept = true;

        if (!path)
            return wr_fail_memory(err);
        if (!wr_file_open(path, NULL, &file, &damage) ||
            !add_file(ev, file, path, use, place, options, true, &kept, &damage)) {
            if (damage.code == WR_E_NO_MEMORY) {
                *err = damage;
                return false;
            }
            wr_diag_error(ev->diags, WR_DIAG_SKIPPED, &damage);
        }
        num_other += !kept;
    }
    if (num_other)
        wr_diag_add(ev->diags, WR_DIAG_NOTE, WR_OK, folder, WR_NO_OFFSET, NULL,
                    "%zu of %zu files below this folder are of no kind that is read", num_other,
                    files.paths.count);
    return true;
}

/* A path that cannot be opened still stands in the report, so that nothing given is lost silently.
 */
static bool keep_unopened(wr_evidence *ev, const char *path, wr_use use, const char *place,
                          wr_error *err)
{
    wr_item *item = WR_NEW(ev->arena, wr_item, 1);
    wr_item **slot = item ? WR_APPEND(ev->arena, &ev->items, wr_item *) : NULL;

    if (!slot)
        return wr_fail_memory(err);
    *slot = item;
    *item = (wr_item){ .use = use,
                       .role = WR_ROLE_OTHER,
                       .kind = WR_KIND_UNKNOWN,
                       .path = path,
                       .label = path,
                       .place = place };
    return false;
}

bool wr_evidence_add(wr_evidence *ev, const char *path, wr_use use, const char *place,
                     const wr_evidence_options *options, wr_error *err)
{
    const char *own = wr_arena_text(ev->arena, path);
    wr_file *file;
    bool kept;

    if (!own)
        return wr_fail_memory(err);
    if (wr_path_kind_of(path) == WR_PATH_FOLDER)
        return add_folder(ev, own, use, place, options, err);
    if (!wr_file_open(path, NULL, &file, err))
        return keep_unopened(ev, own, use, place, err);
    return add_file(ev, file, own, use, place, options, false, &kept, err);
}

bool wr_evidence_replay_to(wr_evidence *ev, size_t i, size_t to, wr_diags *diags, wr_error *err)
{
    wr_item *item = ev->items.items[i];
    wr_view image;
    wr_error damage;

    if (!item->image)
        return wr_fail(err, WR_E_USAGE, item->label, WR_NO_OFFSET,
                       "a hive whose logs are not held back cannot be replayed in steps");
    if (!wr_regf_replay_until(item->replay, item->num_applied, to, item->image,
                              item->replay->image_len, &image, err))
        return false;
    item->num_applied = to;
    item->mounts = (wr_mounts){ { 0 } };
    item->readable = parse_regf(ev, image, diags, item, &damage);
    if (!item->readable && damage.code == WR_E_NO_MEMORY) {
        *err = damage;
        return false;
    }
    if (!item->readable)
        wr_diag_error(diags, WR_DIAG_SKIPPED, &damage);
    return true;
}

static int compare_items(const void *a, const void *b)
{
    const wr_item *x = *(wr_item *const *)a, *y = *(wr_item *const *)b;

    if (x->role != y->role)
        return x->role < y->role ? -1 : 1;
    return strcmp(x->path, y->path);
}

void wr_evidence_seal(wr_evidence *ev)
{
    if (ev->items.count)
        qsort(ev->items.items, ev->items.count, sizeof *ev->items.items, compare_items);
}

size_t wr_evidence_count(const wr_evidence *ev)
{
    return ev->items.count;
}

const wr_item *wr_evidence_item(const wr_evidence *ev, size_t i)
{
    return ev->items.items[i];
}

size_t wr_evidence_find(const wr_evidence *ev, const char *label)
{
    for (size_t i = 0; i < ev->items.count; i++) {
        size_t n = strlen(ev->items.items[i]->label);
        if (!strncmp(ev->items.items[i]->label, label, n) && (!label[n] || label[n] == '/'))
            return i;
    }
    return SIZE_MAX;
}

bool wr_evidence_failed(const wr_evidence *ev, const char **label)
{
    for (size_t i = 0; i < ev->files.count; i++)
        if (wr_file_failed(ev->files.items[i])) {
            *label = wr_file_view(ev->files.items[i]).source;
            return true;
        }
    return false;
}
