/* Every key's name, every value's name and data, with hivex: prints how many there are.  The peer
 * of winroots_walk. */
#include <hivex.h>

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static uint64_t keys, values, bytes;

static void walk(hive_h *h, hive_node_h node)
{
    char *name = hivex_node_name(h, node);
    hive_value_h *own = hivex_node_values(h, node);
    hive_node_h *below = hivex_node_children(h, node);

    keys++;
    free(name);
    for (size_t i = 0; own && own[i]; i++) {
        hive_type type;
        size_t len = 0;
        char *key = hivex_value_key(h, own[i]);
        char *data = hivex_value_value(h, own[i], &type, &len);

        values++;
        bytes += data ? len : 0;
        free(key);
        free(data);
    }
    free(own);
    for (size_t i = 0; below && below[i]; i++)
        walk(h, below[i]);
    free(below);
}

int main(int argc, char **argv)
{
    hive_h *h = argc > 1 ? hivex_open(argv[1], 0) : NULL;

    if (!h)
        return 1;
    walk(h, hivex_root(h));
    printf("%" PRIu64 " %" PRIu64 "\n", keys, values);
    hivex_close(h);
    return bytes == 0;
}
