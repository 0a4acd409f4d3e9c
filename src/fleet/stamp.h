/* stamp.h - what tells, without reading it, that evidence is still what it was. */
#ifndef WR_FLEET_STAMP_H
#define WR_FLEET_STAMP_H

#include "base/digest.h"
#include "base/os.h"

#define WR_STAMP_LEN WR_SHA256_LEN

typedef struct wr_stamp {
    wr_place place; /* a link is followed                        */
    uint64_t bytes; /* of the file, or of all files below        */
    /* Over kind, size and time of the last change: of a file and of the logs beside it; of a
     * folder, with the names, for each file below.  Not over the content. */
    uint8_t state[WR_STAMP_LEN];
    /* The same for two names of one file or folder. */
    uint8_t identity[WR_STAMP_LEN];
} wr_stamp;

/* What is not there has a stamp, too.  True does NOT promise that it can be read.
 * Fails: NO_MEMORY, UNSUPPORTED. */
WR_MUST_USE bool wr_stamp_of(const char *path, wr_stamp *out, wr_error *err);

#endif
