/* fact.h - one thing that a host, a list or a store says, in a form that can be laid beside what
 * another says: what it is about, and named values. */
#ifndef WR_OUTPUT_FACT_H
#define WR_OUTPUT_FACT_H

#include "base/arena.h"

typedef enum wr_fact_kind {
    WR_FACT_INSTANCE,    /* a certificate in a store, with its stored properties         */
    WR_FACT_STORE,       /* what else is in a store: how many CRLs, CTLs, what was skipped */
    WR_FACT_TRUST,       /* the verdict for a certificate, scope and purpose             */
    WR_FACT_PROGRAM,     /* what the root list in force says of a certificate in a store */
    WR_FACT_ON_DEMAND,   /* an entry of that list whose certificate is in no store       */
    WR_FACT_POLICY,      /* a value that speaks of root trust                            */
    WR_FACT_LIST,        /* a trust list                                                 */
    WR_FACT_ENTRY,       /* an entry of a trust list that is compared for its own sake   */
    WR_FACT_REQUIREMENT, /* an item of a profile                                         */
    WR_NUM_FACT_KINDS
} wr_fact_kind;

#define WR_FACT_PARTS 3

/* A text, or several in the order of the report. */
typedef struct wr_fact_value {
    const char *name;
    bool is_list;
    WR_LIST(const char *) items;
} wr_fact_value;

typedef struct wr_fact {
    wr_fact_kind kind;
    const char *part[WR_FACT_PARTS]; /* what it is about, "" = nothing more: wr_fact_part_name  */
    const char *sha1, *title;        /* of a certificate, for people; "" where none             */
    const char *source;              /* where it was read, "" where unknown; not compared       */
    const char *last_write;          /* of its key, "" where unknown; not compared              */
    WR_LIST(wr_fact_value) values;   /* by name, once the snapshot is sealed                    */
} wr_fact;

/* Name of the section of a diff, such as "instances", and its heading for people. */
const char *wr_fact_section(wr_fact_kind kind);
const char *wr_fact_heading(wr_fact_kind kind);

/* Member name of part `i`, such as "store"; NULL where the kind has no such part. */
const char *wr_fact_part_name(wr_fact_kind kind, size_t i);

/* Compare by kind and parts, and by values; <0, 0, >0. */
int wr_fact_compare_key(const wr_fact *a, const wr_fact *b);
int wr_fact_compare_values(const wr_fact *a, const wr_fact *b);
int wr_fact_value_compare(const wr_fact_value *a, const wr_fact_value *b);

/* The next value that two facts do not have alike: start with zeros in `at`; false at the end.
 * Absent is NULL, also where the fact itself is. */
bool wr_fact_next_difference(const wr_fact *before, const wr_fact *after, size_t at[2],
                             const wr_fact_value **b, const wr_fact_value **a);

/* The first value of a name; NULL where there is none.  `fact` may be NULL. */
const wr_fact_value *wr_fact_find(const wr_fact *fact, const char *name);

/* Its first text; "" where there is none. */
const char *wr_fact_text(const wr_fact *fact, const char *name);

#endif
