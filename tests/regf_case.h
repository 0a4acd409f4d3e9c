/* regf_case.h - a built hive, opened: what the tests of the hive reader share. */
#ifndef TESTS_REGF_CASE_H
#define TESTS_REGF_CASE_H

#include "support.h"

#include "regf_builder.h"

struct hive_case {
    struct hive h;
    wr_arena arena;
    wr_diags diags;
    wr_regf regf;
    wr_regf_key root;
    wr_error e;
};

/* Opens `image`, which must have a root key. */
static inline void open_image(struct hive_case *c, wr_view image)
{
    wr_arena_init(&c->arena, (size_t)256 << 20);
    wr_diags_init(&c->diags, &c->arena);
    cr_assert(wr_regf_open(image, &c->arena, &c->diags, &c->regf, &c->e), "%s", c->e.message);
    cr_assert(wr_regf_root(&c->regf, &c->root, &c->e), "%s", c->e.message);
}

/* Opens what `c->h` holds. */
static inline void open_case(struct hive_case *c, uint32_t root)
{
    open_image(c, hive_image(&c->h, root));
}

static inline void close_case(struct hive_case *c)
{
    wr_arena_free(&c->arena);
    hive_free(&c->h);
}

/* Places of records in the file. */
static inline uint64_t payload_at(uint32_t cell)
{
    return (uint64_t)HIVE_PAGE + cell + 4;
}

static inline uint64_t cell_at(uint32_t cell)
{
    return (uint64_t)HIVE_PAGE + cell;
}

static inline const wr_diag *find_diag(const struct hive_case *c, wr_severity severity,
                                       wr_code code, uint64_t offset)
{
    for (size_t i = 0; i < c->diags.list.count; i++) {
        const wr_diag *d = &c->diags.list.items[i];
        if (d->severity == severity && d->code == code && d->offset == offset)
            return d;
    }
    return NULL;
}

/* That there is a diagnostic of this kind at this offset, whose message has `text` in it. */
static inline void expect_diag(const struct hive_case *c, wr_severity severity, wr_code code,
                               uint64_t offset, const char *text)
{
    const wr_diag *d = find_diag(c, severity, code, offset);

    cr_assert(d, "no %s %s at 0x%llx", wr_severity_name(severity), wr_code_name(code),
              (unsigned long long)offset);
    cr_assert(strstr(d->message, text), "\"%s\" lacks \"%s\"", d->message, text);
}

/* That the whole hive has so many keys and values, without a further diagnostic than `diags`. */
static inline void expect_counts(struct hive_case *c, uint64_t keys, uint64_t values, size_t diags)
{
    uint64_t num_keys = 0, num_values = 0;

    cr_assert(wr_regf_count(&c->regf, &c->arena, &c->diags, &num_keys, &num_values, &c->e), "%s",
              c->e.message);
    cr_assert_eq(num_keys, keys, "%llu keys", (unsigned long long)num_keys);
    cr_assert_eq(num_values, values, "%llu values", (unsigned long long)num_values);
    cr_assert_eq(c->diags.list.count, diags, "%zu diagnostics, the last: %s", c->diags.list.count,
                 c->diags.list.count ? c->diags.list.items[c->diags.list.count - 1].message : "");
}

/* The names of a key's subkeys, each followed by a semicolon. */
static inline const char *subkey_names(struct hive_case *c, const wr_regf_key *key)
{
    const char *names = "";
    wr_regf_iter it;
    wr_regf_key sub;

    wr_regf_subkeys(&c->regf, key, "", &c->diags, &it);
    while (wr_regf_next_key(&it, &sub)) {
        names = wr_arena_format(&c->arena, "%s%s;", names,
                                wr_text(&c->arena, sub.name, sub.name_encoding));
        cr_assert(names);
    }
    return names;
}

/* The data of a value, which must be readable. */
static inline wr_view data_of(struct hive_case *c, const wr_regf_key *key, const char *name)
{
    wr_regf_value value;
    wr_view data;

    cr_assert(wr_regf_find_value(&c->regf, key, name, &c->diags, &value), "no value %s", name);
    cr_assert(wr_regf_data(&c->regf, &value, &c->arena, &data, &c->e), "%s", c->e.message);
    return data;
}

/* That the data of a value cannot be read, and why. */
static inline void expect_no_data(struct hive_case *c, const wr_regf_key *key, const char *name,
                                  wr_code code, uint64_t offset)
{
    wr_regf_value value;
    wr_view data;

    cr_assert(wr_regf_find_value(&c->regf, key, name, &c->diags, &value), "no value %s", name);
    cr_assert_not(wr_regf_data(&c->regf, &value, &c->arena, &data, &c->e));
    cr_assert_eq(c->e.code, code, "%s: %s", wr_code_name(c->e.code), c->e.message);
    cr_assert_eq(c->e.offset, offset, "0x%llx: %s", (unsigned long long)c->e.offset, c->e.message);
}

#endif
