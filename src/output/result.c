#include "output/result.h"

const char *wr_source_text(const wr_result_set *set, wr_arena *arena, const char *source,
                           const char *path, uint64_t offset)
{
    size_t i;

    if (!source || !*source)
        return path ? path : "";
    i = wr_evidence_find(set->evidence, source);
    if (i == SIZE_MAX) { /* a folder, an image, what could not be opened: as the user typed it */
        if (offset != WR_NO_OFFSET)
            source = wr_arena_format(arena, "%s:0x%llx", source, (unsigned long long)offset);
        return source && path && *path ? wr_arena_format(arena, "%s:%s", source, path) : source;
    }
    if (path && *path)
        return wr_arena_format(arena, "e%zu:%s", i + 1, path);
    if (offset != WR_NO_OFFSET)
        return wr_arena_format(arena, "e%zu:0x%llx", i + 1, (unsigned long long)offset);
    return wr_arena_format(arena, "e%zu", i + 1);
}
