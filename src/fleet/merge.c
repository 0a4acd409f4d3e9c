/* merge.c - records into a database that appears whole: what is there and what is new is put into
 * OUTPUT.part, which is then written in order as OUTPUT.new and renamed. */
#include "winroots/fleet_database.h"

#include "base/os.h"
#include "fleet/database.h"
#include "fleet/lines.h"
#include "source/folder.h"
#include "winroots/limits.h"

#include <stdio.h>
#include <string.h>

static const char database_magic[] = "SQLite format 3";

typedef struct merging {
    const wr_fleet_merge_options *options;
    wr_fleet_merge_result *result;
    wr_database db;
    bool changed;
    wr_error *err;
    const char *input; /* that is being read */
    uint64_t line;     /* of it              */
} merging;

/* Leaves out what `what` says; the rest goes on, unless memory ended. */
WR_MUST_USE static bool leave_out(merging *m, const wr_error *what)
{
    if (what->code == WR_E_NO_MEMORY) {
        *m->err = *what;
        return false;
    }
    m->result->num_left_out++;
    if (m->options->tell)
        m->options->tell(what, m->options->context);
    return true;
}

/* "line 3", and where a JSON pointer is known, "line 3, /report". */
static void at_line(wr_error *fault, const char *place)
{
    char pointer[sizeof fault->path];

    snprintf(pointer, sizeof pointer, "%s", fault->path);
    snprintf(fault->path, sizeof fault->path, "%s%s%.400s", place, *pointer ? ", " : "", pointer);
}

static bool add_line(merging *m, wr_view line, const char *place, bool whole, wr_error *err)
{
    wr_arena arena;
    wr_split split;
    wr_error fault;
    bool fresh = false, done;

    wr_arena_init(&arena, WR_LIMIT_ARENA);
    done = wr_split_line(line, &m->db.familiar, &arena, &split, &fault) &&
           wr_database_add(&m->db, &split, &arena, &fresh, &fault);
    if (done && split.kind == WR_LINE_HOST) {
        m->result->num_records++;
        m->result->num_new += fresh;
    }
    m->changed |= fresh;
    wr_arena_free(&arena);
    if (done)
        return true;
    if (!wr_database_is_lines_fault(&m->db, &fault)) {
        *err = fault;
        return false;
    }
    if (!whole)
        wr_fail(&fault, WR_E_TRUNCATED, m->input, line.origin + line.len,
                "the file ends inside a record: it was cut");
    snprintf(fault.source, sizeof fault.source, "%s", m->input);
    at_line(&fault, place);
    return leave_out(m, &fault);
}

/* ---- inputs ---------------------------------------------------------------------------------- */

static bool add_lines(merging *m, wr_lines *lines)
{
    for (;;) {
        char place[32];
        bool more, whole;
        wr_error fault;
        wr_view line;

        if (!wr_lines_next(lines, &line, &more, &whole, &fault)) {
            snprintf(place, sizeof place, "line %llu", (unsigned long long)lines->number);
            wr_error_at(&fault, place);
            if (!leave_out(m, &fault))
                return false;
            if (fault.code != WR_E_LIMIT)
                return true;
            continue;
        }
        if (!more)
            return true;
        if (!line.len)
            continue;
        snprintf(place, sizeof place, "line %llu", (unsigned long long)lines->number);
        if (!add_line(m, line, place, whole, m->err))
            return false;
    }
}

static bool add_stored(void *context, wr_view line, wr_error *err)
{
    merging *m = context;
    char place[32];

    m->line++;
    snprintf(place, sizeof place, "record %llu", (unsigned long long)m->line);
    return add_line(m, line, place, true, err);
}

/* Its lines are merged as if they came from a file: what it says beside them is not believed. */
static bool add_database(merging *m, const char *path)
{
    wr_database other;
    wr_error fault;
    bool done;

    if (!wr_database_open(path, &other, &fault))
        return leave_out(m, &fault);
    m->line = 0;
    m->result->num_inputs++;
    done = wr_database_lines(&other, add_stored, m, &fault);
    wr_database_close(&other);
    if (done)
        return true;
    if (!strcmp(fault.source, path))
        return leave_out(m, &fault);
    *m->err = fault;
    return false;
}

static bool add_file(merging *m, const char *path)
{
    wr_lines lines;
    wr_error fault;
    wr_view head;
    bool done = true;

    m->input = path;
    if (m->options->progress)
        m->options->progress(m->options->context, path);
    if (!wr_lines_open(path, &lines, &fault))
        return leave_out(m, &fault);
    if (!wr_lines_peek(&lines, sizeof database_magic, &head, &fault)) {
        done = leave_out(m, &fault);
    } else if (wr_view_is(head, database_magic, sizeof database_magic)) {
        done = add_database(m, path);
    } else {
        m->result->num_inputs++;
        done = add_lines(m, &lines);
    }
    wr_lines_close(&lines);
    return done;
}

static bool is_input(const char *name)
{
    static const char *const ends[] = { ".ndjson", ".jsonl", ".sqlite" };
    const size_t len = strlen(name);

    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        const size_t n = strlen(ends[i]);
        if (len > n && !strcmp(name + len - n, ends[i]))
            return true;
    }
    return false;
}

static bool add_folder(merging *m, const char *path)
{
    wr_folder_files files = { .paths = { 0 } };
    wr_arena arena;
    wr_diags diags;
    wr_error fault;
    bool done = true;

    wr_arena_init(&arena, WR_LIMIT_ARENA);
    wr_diags_init(&diags, &arena);
    if (!wr_folder_list(path, &arena, &diags, &files, &fault)) {
        wr_arena_free(&arena);
        return leave_out(m, &fault);
    }
    for (size_t i = 0; done && i < diags.list.count; i++)
        if (diags.list.items[i].severity == WR_DIAG_SKIPPED) {
            wr_fail(&fault, diags.list.items[i].code, path, WR_NO_OFFSET, "%s",
                    diags.list.items[i].message);
            done = leave_out(m, &fault);
        }
    for (size_t i = 0; done && i < files.paths.count; i++) {
        const char *file = wr_arena_format(&arena, "%s/%s", path, files.paths.items[i]);
        if (!file)
            done = wr_fail_memory(m->err);
        else if (is_input(file))
            done = add_file(m, file);
    }
    wr_arena_free(&arena);
    return done;
}

/* ---- the output ------------------------------------------------------------------------------ */

/* A database of SQLite's that was not closed in peace has a journal beside it, which the next one
 * of its name would be mended with. */
typedef struct names {
    const char *output, *lock, *part, *part_journal, *fresh, *fresh_journal;
} names;

static bool make_names(const char *output, wr_arena *arena, names *n, wr_error *err)
{
    n->output = output;
    n->lock = wr_arena_format(arena, "%s.lock", output);
    n->part = wr_arena_format(arena, "%s.part", output);
    n->part_journal = wr_arena_format(arena, "%s.part-journal", output);
    n->fresh = wr_arena_format(arena, "%s.new", output);
    n->fresh_journal = wr_arena_format(arena, "%s.new-journal", output);
    return (n->lock && n->part && n->part_journal && n->fresh && n->fresh_journal) ||
           wr_fail_memory(err);
}

static void remove_part(const names *n)
{
    (void)wr_os_remove_file(n->part);
    (void)wr_os_remove_file(n->part_journal);
}

static void remove_fresh(const names *n)
{
    (void)wr_os_remove_file(n->fresh);
    (void)wr_os_remove_file(n->fresh_journal);
}

static bool is_there(const char *output)
{
    return wr_path_kind_of(output) != WR_PATH_ABSENT;
}

static bool begin(merging *m, const names *n, wr_error *err)
{
    remove_part(n);
    if (!wr_database_create(n->part, &m->db, err))
        return false;
    if (!is_there(n->output))
        return true;
    /* Opened first, which says whether it is one that can be copied. */
    wr_database old;
    if (!wr_database_open(n->output, &old, err))
        return false;
    wr_database_close(&old);
    return wr_database_copy(&m->db, n->output, err);
}

static bool publish(merging *m, const names *n, wr_error *err)
{
    wr_sql_query vacuum;
    bool done;

    remove_fresh(n);
    /* What is made now is kept: it is on the disk before it has its name. */
    if (!wr_sql_run(&m->db.sql, "COMMIT; PRAGMA synchronous = FULL", err) ||
        !wr_sql_prepare(&m->db.sql, "VACUUM INTO ?", &vacuum, err))
        return false;
    wr_sql_bind_text(&vacuum, 1, n->fresh);
    done = wr_sql_do(&vacuum, err);
    wr_sql_free(&vacuum);
    if (!done)
        return false;
    return wr_os_rename(n->fresh, n->output) || wr_os_fail(err, n->output, "cannot be written");
}

static bool merge(merging *m, const char *const *inputs, size_t num_inputs, const names *n)
{
    bool done = begin(m, n, m->err);

    for (size_t i = 0; done && i < num_inputs; i++) {
        m->input = inputs[i];
        done = wr_path_kind_of(inputs[i]) == WR_PATH_FOLDER ? add_folder(m, inputs[i])
                                                            : add_file(m, inputs[i]);
    }
    m->result->num_rows = m->db.num_rows;
    if (done && (m->changed || !is_there(n->output)))
        done = publish(m, n, m->err);
    wr_database_close(&m->db);
    remove_part(n);
    remove_fresh(n); /* is named as the output by now where all went well */
    return done;
}

static void nobody_waits(void *context)
{
    (void)context;
}

bool wr_fleet_merge(const char *const *inputs, size_t num_inputs, const char *output,
                    const wr_fleet_merge_options *options, wr_fleet_merge_result *out,
                    wr_error *err)
{
    static const wr_fleet_merge_options none;
    merging m = { .options = options ? options : &none, .result = out, .err = err };
    wr_arena arena;
    wr_sql lock = { NULL, output };
    names n;
    bool done;

    *out = (wr_fleet_merge_result){ .num_inputs = 0 };
    wr_arena_init(&arena, WR_LIMIT_ARENA);
    done = make_names(output, &arena, &n, err) && wr_sql_open(n.lock, WR_SQL_WRITE, &lock, err) &&
           wr_sql_lock(&lock, m.options->wait ? m.options->wait : nobody_waits, m.options->context,
                       err) &&
           merge(&m, inputs, num_inputs, &n);
    wr_sql_close(&lock);
    wr_arena_free(&arena);
    return done;
}
