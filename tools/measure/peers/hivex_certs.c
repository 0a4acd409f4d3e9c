/* Lists the certificates of a SOFTWARE hive with hivex: the SHA-1 of every certificate Blob's last
 * record, a line each.  The peer of winroots_certs. */
#include "blob.h"

#include <hivex.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const roots[][3] = {
    { "Microsoft", "SystemCertificates", NULL },
    { "Policies", "Microsoft", "SystemCertificates" },
    { "Microsoft", "EnterpriseCertificates", NULL },
};

int main(int argc, char **argv)
{
    hive_h *h = argc > 1 ? hivex_open(argv[1], 0) : NULL;

    if (!h)
        return 1;
    for (size_t r = 0; r < 3; r++) {
        hive_node_h at = hivex_root(h), *stores;
        for (int i = 0; at && i < 3 && roots[r][i]; i++)
            at = hivex_node_get_child(h, at, roots[r][i]);
        if (!at || !(stores = hivex_node_children(h, at)))
            continue;
        for (size_t s = 0; stores[s]; s++) {
            hive_node_h part = hivex_node_get_child(h, stores[s], "Certificates");
            hive_node_h *keys = part ? hivex_node_children(h, part) : NULL;
            for (size_t k = 0; keys && keys[k]; k++) {
                hive_value_h value = hivex_node_get_value(h, keys[k], "Blob");
                hive_type type;
                size_t len;
                char *blob = value ? hivex_value_value(h, value, &type, &len) : NULL;
                if (blob)
                    print_certificate((const uint8_t *)blob, len);
                free(blob);
            }
            free(keys);
        }
        free(stores);
    }
    hivex_close(h);
    return 0;
}
