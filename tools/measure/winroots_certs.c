/* Lists the certificates of a SOFTWARE hive with libwinroots: the SHA-1 of each, a line each. */
#include "source/file.h"
#include "store/collect.h"

#include "base/text.h"

#include <stdio.h>

int main(int argc, char **argv)
{
    wr_evidence_options how = { 0 };
    wr_collect_options collect = { 0 };
    wr_evidence *ev;
    wr_diags diags;
    wr_arena arena;
    wr_model model;
    wr_error err;

    wr_arena_init(&arena, (size_t)1 << 30);
    wr_diags_init(&diags, &arena);
    if (argc < 2 || !(ev = wr_evidence_new(&arena, &diags)))
        return 1;
    wr_model_init(&model, &arena, &diags, ev);
    if (!wr_evidence_add(ev, argv[1], WR_USE_EVIDENCE, NULL, &how, &err) ||
        !wr_collect(ev, &collect, &model, &err)) {
        fprintf(stderr, "%s\n", err.message);
        return 1;
    }
    for (size_t i = 0; i < model.instances.count; i++) {
        char sha1[2 * WR_SHA1_LEN + 1];
        wr_text_hex_into(model.certificates.items[model.instances.items[i].certificate].sha1,
                         WR_SHA1_LEN, sha1);
        puts(sha1);
    }
    wr_evidence_free(ev);
    wr_arena_free(&arena);
    return 0;
}
