/* diff_replay.c - one dirty hive: before its logs, after them, and after each of their entries. */
#include "winroots/diff.h"

#include "output/diff_run.h"
#include "output/judgement.h"
#include "winroots/limits.h"

#include <string.h>

/* A hive after so many entries.  Each state has an arena of its own, so that those which changed
 * nothing cost no memory. */
typedef struct state {
    wr_arena arena;
    wr_snapshot snapshot;
} state;

typedef struct replaying {
    wr_analysis *analysis;
    const wr_analysis_options *options;
    wr_arena *arena;
    size_t num_entries;
    WR_LIST(state *) states; /* the file alone, then those that differ from the one before */
    wr_diff_document diff;
    wr_error *err;
} replaying;

/* Index of the hive whose logs are held back; SIZE_MAX where there is none.  It is looked for anew,
 * because judging puts items in order. */
static size_t held(const wr_evidence *ev, size_t *num_held, size_t *num_hives)
{
    size_t found = SIZE_MAX;

    *num_held = *num_hives = 0;
    for (size_t i = 0; i < wr_evidence_count(ev); i++) {
        const wr_item *item = wr_evidence_item(ev, i);
        *num_hives += item->kind == WR_KIND_REGF && item->use == WR_USE_EVIDENCE;
        if (!item->image || !item->replay->num_entries)
            continue;
        ++*num_held;
        found = i;
    }
    return found;
}

static const wr_item *held_item(const replaying *r)
{
    const wr_evidence *ev = wr_analysis_evidence(r->analysis);
    size_t num_held, num_hives, i = held(ev, &num_held, &num_hives);

    return i == SIZE_MAX ? NULL : wr_evidence_item(ev, i);
}

static bool step_to(replaying *r, size_t to, wr_diags *diags)
{
    wr_evidence *ev = wr_analysis_evidence(r->analysis);
    size_t num_held, num_hives, i = held(ev, &num_held, &num_hives);

    return i == SIZE_MAX || wr_evidence_replay_to(ev, i, to, diags, r->err);
}

/* What opening the evidence found wrong holds for each of its states. */
static void copy_diags(const wr_diags *from, wr_diags *to)
{
    for (size_t i = 0; i < from->list.count; i++) {
        const wr_diag *d = &from->list.items[i];
        wr_diag_add(to, d->severity, d->code, d->source, d->offset, d->path, "%s", d->message);
    }
}

/* The facts of the hive after so many entries. */
static bool take(replaying *r, size_t entries, state *out)
{
    wr_judgement judgement;
    wr_result_set set;
    wr_arena work;
    wr_diags diags;
    bool ok;

    wr_arena_init(&work, WR_LIMIT_ARENA);
    wr_diags_init(&diags, &work);
    copy_diags(wr_analysis_diags(r->analysis), &diags);
    ok = step_to(r, entries, &diags) &&
         wr_analysis_judge(r->analysis, r->options, &work, &diags, &judgement, r->err);
    if (ok) {
        set = wr_analysis_results(r->analysis, &judgement);
        ok = wr_snapshot_of_results(&set, &out->arena, &out->snapshot, r->err);
    }
    wr_arena_free(&work);
    return ok;
}

static bool state_after(replaying *r, size_t entries, state **out)
{
    state *s = WR_NEW(r->arena, state, 1);

    if (!s)
        return wr_fail_memory(r->err);
    wr_arena_init(&s->arena, WR_LIMIT_ARENA);
    if (take(r, entries, s)) {
        *out = s;
        return true;
    }
    wr_arena_free(&s->arena);
    return false;
}

static bool keep(replaying *r, state *s)
{
    state **slot = WR_APPEND(r->arena, &r->states, state *);

    if (!slot) {
        wr_arena_free(&s->arena);
        return wr_fail_memory(r->err);
    }
    *slot = s;
    return true;
}

/* Last write of the key that a fact was read from; of its parent where the key is gone.  `source`
 * is "eN:KEY PATH". */
static wr_time key_time(const wr_regf *hive, const wr_change *change, wr_arena *arena)
{
    const char *source = wr_change_fact(change)->source, *path = strchr(source, ':');
    wr_diags quiet = { 0 };
    wr_regf_key root, key;
    wr_error ignored;
    wr_arena none;
    char *copy;

    wr_arena_init(&none, 0);
    wr_diags_init(&quiet, &none);
    if (!path || !(copy = wr_arena_text(arena, path + 1)) || !wr_regf_root(hive, &root, &ignored))
        return 0;
    if (!change->after) {
        char *last = strrchr(copy, '\\');
        if (!last)
            return 0;
        *last = '\0';
    }
    return wr_regf_find_path(hive, &root, copy, &quiet, &key) ? key.last_write : 0;
}

static wr_time newest(const replaying *r, const wr_changes *changes)
{
    const wr_item *item = held_item(r);
    wr_time time = 0;

    for (size_t i = 0; item && item->readable && i < changes->list.count; i++) {
        const wr_change *change = &changes->list.items[i];
        wr_fact_kind kind = wr_change_fact(change)->kind;
        wr_time t = kind == WR_FACT_INSTANCE || kind == WR_FACT_POLICY
                        ? key_time(&item->hive, change, r->arena)
                        : 0;
        time = t > time ? t : time;
    }
    return time;
}

static bool add_step(replaying *r, size_t from, size_t to, const wr_changes *changes)
{
    const wr_regf_replay *replay = held_item(r)->replay;
    wr_diff_step *step = WR_APPEND(r->arena, &r->diff.steps, wr_diff_step);

    if (!step)
        return wr_fail_memory(r->err);
    *step = (wr_diff_step){ .log = wr_regf_replay_log_of(replay, replay->entries[from]),
                            .offset = replay->entries[from]->offset,
                            .first_sequence = replay->entries[from]->sequence,
                            .last_sequence = replay->entries[to - 1]->sequence,
                            .num_entries = to - from,
                            .time = newest(r, changes),
                            .changes = *changes };
    return true;
}

/* From the state kept last, which is after `from` entries, to the one after `to`. */
static bool advance(replaying *r, size_t from, size_t to)
{
    const wr_snapshot *before = &r->states.items[r->states.count - 1]->snapshot;
    wr_changes changes;
    state *next = NULL;

    if (!state_after(r, to, &next))
        return false;
    if (!wr_diff_compare(before, &next->snapshot, r->arena, &changes, r->err)) {
        wr_arena_free(&next->arena);
        return false;
    }
    if (!changes.list.count) {
        wr_arena_free(&next->arena);
        return true;
    }
    return keep(r, next) && add_step(r, from, to, &changes);
}

static bool walk(replaying *r)
{
    state *first = NULL;

    if (!state_after(r, 0, &first) || !keep(r, first))
        return false;
    for (size_t from = 0, to; from < r->num_entries; from = to) {
        to = r->states.count <= WR_LIMIT_DIFF_STATES ? from + 1 : r->num_entries;
        if (!advance(r, from, to))
            return false;
    }
    r->diff.side[0] = &r->states.items[0]->snapshot;
    r->diff.side[1] = &r->states.items[r->states.count - 1]->snapshot;
    return wr_diff_compare(r->diff.side[0], r->diff.side[1], r->arena, &r->diff.changes, r->err);
}

static bool check(const replaying *r, const char *label)
{
    size_t num_held, num_hives;

    (void)held(wr_analysis_evidence(r->analysis), &num_held, &num_hives);
    if (wr_analysis_is_done(r->analysis))
        return wr_fail(r->err, WR_E_USAGE, label, WR_NO_OFFSET, "the analysis has run already");
    if (num_held > 1)
        return wr_fail(r->err, WR_E_USAGE, label, WR_NO_OFFSET,
                       "%zu dirty hives: name the one to be compared with its logs", num_held);
    return num_hives || wr_fail(r->err, WR_E_USAGE, label, WR_NO_OFFSET,
                                "no registry hive: expected one with transaction logs, or two "
                                "sides to compare");
}

static bool run(replaying *r, const char *label)
{
    const wr_item *item;
    const char *failed;

    if (!check(r, label))
        return false;
    item = held_item(r);
    r->num_entries = item ? item->replay->num_entries : 0;
    r->diff.num_entries = r->num_entries;
    r->diff.label[0] = wr_arena_format(r->arena, "%s, the file alone", label);
    r->diff.label[1] = r->num_entries == 0
                           ? wr_arena_format(r->arena, "%s: it is clean, or no log applies", label)
                           : wr_arena_format(r->arena, "%s after %zu log %s", label, r->num_entries,
                                             r->num_entries == 1 ? "entry" : "entries");
    if (!r->diff.label[0] || !r->diff.label[1])
        return wr_fail_memory(r->err);
    if (!walk(r))
        return false;
    return !wr_evidence_failed(wr_analysis_evidence(r->analysis), &failed) ||
           wr_fail(r->err, WR_E_IO, failed, WR_NO_OFFSET,
                   "the file shrank or could not be read while it was compared");
}

bool wr_diff_replay(wr_analysis *a, const char *label, const wr_analysis_options *options,
                    wr_format format, const char *output, bool *equal, wr_error *err)
{
    wr_arena arena;
    replaying r = { .analysis = a,
                    .options = options,
                    .arena = &arena,
                    .diff = { .version = wr_version(), .replay = true },
                    .err = err };
    bool ok;

    wr_arena_init(&arena, WR_LIMIT_ARENA);
    ok = run(&r, label) && wr_diff_write(&r.diff, format, output, err);
    if (ok)
        *equal = wr_diff_is_equal(&r.diff);
    for (size_t i = 0; i < r.states.count; i++)
        wr_arena_free(&r.states.items[i]->arena);
    wr_arena_free(&arena);
    return ok;
}
