/* report_timeline.c - the host's events as JSON lines for Timesketch, which asks of each line for
 * message, datetime and timestamp_desc.  docs/report.md. */
#include "output/host_event.h"
#include "output/members.h"

#include <string.h>

/* SPEC Python datetime, by which Timesketch reads dates: six digits of fraction, and the year 9999
 * is the last. */
static void write_time(wr_json_writer *w, wr_time time)
{
    static const char with_seven_digits[] = "2026-11-22T00:00:00.0000000Z";
    char text[WR_TIME_TEXT];

    wr_time_text(time, text);
    if (!strncmp(text, "filetime", 8))
        wr_json_text(w, "datetime", "9999-12-31T23:59:59Z");
    else if (strlen(text) == sizeof with_seven_digits - 1) {
        memcpy(text + sizeof with_seven_digits - 3, "Z", 2);
        wr_json_text(w, "datetime", text);
    } else
        wr_json_text(w, "datetime", text);
}

static void write_event(wr_report *r, const wr_host_event *e)
{
    char time[WR_TIME_TEXT];
    wr_json_writer w;

    wr_json_start(&w, r->out, true);
    wr_json_object(&w, NULL);
    wr_json_text(&w, "message", wr_report_safe(r, e->what));
    write_time(&w, e->time);
    wr_json_text(&w, "timestamp_desc",
                 e->kind == WR_EVENT_LIST ? "Trust List Published" : "Registry Key Last Written");
    wr_json_text(&w, "data_type", "winroots:event");
    wr_json_text(&w, "event", wr_event_kind_name(e->kind));
    wr_time_text(e->time, time);
    wr_json_text(&w, "exact_time", time);
    wr_member_text(&w, "computer_name", r->set->model->host.computer_name);
    wr_member_text(&w, "location", e->location);
    wr_member_text(&w, "store", e->store);
    if (e->certificate) {
        wr_json_hex(&w, "sha1", e->certificate->sha1, sizeof e->certificate->sha1);
        wr_json_hex(&w, "sha256", e->certificate->sha256, sizeof e->certificate->sha256);
        wr_json_text(&w, "subject",
                     wr_report_safe(r, wr_report_name(r, e->certificate->x509.subject)));
    }
    if (e->deleted)
        wr_json_bool(&w, "deleted", true);
    wr_member_text(&w, "source", wr_report_place(r, e->source, e->path, WR_NO_OFFSET));
    wr_json_end_object(&w);
    wr_json_finish(&w);
}

static void write_report(wr_report *r)
{
    wr_host_events events;

    if (!wr_host_events_find(r, &events))
        r->no_memory = true;
    else
        for (size_t i = 0; i < events.list.count; i++)
            write_event(r, &events.list.items[i]);
}

bool wr_report_timeline(const wr_result_set *set, wr_out *out, wr_error *err)
{
    return wr_report_write(set, out, write_report, err);
}
