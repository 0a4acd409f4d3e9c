/* diff_text.c - a diff for people: + is in B alone, - in A alone, ~ is not the same in both. */
#include "output/diff.h"

#include "base/text.h"
#include "base/time.h"
#include "output/property_form.h"
#include "trust/purpose.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

typedef struct text_diff {
    const wr_diff_document *diff;
    wr_arena *arena;
    wr_out *out;
    bool no_memory;
} text_diff;

static const char *kept(text_diff *t, const char *text)
{
    t->no_memory |= !text;
    return text ? text : "";
}

static const char *safe(text_diff *t, const char *text)
{
    return kept(t, wr_text_printable(t->arena, text));
}

static const char *plural(size_t n)
{
    return n == 1 ? "" : "s";
}

static char mark(const wr_change *change)
{
    return !change->before ? '+' : !change->after ? '-' : '~';
}

/* The common name of a distinguished name where it has one, else all of it. */
static const char *short_title(text_diff *t, const char *title)
{
    const char *from = strstr(title, "CN="), *end;

    if (!from || (from != title && from[-1] != ' ' && from[-1] != ','))
        return safe(t, title);
    from += 3;
    for (end = from; *end && *end != ','; end++)
        if (*end == '\\' && end[1])
            end++;
    return safe(t, kept(t, wr_arena_format(t->arena, "%.*s", (int)(end - from), from)));
}

/* ---- values ---------------------------------------------------------------------------------- */

#define PROPERTIES "properties."
#define SHOWN      64 /* characters of one text: hex of a digest fits */
#define SET_ITEMS  256

static const char *value_name(text_diff *t, const char *name)
{
    const char *meaning;

    if (strncmp(name, PROPERTIES, sizeof PROPERTIES - 1))
        return safe(t, name);
    name += sizeof PROPERTIES - 1;
    meaning = wr_property_meaning((uint32_t)strtoul(name, NULL, 10));
    return kept(t, wr_arena_format(t->arena, "property %s%s%s%s", safe(t, name),
                                   *meaning ? " (" : "", meaning, *meaning ? ")" : ""));
}

/* A purpose by its name; long data by its beginning. */
static const char *item_text(text_diff *t, const char *item)
{
    size_t len = strlen(item);

    for (size_t i = 0; i < wr_purpose_count(); i++)
        if (!strcmp(item, wr_purpose_named(i)->oid))
            return wr_purpose_named(i)->name;
    if (!len)
        return "(empty)";
    if (len > SHOWN && strspn(item, "0123456789abcdef") == len)
        return kept(t, wr_arena_format(t->arena, "%.32s... (%zu bytes)", item, len / 2));
    return safe(t, item);
}

static void write_items(text_diff *t, const wr_fact_value *value)
{
    if (!value)
        wr_out_text(t->out, "absent");
    else if (!value->items.count)
        wr_out_text(t->out, "none");
    for (size_t i = 0; value && i < value->items.count; i++)
        wr_out_printf(t->out, "%s%s", i ? ", " : "", item_text(t, value->items.items[i]));
}

static bool has_item(const wr_fact_value *value, const char *item)
{
    for (size_t i = 0; i < value->items.count; i++)
        if (!strcmp(value->items.items[i], item))
            return true;
    return false;
}

/* Items of `of` that `other` lacks, each behind `sign`; gives how many. */
static size_t write_only(text_diff *t, const wr_fact_value *of, const wr_fact_value *other,
                         const char *sign, const char *separator)
{
    size_t n = 0;

    for (size_t i = 0; i < of->items.count; i++)
        if (!has_item(other, of->items.items[i]))
            wr_out_printf(t->out, "%s%s%s", n++ ? ", " : separator, sign,
                          item_text(t, of->items.items[i]));
    return n;
}

/* Lists of purposes are compared as sets; one that is longer than all purposes together is none. */
static bool is_short_list(const wr_fact_value *value)
{
    return value && value->is_list && value->items.count && value->items.count <= SET_ITEMS;
}

static void write_difference(text_diff *t, const wr_fact_value *b, const wr_fact_value *a)
{
    wr_out_printf(t->out, "      %s: ", value_name(t, a ? a->name : b->name));
    if (is_short_list(b) && is_short_list(a)) {
        size_t n = write_only(t, b, a, "- ", "");
        n += write_only(t, a, b, "+ ", n ? ", " : "");
        if (n) {
            wr_out_text(t->out, "\n");
            return;
        }
    }
    write_items(t, b);
    wr_out_text(t->out, " -> ");
    write_items(t, a);
    wr_out_text(t->out, "\n");
}

/* Values of a fact that only one side has, but for those that say nothing to people. */
static void write_all_values(text_diff *t, const wr_fact *fact)
{
    for (size_t i = 0; i < fact->values.count; i++) {
        const wr_fact_value *value = &fact->values.items[i];
        const char *name = value->name;
        bool property = !strncmp(name, PROPERTIES, sizeof PROPERTIES - 1);

        if (property &&
            (!strcmp(name, "properties.11") ||
             !*wr_property_meaning((uint32_t)strtoul(name + sizeof PROPERTIES - 1, NULL, 10))))
            continue;
        wr_out_printf(t->out, "      %s: ", value_name(t, name));
        write_items(t, value);
        wr_out_text(t->out, "\n");
    }
}

/* ---- rows ------------------------------------------------------------------------------------ */

static bool has_certificate(wr_fact_kind kind)
{
    return kind == WR_FACT_INSTANCE || kind == WR_FACT_PROGRAM || kind == WR_FACT_ON_DEMAND ||
           kind == WR_FACT_TRUST;
}

static void write_subject(text_diff *t, const wr_fact *fact)
{
    const char *separator = "";

    if (has_certificate(fact->kind)) {
        wr_out_printf(t->out, "%s%s%s%s%s",
                      fact->kind == WR_FACT_INSTANCE ? safe(t, fact->part[0]) : "",
                      fact->kind == WR_FACT_INSTANCE && *fact->part[0] ? "  " : "",
                      *fact->sha1 ? safe(t, fact->sha1) : safe(t, fact->part[0]),
                      *fact->title ? "  " : "", short_title(t, fact->title));
        return;
    }
    for (size_t i = 0; i < WR_FACT_PARTS; i++)
        if (*fact->part[i]) {
            wr_out_printf(t->out, "%s%s", separator, safe(t, fact->part[i]));
            separator = "  ";
        }
    wr_out_printf(t->out, "%s%s", *fact->title ? "  " : "", safe(t, fact->title));
}

static void write_change(text_diff *t, const wr_change *change)
{
    const wr_fact *fact = wr_change_fact(change);
    const wr_fact_value *b, *a;
    size_t at[2] = { 0, 0 };

    wr_out_printf(t->out, "  %c ", mark(change));
    write_subject(t, fact);
    wr_out_text(t->out, "\n");
    if (fact->kind == WR_FACT_INSTANCE && *fact->last_write)
        wr_out_printf(t->out, "      key last written %s\n", safe(t, fact->last_write));
    if (!change->before || !change->after)
        write_all_values(t, fact);
    else
        while (wr_fact_next_difference(change->before, change->after, at, &b, &a))
            write_difference(t, b, a);
}

/* ---- verdicts, by reason --------------------------------------------------------------------- */

static void write_status(text_diff *t, const wr_fact *fact)
{
    const char *reason = wr_fact_text(fact, "reasons");

    if (!fact)
        wr_out_text(t->out, "no copy");
    else
        wr_out_printf(t->out, "%s%s%s%s", safe(t, wr_fact_text(fact, "status")),
                      *reason ? " (" : "", safe(t, reason), *reason ? ")" : "");
}

static bool same_text(const wr_fact *x, const wr_fact *y)
{
    const wr_fact_value *p = wr_fact_find(x, "details"), *q = wr_fact_find(y, "details");
    return !p || !q ? p == q : !wr_fact_value_compare(p, q);
}

/* True when the next row only says the same of another purpose. */
static bool continues(const wr_change *row, const wr_change *next)
{
    const wr_fact *x = wr_change_fact(row), *y = wr_change_fact(next);

    return !strcmp(x->part[0], y->part[0]) && !strcmp(x->part[1], y->part[1]) &&
           same_text(row->before, next->before) && same_text(row->after, next->after);
}

static void write_details(text_diff *t, const char *label, const wr_fact *fact)
{
    const wr_fact_value *details = wr_fact_find(fact, "details");

    for (size_t i = 0; details && i < details->items.count; i++)
        wr_out_printf(t->out, "        %s %s\n", i ? "     " : label,
                      safe(t, details->items.items[i]));
}

static void write_verdicts(text_diff *t, const wr_change *first, size_t count)
{
    const char *certificate = "";

    for (size_t i = 0; i < count; i++) {
        const wr_fact *fact = wr_change_fact(&first[i]);

        if (strcmp(certificate, fact->part[0])) {
            wr_out_text(t->out, "    ");
            write_subject(t, fact);
            wr_out_text(t->out, "\n");
        }
        certificate = fact->part[0];
        wr_out_printf(t->out, "      %s: %s", safe(t, fact->part[1]), safe(t, fact->part[2]));
        while (i + 1 < count && continues(&first[i], &first[i + 1]))
            wr_out_printf(t->out, ", %s", safe(t, wr_change_fact(&first[++i])->part[2]));
        wr_out_text(t->out, "\n");
        write_details(t, "was: ", first[i].before);
        write_details(t, "now: ", first[i].after);
    }
}

static size_t count_certificates(const wr_change *first, size_t count)
{
    size_t n = 0;

    for (size_t i = 0; i < count; i++)
        n += !i || strcmp(wr_change_fact(&first[i - 1])->part[0],
                          wr_change_fact(&first[i])->part[0]) != 0;
    return n;
}

static void write_trust(text_diff *t, const wr_change *first, size_t count)
{
    for (size_t from = 0, end; from < count; from = end) {
        size_t certificates;

        for (end = from + 1; end < count; end++)
            if (wr_change_compare_reason(&first[from], &first[end]))
                break;
        certificates = count_certificates(&first[from], end - from);
        wr_out_text(t->out, "  ");
        write_status(t, first[from].before);
        wr_out_text(t->out, " -> ");
        write_status(t, first[from].after);
        wr_out_printf(t->out, ": %zu certificate%s\n", certificates, plural(certificates));
        write_verdicts(t, &first[from], end - from);
    }
}

/* ---- the whole ------------------------------------------------------------------------------- */

static void write_changes(text_diff *t, const wr_changes *changes)
{
    const wr_change *first;
    size_t from = 0, count;

    while (wr_changes_next(changes, &from, &first, &count)) {
        wr_fact_kind kind = wr_change_fact(first)->kind;

        wr_out_printf(t->out, "\n%s\n", wr_fact_heading(kind));
        if (kind == WR_FACT_TRUST)
            write_trust(t, first, count);
        else
            for (size_t i = 0; i < count; i++)
                write_change(t, &first[i]);
    }
}

static void write_side(text_diff *t, size_t side)
{
    const wr_snapshot *s = t->diff->side[side];

    wr_out_printf(t->out, "%-9s %s", side ? "B" : "A", safe(t, t->diff->label[side]));
    if (s->kind == WR_SIDE_HOST && (*s->computer_name || *s->os))
        wr_out_printf(t->out, ": %s%s%s", safe(t, s->computer_name),
                      *s->computer_name && *s->os ? ", " : "", safe(t, s->os));
    if (s->kind == WR_SIDE_HOST && *s->as_of)
        wr_out_printf(t->out, ", judged for %s", safe(t, s->as_of));
    wr_out_text(t->out, "\n");
}

static void write_notes(text_diff *t, const char *side, const char *what, const wr_side_note *notes,
                        size_t count)
{
    for (size_t i = 0; i < count; i++)
        wr_out_printf(t->out, "%-9s %s: %s%s%s\n", side, what, safe(t, notes[i].place),
                      *notes[i].place ? ": " : "", safe(t, notes[i].text));
}

static void write_counts(text_diff *t, const wr_changes *changes)
{
    const wr_change *first;
    size_t from = 0, count;

    wr_out_printf(t->out, "%-9s ", "Differ");
    if (!changes->list.count)
        wr_out_text(t->out, "nothing");
    while (wr_changes_next(changes, &from, &first, &count)) {
        size_t n[3] = { 0 };

        for (size_t i = 0; i < count; i++)
            n[mark(&first[i]) == '+' ? 0 : mark(&first[i]) == '-' ? 1 : 2]++;
        wr_out_printf(t->out, "%s%s", first == changes->list.items ? "" : "; ",
                      wr_fact_section(wr_change_fact(first)->kind));
        for (size_t i = 0; i < 3; i++)
            if (n[i])
                wr_out_printf(t->out, " %c%zu", "+-~"[i], n[i]);
    }
    wr_out_text(t->out, "\n");
}

static void write_step(text_diff *t, const wr_diff_step *step)
{
    char time[WR_TIME_TEXT] = "";

    if (step->time)
        wr_time_text(step->time, time);
    wr_out_printf(t->out, "\n== entry %" PRIu32, step->first_sequence);
    if (step->num_entries > 1)
        wr_out_printf(t->out, " to %" PRIu32 " (%zu together)", step->last_sequence,
                      step->num_entries);
    wr_out_printf(t->out, " of %s at 0x%" PRIx64 "%s%s ==\n", safe(t, step->log), step->offset,
                  *time ? ", keys written " : "", time);
    write_changes(t, &step->changes);
}

static void write_steps(text_diff *t)
{
    const wr_diff_document *diff = t->diff;

    if (diff->steps.count)
        wr_out_printf(t->out, "\nWhich log entry did it: %zu of %zu changed something\n",
                      diff->steps.count, diff->num_entries);
    for (size_t i = 0; i < diff->steps.count; i++)
        write_step(t, &diff->steps.items[i]);
}

bool wr_diff_text(const wr_diff_document *diff, wr_out *out, wr_error *err)
{
    static const char *const titles[] = {
        [WR_SIDE_HOST] = "what two hosts, or one at two times, do not have alike",
        [WR_SIDE_LIST] = "what two trust lists do not have alike",
        [WR_SIDE_STORE] = "what two certificate stores do not have alike",
    };
    wr_arena arena;
    text_diff t = { .diff = diff, .arena = &arena, .out = out };

    wr_arena_init(&arena, diff->side[0]->arena->cap);
    wr_out_printf(out, "winroots %s: %s\n\n", diff->version,
                  diff->replay ? "one hive before and after its transaction logs"
                               : titles[diff->side[0]->kind]);
    for (size_t i = 0; i < 2; i++) {
        const wr_snapshot *s = diff->side[i];
        write_side(&t, i);
        write_notes(&t, i ? "B" : "A", "skipped", s->skipped.items, s->skipped.count);
        write_notes(&t, i ? "B" : "A", "warning", s->warnings.items, s->warnings.count);
    }
    write_counts(&t, &diff->changes);
    write_changes(&t, &diff->changes);
    if (diff->replay)
        write_steps(&t);
    wr_arena_free(&arena);
    return !t.no_memory || wr_fail_memory(err);
}
