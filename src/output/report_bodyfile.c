/* report_bodyfile.c - the host's events as a body file, which mactime of The Sleuth Kit reads: a
 * line each of MD5|name|inode|mode|UID|GID|size|atime|mtime|ctime|crtime.  docs/report.md. */
#include "output/host_event.h"

#include "base/text.h"

#include <inttypes.h>

/* SPEC mactime(1): seconds of 1970; 0 is no time, and so is what lies before. */
static uint64_t unix_seconds(wr_time time)
{
    wr_time epoch = wr_time_from_unix(0);

    return time > epoch ? (time - epoch) / WR_TIME_SECOND : 0;
}

/* The format has no escape: a bar in a name would end it. */
static void write_name(wr_report *r, const char *text)
{
    for (const char *p = wr_report_safe(r, text); *p; p++)
        if (*p == '|')
            wr_out_text(r->out, "\\u{007C}");
        else
            wr_out_write(r->out, p, 1);
}

static void write_report(wr_report *r)
{
    wr_host_events events;

    if (!wr_host_events_find(r, &events)) {
        r->no_memory = true;
        return;
    }
    for (size_t i = 0; i < events.list.count; i++) {
        const wr_host_event *e = &events.list.items[i];
        wr_out_text(r->out, "0|");
        write_name(r, wr_report_place(r, e->source, e->path, WR_NO_OFFSET));
        wr_out_text(r->out, " (");
        write_name(r, e->what);
        wr_out_printf(r->out, ")|0||0|0|0|0|%" PRIu64 "|0|0\n", unix_seconds(e->time));
    }
}

bool wr_report_bodyfile(const wr_result_set *set, wr_out *out, wr_error *err)
{
    return wr_report_write(set, out, write_report, err);
}
