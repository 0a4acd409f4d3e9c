/* Any bytes as one element: iteration makes progress and agrees with the count, and what is written
 * is read back as the same. */
#include "base/outfile.h"
#include "format/property.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void check_written(const wr_element *element, wr_diags *diags)
{
    size_t at = 0, again_at = 0;
    wr_property p, q;
    wr_element again;
    wr_view first, second;
    wr_error e;
    wr_out *out;

    require(wr_out_memory(&out, &e));
    while (wr_element_next(element, &at, &p))
        wr_property_write(out, p.id, p.data);
    wr_property_write(out, WR_PROP_CERTIFICATE + (uint32_t)element->kind, element->object);
    require(wr_out_finish(out, &e));
    require(wr_element_parse(wr_out_bytes(out), diags, &again, &e));
    require(again.kind == element->kind && again.num_properties == element->num_properties);
    require(wr_view_equal(again.object, element->object));
    for (at = 0; wr_element_next(element, &at, &p);) {
        require(wr_element_next(&again, &again_at, &q));
        require(p.id == q.id && q.reserved == 1 && wr_view_equal(p.data, q.data));
        require(wr_element_property(element, p.id, &first));
        require(wr_element_property(&again, p.id, &second));
        require(wr_view_equal(first, second));
    }
    wr_out_discard(out);
}

static void check_element(const wr_element *element, size_t len)
{
    uint32_t count = 0;
    size_t before = 0;
    wr_property p;

    require(element->all.origin + element->all.len <= len);
    require(element->object.origin + element->object.len <= len);
    for (size_t at = 0; wr_element_next(element, &at, &p); before = at, count++) {
        require(at > before && at <= element->all.len);
        require(p.data.origin + p.data.len == element->all.origin + at);
    }
    require(count == element->num_properties);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    wr_view v = { data, len, 0, "fuzz" };
    wr_reader r = wr_reader_of(v);
    wr_element element;
    wr_arena arena;
    wr_diags diags;
    wr_error e;

    wr_arena_init(&arena, (size_t)64 << 20);
    wr_diags_init(&diags, &arena);
    if (wr_element_parse(v, &diags, &element, &e)) {
        check_element(&element, len);
        check_written(&element, &diags);
    } else {
        require(e.code == WR_E_TRUNCATED || e.code == WR_E_MALFORMED || e.code == WR_E_LIMIT);
        require(e.offset <= len && diags.list.count == 0);
    }
    for (size_t before = r.pos; wr_element_read(&r, &diags, &element, &e); before = r.pos) {
        require(r.pos > before);
        check_element(&element, len);
    }
    wr_arena_free(&arena);
    return 0;
}
