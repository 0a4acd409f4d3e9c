#include "fleet/gather.h"

#include "source/file.h"
#include "winroots/limits.h"

#include <string.h>

static const char object[] = "{\"schema\":\"winroots.object/1\"";

void wr_gather_begin(wr_gather *g, wr_out *to)
{
    *g = (wr_gather){ .to = to };
    wr_arena_init(&g->arena, WR_LIMIT_ARENA);
}

void wr_gather_end(wr_gather *g)
{
    wr_arena_free(&g->arena);
}

/* By the line itself and not by the hash that it claims: no line can take another's place. */
static bool is_known(wr_gather *g, wr_view line, bool *known, wr_error *err)
{
    uint8_t sha256[WR_SHA256_LEN];
    bool is_new = true;

    *known = false;
    if (line.len < sizeof object || memcmp(line.data, object, sizeof object - 1) != 0)
        return true;
    if (!wr_digest(WR_SHA256, line, sha256, err) ||
        !wr_hash_set_add(&g->objects, &g->arena, sha256, &is_new, err))
        return false;
    *known = !is_new;
    return true;
}

/* Stretches between lines that are left out are written at once. */
static bool write_lines(wr_gather *g, wr_view all, wr_error *err)
{
    size_t from = 0;
    bool known;

    for (size_t at = 0; at < all.len;) {
        const uint8_t *end = memchr(all.data + at, '\n', all.len - at);
        const size_t next = end ? (size_t)(end - all.data) + 1 : all.len;
        wr_view line = { all.data + at, next - at, at, all.source };

        if (!end)
            return wr_fail(err, WR_E_MALFORMED, all.source, at, "the last line has no end");
        if (!is_known(g, line, &known, err))
            return false;
        if (known) {
            wr_out_write(g->to, all.data + from, at - from);
            from = next;
        }
        at = next;
    }
    wr_out_write(g->to, all.data + from, all.len - from);
    return true;
}

bool wr_gather_file(wr_gather *g, const char *path, uint64_t bytes, wr_error *err)
{
    wr_file *file;
    wr_view all;
    bool done;

    if (!wr_file_open(path, NULL, &file, err))
        return false;
    all = wr_file_view(file);
    if (bytes < all.len)
        all.len = (size_t)bytes;
    done = write_lines(g, all, err);
    if (done && wr_file_failed(file))
        done = wr_fail(err, WR_E_IO, path, WR_NO_OFFSET, "cannot be read to its end");
    wr_file_close(file);
    return done;
}
