#include "output/convert.h"

#include "base/os.h"
#include "base/outfile.h"
#include "base/text.h"
#include "format/reg_pol.h"
#include "format/reg_text.h"
#include "store/layout.h"
#include "winroots/limits.h"

#include <stdlib.h>
#include <string.h>

#define NUM_KINDS (WR_ELEMENT_KEYID + 1)

typedef bool write_fn(const wr_conversion *c, wr_out *out, wr_error *err);
static write_fn write_sst, write_pem, write_der, write_p7b, write_registry;

/* What each format can hold. */
static const struct {
    const char *name;
    write_fn *write;
    bool properties;
    bool kinds[NUM_KINDS]; /* certificate, CRL, CTL, key id */
} formats[] = {
    [WR_CONVERT_SST] = { "sst", write_sst, true, { true, true, true, true } },
    [WR_CONVERT_PEM] = { "pem", write_pem, false, { true } },
    [WR_CONVERT_DER] = { "der", write_der, false, { true } },
    [WR_CONVERT_P7B] = { "p7b", write_p7b, false, { true, true } },
    [WR_CONVERT_REG] = { "reg", write_registry, true, { true, true, true } },
    [WR_CONVERT_POL] = { "pol", write_registry, true, { true, true, true } },
};

bool wr_convert_format_of(const char *name, wr_convert_format *out)
{
    static const struct {
        const char *name;
        wr_convert_format format;
    } names[] = { { "sst", WR_CONVERT_SST }, { "pem", WR_CONVERT_PEM }, { "der", WR_CONVERT_DER },
                  { "cer", WR_CONVERT_DER }, { "p7b", WR_CONVERT_P7B }, { "p7c", WR_CONVERT_P7B },
                  { "reg", WR_CONVERT_REG }, { "pol", WR_CONVERT_POL } };
    const char *dot = strrchr(name, '.');

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!wr_text_compare(dot ? dot + 1 : name, names[i].name)) {
            *out = names[i].format;
            return true;
        }
    return false;
}

static bool holds(const wr_conversion *c, const wr_element *element)
{
    return formats[c->options->format].kinds[element->kind];
}

static bool write_sst(const wr_conversion *c, wr_out *out, wr_error *err)
{
    (void)err;
    wr_sst_write_start(out);
    for (size_t i = 0; i < c->elements.count; i++)
        wr_sst_write_element(out, &c->elements.items[i]);
    wr_sst_write_end(out);
    return true;
}

static bool write_pem(const wr_conversion *c, wr_out *out, wr_error *err)
{
    (void)err;
    for (size_t i = 0; i < c->elements.count; i++)
        if (holds(c, &c->elements.items[i]))
            wr_pem_write(out, c->elements.items[i].object);
    return true;
}

static bool write_der(const wr_conversion *c, wr_out *out, wr_error *err)
{
    const wr_element *only = NULL;
    size_t n = 0;

    for (size_t i = 0; i < c->elements.count; i++)
        if (holds(c, &c->elements.items[i])) {
            only = &c->elements.items[i];
            n++;
        }
    if (n != 1)
        return wr_fail(err, WR_E_USAGE, c->input, WR_NO_OFFSET,
                       "%zu certificates, and DER holds one: convert to pem or p7b", n);
    wr_out_write(out, only->object.data, only->object.len);
    return true;
}

static bool write_p7b(const wr_conversion *c, wr_out *out, wr_error *err)
{
    wr_ders certificates = { { 0 } }, crls = { { 0 } };

    for (size_t i = 0; i < c->elements.count; i++) {
        const wr_element *e = &c->elements.items[i];
        wr_ders *to = e->kind == WR_ELEMENT_CERTIFICATE ? &certificates : &crls;
        wr_view *added;
        if (!holds(c, e))
            continue;
        if (!(added = WR_APPEND(c->arena, &to->list, wr_view)))
            return wr_fail_memory(err);
        *added = e->object;
    }
    wr_pkcs7_write_bag(out, &certificates, &crls);
    return true;
}

/* ---- a store of a registry ---- */

/* Where the store stands in what is written: that of the input, or of --store, else the usual one.
 * A policy file says what a policy asks for, so a store of the host becomes its policy's. */
static bool store_key(const wr_conversion *c, const char **out, wr_error *err)
{
    bool policy = c->options->format == WR_CONVERT_POL;
    wr_location location = policy ? WR_LM_GROUP_POLICY : WR_LM;
    const char *owner = NULL, *name = "Root";

    if (c->placed) {
        location = c->location;
        if (policy && location == WR_LM)
            location = WR_LM_GROUP_POLICY;
        if (policy && location == WR_CU)
            location = WR_CU_GROUP_POLICY;
        owner = c->owner;
        name = c->store;
    } else if (c->options->store &&
               !wr_store_place_parse(c->options->store, c->arena, &location, &owner, &name, err)) {
        return false;
    }
    return wr_layout_key(location, owner, name, policy, c->arena, out, err);
}

/* OBSERVED: Windows names the key of an element by its SHA-1 in upper case. */
static bool element_key(const wr_conversion *c, const char *store, const wr_element *e,
                        const char **out, wr_error *err)
{
    static const char *const parts[] = { "Certificates", "CRLs", "CTLs" };
    uint8_t sha1[WR_SHA1_LEN];
    char name[2 * WR_SHA1_LEN + 1];

    if (!wr_digest(WR_SHA1, e->object, sha1, err))
        return false;
    wr_text_hex_into(sha1, sizeof sha1, name);
    for (char *p = name; *p; p++)
        if (*p >= 'a' && *p <= 'f')
            *p = (char)(*p - 'a' + 'A');
    *out = wr_arena_format(c->arena, "%s\\%s\\%s", store, parts[e->kind], name);
    return *out || wr_fail_memory(err);
}

static bool element_blob(const wr_conversion *c, const wr_element *e, wr_view *blob, wr_error *err)
{
    wr_out *out;
    bool done;

    if (!wr_out_memory(&out, err))
        return false;
    wr_sst_write_element(out, e);
    done = wr_out_finish(out, err) &&
           (wr_arena_copy(c->arena, wr_out_bytes(out), blob) || wr_fail_memory(err));
    wr_out_discard(out);
    return done;
}

static bool make_entries(const wr_conversion *c, wr_reg_entries *to, wr_error *err)
{
    wr_reg_value blob = { .op = WR_REG_SET, .type = WR_REG_BINARY, .name = "Blob" };
    const char *store, *key;

    if (!store_key(c, &store, err))
        return false;
    for (size_t i = 0; i < c->elements.count; i++) {
        const wr_element *e = &c->elements.items[i];
        if (holds(c, e) &&
            (!element_key(c, store, e, &key, err) ||
             !wr_reg_add_key(to, c->arena, key, false, (wr_view){ 0 }, err) ||
             !element_blob(c, e, &blob.data, err) || !wr_reg_add_value(to, c->arena, &blob, err)))
            return false;
    }
    return true;
}

static int compare_keys(const void *a, const void *b)
{
    return strcmp(((const wr_reg_key *)a)->path, ((const wr_reg_key *)b)->path);
}

static void say_repeated(const wr_conversion *c, const wr_reg_entries *entries)
{
    wr_reg_key *keys = WR_NEW(c->arena, wr_reg_key, entries->keys.count + 1);
    size_t n = 0;

    for (size_t i = 0; keys && i < entries->keys.count; i++)
        keys[i] = entries->keys.items[i];
    if (keys)
        qsort(keys, entries->keys.count, sizeof *keys, compare_keys);
    for (size_t i = 1; keys && i < entries->keys.count; i++)
        n += !strcmp(keys[i - 1].path, keys[i].path);
    if (n)
        wr_diag_add(c->diags, WR_DIAG_WARNING, WR_OK, c->input, WR_NO_OFFSET, NULL,
                    "%zu elements repeat others: a registry store holds each once, as the last is",
                    n);
}

static bool write_registry(const wr_conversion *c, wr_out *out, wr_error *err)
{
    wr_reg_entries entries = { 0 };
    wr_diags unsaid;

    wr_diags_init(&unsaid, c->arena);
    if (!make_entries(c, &entries, err))
        return false;
    if (c->options->format == WR_CONVERT_REG)
        wr_reg_text_write(out, &entries, &unsaid);
    else
        wr_reg_pol_write(out, &entries, &unsaid);
    say_repeated(c, &entries);
    return !unsaid.num_skipped ||
           wr_fail(err, WR_E_USAGE, c->input, WR_NO_OFFSET,
                   "the name of the store cannot be written: say another place with --store");
}

/* ---- what is lost ---- */

static void count(const wr_conversion *c, wr_convert_result *result)
{
    bool properties = formats[c->options->format].properties;

    for (size_t i = 0; i < c->elements.count; i++) {
        const wr_element *e = &c->elements.items[i];
        result->num_elements += holds(c, e);
        result->num_left_out += !holds(c, e);
        if (holds(c, e) && !properties)
            result->num_properties += e->num_properties;
    }
}

/* Each property that is lost, by number and name, as far as a message has room. */
static const char *property_names(const wr_conversion *c)
{
    uint32_t said[32];
    size_t num_said = 0;
    const char *text = "";

    for (size_t i = 0; text && i < c->elements.count; i++) {
        size_t at = 0;
        wr_property p;
        while (text && wr_element_next(&c->elements.items[i], &at, &p)) {
            const char *name = wr_property_name(p.id);
            size_t known = 0;
            while (known < num_said && said[known] != p.id)
                known++;
            if (known < num_said || num_said == sizeof said / sizeof *said)
                continue;
            said[num_said++] = p.id;
            text = wr_arena_format(c->arena, "%s%s%u%s%s", text, *text ? ", " : "", (unsigned)p.id,
                                   name ? " " : "", name ? name : "");
        }
    }
    return text ? text : "";
}

static void say_losses(const wr_conversion *c, const wr_convert_result *result)
{
    const char *format = formats[c->options->format].name;

    if (result->num_properties)
        wr_diag_add(c->diags, WR_DIAG_WARNING, WR_OK, c->input, WR_NO_OFFSET, NULL,
                    "%zu properties are lost, which a %s cannot hold (sst, reg and pol can): %s",
                    result->num_properties, format, property_names(c));
    if (result->num_left_out)
        wr_diag_add(c->diags, WR_DIAG_WARNING, WR_OK, c->input, WR_NO_OFFSET, NULL,
                    "%zu CRLs, CTLs or key identifiers are left out, which a %s cannot hold",
                    result->num_left_out, format);
}

static void tell(const wr_conversion *c)
{
    for (size_t i = 0; c->options->tell && i < c->diags->list.count; i++) {
        const wr_diag *d = &c->diags->list.items[i];
        wr_error what;
        if (d->severity == WR_DIAG_NOTE)
            continue;
        wr_fail(&what, d->code, d->source, d->offset, "%s", d->message);
        wr_error_at(&what, d->path);
        c->options->tell(&what, c->options->data);
    }
}

static bool write_file(const wr_conversion *c, const char *path, wr_error *err)
{
    wr_out *out;

    if (!wr_out_file(path, &out, err))
        return false;
    if (formats[c->options->format].write(c, out, err))
        return wr_out_finish(out, err);
    wr_out_discard(out);
    return false;
}

static bool convert(wr_conversion *c, const char *output, wr_convert_result *result, wr_error *err)
{
    const char *failed;

    if (!c->options->force && wr_os_place(output) != WR_PLACE_NOTHING)
        return wr_fail(err, WR_E_USAGE, output, WR_NO_OFFSET,
                       "it exists: --force replaces it, or name another file");
    if (!wr_conversion_read(c, err))
        return false;
    result->read = true;
    count(c, result);
    if (!write_file(c, output, err))
        return false;
    say_losses(c, result);
    result->num_skipped = c->diags->num_skipped;
    return !wr_evidence_failed(c->evidence, &failed) ||
           wr_fail(err, WR_E_IO, failed, WR_NO_OFFSET,
                   "the file shrank or could not be read while it was converted");
}

bool wr_convert(const char *input, const char *output, const wr_convert_options *options,
                wr_convert_result *out, wr_error *err)
{
    wr_arena arena;
    wr_diags diags;
    wr_conversion c = { .input = input, .options = options, .arena = &arena, .diags = &diags };
    wr_convert_result result = { 0 };
    bool done;

    wr_arena_init(&arena, WR_LIMIT_ARENA);
    wr_diags_init(&diags, &arena);
    c.evidence = wr_evidence_new(&arena, &diags);
    done = c.evidence ? convert(&c, output, &result, err) && wr_diags_check(&diags, err)
                      : wr_fail_memory(err);
    tell(&c);
    wr_evidence_free(c.evidence);
    wr_arena_free(&arena);
    *out = result;
    return done;
}
