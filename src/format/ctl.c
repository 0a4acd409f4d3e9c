#include "format/ctl.h"

#include "base/text.h"
#include "format/attribute.h"
#include "winroots/limits.h"

static const struct {
    const char *name, *usage;
} kinds[] = {
    [WR_CTL_AUTHROOT] = { "authroot", "1.3.6.1.4.1.311.10.3.9" },
    [WR_CTL_DISALLOWED] = { "disallowed", "1.3.6.1.4.1.311.10.3.30" },
    [WR_CTL_PINRULES] = { "pinrules", "1.3.6.1.4.1.311.10.3.32" },
    [WR_CTL_CATALOGUE] = { "catalogue", "1.3.6.1.4.1.311.12.1.1" },
    [WR_CTL_OTHER] = { "other", "" },
};

/* 1.3.6.1.4.1.311.10.11, below which the last arc is a property id */
static const uint8_t property_arc[] = { 0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x0a, 0x0b };

const char *wr_ctl_kind_name(wr_ctl_kind kind)
{
    return kinds[kind].name;
}

/* The kind of the one usage that a list has. */
static wr_ctl_kind kind_of(const wr_oids *usage)
{
    int kind = WR_CTL_AUTHROOT;

    if (usage->list.count != 1)
        return WR_CTL_OTHER;
    while (kind < WR_CTL_OTHER && !wr_oid_is(usage->list.items[0], kinds[kind].usage))
        kind++;
    return (wr_ctl_kind)kind;
}

/* True when `type` is 1.3.6.1.4.1.311.10.11.<id> for an id of 32 bits. */
static bool is_property(wr_view type, uint32_t *id)
{
    enum { MORE = 0x80, SEPTET = 0x7f };
    uint32_t value = 0;
    wr_reader r = wr_reader_of(type);
    uint8_t octet = MORE;

    if (!wr_view_starts(type, property_arc, sizeof property_arc) ||
        !wr_skip(&r, sizeof property_arc))
        return false;
    while (octet & MORE) {
        if (value > UINT32_MAX >> 7 || !wr_read_u8(&r, &octet))
            return false;
        if (value == 0 && octet == MORE) /* SPEC X.690 8.19.2: another OID would look like it */
            return false;
        value = value << 7 | (octet & SEPTET);
    }
    *id = value;
    return wr_reader_left(&r) == 0;
}

/* A property's value is one OCTET STRING; other attributes may have any values. */
static bool check_attribute(wr_reader *r, wr_error *err)
{
    wr_attribute attribute;
    size_t count, start = r->pos;
    wr_reader values;
    wr_der value;
    uint32_t id;

    if (!wr_attribute_read(r, &attribute, err) || !wr_attribute_count(&attribute, &count, err))
        return false;
    if (!is_property(attribute.type, &id))
        return true;
    values = wr_reader_of(attribute.values);
    if (count != 1) {
        r->pos = start;
        return wr_fail_reader(err, WR_E_MALFORMED, r, "property %u has %zu values, expected 1", id,
                              count);
    }
    return wr_der_peek(&values, WR_DER_OCTET_STRING) ||
           wr_der_expect(&values, WR_DER_OCTET_STRING, "property", &value, err);
}

/* TrustedSubject ::= SEQUENCE { id OCTET STRING, attributes SET OF Attribute OPTIONAL } */
static bool read_entry(wr_reader *r, wr_ctl_entry *out, wr_error *err)
{
    wr_der subject, id, set;
    wr_reader inside, attributes;
    wr_ctl_entry entry = { 0 };

    if (!wr_der_expect(r, WR_DER_SEQUENCE, "trusted subject", &subject, err))
        return false;
    inside = wr_reader_of(subject.contents);
    if (!wr_der_expect(&inside, WR_DER_OCTET_STRING, "subject identifier", &id, err))
        return false;
    entry.id = id.contents;
    if (wr_reader_left(&inside)) {
        if (!wr_der_expect(&inside, WR_DER_SET, "subject's attributes", &set, err))
            return false;
        entry.attributes = set.contents;
    }
    if (wr_reader_left(&inside))
        return wr_fail_reader(err, WR_E_MALFORMED, &inside,
                              "%zu bytes behind a trusted subject, expected none",
                              wr_reader_left(&inside));
    attributes = wr_reader_of(entry.attributes);
    while (wr_reader_left(&attributes))
        if (!check_attribute(&attributes, err))
            return false;
    *out = entry;
    return true;
}

static bool read_entries(wr_view subjects, wr_arena *arena, wr_ctl *out, wr_error *err)
{
    wr_reader r = wr_reader_of(subjects);

    while (wr_reader_left(&r)) {
        wr_ctl_entry *entry;
        if (out->entries.count >= WR_LIMIT_CTL_ENTRIES)
            return wr_fail_reader(err, WR_E_LIMIT, &r, "more than %d trusted subjects in one list",
                                  WR_LIMIT_CTL_ENTRIES);
        if (!(entry = WR_APPEND(arena, &out->entries, wr_ctl_entry)))
            return wr_fail_memory(err);
        if (!read_entry(&r, entry, err))
            return false;
    }
    return true;
}

static bool read_extensions(wr_view wrapper, wr_ctl *out, wr_error *err)
{
    wr_reader r = wr_reader_of(wrapper), inside;
    wr_der extensions, extension;

    if (!wr_der_expect(&r, WR_DER_SEQUENCE, "extensions", &extensions, err))
        return false;
    if (wr_reader_left(&r))
        return wr_fail_reader(err, WR_E_MALFORMED, &r,
                              "%zu bytes behind the extensions, expected none", wr_reader_left(&r));
    inside = wr_reader_of(extensions.contents);
    while (wr_reader_left(&inside))
        if (!wr_der_expect(&inside, WR_DER_SEQUENCE, "extension", &extension, err))
            return false;
    out->extensions = extensions.contents;
    return true;
}

/* Contents of the value at `r` where it has this tag; else *out stays. */
static bool read_optional(wr_reader *r, uint8_t tag, wr_view *out, wr_error *err)
{
    wr_der value;

    if (!wr_der_peek(r, tag))
        return true;
    if (!wr_der_read(r, &value, err))
        return false;
    *out = value.contents;
    return true;
}

static bool read_usage(wr_reader *r, wr_arena *arena, wr_ctl *out, wr_error *err)
{
    wr_der usage;

    if (!wr_der_expect(r, WR_DER_SEQUENCE, "subject usage", &usage, err) ||
        !wr_oids_parse(usage.whole, arena, &out->usage, err))
        return false;
    out->kind = kind_of(&out->usage);
    return true;
}

static bool read_times(wr_reader *r, wr_ctl *out, wr_error *err)
{
    if (!wr_der_time(r, &out->this_update, err))
        return false;
    out->has_next_update =
        wr_der_peek(r, WR_DER_UTC_TIME) || wr_der_peek(r, WR_DER_GENERALIZED_TIME);
    return !out->has_next_update || wr_der_time(r, &out->next_update, err);
}

/* CertificateTrustList ::= SEQUENCE { version INTEGER OPTIONAL, subjectUsage SEQUENCE OF OID,
 *     listIdentifier OCTET STRING OPTIONAL, sequenceNumber INTEGER OPTIONAL, thisUpdate Time,
 *     nextUpdate Time OPTIONAL, subjectAlgorithm AlgorithmIdentifier,
 *     trustedSubjects SEQUENCE OF TrustedSubject OPTIONAL,
 *     extensions [0] EXPLICIT SEQUENCE OF Extension OPTIONAL } */
static bool read_list(wr_reader *r, wr_arena *arena, wr_ctl *out, wr_error *err)
{
    wr_view version, parameters, subjects = { 0 }, extensions = { 0 };

    return read_optional(r, WR_DER_INTEGER, &version, err) && read_usage(r, arena, out, err) &&
           read_optional(r, WR_DER_OCTET_STRING, &out->list_id, err) &&
           read_optional(r, WR_DER_INTEGER, &out->sequence, err) && read_times(r, out, err) &&
           wr_der_algorithm(r, "subject algorithm", &out->subject_algorithm, &parameters, err) &&
           read_optional(r, WR_DER_SEQUENCE, &subjects, err) &&
           read_entries(subjects, arena, out, err) &&
           read_optional(r, WR_DER_CONTEXT_0, &extensions, err) &&
           (!extensions.len || read_extensions(extensions, out, err));
}

bool wr_ctl_parse(wr_view content, wr_arena *arena, wr_ctl *out, wr_error *err)
{
    wr_reader r = wr_reader_of(content);
    wr_ctl ctl = { 0 };
    wr_der list;

    if (!wr_der_expect(&r, WR_DER_SEQUENCE, "trust list", &list, err))
        return false;
    if (!wr_reader_left(&r)) {
        r = wr_reader_of(list.contents);
        if (!read_list(&r, arena, &ctl, err))
            return false;
    }
    if (wr_reader_left(&r))
        return wr_fail_reader(err, WR_E_MALFORMED, &r,
                              "%zu bytes behind the trust list, expected none", wr_reader_left(&r));
    *out = ctl;
    return true;
}

bool wr_ctl_entry_next(const wr_ctl_entry *entry, size_t *at, wr_view *oid, wr_view *values)
{
    wr_reader r = { entry->attributes, *at };
    wr_attribute attribute;
    wr_error checked;

    if (!wr_reader_left(&r) || !wr_attribute_read(&r, &attribute, &checked))
        return false;
    *at = r.pos;
    *oid = attribute.type;
    *values = attribute.values;
    return true;
}

bool wr_ctl_property_of(wr_view oid, wr_view values, uint32_t *id, wr_view *data)
{
    wr_reader r = wr_reader_of(values);
    wr_error checked;
    wr_der value;

    if (!is_property(oid, id) ||
        !wr_der_expect(&r, WR_DER_OCTET_STRING, "property", &value, &checked))
        return false;
    *data = value.contents;
    return true;
}

bool wr_ctl_entry_property(const wr_ctl_entry *entry, uint32_t property_id, wr_view *out)
{
    wr_view oid, values, data;
    size_t at = 0;
    uint32_t id;

    while (wr_ctl_entry_next(entry, &at, &oid, &values))
        if (wr_ctl_property_of(oid, values, &id, &data) && id == property_id) {
            *out = data;
            return true;
        }
    return false;
}

static wr_view without_leading_zeros(wr_view sequence)
{
    wr_reader r = wr_reader_of(sequence);
    wr_view rest = sequence;
    uint8_t octet;

    while (wr_read_u8(&r, &octet) && octet == 0)
        if (!wr_view_slice(sequence, r.pos, wr_reader_left(&r), &rest))
            break;
    return rest;
}

int wr_ctl_sequence_compare(wr_view a, wr_view b)
{
    wr_view left = without_leading_zeros(a), right = without_leading_zeros(b);

    if (!a.len || !b.len) /* absent is less than zero, too */
        return (a.len > 0) - (b.len > 0);
    if (left.len != right.len)
        return left.len < right.len ? -1 : 1;
    return wr_view_compare(left, right);
}

const char *wr_ctl_sequence_text(wr_arena *arena, wr_view sequence)
{
    wr_view digits = without_leading_zeros(sequence);

    if (sequence.len && !digits.len)
        return wr_arena_text(arena, "00");
    return wr_text_hex(arena, digits.data, digits.len);
}
