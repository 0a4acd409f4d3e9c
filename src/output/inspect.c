#include "winroots/inspect.h"

#include "base/json.h"
#include "base/text.h"
#include "format/property.h"
#include "output/members.h"
#include "output/program_members.h"
#include "store/collect.h"
#include "winroots/limits.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* One file's facts on their way out: as members of a JSON object, or as "name: value" lines. */
typedef struct inspection {
    const wr_inspect_options *options;
    wr_arena *arena;
    wr_diags *diags;
    const wr_model *model;
    wr_json_writer w;
    bool no_memory; /* what was written is then thrown away */
} inspection;

/* A text that was made in the arena. */
static const char *kept(inspection *in, const char *text)
{
    in->no_memory |= !text;
    return text ? text : "";
}

static void write_name(inspection *in, const char *key, wr_view name)
{
    const char *text;
    wr_error damage;

    if (wr_x509_name_text(name, in->arena, &text, &damage))
        wr_json_text(&in->w, key, text);
    else
        in->no_memory |= damage.code == WR_E_NO_MEMORY;
}

/* Element of a store: how every kind of file shows what it holds. */
static void write_element(inspection *in, const wr_element *e)
{
    uint8_t sha1[WR_SHA1_LEN], sha256[WR_SHA256_LEN];
    wr_x509 x;
    wr_error damage;

    wr_json_object(&in->w, NULL);
    wr_json_text(&in->w, "type", wr_element_kind_name(e->kind));
    if (wr_digest(WR_SHA1, e->object, sha1, &damage))
        wr_json_hex(&in->w, "sha1", sha1, sizeof sha1);
    if (wr_digest(WR_SHA256, e->object, sha256, &damage))
        wr_json_hex(&in->w, "sha256", sha256, sizeof sha256);
    if (e->kind == WR_ELEMENT_CERTIFICATE) {
        if (wr_x509_parse(e->object, &x, &damage)) {
            write_name(in, "subject", x.subject);
            wr_json_time(&in->w, "not_before", x.not_before);
            wr_json_time(&in->w, "not_after", x.not_after);
        } else {
            wr_diag_error(in->diags, WR_DIAG_SKIPPED, &damage);
        }
    }
    wr_json_end_object(&in->w);
}

#define PROPERTY_IDS 256

static void write_property_counts(inspection *in, const wr_sst *store)
{
    size_t counts[PROPERTY_IDS] = { 0 };

    for (size_t i = 0; i < store->elements.count; i++) {
        wr_property p;
        size_t at = 0;
        while (wr_element_next(&store->elements.items[i], &at, &p))
            if (p.id < PROPERTY_IDS)
                counts[p.id]++;
    }
    wr_json_object(&in->w, "property_counts");
    for (unsigned id = 0; id < PROPERTY_IDS; id++) {
        if (counts[id])
            wr_json_uint(&in->w, kept(in, wr_arena_format(in->arena, "%u", id)), counts[id]);
    }
    wr_json_end_object(&in->w);
}

static void write_store(inspection *in, const wr_sst *store)
{
    size_t counts[4] = { 0 };

    for (size_t i = 0; i < store->elements.count; i++)
        counts[store->elements.items[i].kind]++;
    wr_json_uint(&in->w, "certificates", counts[WR_ELEMENT_CERTIFICATE]);
    wr_json_uint(&in->w, "crls", counts[WR_ELEMENT_CRL]);
    wr_json_uint(&in->w, "ctls", counts[WR_ELEMENT_CTL]);
    write_property_counts(in, store);
    wr_json_array(&in->w, "items");
    for (size_t i = 0; i < store->elements.count; i++)
        write_element(in, &store->elements.items[i]);
    wr_json_end_array(&in->w);
}

/* The property id of an attribute 1.3.6.1.4.1.311.10.11.<id>; 0 for any other. */
static uint32_t property_of(const char *oid)
{
    static const char prefix[] = "1.3.6.1.4.1.311.10.11.";

    if (strncmp(oid, prefix, sizeof prefix - 1))
        return 0;
    return (uint32_t)strtoul(oid + sizeof prefix - 1, NULL, 10);
}

/* Properties by their id, each once; or attributes that are none (pin rules, catalogues), which may
 * repeat. */
static void write_attributes(inspection *in, const wr_ctl_entry *entry, bool properties)
{
    wr_view oid, values, data;
    size_t at = 0;

    while (wr_ctl_entry_next(entry, &at, &oid, &values)) {
        const char *name = kept(in, wr_oid_text(in->arena, oid));
        uint32_t id = property_of(name);
        if (properties != (id != 0))
            continue;
        if (!properties) {
            wr_json_object(&in->w, NULL);
            wr_json_text(&in->w, "oid", name);
            wr_json_hex(&in->w, "values", values.data, values.len);
            wr_json_end_object(&in->w);
        } else if (wr_ctl_entry_property(entry, id, &data) &&
                   (!data.len || data.origin >= values.origin) &&
                   (!data.len || data.origin < values.origin + values.len)) {
            wr_json_hex(&in->w, kept(in, wr_arena_format(in->arena, "%" PRIu32, id)), data.data,
                        data.len);
        }
    }
}

static void write_entry(inspection *in, const wr_ctl_entry *entry)
{
    wr_json_object(&in->w, NULL);
    wr_json_hex(&in->w, "id", entry->id.data, entry->id.len);
    wr_json_object(&in->w, "properties");
    write_attributes(in, entry, true);
    wr_json_end_object(&in->w);
    wr_json_array(&in->w, "attributes");
    write_attributes(in, entry, false);
    wr_json_end_array(&in->w);
    wr_json_end_object(&in->w);
}

static bool write_list(inspection *in, const wr_item *item, wr_error *err)
{
    const wr_ctl *ctl = &item->list;
    wr_signature signature;
    bool is_text = ctl->list_id.len % 2 == 0;

    if (!wr_pkcs7_verify_list(&item->message, NULL, ctl->this_update, in->arena, &signature, err))
        return false;
    wr_json_text(&in->w, "kind", wr_ctl_kind_name(ctl->kind));
    wr_json_array(&in->w, "usage");
    for (size_t i = 0; i < ctl->usage.list.count; i++)
        wr_json_text(&in->w, NULL, kept(in, wr_oid_text(in->arena, ctl->usage.list.items[i])));
    wr_json_end_array(&in->w);
    if (ctl->list_id.len)
        wr_member_text(&in->w, "list_id",
                       is_text && ctl->kind != WR_CTL_CATALOGUE
                           ? wr_text_until_nul(in->arena, ctl->list_id, WR_UTF16LE)
                           : wr_text_hex(in->arena, ctl->list_id.data, ctl->list_id.len));
    wr_json_time(&in->w, "this_update", ctl->this_update);
    if (ctl->has_next_update)
        wr_json_time(&in->w, "next_update", ctl->next_update);
    wr_member_text(&in->w, "sequence", kept(in, wr_ctl_sequence_text(in->arena, ctl->sequence)));
    wr_member_text(&in->w, "subject_algorithm",
                   kept(in, wr_oid_text(in->arena, ctl->subject_algorithm)));
    wr_json_uint(&in->w, "entries", ctl->entries.count);
    wr_json_uint(&in->w, "certificates", item->message.certificates.list.count);
    wr_member_signature(&in->w, &signature);
    if (in->options->entries) {
        wr_json_array(&in->w, "entries_detail");
        for (size_t i = 0; i < ctl->entries.count; i++)
            write_entry(in, &ctl->entries.items[i]);
        wr_json_end_array(&in->w);
    }
    return true;
}

static void write_trace(inspection *in, const wr_trace *t, const wr_element *e)
{
    wr_json_text(&in->w, "place", wr_regf_place_name(t->place));
    wr_member_text(&in->w, "log", t->log);
    wr_json_uint(&in->w, "offset", e->all.origin);
    wr_json_text(&in->w, "confidence", wr_regf_confidence_name(t->confidence));
    wr_json_text(&in->w, "reason", t->reason);
    if (t->cut)
        wr_json_bool(&in->w, "cut", true);
}

/* What a store holds, or, with a trace, what was deleted from one. */
static void write_instance(inspection *in, const char *path, const wr_element *e,
                           wr_time last_write, const wr_trace *trace)
{
    const char *name = strrchr(path, '\\');
    uint8_t sha1[WR_SHA1_LEN];
    wr_property p;
    size_t at = 0;
    wr_error damage;

    wr_json_object(&in->w, NULL);
    if (!trace || *path) {
        wr_json_text(&in->w, "key_path", path);
        wr_json_text(&in->w, "name", name ? name + 1 : path);
    }
    if (wr_digest(WR_SHA1, e->object, sha1, &damage))
        wr_json_hex(&in->w, "sha1", sha1, sizeof sha1);
    wr_json_uint(&in->w, "blob_bytes", e->all.len);
    if (wr_digest(WR_SHA1, e->all, sha1, &damage))
        wr_json_hex(&in->w, "blob_sha1", sha1, sizeof sha1);
    wr_json_array(&in->w, "property_ids");
    while (wr_element_next(e, &at, &p))
        wr_json_uint(&in->w, NULL, p.id);
    wr_json_end_array(&in->w);
    if (last_write)
        wr_json_time(&in->w, "last_write", last_write);
    if (trace)
        write_trace(in, trace, e);
    wr_json_end_object(&in->w);
}

static void write_certificates(inspection *in, const wr_model *m)
{
    wr_json_array(&in->w, "certificates");
    for (size_t i = 0; i < m->instances.count; i++) {
        const wr_instance *instance = &m->instances.items[i];
        write_instance(in, instance->path, &instance->element, instance->last_write,
                       instance->trace);
    }
    wr_json_end_array(&in->w);
}

static void write_others(inspection *in, const wr_model *m, const char *key, wr_element_kind kind)
{
    wr_json_array(&in->w, key);
    for (size_t i = 0; i < m->others.count; i++) {
        const wr_other_element *other = &m->others.items[i];
        if (other->element.kind == kind)
            write_instance(in, other->path, &other->element, other->last_write, other->trace);
    }
    wr_json_end_array(&in->w);
}

static void write_elements(inspection *in, const wr_model *m)
{
    write_certificates(in, m);
    write_others(in, m, "crls", WR_ELEMENT_CRL);
    write_others(in, m, "ctls", WR_ELEMENT_CTL);
}

static void write_deleted(inspection *in, const wr_deleted *deleted)
{
    wr_json_object(&in->w, "deleted");
    wr_json_uint(&in->w, "keys", deleted->num_keys);
    wr_json_uint(&in->w, "values", deleted->num_values);
    write_elements(in, &deleted->model);
    wr_json_end_object(&in->w);
}

static void write_hive_stores(inspection *in)
{
    const wr_model *m = in->model;

    wr_json_array(&in->w, "stores");
    for (size_t i = 0; i < m->stores.count; i++) {
        const wr_store *s = &m->stores.items[i];
        wr_json_object(&in->w, NULL);
        wr_json_text(&in->w, "key", s->path);
        wr_json_uint(&in->w, "certificates", s->num_certificates);
        wr_json_uint(&in->w, "crls", s->num_crls);
        wr_json_uint(&in->w, "ctls", s->num_ctls);
        wr_json_end_object(&in->w);
    }
    wr_json_end_array(&in->w);
}

static bool write_regf(inspection *in, const wr_item *item, wr_error *err)
{
    const wr_regf *hive = &item->hive;
    uint64_t keys, values;

    if (!wr_regf_count(hive, in->arena, in->diags, &keys, &values, err))
        return false;
    wr_json_text(
        &in->w, "version",
        kept(in, wr_arena_format(in->arena, "%" PRIu32 ".%" PRIu32, hive->major, hive->minor)));
    wr_json_object(&in->w, "sequence");
    wr_json_uint(&in->w, "primary",
                 item->replay ? item->replay->primary_sequence : hive->primary_sequence);
    wr_json_uint(&in->w, "secondary",
                 item->replay ? item->replay->secondary_sequence : hive->secondary_sequence);
    wr_json_end_object(&in->w);
    wr_json_bool(&in->w, "checksum_valid",
                 item->replay ? item->replay->checksum_valid : hive->checksum_valid);
    wr_json_bool(&in->w, "dirty", item->replay ? item->replay->dirty : hive->dirty);
    wr_member_logs(&in->w, "logs_applied", item->replay);
    wr_json_uint(&in->w, "keys", keys);
    wr_json_uint(&in->w, "values", values);
    if (in->model->deleted)
        write_deleted(in, in->model->deleted);
    write_hive_stores(in);
    write_elements(in, in->model);
    return true;
}

/* A .reg text or a policy file: what it says, and the stores that its keys make. */
static void write_entries(inspection *in, const wr_item *item)
{
    const wr_reg_entries *entries = &item->entries;
    size_t num_keys = 0;

    for (size_t i = 0; i < entries->keys.count; i++)
        num_keys += !entries->keys.items[i].deleted;
    wr_json_uint(&in->w, "keys", num_keys);
    wr_json_uint(&in->w, "values", wr_reg_num_set(entries));
    wr_json_uint(&in->w, "deletes", wr_reg_num_deletes(entries));
    write_hive_stores(in);
    write_elements(in, in->model);
}

static bool write_certificate(inspection *in, const wr_item *item, wr_error *err)
{
    const wr_element *e = &item->store.elements.items[0];
    const char *algorithm;
    wr_x509 x;
    uint8_t hash[WR_SHA256_LEN];

    if (!wr_x509_parse(e->object, &x, err) ||
        !wr_x509_signature_name(&x, in->arena, &algorithm, err))
        return false;
    if (!wr_digest(WR_SHA1, x.der, hash, err))
        return false;
    wr_json_hex(&in->w, "sha1", hash, WR_SHA1_LEN);
    if (!wr_digest(WR_SHA256, x.der, hash, err))
        return false;
    wr_json_hex(&in->w, "sha256", hash, WR_SHA256_LEN);
    write_name(in, "subject", x.subject);
    write_name(in, "issuer", x.issuer);
    wr_json_hex(&in->w, "serial", x.serial.data, x.serial.len);
    wr_json_time(&in->w, "not_before", x.not_before);
    wr_json_time(&in->w, "not_after", x.not_after);
    wr_json_bool(&in->w, "self_signed", wr_x509_self_issued(&x));
    wr_json_bool(&in->w, "ca", x.ca);
    if (!wr_member_key(&in->w, &x, in->arena, err))
        return false;
    wr_json_text(&in->w, "signature_algorithm", algorithm);
    return true;
}

static bool write_detail(inspection *in, const wr_item *item, wr_error *err)
{
    if (item->kind == WR_KIND_REGF)
        return write_regf(in, item, err);
    if (item->kind == WR_KIND_CERTIFICATE)
        return write_certificate(in, item, err);
    if (item->kind == WR_KIND_REG || item->kind == WR_KIND_POL) {
        write_entries(in, item);
        return true;
    }
    if (item->kind == WR_KIND_PE)
        return wr_members_program(&in->w, &item->program, &item->signatures, in->arena, err);
    if (item->kind == WR_KIND_CAB) {
        wr_json_array(&in->w, "members");
        for (size_t i = 0; i < item->num_members; i++)
            wr_json_text(&in->w, NULL, item->members[i]);
        wr_json_end_array(&in->w);
    }
    if (item->message.content.len && item->list.subject_algorithm.len)
        return write_list(in, item, err);
    if (item->kind != WR_KIND_CAB || item->store.elements.count)
        write_store(in, &item->store);
    return true;
}

/* Where in the file: a key path, else an offset. */
static void write_diagnostics(inspection *in)
{
    const wr_diags *d = in->diags;

    wr_json_array(&in->w, "diagnostics");
    for (size_t i = 0; i < d->list.count; i++) {
        const wr_diag *diag = &d->list.items[i];
        wr_json_object(&in->w, NULL);
        wr_json_text(&in->w, "severity", wr_severity_name(diag->severity));
        wr_json_text(&in->w, "code", wr_code_name(diag->code));
        wr_member_text(&in->w, "source",
                       *diag->path ? diag->path
                       : diag->offset != WR_NO_OFFSET
                           ? wr_arena_format(in->arena, "0x%" PRIx64, diag->offset)
                           : "");
        wr_json_text(&in->w, "message", diag->message);
        wr_json_end_object(&in->w);
    }
    wr_json_end_array(&in->w);
}

/* Damage that only a look at the whole file meets, such as a hive without a root, is the file's,
 * and no end of the others. */
static bool write_file(inspection *in, const wr_item *item, bool *read, wr_error *err)
{
    wr_error damage;

    *read = item->readable;
    wr_json_object(&in->w, NULL);
    wr_json_text(&in->w, "path", item->path);
    wr_json_text(&in->w, "kind", wr_kind_name(item->kind));
    wr_json_uint(&in->w, "bytes", item->bytes);
    if (item->has_sha256)
        wr_json_hex(&in->w, "sha256", item->sha256, sizeof item->sha256);
    wr_json_object(&in->w, "detail");
    if (item->readable && !write_detail(in, item, &damage)) {
        if (damage.code == WR_E_NO_MEMORY)
            return wr_fail_memory(err);
        wr_diag_error(in->diags, WR_DIAG_SKIPPED, &damage);
        *read = false;
    }
    wr_json_end_object(&in->w);
    write_diagnostics(in);
    wr_json_end_object(&in->w);
    return true;
}

/* A model of one item alone: the hive reader's stores, without any other evidence. */
static bool inspect_item(inspection *in, const wr_evidence *ev, const wr_item *item, bool *read,
                         wr_error *err)
{
    wr_collect_options options = { .intended = true };
    wr_model model;

    wr_model_init(&model, in->arena, in->diags, ev);
    if ((item->mounts.list.count || item->recover) && !wr_collect_item(item, &options, &model, err))
        return false;
    wr_item_tell_unread(item, in->diags);
    in->model = &model;
    return write_file(in, item, read, err) && (!in->no_memory || wr_fail_memory(err));
}

/* Each path has evidence, diagnostics and memory of its own, so that one file's damage is shown
 * with it and many files cost no more memory than the largest. */
static bool inspect_path(inspection *in, const char *path, size_t *num_files, size_t *num_read,
                         wr_error *err)
{
    wr_evidence_options options = { .hash = in->options->hash,
                                    .no_logs = in->options->no_logs,
                                    .recover = in->options->recover,
                                    .logs = in->options->logs,
                                    .num_logs = in->options->num_logs,
                                    .programs = true };
    wr_arena arena;
    wr_diags diags;
    wr_evidence *ev;
    wr_error damage;
    bool ok = true;

    wr_arena_init(&arena, WR_LIMIT_ARENA);
    wr_diags_init(&diags, &arena);
    in->arena = &arena;
    in->diags = &diags;
    ev = wr_evidence_new(&arena, &diags);
    if (!ev) {
        wr_arena_free(&arena);
        return wr_fail_memory(err);
    }
    if (!wr_evidence_add(ev, path, WR_USE_EVIDENCE, NULL, &options, &damage))
        wr_diag_error(&diags, WR_DIAG_SKIPPED, &damage);
    wr_evidence_seal(ev);
    for (size_t i = 0; ok && i < wr_evidence_count(ev); i++) {
        bool read = false;

        ok = inspect_item(in, ev, wr_evidence_item(ev, i), &read, err);
        ++*num_files;
        *num_read += read;
    }
    ok = ok && wr_diags_check(&diags, err);
    wr_evidence_free(ev);
    wr_arena_free(&arena);
    return ok;
}

bool wr_inspect(const char *const *paths, size_t num_paths, const wr_inspect_options *options,
                const char *output, size_t *num_files, size_t *num_read, wr_error *err)
{
    inspection in = { .options = options };
    wr_out *out;
    bool ok = true;

    *num_files = *num_read = 0;
    if (output ? !wr_out_file(output, &out, err) : !wr_out_stdout(&out, err))
        return false;
    if (options->json)
        wr_json_start(&in.w, out, false);
    else
        wr_json_start_outline(&in.w, out);
    wr_json_object(&in.w, NULL);
    wr_json_text(&in.w, "schema", "winroots.inspect/1");
    wr_json_array(&in.w, "files");
    for (size_t i = 0; ok && i < num_paths; i++)
        ok = inspect_path(&in, paths[i], num_files, num_read, err);
    wr_json_end_array(&in.w);
    wr_json_end_object(&in.w);
    wr_json_finish(&in.w);
    if (!ok) {
        wr_out_discard(out);
        return false;
    }
    return wr_out_finish(out, err);
}
