/* signed_list.h - what the tests of messages and of their signatures share: a fixture, parsed. */
#ifndef TESTS_SIGNED_LIST_H
#define TESTS_SIGNED_LIST_H

#include "support.h"

#include "format/ctl.h"
#include "format/signer_index.h"

typedef struct signed_list {
    wr_arena arena;
    wr_diags diags;
    uint8_t *bytes;
    size_t len;
    wr_pkcs7 message;
} signed_list;

/* fixtures/ctl/<name>, which must be a signed message. */
static inline void load_list(const char *name, signed_list *out)
{
    char path[512];
    wr_error err;

    snprintf(path, sizeof path, "%s%s", FIXTURE("ctl/"), name);
    out->bytes = read_file(path, &out->len);
    wr_arena_init(&out->arena, (size_t)16 << 20);
    wr_diags_init(&out->diags, &out->arena);
    cr_assert(wr_pkcs7_parse((wr_view){ out->bytes, out->len, 0, name }, &out->arena, &out->diags,
                             &out->message, &err),
              "%s: %s", name, err.message);
}

static inline void unload_list(signed_list *list)
{
    wr_arena_free(&list->arena);
    free(list->bytes);
}

#endif
