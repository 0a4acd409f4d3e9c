#include "output/host_event.h"

#include <stdlib.h>

const char *wr_event_kind_name(wr_event_kind kind)
{
    static const char *const names[] = {
        [WR_EVENT_CERTIFICATE] = "certificate", [WR_EVENT_OTHER] = "crl_or_ctl",
        [WR_EVENT_POLICY] = "policy",           [WR_EVENT_PHYSICAL_STORE] = "physical_store",
        [WR_EVENT_CONSENT] = "consent",         [WR_EVENT_LIST] = "trust_list"
    };
    return names[kind];
}

/* What has no date is no event.  `what` NULL: no memory. */
static void add(wr_report *r, wr_host_events *events, const wr_host_event *event)
{
    wr_host_event *slot;

    if (!event->time)
        return;
    if (!event->what || !(slot = WR_APPEND(r->arena, &events->list, wr_host_event))) {
        r->no_memory = true;
        return;
    }
    *slot = *event;
    slot->path = event->path ? event->path : "";
    slot->location = event->location ? event->location : "";
    slot->store = event->store ? event->store : "";
}

/* "LM/Root", "Root", or "a store" where nobody knows which. */
static const char *store_text(wr_report *r, const char *location, const char *store)
{
    if (!*store)
        return "an unknown store";
    return wr_report_kept(
        r, wr_arena_format(r->arena, "%s%s%s", location, *location ? "/" : "", store));
}

static void add_instances(wr_report *r, const wr_model *m, wr_host_events *events)
{
    for (size_t i = 0; i < m->instances.count; i++) {
        const wr_instance *at = &m->instances.items[i];
        const wr_trace *t = at->trace;
        const wr_store *s = t ? NULL : &m->stores.items[at->store];
        wr_host_event e = { .time = at->last_write,
                            .kind = WR_EVENT_CERTIFICATE,
                            .certificate = &m->certificates.items[at->certificate],
                            .source = t ? t->source : s->source,
                            .path = at->path,
                            .location = t ? t->location : s->location_text,
                            .store = t ? t->store : s->name,
                            .deleted = at->deleted };
        e.what = wr_arena_format(
            r->arena, "Certificate in %s%s: %s", store_text(r, e.location, e.store),
            e.deleted ? " (deleted, found again)" : "", wr_report_short_name(r, e.certificate));
        add(r, events, &e);
    }
}

static void add_others(wr_report *r, const wr_model *m, wr_host_events *events)
{
    for (size_t i = 0; i < m->others.count; i++) {
        const wr_other_element *o = &m->others.items[i];
        const wr_trace *t = o->trace;
        const wr_store *s = t ? NULL : &m->stores.items[o->store];
        wr_host_event e = { .time = o->last_write,
                            .kind = WR_EVENT_OTHER,
                            .source = t ? t->source : s->source,
                            .path = o->path,
                            .location = t ? t->location : s->location_text,
                            .store = t ? t->store : s->name,
                            .deleted = t != NULL };
        e.what = wr_arena_format(
            r->arena, "%s in %s%s", o->element.kind == WR_ELEMENT_CRL ? "CRL" : "CTL",
            store_text(r, e.location, e.store), e.deleted ? " (deleted, found again)" : "");
        add(r, events, &e);
    }
}

static void add_policies(wr_report *r, const wr_model *m, wr_host_events *events)
{
    for (size_t i = 0; i < m->policies.count; i++) {
        const wr_policy *p = &m->policies.items[i];
        wr_host_event e = {
            .time = p->last_write, .kind = WR_EVENT_POLICY, .source = p->source, .path = p->key
        };
        e.what = wr_arena_format(r->arena, "Policy %s%s%s%s: %s", p->owner ? "of user " : "",
                                 p->owner ? p->owner : "", p->owner ? ", " : "", p->name, p->text);
        add(r, events, &e);
    }
}

static void add_physical_stores(wr_report *r, const wr_model *m, wr_host_events *events)
{
    for (size_t i = 0; i < m->physical_stores.count; i++) {
        const wr_physical_store *p = &m->physical_stores.items[i];
        const wr_store *s = &m->stores.items[p->store];
        wr_host_event e = { .time = p->last_write,
                            .kind = WR_EVENT_PHYSICAL_STORE,
                            .source = s->source,
                            .path = p->path,
                            .location = s->location_text,
                            .store = s->name };
        e.what = wr_arena_format(r->arena, "Physical store %s registered for %s", p->name,
                                 store_text(r, e.location, e.store));
        add(r, events, &e);
    }
}

static void add_consents(wr_report *r, const wr_model *m, wr_host_events *events)
{
    for (size_t i = 0; i < m->users.count; i++) {
        const wr_user *u = &m->users.items[i];
        wr_host_event e = {
            .time = u->last_write, .kind = WR_EVENT_CONSENT, .source = u->source, .path = u->path
        };
        e.what = wr_arena_format(r->arena, "List of the roots that user %s consented to", u->owner);
        add(r, events, &e);
    }
}

static void add_lists(wr_report *r, const wr_model *m, wr_host_events *events)
{
    for (size_t i = 0; i < m->lists.count; i++) {
        const wr_list *l = &m->lists.items[i];
        wr_host_event e = {
            .time = l->ctl->this_update, .kind = WR_EVENT_LIST, .source = l->source, .path = l->path
        };
        e.what = wr_arena_format(r->arena, "Trust list %s of %zu entries, %s",
                                 wr_ctl_kind_name(l->ctl->kind), l->ctl->entries.count,
                                 l->from_host ? "the host's own" : "given beside the host");
        add(r, events, &e);
    }
}

/* Equal times stay in the order in which they lie in the list. */
static int by_time(const void *a, const void *b)
{
    const wr_host_event *x = *(const wr_host_event *const *)a,
                        *y = *(const wr_host_event *const *)b;

    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    return x < y ? -1 : 1;
}

static bool sort(wr_report *r, wr_host_events *events)
{
    size_t n = events->list.count;
    const wr_host_event **order = WR_NEW(r->arena, const wr_host_event *, n + 1);
    wr_host_event *sorted = WR_NEW(r->arena, wr_host_event, n + 1);

    if (!order || !sorted)
        return false;
    for (size_t i = 0; i < n; i++)
        order[i] = &events->list.items[i];
    qsort(order, n, sizeof *order, by_time);
    for (size_t i = 0; i < n; i++)
        sorted[i] = *order[i];
    events->list.items = sorted;
    return true;
}

bool wr_host_events_find(wr_report *r, wr_host_events *out)
{
    const wr_model *m = r->set->model;

    *out = (wr_host_events){ 0 };
    add_instances(r, m, out);
    add_others(r, m, out);
    if (m->deleted) {
        add_instances(r, &m->deleted->model, out);
        add_others(r, &m->deleted->model, out);
    }
    add_policies(r, m, out);
    add_physical_stores(r, m, out);
    add_consents(r, m, out);
    add_lists(r, m, out);
    return !r->no_memory && sort(r, out);
}
