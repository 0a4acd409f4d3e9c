/* fuzz_cab.c - any bytes as a cabinet: an answer that is consistent, the same twice, and no more
 * than the limits allow. */
#include "base/digest.h"
#include "base/text.h"
#include "source/archive.h"
#include "winroots/limits.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void check_members(const wr_members *members)
{
    check(members->list.count > 0 && members->list.count <= UINT16_MAX);
    for (size_t i = 0; i < members->list.count; i++) {
        const wr_member *m = &members->list.items[i];

        for (size_t at = 0, n, left = strlen(m->name); at < left; at += n) {
            uint32_t c;
            n = wr_text_char(m->name + at, left - at, &c);
            check(n > 0);
        }
        check(m->bytes.len <= WR_LIMIT_MEMBER_BYTES && m->bytes.origin == 0);
        if (i < 16 && m->bytes.len) { /* members may share bytes: few tell as much as all */
            uint8_t sha1[WR_SHA1_LEN];
            wr_error e;
            check(wr_digest(WR_SHA1, m->bytes, sha1, &e));
        }
    }
}

struct run {
    wr_arena arena;
    wr_diags diags;
    wr_members members;
    wr_error error;
    bool done;
};

static void read_cab(const uint8_t *data, size_t len, struct run *run)
{
    memset(run, 0, sizeof *run);
    wr_arena_init(&run->arena, WR_LIMIT_ARENA);
    wr_diags_init(&run->diags, &run->arena);
    run->done = wr_archive_read_cab((wr_view){ data, len, 0, "fuzz" }, &run->arena, &run->diags,
                                    &run->members, &run->error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static struct run first, second;

    read_cab(data, len, &first);
    if (first.done) {
        check_members(&first.members);
    } else {
        check(first.error.code != WR_OK && first.error.code != WR_E_BUG);
        check(first.error.offset == WR_NO_OFFSET || first.error.offset <= len);
        check(first.members.list.count == 0 && first.diags.num_skipped == 0);
    }
    read_cab(data, len, &second);
    check(first.done == second.done && first.members.list.count == second.members.list.count &&
          first.diags.num_skipped == second.diags.num_skipped);
    for (size_t i = 0; first.done && i < first.members.list.count && i < 16; i++)
        check(wr_view_equal(first.members.list.items[i].bytes, second.members.list.items[i].bytes));
    wr_arena_free(&first.arena);
    wr_arena_free(&second.arena);
    return 0;
}
