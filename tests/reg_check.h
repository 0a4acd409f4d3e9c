/* reg_check.h - what must hold of every list of registry entries, for tests and fuzz targets. */
#ifndef TESTS_REG_CHECK_H
#define TESTS_REG_CHECK_H

#include "base/outfile.h"
#include "base/text.h"
#include "format/reg_entries.h"

#include <string.h>

static inline bool reg_is_text(const char *text)
{
    size_t left = strlen(text), n;
    uint32_t c;

    for (; left; text += n, left -= n)
        if (!(n = wr_text_char(text, left, &c)))
            return false;
    return true;
}

/* The values lie in the order of their keys without a gap, deleted keys have none, texts are UTF-8,
 * and every offset is of the `len` bytes from `origin`. */
static inline bool reg_is_consistent(const wr_reg_entries *e, uint64_t origin, size_t len)
{
    size_t values = 0;

    for (size_t i = 0; i < e->keys.count; i++) {
        const wr_reg_key *key = &e->keys.items[i];
        if (key->first_value != values || (key->deleted && key->num_values) || !*key->path ||
            !reg_is_text(key->path) || key->offset < origin || key->offset >= origin + len)
            return false;
        values += key->num_values;
    }
    for (size_t i = 0; i < e->values.count; i++) {
        const wr_reg_value *value = &e->values.items[i];
        if (!reg_is_text(value->name) || value->offset < origin || value->offset >= origin + len ||
            (value->op != WR_REG_SET && value->op != WR_REG_INSTRUCTION && value->data.len))
            return false;
    }
    return values == e->values.count;
}

static inline bool reg_value_equal(const wr_reg_value *a, const wr_reg_value *b)
{
    return a->op == b->op && a->type == b->type && !strcmp(a->name, b->name) &&
           wr_view_equal(a->data, b->data);
}

/* The same keys and values in the same order; where they stood does not count. */
static inline bool reg_equal(const wr_reg_entries *a, const wr_reg_entries *b)
{
    if (a->keys.count != b->keys.count || a->values.count != b->values.count)
        return false;
    for (size_t i = 0; i < a->keys.count; i++) {
        const wr_reg_key *x = &a->keys.items[i], *y = &b->keys.items[i];
        if (strcmp(x->path, y->path) != 0 || x->deleted != y->deleted ||
            x->num_values != y->num_values)
            return false;
    }
    for (size_t i = 0; i < a->values.count; i++)
        if (!reg_value_equal(&a->values.items[i], &b->values.items[i]))
            return false;
    return true;
}

#endif
