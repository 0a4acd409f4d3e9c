/* purpose.h - what a certificate is trusted for, by name and OID. */
#ifndef WR_TRUST_PURPOSE_H
#define WR_TRUST_PURPOSE_H

#include "format/der.h"

typedef struct wr_purpose {
    const char *name;     /* server_auth, ...; for an OID without a name, the dotted OID */
    const char *oid;      /* dotted */
    wr_view oid_contents; /* DER contents octets */
} wr_purpose;

/* The purposes that every certificate gets a row for: server_auth, client_auth, code_signing,
 * email, time_stamping. */
#define WR_NUM_STANDARD_PURPOSES 5
const wr_purpose *wr_purpose_standard(size_t i);

/* Every purpose with a name; i < wr_purpose_count(). */
size_t wr_purpose_count(void);
const wr_purpose *wr_purpose_named(size_t i);

/* By name ("code_signing"), by a common spelling ("codeSigning"), or by dotted OID; for an OID
 * without a name a purpose is made in the arena.  Fails: USAGE, NO_MEMORY. */
WR_MUST_USE bool wr_purpose_parse(const char *text, wr_arena *arena, wr_purpose *out,
                                  wr_error *err);

/* By OID contents; as wr_purpose_parse for one without a name.  NO_MEMORY gives false. */
WR_MUST_USE bool wr_purpose_of_oid(wr_view oid_contents, wr_arena *arena, wr_purpose *out,
                                   wr_error *err);

/* Signatures with a time stamp from before a cut-off stay good for it: code signing, time stamping.
 */
bool wr_purpose_keeps_time_stamps(const wr_purpose *purpose);

#endif
