/* libregf_peer certs|walk HIVE: what hivex_certs and hivex_walk do, with libregf. */
#include "blob.h"

#include <libregf.h>

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t keys, values, bytes;

static void walk(libregf_key_t *key)
{
    uint8_t name[1024];
    size_t size = 0;
    int n = 0;

    keys++;
    if (libregf_key_get_utf8_name_size(key, &size, NULL) == 1 && size && size <= sizeof name)
        libregf_key_get_utf8_name(key, name, size, NULL);
    libregf_key_get_number_of_values(key, &n, NULL);
    for (int i = 0; i < n; i++) {
        libregf_value_t *value = NULL;
        uint8_t *data = NULL;

        if (libregf_key_get_value(key, i, &value, NULL) != 1)
            continue;
        values++;
        if (libregf_value_get_utf8_name_size(value, &size, NULL) == 1 && size &&
            size <= sizeof name)
            libregf_value_get_utf8_name(value, name, size, NULL);
        size = 0;
        if (libregf_value_get_value_data_size(value, &size, NULL) == 1 && size &&
            (data = malloc(size)) && libregf_value_get_value_data(value, data, size, NULL) == 1)
            bytes += size;
        free(data);
        libregf_value_free(&value, NULL);
    }
    n = 0;
    libregf_key_get_number_of_sub_keys(key, &n, NULL);
    for (int i = 0; i < n; i++) {
        libregf_key_t *below = NULL;
        if (libregf_key_get_sub_key(key, i, &below, NULL) == 1)
            walk(below);
        libregf_key_free(&below, NULL);
    }
}

static void certificates(libregf_key_t *store)
{
    const char *part = "Certificates", *blob = "Blob";
    libregf_key_t *certs = NULL;
    int n = 0;

    if (libregf_key_get_sub_key_by_utf8_name(store, (const uint8_t *)part, strlen(part), &certs,
                                             NULL) != 1)
        return;
    libregf_key_get_number_of_sub_keys(certs, &n, NULL);
    for (int i = 0; i < n; i++) {
        libregf_key_t *key = NULL;
        libregf_value_t *value = NULL;
        size_t size = 0;
        uint8_t *data;

        if (libregf_key_get_sub_key(certs, i, &key, NULL) == 1 &&
            libregf_key_get_value_by_utf8_name(key, (const uint8_t *)blob, strlen(blob), &value,
                                               NULL) == 1 &&
            libregf_value_get_value_data_size(value, &size, NULL) == 1 && (data = malloc(size))) {
            if (libregf_value_get_value_data(value, data, size, NULL) == 1)
                print_certificate(data, size);
            free(data);
        }
        libregf_value_free(&value, NULL);
        libregf_key_free(&key, NULL);
    }
    libregf_key_free(&certs, NULL);
}

static void list(libregf_file_t *file)
{
    static const char *const roots[] = { "Microsoft\\SystemCertificates",
                                         "Policies\\Microsoft\\SystemCertificates",
                                         "Microsoft\\EnterpriseCertificates" };

    for (size_t r = 0; r < sizeof roots / sizeof *roots; r++) {
        libregf_key_t *key = NULL;
        int n = 0;
        if (libregf_file_get_key_by_utf8_path(file, (const uint8_t *)roots[r], strlen(roots[r]),
                                              &key, NULL) != 1)
            continue;
        libregf_key_get_number_of_sub_keys(key, &n, NULL);
        for (int i = 0; i < n; i++) {
            libregf_key_t *store = NULL;
            if (libregf_key_get_sub_key(key, i, &store, NULL) == 1)
                certificates(store);
            libregf_key_free(&store, NULL);
        }
        libregf_key_free(&key, NULL);
    }
}

int main(int argc, char **argv)
{
    libregf_file_t *file = NULL;
    libregf_key_t *root = NULL;

    if (argc != 3 || libregf_file_initialize(&file, NULL) != 1 ||
        libregf_file_open(file, argv[2], LIBREGF_OPEN_READ, NULL) != 1)
        return 1;
    if (!strcmp(argv[1], "certs")) {
        list(file);
    } else if (libregf_file_get_root_key(file, &root, NULL) == 1) {
        walk(root);
        printf("%" PRIu64 " %" PRIu64 "\n", keys, values);
        libregf_key_free(&root, NULL);
    }
    libregf_file_free(&file, NULL);
    return !strcmp(argv[1], "walk") && bytes == 0;
}
