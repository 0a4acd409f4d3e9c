/* host_event.h - what has a date on the host: when keys were last written, and when its trust lists
 * were made.  What timelines are written from. */
#ifndef WR_OUTPUT_HOST_EVENT_H
#define WR_OUTPUT_HOST_EVENT_H

#include "output/report_part.h"

typedef enum wr_event_kind {
    WR_EVENT_CERTIFICATE,    /* a copy in a store, or one that was deleted */
    WR_EVENT_OTHER,          /* a CRL or CTL in a store                    */
    WR_EVENT_POLICY,         /* a value that speaks of root trust          */
    WR_EVENT_PHYSICAL_STORE, /* a registered member of a store             */
    WR_EVENT_CONSENT,        /* a user's list of protected roots           */
    WR_EVENT_LIST            /* a trust list, by the date that it has      */
} wr_event_kind;

typedef struct wr_host_event {
    wr_time time;
    wr_event_kind kind;
    const char *what;                  /* one line; text from evidence in it is as stored */
    const char *source, *path;         /* where it was read                               */
    const wr_certificate *certificate; /* NULL where it is about none             */
    const char *location, *store;      /* "" where it is in none                  */
    bool deleted;
} wr_host_event;

typedef struct wr_host_events {
    WR_LIST(wr_host_event) list;
} wr_host_events;

/* Stable names: certificate, crl_or_ctl, policy, physical_store, consent, trust_list. */
const char *wr_event_kind_name(wr_event_kind kind);

/* Every event, by time and then in the order of the report.  False: no memory. */
WR_MUST_USE bool wr_host_events_find(wr_report *r, wr_host_events *out);

#endif
