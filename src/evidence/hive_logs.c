#include "evidence/hive_logs.h"

#include "base/os.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

typedef struct search {
    const char *folder; /* with its last separator, "" = the current one */
    const char *name;   /* of the hive */
    wr_arena *arena;
    wr_log_paths *found;
    bool no_memory;
} search;

static const char *const endings[] = { ".LOG", ".LOG1", ".LOG2" };

bool wr_hive_log_named(const char *path)
{
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        const size_t n = strlen(endings[i]);
        if (strlen(path) > n && !wr_text_compare(path + strlen(path) - n, endings[i]))
            return true;
    }
    return false;
}

bool wr_hive_log_is(const char *entry, const char *hive)
{
    size_t n = strlen(hive);
    char head[4096];

    if (strlen(entry) < n + strlen(".LOG") || strlen(entry) > n + strlen(".LOG1") ||
        n >= sizeof head)
        return false;
    memcpy(head, entry, n);
    head[n] = '\0';
    if (wr_text_compare(head, hive))
        return false;
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (!wr_text_compare(entry + n, endings[i]))
            return true;
    return false;
}

static bool look_at(void *context, const char *name, wr_place place)
{
    search *s = context;
    const char *path, **slot;

    if (place == WR_PLACE_FOLDER || !wr_hive_log_is(name, s->name))
        return true;
    path = wr_arena_format(s->arena, "%s%s", s->folder, name);
    slot = path ? WR_APPEND(s->arena, &s->found->paths, const char *) : NULL;
    if (slot)
        *slot = path;
    s->no_memory = !slot;
    return !s->no_memory;
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

bool wr_hive_logs_find(const char *hive, wr_arena *arena, wr_diags *diags, wr_log_paths *out,
                       wr_error *err)
{
    const char *name = hive;
    wr_log_paths found = { { 0 } };
    search s = { .arena = arena, .found = &found };
    char *folder;

    for (const char *p = hive; *p; p++)
        if (wr_os_is_separator(*p))
            name = p + 1;
    folder = wr_arena_text(arena, hive);
    if (!folder)
        return wr_fail_memory(err);
    folder[name - hive] = '\0';
    s.folder = folder;
    s.name = name;
    if (!wr_os_each(*folder ? folder : ".", look_at, &s) && !s.no_memory)
        wr_diag_add(diags, WR_DIAG_WARNING, WR_E_IO, hive, WR_NO_OFFSET, NULL,
                    "its folder cannot be searched for transaction logs: %s", wr_os_reason());
    if (s.no_memory)
        return wr_fail_memory(err);
    if (found.paths.count)
        qsort(found.paths.items, found.paths.count, sizeof *found.paths.items, compare);
    *out = found;
    return true;
}
