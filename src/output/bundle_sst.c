#include "output/bundle_sst.h"

#include "format/property.h"
#include "format/sst.h"

#include <string.h>

void wr_step_write_element(const wr_step *step, wr_out *out)
{
    wr_out_write(out, step->properties.data, step->properties.len);
    wr_property_write(out, WR_PROP_CERTIFICATE, step->der);
}

static bool is_root(const wr_step *step)
{
    return step->kind == WR_ACTION_ADD && strcmp(step->store, "Root") == 0;
}

bool wr_bundle_put_sst(wr_bundle *bundle, wr_error *err)
{
    size_t num_roots = 0;
    wr_out *out;

    if (!wr_out_memory(&out, err))
        return false;
    wr_sst_write_start(out);
    for (size_t i = 0; i < bundle->steps.list.count; i++) {
        const wr_step *step = &bundle->steps.list.items[i];
        if (!is_root(step))
            continue;
        wr_step_write_element(step, out);
        num_roots++;
    }
    wr_sst_write_end(out);
    if (num_roots)
        return wr_bundle_put_sink(bundle, "roots.sst", out, err);
    wr_out_discard(out);
    return true;
}
