/* component.h - a library that is loaded when something needs it: an image, a fleet's database.
 * docs/adr/0010-disk-images-load-when-asked-for.md */
#ifndef WR_SOURCE_COMPONENT_H
#define WR_SOURCE_COMPONENT_H

#include "winroots/error.h"

typedef struct wr_component_call {
    const char *name;
    size_t at; /* where its address belongs in the table of calls */
} wr_component_call;

typedef struct wr_component {
    const char *name;    /* for people: "The Sleuth Kit"                 */
    const char *library; /* for the loader: "libtsk.so.19"               */
    const char *package; /* of Debian, that brings it: "libtsk19"        */
    const wr_component_call *calls;
    size_t num_calls;
} wr_component;

/* Fills `table` with the addresses of the calls.  The library stays loaded.
 * Fails: UNSUPPORTED (it is not there, or lacks a call; the message says what to install),
 * NO_MEMORY. */
WR_MUST_USE bool wr_component_load(const wr_component *component, void *table, const char *source,
                                   wr_error *err);

#endif
