/* convert.h - what `convert` reads, whatever it writes. */
#ifndef WR_OUTPUT_CONVERT_H
#define WR_OUTPUT_CONVERT_H

#include "store/model.h"
#include "winroots/convert.h"

typedef struct wr_conversion {
    const char *input;
    const wr_convert_options *options;
    wr_arena *arena;
    wr_diags *diags;
    wr_evidence *evidence;
    WR_LIST(wr_element) elements; /* each certificate is one, without bytes behind it */
    bool placed;                  /* they stood in a store of a registry:             */
    wr_location location;
    const char *owner, *store;
} wr_conversion;

/* Fills elements and the place.  What is no certificate is SKIPPED.  Fails as wr_convert. */
WR_MUST_USE bool wr_conversion_read(wr_conversion *c, wr_error *err);

#endif
