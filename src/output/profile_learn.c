/* profile_learn.c - from files to a profile: what the signed ones need, as JSON. */
#include "base/json.h"
#include "base/text.h"
#include "evidence/evidence.h"
#include "output/members.h"
#include "require/learn.h"
#include "require/profile.h"
#include "winroots/limits.h"
#include "winroots/profile.h"

#include <string.h>

typedef struct job {
    const wr_learn_options *options;
    wr_arena arena;
    wr_diags diags;
    size_t num_told; /* diagnostics */
    wr_evidence *evidence;
    wr_learning learning;
    WR_LIST(const char *) sources; /* files that needs name */
    wr_learn_result result;
} job;

/* ---- reading -----------------------------------------------------------------------------------
 */

static void tell(const job *j, const wr_error *what)
{
    if (j->options->tell)
        j->options->tell(what, j->options->data);
}

static void tell_of(const job *j, const char *path, const char *what)
{
    wr_error e;

    wr_fail(&e, WR_E_UNSUPPORTED, path, WR_NO_OFFSET, "%s", what);
    tell(j, &e);
}

/* Notes lose nothing, and folders of programs have many. */
static void tell_diagnostics(job *j)
{
    for (; j->num_told < j->diags.list.count; j->num_told++) {
        const wr_diag *d = &j->diags.list.items[j->num_told];
        wr_error e;

        if (d->severity == WR_DIAG_NOTE)
            continue;
        wr_fail(&e, d->code, d->source, d->offset, "%s", d->message);
        wr_error_at(&e, d->path);
        tell(j, &e);
    }
}

/* What helps to learn must be readable: without it the profile would be another. */
static bool add_helpers(job *j, wr_error *err)
{
    const wr_evidence_options how = { .no_logs = true };
    const struct {
        const char *const *paths;
        size_t count;
        wr_use use;
    } helpers[] = { { j->options->supply, j->options->num_supply, WR_USE_SUPPLY },
                    { j->options->lists, j->options->num_lists, WR_USE_LIST } };

    for (size_t i = 0; i < sizeof helpers / sizeof *helpers; i++) {
        for (size_t k = 0; k < helpers[i].count; k++) {
            if (wr_evidence_add(j->evidence, helpers[i].paths[k], helpers[i].use, NULL, &how, err))
                continue;
            if (err->code != WR_E_NO_MEMORY)
                err->code = WR_E_USAGE;
            return false;
        }
    }
    return true;
}

static bool add_files(job *j, const char *const *paths, size_t num_paths, wr_error *err)
{
    const wr_evidence_options how = { .no_logs = true, .programs = true, .programs_only = true };

    for (size_t i = 0; i < num_paths; i++) {
        if (wr_evidence_add(j->evidence, paths[i], WR_USE_EVIDENCE, NULL, &how, err))
            continue;
        if (err->code == WR_E_NO_MEMORY)
            return false;
        if (err->code == WR_E_UNSUPPORTED)
            tell_of(j, paths[i], "neither a program (PE) nor a catalogue");
        else
            tell(j, err);
    }
    tell_diagnostics(j);
    return true;
}

static bool use_supply(job *j, const wr_item *item, wr_error *err)
{
    wr_ders certificates = { { 0 } };

    for (size_t i = 0; i < item->store.elements.count; i++) {
        const wr_element *e = &item->store.elements.items[i];
        wr_view *der;

        if (e->kind != WR_ELEMENT_CERTIFICATE)
            continue;
        if (!(der = WR_APPEND(&j->arena, &certificates.list, wr_view)))
            return wr_fail_memory(err);
        *der = e->object;
    }
    return wr_learn_certificates(&j->learning, &certificates, err);
}

static bool use_list(job *j, const wr_item *item, wr_error *err)
{
    wr_signature signature;
    const wr_ctl **slot;

    if (item->list.kind != WR_CTL_AUTHROOT) {
        tell_of(j, item->path, "not a root list: not used");
        return true;
    }
    if (!wr_pkcs7_verify_list(&item->message, NULL, item->list.this_update, &j->arena, &signature,
                              err))
        return false;
    if (signature.status != WR_SIGNATURE_VALID) {
        tell_of(j, item->path, "the signature of the list does not verify: not used");
        return true;
    }
    if (!(slot = WR_APPEND(&j->arena, &j->learning.lists, const wr_ctl *)))
        return wr_fail_memory(err);
    *slot = &item->list;
    return true;
}

/* The signatures of a program or of a catalogue. */
static bool signatures_of(job *j, const wr_item *item, wr_authenticodes *out, wr_error *err)
{
    *out = item->signatures;
    return item->kind == WR_KIND_PE ||
           wr_authenticode_read(&item->message, &j->arena, &j->diags, out, err);
}

static bool is_learned_from(const wr_item *item)
{
    return item->use == WR_USE_EVIDENCE && item->readable &&
           (item->kind == WR_KIND_PE || item->kind == WR_KIND_CATALOGUE);
}

static bool know_certificates(job *j, const wr_item *item, wr_error *err)
{
    wr_authenticodes signatures;

    if (item->readable && item->use == WR_USE_SUPPLY)
        return use_supply(j, item, err);
    if (item->readable && item->use == WR_USE_LIST)
        return use_list(j, item, err);
    if (!is_learned_from(item))
        return true;
    if (!signatures_of(j, item, &signatures, err))
        return false;
    for (size_t i = 0; i < signatures.list.count; i++)
        if (!wr_learn_certificates(&j->learning, &signatures.list.items[i].message.certificates,
                                   err))
            return false;
    return true;
}

static bool learn_item(job *j, const wr_item *item, wr_error *err)
{
    wr_authenticodes signatures;
    const char *path;

    if (!is_learned_from(item)) {
        if (item->readable && item->use == WR_USE_EVIDENCE)
            tell_of(j, item->path, "neither a program (PE) nor a catalogue");
        return true;
    }
    if (!signatures_of(j, item, &signatures, err))
        return false;
    j->result.num_files++;
    if (!signatures.list.count) {
        tell_of(j, item->path, "not signed");
        return true;
    }
    j->result.num_signed++;
    path = wr_text_printable(&j->arena, item->path);
    return path ? wr_learn_file(&j->learning, path, &signatures, err) : wr_fail_memory(err);
}

static bool learn(job *j, wr_error *err)
{
    const char *failed;

    wr_evidence_seal(j->evidence);
    for (size_t i = 0; i < wr_evidence_count(j->evidence); i++)
        if (!know_certificates(j, wr_evidence_item(j->evidence, i), err))
            return false;
    for (size_t i = 0; i < wr_evidence_count(j->evidence); i++)
        if (!learn_item(j, wr_evidence_item(j->evidence, i), err))
            return false;
    if (wr_evidence_failed(j->evidence, &failed))
        return wr_fail(err, WR_E_IO, failed, WR_NO_OFFSET,
                       "the file shrank or could not be read while it was learned from");
    tell_diagnostics(j);
    wr_learn_sort(&j->learning);
    for (size_t i = 0; i < j->learning.needs.count; i++) {
        const wr_need *need = j->learning.needs.items[i];
        j->result.num_names += need->from == WR_NEED_BY_NAME;
        j->result.num_roots += need->root && need->from != WR_NEED_BY_NAME;
        j->result.num_intermediates += !need->root;
    }
    return true;
}

/* ---- writing -----------------------------------------------------------------------------------
 */

#define SLUG 42 /* characters of a certificate's name in its key: an item's id may have 64 */

/* The name of a certificate inside the profile: its common name in small letters and digits, and
 * eight bytes of what identifies it. */
static const char *key_of(job *j, const wr_need *need)
{
    char slug[SLUG + 1];
    uint8_t sha1[WR_SHA1_LEN];
    const char *hex, *id = wr_arena_format(&j->arena, "%s %s", need->subject, need->key_id);
    wr_error ignored;
    size_t n = 0;

    for (const char *c = need->short_name; *c && n < SLUG; c++) {
        char lower = *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c;
        bool plain = (lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9');

        if (plain || (n && slug[n - 1] != '-'))
            slug[n++] = plain ? lower : '-';
    }
    while (n && slug[n - 1] == '-')
        n--;
    slug[n] = '\0';
    memcpy(sha1, need->sha1, sizeof sha1);
    if (!id ||
        (need->from == WR_NEED_BY_NAME &&
         !wr_digest(WR_SHA1, (wr_view){ (const uint8_t *)id, strlen(id), 0, "" }, sha1, &ignored)))
        return NULL;
    hex = wr_text_hex(&j->arena, sha1, 8);
    return hex ? wr_arena_format(&j->arena, "%s%s%s", slug, n ? "-" : "", hex) : NULL;
}

/* Index of the file among the sources, which it joins. */
static bool source_of(job *j, const char *path, size_t *out, wr_error *err)
{
    const char **slot;

    for (*out = 0; *out < j->sources.count; ++*out)
        if (j->sources.items[*out] == path)
            return true;
    if (*out == WR_LIMIT_PROFILE_SOURCES)
        return wr_fail(err, WR_E_LIMIT, path, WR_NO_OFFSET,
                       "more than %d files would be named as sources, expected fewer: learn from "
                       "fewer at once",
                       WR_LIMIT_PROFILE_SOURCES);
    if (!(slot = WR_APPEND(&j->arena, &j->sources, const char *)))
        return wr_fail_memory(err);
    *slot = path;
    return true;
}

static const char *source_id(job *j, size_t index)
{
    return wr_arena_format(&j->arena, "file-%zu", index + 1);
}

static bool write_sources(job *j, wr_json_writer *w, wr_error *err)
{
    size_t index;

    for (size_t i = 0; i < j->learning.needs.count; i++)
        for (size_t k = 0; k < j->learning.needs.items[i]->files.count; k++)
            if (!source_of(j, j->learning.needs.items[i]->files.items[k], &index, err))
                return false;
    wr_json_array(w, "sources");
    for (size_t i = 0; i < j->sources.count; i++) {
        const char *id = source_id(j, i);

        if (!id)
            return wr_fail_memory(err);
        wr_json_object(w, NULL);
        wr_json_text(w, "id", id);
        wr_json_text(w, "uri", j->sources.items[i]);
        wr_json_text(w, "completeness", "complete");
        wr_json_end_object(w);
    }
    wr_json_end_array(w);
    return true;
}

static void write_identity(wr_json_writer *w, const char *key, const wr_need *need)
{
    wr_json_object(w, key);
    if (need->from == WR_NEED_BY_NAME) {
        wr_json_text(w, "identity", "issuer-only");
    } else {
        if (need->has_sha256)
            wr_json_hex(w, "sha256", need->sha256, sizeof need->sha256);
        wr_json_hex(w, "sha1", need->sha1, sizeof need->sha1);
    }
    wr_member_text(w, "subject", need->subject);
    wr_member_text(w, "issuer", need->issuer);
    wr_member_text(w, "serial", need->serial);
    wr_member_text(w, "key_id", need->key_id);
    wr_json_end_object(w);
}

static void write_purposes(wr_json_writer *w, const wr_need *need)
{
    wr_json_array(w, "purposes");
    if (need->code_signing)
        wr_json_text(w, NULL, "code_signing");
    if (need->time_stamping)
        wr_json_text(w, NULL, "time_stamping");
    wr_json_end_array(w);
}

static bool write_grounds(job *j, wr_json_writer *w, const wr_need *need, wr_error *err)
{
    static const struct {
        const char *basis, *note;
    } grounds[] = {
        [WR_NEED_FROM_FILE] = { "sourced", "in the files themselves" },
        [WR_NEED_FROM_OTHERS] = { "name-only", "named by the files; the supply or another file has "
                                               "the certificate whose key signed" },
        [WR_NEED_FROM_LIST] = { "name-only", "named by the files; the hash is that of the root "
                                             "list's entry with this name and key identifier" },
        [WR_NEED_BY_NAME] = { "inferred", "named by the files as issuer; not at hand, so neither "
                                          "its hash nor whether it is a root is known" },
    };
    const char *note = wr_arena_format(&j->arena, "needed by %zu file%s; %s", need->num_files,
                                       need->num_files == 1 ? "" : "s", grounds[need->from].note);

    wr_json_text(w, "basis", grounds[need->from].basis);
    wr_json_array(w, "source");
    for (size_t i = 0; i < need->files.count; i++) {
        const char *id;
        size_t index;

        if (!source_of(j, need->files.items[i], &index, err))
            return false;
        if (!(id = source_id(j, index)))
            return wr_fail_memory(err);
        wr_json_text(w, NULL, id);
    }
    wr_json_end_array(w);
    if (!note)
        return wr_fail_memory(err);
    wr_json_text(w, "note", note);
    return true;
}

/* An intermediate that every file carries is recommended in CA: Windows takes it from the file. */
static bool write_requirement(job *j, wr_json_writer *w, const wr_need *need, const char *key,
                              wr_error *err)
{
    const char *id = wr_arena_format(&j->arena, "%s-%s", need->root ? "root" : "ca", key);

    if (!id)
        return wr_fail_memory(err);
    wr_json_object(w, NULL);
    wr_json_text(w, "id", id);
    wr_json_text(w, "kind", "certificate-present");
    wr_json_text(w, "severity", need->root || need->lacking ? "required" : "recommended");
    wr_json_text(w, "store", need->root ? "Root" : "CA");
    wr_json_text(w, "certificate", key);
    if (need->root)
        write_purposes(w, need);
    if (need->time_stamped) {
        wr_json_bool(w, "accept_expired", true);
        if (need->root)
            wr_json_bool(w, "existing_signatures", true);
    }
    if (!write_grounds(j, w, need, err))
        return false;
    wr_json_end_object(w);
    return true;
}

static bool write_profile(job *j, wr_json_writer *w, const char **keys, wr_error *err)
{
    const char *title = wr_arena_format(
        &j->arena, "What %zu signed file%s need%s", j->learning.num_files,
        j->learning.num_files == 1 ? "" : "s", j->learning.num_files == 1 ? "s" : "");

    if (!title)
        return wr_fail_memory(err);
    wr_json_object(w, NULL);
    wr_json_text(w, "schema", "winroots.profile/1");
    wr_json_text(w, "id", "learned");
    wr_json_text(w, "title", title);
    wr_json_text(w, "version", "1");
    if (!write_sources(j, w, err))
        return false;
    wr_json_object(w, "certificates");
    for (size_t i = 0; i < j->learning.needs.count; i++)
        write_identity(w, keys[i], j->learning.needs.items[i]);
    wr_json_end_object(w);
    wr_json_array(w, "requirements");
    for (size_t i = 0; i < j->learning.needs.count; i++)
        if (!write_requirement(j, w, j->learning.needs.items[i], keys[i], err))
            return false;
    wr_json_end_array(w);
    wr_json_end_object(w);
    wr_json_finish(w);
    return true;
}

/* What is written must load again, whatever the files said. */
static bool make_profile(job *j, wr_out *memory, wr_error *err)
{
    size_t count = j->learning.needs.count;
    const char **keys = WR_NEW(&j->arena, const char *, count);
    wr_json_writer w;
    wr_profile again;

    if (!keys)
        return wr_fail_memory(err);
    if (count > WR_LIMIT_PROFILE_ITEMS)
        return wr_fail(err, WR_E_LIMIT, NULL, WR_NO_OFFSET,
                       "%zu certificates are needed, expected at most %d: learn from fewer files "
                       "at once",
                       count, WR_LIMIT_PROFILE_ITEMS);
    for (size_t i = 0; i < count; i++)
        if (!(keys[i] = key_of(j, j->learning.needs.items[i])))
            return wr_fail_memory(err);
    wr_json_start(&w, memory, false);
    return write_profile(j, &w, keys, err) && wr_out_finish(memory, err) &&
           wr_profile_parse(wr_out_bytes(memory), &j->arena, &again, err);
}

static bool write_out(job *j, const char *output, wr_error *err)
{
    wr_out *memory, *out;
    bool done;

    if (!wr_out_memory(&memory, err))
        return false;
    done = make_profile(j, memory, err) &&
           (output ? wr_out_file(output, &out, err) : wr_out_stdout(&out, err));
    if (done) {
        wr_out_write(out, wr_out_bytes(memory).data, wr_out_bytes(memory).len);
        done = wr_out_finish(out, err);
    }
    wr_out_discard(memory);
    return done;
}

bool wr_profile_learn(const char *const *paths, size_t num_paths, const wr_learn_options *options,
                      const char *output, wr_learn_result *out, wr_error *err)
{
    job j = { .options = options };
    bool done;

    wr_arena_init(&j.arena, WR_LIMIT_ARENA);
    wr_diags_init(&j.diags, &j.arena);
    j.learning.arena = &j.arena;
    j.learning.diags = &j.diags;
    j.evidence = wr_evidence_new(&j.arena, &j.diags);
    done = j.evidence
               ? add_helpers(&j, err) && add_files(&j, paths, num_paths, err) && learn(&j, err) &&
                     (!j.learning.needs.count || write_out(&j, output, err))
               : wr_fail_memory(err);
    if (done)
        *out = j.result;
    wr_evidence_free(j.evidence);
    wr_arena_free(&j.arena);
    return done;
}
