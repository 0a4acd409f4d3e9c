/* watchlist.h - certificates that stood in the news: leaked keys, roots that were misused or
 * withdrawn. */
#ifndef WR_TRUST_WATCHLIST_H
#define WR_TRUST_WATCHLIST_H

#include "base/digest.h"

typedef enum wr_watch_class {
    WR_WATCH_LEAKED_KEY,           /* its private key is public                                  */
    WR_WATCH_STATE_MITM,           /* made to read a nation's traffic                            */
    WR_WATCH_COMPROMISED_CA,       /* issued for intruders                                       */
    WR_WATCH_MICROSOFT_DISALLOWED, /* on Microsoft's disallowed list                              */
    WR_WATCH_DISTRUSTED_CA,        /* removed from root programs for what it did                 */
    WR_WATCH_PARTIAL_DISTRUST,     /* refused for new certificates by some programs              */
    WR_WATCH_STATE_ROOT            /* of a state, in no program                                  */
} wr_watch_class;

typedef struct wr_watch {
    wr_watch_class class;
    const char *name;
    const char *sha256; /* hex */
} wr_watch;

/* The row of this certificate; NULL where it has none.  Hashes were computed from the certificates
 * themselves, since published ones are often wrong. */
const wr_watch *wr_watch_find(const uint8_t sha256[WR_SHA256_LEN]);

/* Stable name, such as "leaked-key", and what it means, for people. */
const char *wr_watch_class_name(wr_watch_class class);
const char *wr_watch_class_meaning(wr_watch_class class);

#endif
