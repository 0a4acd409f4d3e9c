#include "format/sst.h"

#include "base/outfile.h"
#include "winroots/limits.h"

static const uint8_t start[] = { 0, 0, 0, 0, 'C', 'E', 'R', 'T' };
static const uint8_t end[12] = { 0 };

bool wr_sst_probe(wr_view v)
{
    return wr_view_starts(v, start, sizeof start);
}

static void report_end(wr_diags *diags, wr_severity severity, wr_code code, const wr_reader *at,
                       size_t found, const char *what)
{
    wr_diag_add(diags, severity, code, at->view.source, at->view.origin + at->pos, NULL,
                "%zu bytes %s", found, what);
}

static void check_end(wr_reader *r, wr_diags *diags)
{
    wr_reader at = *r;
    wr_view found;

    if (!wr_read_view(r, sizeof end, &found))
        report_end(diags, WR_DIAG_WARNING, WR_E_TRUNCATED, &at, wr_reader_left(&at),
                   "at the end, expected an end record of 12");
    else if (!wr_view_is(found, end, sizeof end))
        report_end(diags, WR_DIAG_SKIPPED, WR_E_MALFORMED, &at, wr_reader_left(&at),
                   "from a record of id 0 that is not all zero, expected the end");
    else if (wr_reader_left(r))
        report_end(diags, WR_DIAG_WARNING, WR_E_MALFORMED, r, wr_reader_left(r),
                   "behind the end record, expected none");
}

bool wr_sst_parse(wr_view file, wr_arena *arena, wr_diags *diags, wr_sst *out, wr_error *err)
{
    wr_reader r = wr_reader_of(file);
    wr_sst sst = { 0 };
    wr_error fault;

    if (!wr_sst_probe(file) || !wr_skip(&r, sizeof start))
        return wr_fail_view(err, WR_E_MALFORMED, file,
                            "%zu bytes that are no serialized store, expected four zero bytes and "
                            "\"CERT\"",
                            file.len);
    while (!wr_property_at_end(&r)) {
        wr_element element, *item;

        if (!wr_element_read(&r, diags, &element, &fault)) {
            if (fault.code == WR_E_LIMIT) {
                *err = fault;
                return false;
            }
            wr_diag_error(diags, WR_DIAG_SKIPPED, &fault);
            *out = sst;
            return true;
        }
        if (sst.elements.count == WR_LIMIT_SST_ELEMENTS)
            return wr_fail_view(err, WR_E_LIMIT, element.all, "more than %d elements in one store",
                                WR_LIMIT_SST_ELEMENTS);
        if (!(item = WR_APPEND(arena, &sst.elements, wr_element)))
            return wr_fail_memory(err);
        *item = element;
    }
    check_end(&r, diags);
    *out = sst;
    return true;
}

void wr_sst_write_start(wr_out *out)
{
    wr_out_write(out, start, sizeof start);
}

void wr_sst_write_element(wr_out *out, const wr_element *element)
{
    size_t at = 0;
    wr_property p;

    while (wr_element_next(element, &at, &p))
        wr_property_write(out, p.id, p.data);
    wr_property_write(out, WR_PROP_CERTIFICATE + (uint32_t)element->kind, element->object);
}

void wr_sst_write_end(wr_out *out)
{
    wr_out_write(out, end, sizeof end);
}
