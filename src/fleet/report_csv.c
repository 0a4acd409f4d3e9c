/* report_csv.c - a row a host. */
#include "fleet/report.h"

#include "output/csv_text.h"

#include <inttypes.h>
#include <stdio.h>

bool wr_fleet_csv(const wr_survey *s, wr_out *out, wr_error *err)
{
    bool ok = true;

    wr_out_text(out, "key,name,observed,status,os,build,observations,certificates,trusted,cluster,"
                     "high,medium,bundle,manual,evidence,error");
    for (size_t p = 0; p < s->profiles.count; p++) {
        wr_out_text(out, ",");
        ok &= wr_csv_text(out, s->arena, s->profiles.items[p].id);
    }
    wr_out_text(out, "\r\n");
    for (size_t i = 0; i < s->hosts.count; i++) {
        const wr_surveyed *h = &s->hosts.items[i];
        const char *const texts[] = { h->key, h->name, h->observed, h->status, h->product };

        for (size_t j = 0; j < sizeof texts / sizeof *texts; j++) {
            ok &= wr_csv_text(out, s->arena, texts[j]);
            wr_out_text(out, ",");
        }
        if (h->build)
            wr_out_printf(out, "%" PRId64, h->build);
        wr_out_printf(out, ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",", h->num_observations,
                      h->num_certificates, h->num_trusted);
        if (h->cluster != SIZE_MAX)
            wr_out_printf(out, "%zu", h->cluster + 1);
        wr_out_printf(out, ",%zu,%zu,", h->num_high, h->num_medium);
        if (h->bundle != SIZE_MAX)
            wr_out_printf(out, "%zu", h->bundle + 1);
        wr_out_printf(out, ",%zu,", h->num_manual);
        ok &= wr_csv_text(out, s->arena, h->evidence);
        wr_out_text(out, ",");
        ok &= wr_csv_text(out, s->arena, h->error);
        for (size_t p = 0; p < s->profiles.count; p++) {
            const wr_outcome *o = wr_fleet_outcome(h, p);
            wr_out_text(out, ",");
            ok &= wr_csv_text(out, s->arena, o ? o->result : "");
        }
        wr_out_text(out, "\r\n");
    }
    return ok || wr_fail_memory(err);
}
