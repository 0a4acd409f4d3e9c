/* ctl.h - a certificate trust list: authroot, disallowed, pin rules, or a catalogue.
 * Format: docs/formats/ctl.md. */
#ifndef WR_FORMAT_CTL_H
#define WR_FORMAT_CTL_H

#include "format/pkcs7.h"

typedef enum wr_ctl_kind {
    WR_CTL_AUTHROOT,   /* subjectUsage 1.3.6.1.4.1.311.10.3.9  */
    WR_CTL_DISALLOWED, /* subjectUsage 1.3.6.1.4.1.311.10.3.30 */
    WR_CTL_PINRULES,   /* subjectUsage 1.3.6.1.4.1.311.10.3.32 */
    WR_CTL_CATALOGUE,  /* subjectUsage 1.3.6.1.4.1.311.12.1.1  */
    WR_CTL_OTHER
} wr_ctl_kind;

/* Stable name: authroot, disallowed, pinrules, catalogue, other. */
const char *wr_ctl_kind_name(wr_ctl_kind kind);

typedef struct wr_ctl_entry {
    wr_view id;         /* subject identifier octets; 20-byte SHA-1 in authroot */
    wr_view attributes; /* contents of the SET OF Attribute, empty where absent  */
} wr_ctl_entry;

typedef struct wr_ctl {
    wr_ctl_kind kind;
    wr_oids usage;
    wr_view list_id;  /* octets, empty where absent                      */
    wr_view sequence; /* INTEGER contents, unsigned; empty where absent   */
    wr_time this_update;
    bool has_next_update;
    wr_time next_update;
    wr_view subject_algorithm;     /* OID contents */
    WR_LIST(wr_ctl_entry) entries; /* in stored order */
    wr_view extensions;            /* contents of the SEQUENCE OF Extension, empty where absent */
} wr_ctl;

/* `content` is the CTL SEQUENCE (wr_pkcs7.content), and nothing behind it.  A list is signed as a
 * whole, so damage anywhere in it is a failure: every attribute is checked here, and a property
 * (1.3.6.1.4.1.311.10.11.n) must have one value, an OCTET STRING.  Identifiers may be of any length
 * and repeated.  Extensions are SEQUENCEs, with contents that nobody looked at.
 * Fails: TRUNCATED, MALFORMED, LIMIT, NO_MEMORY. */
WR_MUST_USE bool wr_ctl_parse(wr_view content, wr_arena *arena, wr_ctl *out, wr_error *err);

/* The octets of the attribute 1.3.6.1.4.1.311.10.11.<property id>, exactly the property's data; of
 * one that is repeated, the first.  False where the entry has none; present and empty is true with
 * len 0. */
bool wr_ctl_entry_property(const wr_ctl_entry *entry, uint32_t property_id, wr_view *out);

/* Each attribute in stored order: its OID contents and the contents of its SET OF values.  Start
 * with *at = 0; false at the end. */
bool wr_ctl_entry_next(const wr_ctl_entry *entry, size_t *at, wr_view *oid, wr_view *values);

/* Of an attribute that wr_ctl_entry_next gave: its property id and the property's data; false where
 * it is no property. */
bool wr_ctl_property_of(wr_view oid, wr_view values, uint32_t *id, wr_view *data);

/* Compares sequence numbers as unsigned integers: <0, 0, >0.  An absent one is smallest. */
int wr_ctl_sequence_compare(wr_view a, wr_view b);

/* Sequence number without leading zero octets, lower-case hex, "" where absent.  NULL: no memory.
 */
WR_MUST_USE const char *wr_ctl_sequence_text(wr_arena *arena, wr_view sequence);

#endif
