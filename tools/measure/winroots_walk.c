/* Every key, every value's name and data, with libwinroots: prints how many there are, as
 * hivex_walk does. */
#include "format/regf.h"
#include "source/file.h"

#include <inttypes.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    uint64_t keys = 0, values = 0, bytes = 0, read = 0;
    wr_regf_walk walk;
    wr_regf_value value;
    wr_regf_key key;
    wr_file *file;
    wr_arena arena;
    wr_diags diags;
    wr_regf hive;
    wr_error err;

    wr_arena_init(&arena, (size_t)1 << 30);
    wr_diags_init(&diags, &arena);
    if (argc < 2 || !wr_file_open(argv[1], NULL, &file, &err) ||
        !wr_regf_open(wr_file_view(file), &arena, &diags, &hive, &err) ||
        !wr_regf_walk_start(&hive, &arena, &diags, &walk, &err))
        return 1;
    for (; wr_regf_walk_next(&walk, &key); keys++)
        for (; wr_regf_walk_next_value(&walk, &value); values++) {
            wr_view data;
            if (!wr_regf_data(&hive, &value, &arena, &data, &err))
                continue;
            bytes += data.len;
            for (size_t i = 0; i < data.len; i += 64) /* the peer copies: each line is read */
                read += data.data[i];
            read += value.name.len ? value.name.data[0] : 0;
        }
    printf("%" PRIu64 " %" PRIu64 "\n", keys, values);
    wr_file_close(file);
    wr_arena_free(&arena);
    return bytes == 0 || read == 0;
}
