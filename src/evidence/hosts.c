/* hosts.c - which piece of evidence is of which host. */
#include "base/text.h"
#include "evidence/evidence_internal.h"
#include "evidence/profile_path.h"

#include <stdlib.h>
#include <string.h>

typedef struct hosts {
    wr_evidence *ev;
    WR_LIST(const wr_root *) roots;
} hosts;

static bool same_root(const wr_root *a, const wr_root *b)
{
    return a == b || (!strcmp(a->container, b->container) && !wr_text_compare(a->path, b->path));
}

static size_t find_root(const hosts *h, const wr_root *root)
{
    for (size_t i = 0; i < h->roots.count; i++)
        if (same_root(h->roots.items[i], root))
            return i;
    return SIZE_MAX;
}

static bool add_root(hosts *h, const wr_root *root, wr_error *err)
{
    const wr_root **slot;

    if (find_root(h, root) != SIZE_MAX)
        return true;
    if (!(slot = WR_APPEND(h->ev->arena, &h->roots, const wr_root *)))
        return wr_fail_memory(err);
    *slot = root;
    return true;
}

/* Another time or another installation than what lies beside it, whatever else it lacks. */
static bool is_apart(const wr_root *root)
{
    return root->taken || wr_path_ends(root->path, "Windows.old");
}

static bool is_of_a_host(const wr_item *item)
{
    return item->role == WR_ROLE_USER || item->role == WR_ROLE_SYSTEM || item->place;
}

/* Names that two paths begin with alike. */
static size_t common_names(const char *a, const char *b)
{
    size_t names = 0;

    for (;;) {
        const size_t n = strcspn(a, "/"), m = strcspn(b, "/");
        if (!n || n != m || strncmp(a, b, n))
            return names;
        names++;
        a += n + (a[n] == '/');
        b += n + (b[n] == '/');
    }
}

#define OF_EACH SIZE_MAX

/* The host that an item belongs to: of its own root, else of the one whose path it shares most
 * of. */
static size_t host_of(const hosts *h, const wr_item *item)
{
    size_t found, best = 0, best_names = 0;
    bool tie = true;

    if (!item->root || (found = find_root(h, item->root)) != SIZE_MAX)
        return item->root ? found : OF_EACH;
    for (size_t i = 0; i < h->roots.count; i++) {
        const wr_root *root = h->roots.items[i];
        size_t names = 1 + common_names(root->path, item->root->path);
        if (strcmp(root->container, item->root->container) != 0 || is_apart(root) ||
            names < best_names)
            continue;
        tie = names == best_names;
        best = i;
        best_names = names;
    }
    return tie ? OF_EACH : best;
}

/* The first folder of a path that several hosts are beside: a host of its own. */
static bool add_top(hosts *h, const wr_item *item, wr_error *err)
{
    const size_t n = strcspn(item->root->path, "/");
    wr_root *top = WR_NEW(h->ev->arena, wr_root, 1);

    if (!top || !(top->path = wr_arena_format(h->ev->arena, "%.*s", (int)n, item->root->path)))
        return wr_fail_memory(err);
    top->container = item->root->container;
    top->volume = item->root->volume;
    return add_root(h, top, err);
}

static int compare_roots(const void *a, const void *b)
{
    const wr_root *x = *(const wr_root *const *)a, *y = *(const wr_root *const *)b;
    int c = strcmp(x->container, y->container);

    if (!c)
        c = (x->volume > y->volume) - (x->volume < y->volume);
    return c ? c : strcmp(x->path, y->path);
}

static void sort_roots(hosts *h)
{
    if (h->roots.count)
        qsort(h->roots.items, h->roots.count, sizeof *h->roots.items, compare_roots);
}

static bool find_hosts(hosts *h, wr_error *err)
{
    size_t num_machines;

    for (size_t i = 0; i < h->ev->items.count; i++) {
        const wr_item *item = h->ev->items.items[i];
        if (item->root && (item->machine || (is_apart(item->root) && is_of_a_host(item))) &&
            !add_root(h, item->root, err))
            return false;
    }
    sort_roots(h);
    num_machines = h->roots.count;
    for (size_t i = 0; num_machines > 1 && i < h->ev->items.count; i++) {
        const wr_item *item = h->ev->items.items[i];
        if (item->root && *item->root->path && is_of_a_host(item) && host_of(h, item) == OF_EACH &&
            !add_top(h, item, err))
            return false;
    }
    sort_roots(h);
    return true;
}

/* Whose each item and diagnostic is, or OF_EACH. */
typedef struct owners {
    size_t *items, *diags;
} owners;

static bool find_owners(const hosts *h, owners *out, wr_error *err)
{
    wr_evidence *ev = h->ev;

    out->items = WR_NEW(ev->arena, size_t, ev->items.count + 1);
    out->diags = WR_NEW(ev->arena, size_t, ev->diags->list.count + 1);
    if (!out->items || !out->diags)
        return wr_fail_memory(err);
    for (size_t i = 0; i < ev->items.count; i++)
        out->items[i] = host_of(h, ev->items.items[i]);
    for (size_t i = 0; i < ev->diags->list.count; i++) {
        const char *source = ev->diags->list.items[i].source;
        const size_t item = *source ? wr_evidence_find(ev, source) : SIZE_MAX;
        out->diags[i] = item == SIZE_MAX ? OF_EACH : out->items[item];
    }
    return true;
}

static bool is_for(size_t host, size_t of)
{
    return of == host || of == OF_EACH;
}

static void copy_diags(const wr_diags *from, const size_t *of, size_t host, wr_diags *to)
{
    for (size_t i = 0; i < from->list.count; i++) {
        const wr_diag *d = &from->list.items[i];
        if (is_for(host, of[i]))
            wr_diag_add(to, d->severity, d->code, d->source, d->offset, d->path, "%s", d->message);
    }
    to->num_suppressed += from->num_suppressed;
    to->no_memory |= from->no_memory;
}

static bool make_host(hosts *h, const owners *of, size_t host, wr_error *err)
{
    wr_diags *diags = WR_NEW(h->ev->arena, wr_diags, 1);
    wr_evidence *made = diags ? wr_evidence_new(h->ev->arena, diags) : NULL, **slot;

    if (!made || !(slot = WR_APPEND(h->ev->arena, &h->ev->hosts, wr_evidence *)))
        return wr_fail_memory(err);
    *slot = made;
    wr_diags_init(diags, h->ev->arena);
    made->root = h->roots.items[host];
    made->is_split = true;
    for (size_t i = 0; i < h->ev->items.count; i++) {
        wr_item **item;
        if (!is_for(host, of->items[i]))
            continue;
        if (!(item = WR_APPEND(h->ev->arena, &made->items, wr_item *)))
            return wr_fail_memory(err);
        *item = h->ev->items.items[i];
    }
    copy_diags(h->ev->diags, of->diags, host, diags);
    wr_evidence_seal(made);
    return true;
}

bool wr_evidence_split(wr_evidence *ev, wr_error *err)
{
    hosts h = { .ev = ev };
    owners of;

    if (ev->is_split)
        return true;
    ev->is_split = true;
    wr_evidence_seal(ev);
    if (!find_hosts(&h, err) || !find_owners(&h, &of, err))
        return false;
    if (h.roots.count == 1)
        ev->root = h.roots.items[0];
    for (size_t i = 0; h.roots.count > 1 && i < h.roots.count; i++)
        if (!make_host(&h, &of, i, err))
            return false;
    return true;
}

size_t wr_evidence_num_hosts(const wr_evidence *ev)
{
    return ev->hosts.count ? ev->hosts.count : 1;
}

wr_evidence *wr_evidence_host(wr_evidence *ev, size_t i)
{
    return ev->hosts.count ? ev->hosts.items[i] : ev;
}

wr_diags *wr_evidence_diags(const wr_evidence *ev)
{
    return ev->diags;
}

const wr_root *wr_evidence_root(const wr_evidence *ev)
{
    return ev->root;
}
