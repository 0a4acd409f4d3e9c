/* snapshot_list.c - what a report does not repeat: the entries of a list, and the elements of a
 * store that stands in no place. */
#include "output/snapshot.h"

#include "base/text.h"
#include "format/property.h"
#include "output/property_form.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* UTF-16LE as text, exactly: a NUL at the end is left out, and what would not come back as the same
 * bytes is no text.  NULL: no memory; "" with *exact false. */
static const char *exact_text(wr_arena *arena, wr_view data, bool *exact)
{
    size_t len = data.len >= 2 && !data.data[data.len - 1] && !data.data[data.len - 2]
                     ? data.len - 2
                     : data.len;
    const char *text = wr_text(arena, (wr_view){ data.data, len, 0, "" }, WR_UTF16LE);

    *exact = text && len != data.len && data.len % 2 == 0 && !strstr(text, "\xef\xbf\xbd") &&
             !strstr(text, "\xe2\x90\x80");
    return text;
}

static bool add_oids(wr_snapshot *s, wr_fact_value *value, const wr_oids *oids)
{
    value->is_list = true;
    for (size_t i = 0; i < oids->list.count; i++) {
        const char *oid = wr_oid_text(s->arena, oids->list.items[i]);
        if (!oid || !wr_snapshot_item(s, value, oid))
            return false;
    }
    return true;
}

/* Data of a property in the form of its id; what does not have that form as hex. */
static bool add_data(wr_snapshot *s, wr_fact_value *value, uint32_t id, wr_view data)
{
    wr_property_form form = wr_property_form_of(id);
    wr_oids oids = { .list = { NULL, 0, 0 } };
    const char *text = NULL;
    char time[WR_TIME_TEXT];
    wr_time filetime;
    wr_error damage;
    bool exact = true;

    if (form == WR_PROPERTY_OIDS) {
        if (wr_oids_parse(data, s->arena, &oids, &damage))
            return add_oids(s, value, &oids);
        if (damage.code == WR_E_NO_MEMORY)
            return false;
    }
    if (form == WR_PROPERTY_STRING && !(text = exact_text(s->arena, data, &exact)))
        return false;
    if (form == WR_PROPERTY_DATE && data.len == 8 && wr_u64le_at(data, 0, &filetime)) {
        wr_time_text(filetime, time);
        text = time;
    }
    if (!text || !exact)
        text = wr_text_hex(s->arena, data.data, data.len);
    return text && wr_snapshot_item(s, value, text);
}

static wr_fact_value *new_property(wr_snapshot *s, wr_fact *fact, uint32_t id)
{
    const char *name = wr_arena_format(s->arena, "properties.%" PRIu32, id);
    return name ? wr_snapshot_value(s, fact, name, false) : NULL;
}

/* An attribute is a property under its number where it can be one, else the hex of its values. */
static bool add_attribute(wr_snapshot *s, wr_fact *fact, wr_view oid, wr_view values)
{
    const char *name, *hex;
    wr_fact_value *value;
    wr_view data;
    uint32_t id;

    if (wr_ctl_property_of(oid, values, &id, &data))
        return (value = new_property(s, fact, id)) && add_data(s, value, id, data);
    name = wr_oid_text(s->arena, oid);
    name = name ? wr_arena_format(s->arena, "attributes.%s", name) : NULL;
    hex = wr_text_hex(s->arena, values.data, values.len);
    return name && hex && (value = wr_snapshot_value(s, fact, name, false)) &&
           wr_snapshot_item(s, value, hex);
}

static bool add_entry(wr_snapshot *s, const wr_ctl *list, const wr_ctl_entry *entry)
{
    wr_fact *fact = wr_snapshot_fact(s, WR_FACT_ENTRY);
    wr_view oid, values, name;
    size_t at = 0;

    if (!fact)
        return false;
    fact->part[0] = wr_ctl_kind_name(list->kind);
    fact->part[1] = wr_text_hex(s->arena, entry->id.data, entry->id.len);
    if (wr_ctl_entry_property(entry, WR_PROP_FRIENDLY_NAME, &name))
        fact->title = wr_text_until_nul(s->arena, name, WR_UTF16LE);
    while (wr_ctl_entry_next(entry, &at, &oid, &values))
        if (!add_attribute(s, fact, oid, values))
            return false;
    return fact->part[1] && fact->title;
}

/* The next item of a role that was given as evidence; NULL at the end.  Start with *i = 0. */
static const wr_item *next_given(const wr_result_set *set, wr_role role, size_t *i)
{
    while (*i < wr_evidence_count(set->evidence)) {
        const wr_item *item = wr_evidence_item(set->evidence, (*i)++);
        if (item->use == WR_USE_EVIDENCE && item->readable && item->role == role)
            return item;
    }
    return NULL;
}

bool wr_snapshot_add_entries(wr_snapshot *s, const wr_result_set *set, wr_error *err)
{
    const wr_item *item;
    size_t i = 0;

    while ((item = next_given(set, WR_ROLE_LIST, &i)))
        for (size_t j = 0; j < item->list.entries.count; j++)
            if (!add_entry(s, &item->list, &item->list.entries.items[j]))
                return wr_fail_memory(err);
    return true;
}

static bool fill_element(wr_snapshot *s, wr_fact *fact, const wr_element *e)
{
    uint8_t sha1[WR_SHA1_LEN], sha256[WR_SHA256_LEN];
    wr_error damage;
    wr_property p;
    wr_x509 x;
    size_t at = 0;

    if (!wr_digest(WR_SHA1, e->object, sha1, &damage) ||
        !wr_digest(WR_SHA256, e->object, sha256, &damage))
        return false;
    fact->part[1] = wr_text_hex(s->arena, sha256, sizeof sha256);
    fact->sha1 = wr_text_hex(s->arena, sha1, sizeof sha1);
    fact->title = wr_element_kind_name(e->kind);
    if (e->kind == WR_ELEMENT_CERTIFICATE &&
        (!wr_x509_parse(e->object, &x, &damage) ||
         !wr_x509_name_text(x.subject, s->arena, &fact->title, &damage))) {
        if (damage.code == WR_E_NO_MEMORY)
            return false;
        fact->title = "(a certificate that cannot be decoded)";
    }
    while (wr_element_next(e, &at, &p)) {
        wr_fact_value *value = new_property(s, fact, p.id);
        if (!value || !add_data(s, value, p.id, p.data))
            return false;
    }
    return fact->part[1] && fact->sha1;
}

bool wr_snapshot_add_elements(wr_snapshot *s, const wr_result_set *set, wr_error *err)
{
    const wr_item *item;
    size_t i = 0;

    while ((item = next_given(set, WR_ROLE_STORE, &i)))
        for (size_t j = 0; j < item->store.elements.count; j++) {
            wr_fact *fact = wr_snapshot_fact(s, WR_FACT_INSTANCE);
            if (!fact || !fill_element(s, fact, &item->store.elements.items[j]))
                return wr_fail_memory(err);
        }
    return true;
}
