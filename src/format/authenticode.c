#include "format/authenticode.h"

#include "format/attribute.h"
#include "winroots/limits.h"

#define NESTED_SIGNATURE  "1.3.6.1.4.1.311.2.4.1"
#define COUNTER_SIGNATURE "1.2.840.113549.1.9.6"
#define RFC3161_TOKEN     "1.3.6.1.4.1.311.3.3.1"
#define SIGNING_TIME      "1.2.840.113549.1.9.5"
#define TST_INFO          "1.2.840.113549.1.9.16.1.4"

static const struct {
    const char *name;
    const char *attribute; /* where such a signature stands */
    bool time_stamp;
} kinds[] = {
    [WR_SIGNATURE_FIRST] = { "first", NULL, false },
    [WR_SIGNATURE_NESTED] = { "nested", NESTED_SIGNATURE, false },
    [WR_SIGNATURE_COUNTERSIGNED] = { "counter_signature", COUNTER_SIGNATURE, true },
    [WR_SIGNATURE_TIME_STAMP] = { "rfc3161", RFC3161_TOKEN, true },
};
#define NUM_KINDS (sizeof kinds / sizeof *kinds)

typedef struct reading {
    wr_arena *arena;
    wr_diags *diags;
    wr_authenticodes *out;
} reading;

const char *wr_signature_kind_name(wr_signature_kind kind)
{
    return kinds[kind].name;
}

bool wr_signature_is_time_stamp(wr_signature_kind kind)
{
    return kinds[kind].time_stamp;
}

/* The first signed attribute signingTime. */
static wr_time signing_time(const wr_pkcs7 *message)
{
    wr_reader r = wr_reader_of(message->signed_attributes), values;
    wr_attribute attribute;
    wr_error damage;
    wr_time time;

    while (wr_reader_left(&r) && wr_attribute_read(&r, &attribute, &damage)) {
        if (!wr_oid_is(attribute.type, SIGNING_TIME))
            continue;
        values = wr_reader_of(attribute.values);
        return wr_der_time(&values, &time, &damage) ? time : 0;
    }
    return 0;
}

/* TSTInfo ::= SEQUENCE { version INTEGER, policy OID, messageImprint SEQUENCE,
 *     serialNumber INTEGER, genTime GeneralizedTime, ... }  SPEC RFC 3161 2.4.2; the message has it
 * as an OCTET STRING. */
static wr_time token_time(const wr_pkcs7 *message)
{
    wr_reader r = wr_reader_of(message->content);
    wr_der value;
    wr_error damage;
    wr_time time;

    if (!wr_oid_is(message->content_type, TST_INFO) ||
        !wr_der_expect(&r, WR_DER_OCTET_STRING, "token", &value, &damage))
        return 0;
    r = wr_reader_of(value.contents);
    if (!wr_der_expect(&r, WR_DER_SEQUENCE, "token", &value, &damage))
        return 0;
    r = wr_reader_of(value.contents);
    if (!wr_der_expect(&r, WR_DER_INTEGER, "version", &value, &damage) ||
        !wr_der_expect(&r, WR_DER_OID, "policy", &value, &damage) ||
        !wr_der_expect(&r, WR_DER_SEQUENCE, "imprint", &value, &damage) ||
        !wr_der_expect(&r, WR_DER_INTEGER, "serial number", &value, &damage))
        return 0;
    return wr_der_time(&r, &time, &damage) ? time : 0;
}

static bool append(reading *r, wr_signature_kind kind, size_t inside, const wr_pkcs7 *message,
                   wr_error *err)
{
    wr_authenticode *added;

    if (r->out->list.count == WR_LIMIT_SIGNATURES) {
        wr_diag_add(r->diags, WR_DIAG_SKIPPED, WR_E_LIMIT, message->signature.source,
                    message->signature.origin, NULL, "more than %d signatures in one file",
                    WR_LIMIT_SIGNATURES);
        return true;
    }
    if (!(added = WR_APPEND(r->arena, &r->out->list, wr_authenticode)))
        return wr_fail_memory(err);
    *added = (wr_authenticode){ .kind = kind, .inside = inside, .message = *message };
    added->has_signer = wr_pkcs7_find_signer(message, &message->certificates, &added->signer);
    if (kinds[kind].time_stamp) {
        added->time = kind == WR_SIGNATURE_TIME_STAMP ? token_time(message) : signing_time(message);
        r->out->list.items[inside].time_stamped = true;
    }
    return true;
}

/* One value of an attribute: a SignerInfo over the message at `inside`, or a message of its own. */
static bool read_value(reading *r, wr_signature_kind kind, size_t inside, wr_view der,
                       wr_error *err)
{
    wr_pkcs7 message = r->out->list.items[inside].message;
    wr_error damage;
    bool done = kind == WR_SIGNATURE_COUNTERSIGNED
                    ? wr_pkcs7_set_signer(&message, der, &damage)
                    : wr_pkcs7_parse(der, r->arena, r->diags, &message, &damage);

    if (done)
        return !message.num_signers || append(r, kind, inside, &message, err);
    if (damage.code == WR_E_NO_MEMORY)
        return wr_fail_memory(err);
    wr_diag_error(r->diags, WR_DIAG_SKIPPED, &damage);
    return true;
}

static bool read_attribute(reading *r, const wr_attribute *attribute, size_t inside, wr_error *err)
{
    wr_reader values = wr_reader_of(attribute->values);
    wr_error damage;
    wr_der value;

    for (size_t kind = WR_SIGNATURE_NESTED; kind < NUM_KINDS; kind++) {
        if (!wr_oid_is(attribute->type, kinds[kind].attribute))
            continue;
        while (wr_reader_left(&values)) {
            if (!wr_der_read(&values, &value, &damage)) {
                wr_diag_error(r->diags, WR_DIAG_SKIPPED, &damage);
                return true;
            }
            if (!read_value(r, (wr_signature_kind)kind, inside, value.whole, err))
                return false;
        }
    }
    return true;
}

/* What stands in the unsigned attributes of the signature at `inside`. */
static bool read_inside(reading *r, size_t inside, wr_error *err)
{
    wr_reader attributes = wr_reader_of(r->out->list.items[inside].message.unsigned_attributes);
    wr_attribute attribute;
    wr_error damage;

    while (wr_reader_left(&attributes)) {
        if (!wr_attribute_read(&attributes, &attribute, &damage)) {
            wr_diag_error(r->diags, WR_DIAG_SKIPPED, &damage);
            return true;
        }
        if (!read_attribute(r, &attribute, inside, err))
            return false;
    }
    return true;
}

bool wr_authenticode_read(const wr_pkcs7 *message, wr_arena *arena, wr_diags *diags,
                          wr_authenticodes *out, wr_error *err)
{
    reading r = { arena, diags, out };
    size_t first = out->list.count;

    if (!message->num_signers)
        return true;
    if (message->num_signers > 1)
        wr_diag_add(diags, WR_DIAG_SKIPPED, WR_E_UNSUPPORTED, message->signature.source,
                    message->signature.origin, NULL,
                    "%zu signers in one message, of which the first is read", message->num_signers);
    if (!append(&r, WR_SIGNATURE_FIRST, first, message, err))
        return false;
    for (size_t i = first; i < out->list.count; i++)
        if (!kinds[out->list.items[i].kind].time_stamp && !read_inside(&r, i, err))
            return false;
    return true;
}
