#include "output/convert.h"

#include "base/text.h"

#include "source/folder.h"
#include "store/collect.h"
#include "store/layout.h"

#include <string.h>

/* Without what stands behind it.  One that is cut would take along what follows it in a bag. */
static bool whole_object(const wr_element *element, wr_view *out, wr_error *err)
{
    wr_reader r = wr_reader_of(element->object);
    wr_x509 x509;
    wr_der crl;

    *out = element->object;
    if (element->kind == WR_ELEMENT_CERTIFICATE) {
        if (!wr_x509_parse(element->object, &x509, err))
            return false;
        *out = x509.der;
    } else if (element->kind == WR_ELEMENT_CRL) {
        if (!wr_der_expect(&r, WR_DER_SEQUENCE, "CRL", &crl, err))
            return false;
        *out = crl.whole;
    }
    return true;
}

static bool add_element(wr_conversion *c, const wr_element *element, wr_error *err)
{
    wr_element *added;
    wr_view object;
    wr_error damage;

    if (!whole_object(element, &object, &damage)) {
        wr_diag_error(c->diags, WR_DIAG_SKIPPED, &damage);
        return true;
    }
    if (!(added = WR_APPEND(c->arena, &c->elements, wr_element)))
        return wr_fail_memory(err);
    *added = *element;
    added->object = object;
    return true;
}

/* A store that is a file of its own; the CRLs of a bag, too, which are no evidence of trust. */
static bool read_store(wr_conversion *c, const wr_item *item, wr_error *err)
{
    for (size_t i = 0; i < item->store.elements.count; i++)
        if (!add_element(c, &item->store.elements.items[i], err))
            return false;
    for (size_t i = 0; item->kind == WR_KIND_PKCS7 && i < item->message.crls.list.count; i++) {
        wr_element crl = { .kind = WR_ELEMENT_CRL, .object = item->message.crls.list.items[i] };
        if (!add_element(c, &crl, err))
            return false;
    }
    return true;
}

static bool is_empty(const wr_store *store)
{
    return !store->num_certificates && !store->num_crls && !store->num_ctls;
}

static bool same_owner(const char *a, const char *b)
{
    return a == b || (a && b && !wr_text_compare(a, b));
}

static bool is_chosen(const wr_conversion *c, const wr_store *store)
{
    return store->location == c->location && same_owner(store->owner, c->owner) &&
           !wr_text_compare(store->name, c->store);
}

static void choose(wr_conversion *c, const wr_store *store)
{
    c->placed = true;
    c->location = store->location;
    c->owner = store->owner;
    c->store = store->name;
}

/* "LM/Root, LM/CA": the places of stores that hold something, each once. */
static const char *places(const wr_conversion *c, const wr_model *m)
{
    const char *text = "";

    for (size_t i = 0; text && i < m->stores.count; i++) {
        const wr_store *s = &m->stores.items[i];
        bool said = is_empty(s);
        for (size_t j = 0; j < i; j++)
            said |= !strcmp(s->location_text, m->stores.items[j].location_text) &&
                    !strcmp(s->name, m->stores.items[j].name) && !is_empty(&m->stores.items[j]);
        if (!said)
            text = wr_arena_format(c->arena, "%s%s%s/%s", text, *text ? ", " : "", s->location_text,
                                   s->name);
    }
    return text ? text : "";
}

/* The store that --store names, else the only one that holds something. */
static bool choose_store(wr_conversion *c, const wr_model *m, wr_error *err)
{
    if (c->options->store) {
        if (!wr_store_place_parse(c->options->store, c->arena, &c->location, &c->owner, &c->store,
                                  err))
            return false;
        for (size_t i = 0; i < m->stores.count; i++)
            if (is_chosen(c, &m->stores.items[i]))
                choose(c, &m->stores.items[i]);
        return c->placed || wr_fail(err, WR_E_USAGE, c->input, WR_NO_OFFSET,
                                    "no store %s is in it; those that hold something: %s",
                                    c->options->store, places(c, m));
    }
    for (size_t i = 0; i < m->stores.count; i++) {
        const wr_store *s = &m->stores.items[i];
        if (is_empty(s))
            continue;
        if (c->placed && !is_chosen(c, s))
            return wr_fail(err, WR_E_USAGE, c->input, WR_NO_OFFSET,
                           "several stores: say which one with --store: %s", places(c, m));
        choose(c, s);
    }
    return true;
}

static bool read_registry(wr_conversion *c, const wr_item *item, wr_error *err)
{
    static const wr_collect_options how = { .intended = true };
    wr_model *m = WR_NEW(c->arena, wr_model, 1);

    if (!m)
        return wr_fail_memory(err);
    wr_model_init(m, c->arena, c->diags, c->evidence);
    if (!wr_collect_item(item, &how, m, err) || !choose_store(c, m, err))
        return false;
    for (size_t i = 0; c->placed && i < m->instances.count; i++)
        if (is_chosen(c, &m->stores.items[m->instances.items[i].store]) &&
            !add_element(c, &m->instances.items[i].element, err))
            return false;
    for (size_t i = 0; c->placed && i < m->others.count; i++)
        if (is_chosen(c, &m->stores.items[m->others.items[i].store]) &&
            !add_element(c, &m->others.items[i].element, err))
            return false;
    return true;
}

bool wr_conversion_read(wr_conversion *c, wr_error *err)
{
    const wr_evidence_options how = { 0 };
    const wr_item *item;

    if (wr_path_kind_of(c->input) == WR_PATH_FOLDER)
        return wr_fail(err, WR_E_USAGE, c->input, WR_NO_OFFSET,
                       "a folder, expected a file that holds a certificate store");
    if (!wr_evidence_add(c->evidence, c->input, WR_USE_EVIDENCE, NULL, &how, err))
        return false;
    if (wr_evidence_count(c->evidence) != 1)
        return wr_fail(err, WR_E_USAGE, c->input, WR_NO_OFFSET,
                       "%zu files of evidence are in it, expected one certificate store",
                       wr_evidence_count(c->evidence));
    item = wr_evidence_item(c->evidence, 0);
    if (!(item->mounts.list.count ? read_registry(c, item, err) : read_store(c, item, err)))
        return false;
    if (!c->elements.count)
        return wr_fail(err, WR_E_MALFORMED, c->input, WR_NO_OFFSET,
                       "a file of kind %s that holds no certificate, expected some",
                       wr_kind_name(item->kind));
    return true;
}
