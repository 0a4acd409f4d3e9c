#include "tsv.h"

#include "base/digest.h"
#include "base/outfile.h"
#include "format/sst.h"

#define MOST_IDS 256

typedef struct tally {
    size_t kinds[4];
    size_t properties[MOST_IDS];
} tally;

static void count(tally *t, const wr_element *element)
{
    wr_property p;

    t->kinds[element->kind]++;
    for (size_t at = 0; wr_element_next(element, &at, &p);) {
        cr_assert_lt(p.id, MOST_IDS);
        t->properties[p.id]++;
    }
}

/* The histogram as the expected tables write it: {3: 411, 9: 405}. */
static const char *histogram(const tally *t)
{
    static char text[2048];
    size_t len = (size_t)snprintf(text, sizeof text, "{");

    for (size_t id = 0; id < MOST_IDS; id++)
        if (t->properties[id])
            len += (size_t)snprintf(text + len, sizeof text - len, "%s%zu: %zu",
                                    len > 1 ? ", " : "", id, t->properties[id]);
    snprintf(text + len, sizeof text - len, "}");
    return text;
}

static int by_object(const void *a, const void *b)
{
    return wr_view_compare(((const wr_element *)a)->object, ((const wr_element *)b)->object);
}

/* Sorts the elements; gives how many objects differ. */
static size_t count_unique(wr_sst *sst)
{
    size_t unique = 0;

    qsort(sst->elements.items, sst->elements.count, sizeof *sst->elements.items, by_object);
    for (size_t i = 0; i < sst->elements.count; i++)
        unique += i == 0 || by_object(&sst->elements.items[i - 1], &sst->elements.items[i]) != 0;
    return unique;
}

static void assert_hash(const char *name, const wr_element *element)
{
    uint8_t sha1[WR_SHA1_LEN];
    wr_view stored;
    wr_error e;

    cr_assert(wr_digest(WR_SHA1, element->object, sha1, &e));
    if (wr_element_property(element, WR_PROP_SHA1_HASH, &stored))
        cr_assert(wr_view_is(stored, sha1, sizeof sha1), "%s: a hash is of another object", name);
}

static void assert_round_trip(const char *name, const wr_sst *sst, wr_view file)
{
    wr_out *out;
    wr_error e;

    cr_assert(wr_out_memory(&out, &e));
    wr_sst_write_start(out);
    for (size_t i = 0; i < sst->elements.count; i++)
        wr_sst_write_element(out, &sst->elements.items[i]);
    wr_sst_write_end(out);
    cr_assert(wr_out_finish(out, &e));
    cr_assert(wr_view_equal(wr_out_bytes(out), file), "%s: written otherwise than read", name);
    wr_out_discard(out);
}

static void check_store(const tsv *row)
{
    const char *name = row->field[0];
    size_t len;
    uint8_t *bytes = corpus_file(name, &len);
    uint64_t end = 8;
    char stop[64];
    tally t = { 0 };
    wr_arena arena;
    wr_diags diags;
    wr_error e;
    wr_sst sst;

    wr_arena_init(&arena, (size_t)64 << 20);
    wr_diags_init(&diags, &arena);
    cr_assert(wr_sst_parse((wr_view){ bytes, len, 0, name }, &arena, &diags, &sst, &e), "%s: %s",
              name, e.message);
    cr_assert_eq(diags.list.count, 0, "%s: %s", name, diags.list.items[0].message);
    for (size_t i = 0; i < sst.elements.count; i++) {
        count(&t, &sst.elements.items[i]);
        assert_hash(name, &sst.elements.items[i]);
        end += sst.elements.items[i].all.len;
    }
    cr_assert_eq(t.kinds[WR_ELEMENT_CERTIFICATE], strtoul(row->field[1], NULL, 10), "%s", name);
    cr_assert_eq(t.kinds[WR_ELEMENT_CRL], strtoul(row->field[2], NULL, 10), "%s", name);
    cr_assert_eq(t.kinds[WR_ELEMENT_CTL], strtoul(row->field[3], NULL, 10), "%s", name);
    cr_assert_eq(t.kinds[WR_ELEMENT_KEYID], 0, "%s", name);
    cr_assert_str_eq(histogram(&t), row->field[5], "%s", name);
    snprintf(stop, sizeof stop, "terminator@%llu", (unsigned long long)end);
    cr_assert_str_eq(stop, row->field[6], "%s", name);
    assert_round_trip(name, &sst, (wr_view){ bytes, len, 0, name });
    cr_assert_eq(count_unique(&sst), strtoul(row->field[4], NULL, 10), "%s", name);
    wr_arena_free(&arena);
    free(bytes);
}

Test(sst, real_stores_hold_what_is_expected)
{
    size_t rows = 0;
    tsv row;

    for (tsv_open(&row, "expected/sst.tsv", "file\tcerts\tcrls\tctls\tunique\tprops\tstop");
         tsv_next(&row); rows++)
        check_store(&row);
    cr_assert_geq(rows, 10);
}

/* The index says of a Blob, in its last column, "... {'cert': 1} props={3: 1, ...}. ...". */
static void check_blob(const char *name, const char *description)
{
    const char *props = strstr(description, "props=");
    size_t len;
    uint8_t *bytes = corpus_file(name, &len);
    wr_element element;
    tally t = { 0 };
    wr_arena arena;
    wr_diags diags;
    wr_error e;
    wr_out *out;

    wr_arena_init(&arena, 1 << 20);
    wr_diags_init(&diags, &arena);
    cr_assert(wr_element_parse((wr_view){ bytes, len, 0, name }, &diags, &element, &e), "%s: %s",
              name, e.message);
    cr_assert_eq(diags.list.count, 0, "%s: %s", name, diags.list.items[0].message);
    count(&t, &element);
    assert_hash(name, &element);
    cr_assert_eq(element.kind, WR_ELEMENT_CERTIFICATE);
    cr_assert(strstr(description, "{'cert': 1}") && props);
    cr_assert_eq(strncmp(props + strlen("props="), histogram(&t), strlen(histogram(&t))), 0,
                 "%s: %s, expected %s", name, histogram(&t), props);
    cr_assert(wr_out_memory(&out, &e));
    wr_sst_write_element(out, &element);
    cr_assert(wr_view_is(wr_out_bytes(out), bytes, len), "%s: written otherwise than read", name);
    wr_out_discard(out);
    wr_arena_free(&arena);
    free(bytes);
}

Test(element, real_blobs_hold_what_is_expected)
{
    size_t blobs = 0;
    tsv row;

    for (tsv_open(&row, "INDEX.tsv", "path\tkind\t"); tsv_next(&row);) {
        if (strcmp(row.field[1], "certblob") == 0) {
            check_blob(row.field[0], row.field[row.num_fields - 1]);
            blobs++;
        }
    }
    cr_assert_geq(blobs, 3);
}
