/* Every key and value of a hive as hivex reads it, in the lines of tests/interop/make_dump.c; exit 1
 * where it refuses any of them.
 *
 *     KEY PATH
 *     KEY PATH|VALUE|TYPE|SHA-1 of the data */
#include <hivex.h>
#include <openssl/evp.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { DEEPEST = 600 };

static char *names[DEEPEST];

static void print_path(int depth)
{
    for (int i = 1; i <= depth; i++)
        printf("%s%s", i > 1 ? "\\" : "", names[i]);
}

static int dump_value(hive_h *h, hive_value_h value, int depth)
{
    char *name = hivex_value_key(h, value), *data;
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned digest_len;
    hive_type type;
    size_t len;

    if (!name || !(data = hivex_value_value(h, value, &type, &len)))
        return 0;
    if (!EVP_Digest(data, len, digest, &digest_len, EVP_sha1(), NULL))
        return 0;
    print_path(depth);
    printf("|%s|%u|", name, (unsigned)type);
    for (unsigned i = 0; i < digest_len; i++)
        printf("%02x", digest[i]);
    putchar('\n');
    free(name);
    free(data);
    return 1;
}

static int dump(hive_h *h, hive_node_h node, int depth)
{
    hive_node_h *below;
    hive_value_h *own;

    if (depth == DEEPEST || !(names[depth] = hivex_node_name(h, node)))
        return 0;
    print_path(depth);
    putchar('\n');
    if (!(own = hivex_node_values(h, node)) || !(below = hivex_node_children(h, node)))
        return 0;
    for (size_t i = 0; own[i]; i++)
        if (!dump_value(h, own[i], depth))
            return 0;
    for (size_t i = 0; below[i]; i++)
        if (!dump(h, below[i], depth + 1))
            return 0;
    free(own);
    free(below);
    free(names[depth]);
    return 1;
}

int main(int argc, char **argv)
{
    hive_h *h = argc > 1 ? hivex_open(argv[1], 0) : NULL;

    return !h || !dump(h, hivex_root(h), 0);
}
