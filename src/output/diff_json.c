/* diff_json.c - winroots.diff/1: docs/diff.md. */
#include "output/diff.h"

#include "base/json.h"
#include "output/members.h"

#include <string.h>

typedef struct writing {
    const wr_diff_document *diff;
    wr_arena *arena;
    wr_json_writer w;
    bool no_memory;
} writing;

static void write_value(writing *d, const char *name, const wr_fact_value *value)
{
    if (!value->is_list) {
        wr_json_text(&d->w, name, value->items.count ? value->items.items[0] : "");
        return;
    }
    wr_json_array(&d->w, name);
    for (size_t i = 0; i < value->items.count; i++)
        wr_json_text(&d->w, NULL, value->items.items[i]);
    wr_json_end_array(&d->w);
}

/* The values of one side that the other does not have alike; for a verdict all of them.  A name
 * that repeats gets a number, since a member of JSON stands once. */
static void write_side(writing *d, const char *key, const wr_change *change, bool is_after)
{
    bool whole = wr_change_fact(change)->kind == WR_FACT_TRUST;
    const wr_fact *before = whole && is_after ? NULL : change->before;
    const wr_fact *after = whole && !is_after ? NULL : change->after;
    const wr_fact_value *b, *a;
    const char *last = "";
    size_t at[2] = { 0, 0 }, times = 1;

    if (!(is_after ? after : before))
        return;
    wr_json_object(&d->w, key);
    while (wr_fact_next_difference(before, after, at, &b, &a)) {
        const wr_fact_value *value = is_after ? a : b;
        const char *name;

        if (!value)
            continue;
        times = strcmp(last, value->name) ? 1 : times + 1;
        name = last = value->name;
        if (times > 1 && !(name = wr_arena_format(d->arena, "%s (%zu)", last, times))) {
            d->no_memory = true;
            break;
        }
        write_value(d, name, value);
    }
    wr_json_end_object(&d->w);
}

static void write_change(writing *d, const wr_change *change)
{
    const wr_fact *fact = wr_change_fact(change);
    const char *name;

    wr_json_object(&d->w, NULL);
    wr_json_text(&d->w, "change", wr_change_name(change));
    for (size_t i = 0; (name = wr_fact_part_name(fact->kind, i)); i++)
        wr_member_text(&d->w, name, fact->part[i]);
    wr_member_text(&d->w, "sha1", fact->sha1);
    wr_member_text(&d->w, "title", fact->title);
    wr_member_text(&d->w, "source", fact->source);
    wr_member_text(&d->w, "last_write", fact->last_write);
    write_side(d, "before", change, false);
    write_side(d, "after", change, true);
    wr_json_end_object(&d->w);
}

static void write_rows(writing *d, const char *key, const wr_change *first, size_t count)
{
    wr_json_array(&d->w, key);
    for (size_t i = 0; i < count; i++)
        write_change(d, &first[i]);
    wr_json_end_array(&d->w);
}

static void write_reason(writing *d, const char *key, const wr_fact *fact)
{
    if (!fact)
        return;
    wr_json_object(&d->w, key);
    wr_json_text(&d->w, "status", wr_fact_text(fact, "status"));
    wr_member_text(&d->w, "reason", wr_fact_text(fact, "reasons"));
    wr_json_end_object(&d->w);
}

/* Verdicts stand in groups: the same statuses for the same deciding reasons. */
static void write_trust(writing *d, const wr_change *first, size_t count)
{
    wr_json_array(&d->w, wr_fact_section(WR_FACT_TRUST));
    for (size_t from = 0, end; from < count; from = end) {
        for (end = from + 1; end < count; end++)
            if (wr_change_compare_reason(&first[from], &first[end]))
                break;
        wr_json_object(&d->w, NULL);
        write_reason(d, "before", first[from].before);
        write_reason(d, "after", first[from].after);
        write_rows(d, "rows", &first[from], end - from);
        wr_json_end_object(&d->w);
    }
    wr_json_end_array(&d->w);
}

static void write_changes(writing *d, const wr_changes *changes)
{
    const wr_change *first;
    size_t from = 0, count;

    while (wr_changes_next(changes, &from, &first, &count)) {
        wr_fact_kind kind = wr_change_fact(first)->kind;
        if (kind == WR_FACT_TRUST)
            write_trust(d, first, count);
        else
            write_rows(d, wr_fact_section(kind), first, count);
    }
}

static void write_counts(writing *d, const wr_changes *changes)
{
    static const char *const names[] = { "added", "removed", "changed" };
    const wr_change *first;
    size_t from = 0, count;

    wr_json_object(&d->w, "counts");
    while (wr_changes_next(changes, &from, &first, &count)) {
        wr_json_object(&d->w, wr_fact_section(wr_change_fact(first)->kind));
        for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
            size_t times = 0;
            for (size_t i = 0; i < count; i++)
                times += !strcmp(wr_change_name(&first[i]), names[n]);
            wr_json_uint(&d->w, names[n], times);
        }
        wr_json_end_object(&d->w);
    }
    wr_json_end_object(&d->w);
}

static void write_notes(writing *d, const char *key, const wr_side_note *notes, size_t count,
                        const char *place, const char *text)
{
    wr_json_array(&d->w, key);
    for (size_t i = 0; i < count; i++) {
        wr_json_object(&d->w, NULL);
        wr_member_text(&d->w, place, notes[i].place);
        wr_json_text(&d->w, text, notes[i].text);
        wr_json_end_object(&d->w);
    }
    wr_json_end_array(&d->w);
}

static void write_snapshot(writing *d, const char *key, size_t side)
{
    const wr_snapshot *s = d->diff->side[side];

    wr_json_object(&d->w, key);
    wr_json_text(&d->w, "given", d->diff->label[side]);
    wr_member_text(&d->w, "as_of", s->as_of);
    wr_member_text(&d->w, "computer_name", s->computer_name);
    wr_member_text(&d->w, "os", s->os);
    write_notes(d, "evidence", s->evidence.items, s->evidence.count, "path", "what");
    write_notes(d, "skipped", s->skipped.items, s->skipped.count, "source", "message");
    write_notes(d, "warnings", s->warnings.items, s->warnings.count, "source", "message");
    wr_json_end_object(&d->w);
}

static void write_steps(writing *d)
{
    wr_json_uint(&d->w, "entries_applied", d->diff->num_entries);
    wr_json_array(&d->w, "log_entries");
    for (size_t i = 0; i < d->diff->steps.count; i++) {
        const wr_diff_step *step = &d->diff->steps.items[i];
        wr_json_object(&d->w, NULL);
        wr_json_text(&d->w, "log", step->log);
        wr_json_uint(&d->w, "offset", step->offset);
        wr_json_uint(&d->w, "sequence", step->first_sequence);
        if (step->num_entries > 1) {
            wr_json_uint(&d->w, "last_sequence", step->last_sequence);
            wr_json_uint(&d->w, "entries_together", step->num_entries);
        }
        if (step->time)
            wr_json_time(&d->w, "time", step->time);
        write_changes(d, &step->changes);
        wr_json_end_object(&d->w);
    }
    wr_json_end_array(&d->w);
}

bool wr_diff_json(const wr_diff_document *diff, bool compact, wr_out *out, wr_error *err)
{
    wr_arena arena;
    writing d = { .diff = diff, .arena = &arena };

    wr_arena_init(&arena, diff->side[0]->arena->cap);
    wr_json_start(&d.w, out, compact);
    wr_json_object(&d.w, NULL);
    wr_json_text(&d.w, "schema", "winroots.diff/1");
    wr_json_object(&d.w, "tool");
    wr_json_text(&d.w, "name", "winroots");
    wr_json_text(&d.w, "version", diff->version);
    wr_json_end_object(&d.w);
    wr_json_text(&d.w, "kind", diff->replay ? "replay" : wr_side_kind_name(diff->side[0]->kind));
    write_snapshot(&d, "a", 0);
    write_snapshot(&d, "b", 1);
    wr_json_bool(&d.w, "equal", wr_diff_is_equal(diff));
    write_counts(&d, &diff->changes);
    write_changes(&d, &diff->changes);
    if (diff->replay)
        write_steps(&d);
    wr_json_end_object(&d.w);
    wr_json_finish(&d.w);
    wr_arena_free(&arena);
    return !d.no_memory || wr_fail_memory(err);
}
