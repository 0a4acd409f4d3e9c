#include "format/signer_index.h"

#include <stdlib.h>

static int compare_keys(const wr_view a[2], const wr_view b[2])
{
    int order = wr_view_compare(a[0], b[0]);
    return order ? order : wr_view_compare(a[1], b[1]);
}

/* Entries of one key keep the order given, which is that of their addresses. */
static int compare(const void *a, const void *b, wr_signer_order by)
{
    const wr_signer_entry *x = *(const wr_signer_entry *const *)a;
    const wr_signer_entry *y = *(const wr_signer_entry *const *)b;
    int order = compare_keys(x->keys[by], y->keys[by]);

    return order ? order : (x > y) - (x < y);
}

static int by_subject(const void *a, const void *b)
{
    return compare(a, b, WR_BY_SUBJECT);
}

static int by_issuer_and_serial(const void *a, const void *b)
{
    return compare(a, b, WR_BY_ISSUER_AND_SERIAL);
}

static int by_key_id(const void *a, const void *b)
{
    return compare(a, b, WR_BY_KEY_ID);
}

static bool make(wr_signer_index *index, wr_error *err)
{
    static int (*const orders[])(const void *, const void *) = { by_subject, by_issuer_and_serial,
                                                                 by_key_id };
    const wr_ders *given = index->certificates;

    index->entries = WR_NEW(index->arena, wr_signer_entry, given->list.count + 1);
    if (!index->entries)
        return wr_fail_memory(err);
    for (size_t i = 0; i < given->list.count; i++) {
        wr_error unreadable;
        wr_x509 cert;

        if (wr_x509_parse(given->list.items[i], &cert, &unreadable))
            index->entries[index->count++] = (wr_signer_entry){
                .keys = { { cert.subject }, { cert.issuer, cert.serial }, { cert.subject_key_id } },
                .der = cert.der,
            };
    }
    for (size_t by = 0; by < WR_NUM_SIGNER_ORDERS; by++) {
        const wr_signer_entry **sorted =
            WR_NEW(index->arena, const wr_signer_entry *, index->count + 1);
        if (!sorted)
            return wr_fail_memory(err);
        for (size_t i = 0; i < index->count; i++)
            sorted[i] = &index->entries[i];
        if (index->count)
            qsort(sorted, index->count, sizeof *sorted, orders[by]);
        index->sorted[by] = sorted;
    }
    return true;
}

/* How many entries are below `key`, or not above it. */
static size_t count_below(const wr_signer_index *index, wr_signer_order by, const wr_view key[2],
                          bool or_equal)
{
    size_t low = 0, high = index->count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const int order = compare_keys(index->sorted[by][middle]->keys[by], key);

        if (order < 0 || (or_equal && order == 0))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool wr_signer_index_find(wr_signer_index *index, wr_signer_order order, wr_view key,
                          wr_view serial, const wr_signer_entry *const **first, size_t *count,
                          wr_error *err)
{
    const wr_view wanted[2] = { key, serial };
    size_t below;

    *first = NULL;
    *count = 0;
    if (!index)
        return true;
    if (!index->entries && !make(index, err))
        return false;
    below = count_below(index, order, wanted, false);
    *first = index->sorted[order] + below;
    *count = count_below(index, order, wanted, true) - below;
    return true;
}
