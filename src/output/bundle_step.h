/* bundle_step.h - what a bundle carries out, step by step: plain data, from which every file that
 * acts on a host is generated, and generated again when a bundle is checked.
 *
 * Whatever stands in a step has no meaning to cmd.exe, PowerShell or JSON, so that nothing is ever
 * quoted. */
#ifndef WR_OUTPUT_BUNDLE_STEP_H
#define WR_OUTPUT_BUNDLE_STEP_H

#include "base/json.h"
#include "require/plan.h"

typedef struct wr_step {
    wr_action_kind kind;
    const char *store; /* letters and digits; "" for set_policy and manual         */
    /* Of a certificate, in hex; else "". */
    char sha1[2 * WR_SHA1_LEN + 1], sha256[2 * WR_SHA256_LEN + 1];
    wr_view properties;     /* records (property.h) that stand before an added certificate in
                               roots.sst and gpo/, never in a script: its SHA-1, and what a
                               verified list says of it                                 */
    wr_view der;            /* of what is added; empty for everything else              */
    const char *key, *name; /* set_policy: below HKLM\SOFTWARE\; else ""            */
    uint32_t value;
    const char *requirement; /* manual: its id, else ""                             */
} wr_step;

/* Scripted ones in the order of the plan, then the manual ones. */
typedef struct wr_steps {
    WR_LIST(wr_step) list;
} wr_steps;

/* True for an action that the scripts carry out; any other is for a person. */
bool wr_bundle_is_scripted(const wr_action *action);

/* True for a step that puts a certificate into a store: add and disallow. */
bool wr_step_puts(const wr_step *step);

/* certs/<Store>/<sha1>.cer of a step that puts, in the arena; NULL: no memory. */
WR_MUST_USE const char *wr_step_file(const wr_step *step, wr_arena *arena);

/* The steps of a plan, in the arena; `der` is borrowed from it.  Fails: NO_MEMORY. */
WR_MUST_USE bool wr_steps_of_plan(const wr_plan *plan, wr_arena *arena, wr_steps *out,
                                  wr_error *err);

/* The member "steps" of a manifest, and back, without `der`.
 * Fails: MALFORMED (what no plan of ours would have), LIMIT, NO_MEMORY. */
void wr_steps_write(const wr_steps *steps, wr_json_writer *w);
WR_MUST_USE bool wr_steps_read(const wr_json *value, wr_arena *arena, wr_steps *out, wr_error *err);

#endif
