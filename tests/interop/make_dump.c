/* make_dump.c - a line for each key and value of a hive, for tests that compare with other readers.
 *
 *     make_dump HIVE
 *
 *     KEY PATH
 *     KEY PATH|VALUE|TYPE|SHA-1 of the data, or "unreadable"
 *
 * Why data is unreadable, on standard error: "unreadable|KEY PATH|REASON". */
#include "base/digest.h"
#include "base/text.h"
#include "format/regf.h"
#include "make_support.h"

#include <inttypes.h>

static bool dump_value(const wr_regf *hive, const wr_regf_value *value, const char *path,
                       wr_arena *arena)
{
    const char *name = wr_text(arena, value->name, value->name_encoding);
    char hex[2 * WR_SHA1_LEN + 1] = "unreadable";
    uint8_t digest[WR_DIGEST_MAX];
    wr_view data;
    wr_error err;

    if (wr_regf_data(hive, value, arena, &data, &err) && wr_digest(WR_SHA1, data, digest, &err))
        wr_text_hex_into(digest, WR_SHA1_LEN, hex);
    else
        fprintf(stderr, "unreadable|%s|%s\n", path, err.message);
    return name && printf("%s|%s|%" PRIu32 "|%s\n", path, name, value->type, hex) > 0;
}

static bool dump(wr_view bytes, const char *out, wr_arena *arena, wr_diags *diags, wr_error *err)
{
    wr_regf_walk walk;
    wr_regf_key key;
    wr_regf_value value;
    wr_regf hive;

    (void)out;
    if (!wr_regf_open(bytes, arena, diags, &hive, err) ||
        !wr_regf_walk_start(&hive, arena, diags, &walk, err))
        return false;
    while (wr_regf_walk_next(&walk, &key)) {
        const char *path = wr_regf_walk_path(&walk, arena);
        if (!path)
            return wr_fail_memory(err);
        printf("%s\n", path);
        while (wr_regf_walk_next_value(&walk, &value))
            if (!dump_value(&hive, &value, path, arena))
                return wr_fail_memory(err);
    }
    return true;
}

int main(int argc, char **argv)
{
    return argc == 2 ? make_with(argv[1], NULL, dump) : 2;
}
