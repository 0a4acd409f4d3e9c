#include "regf_recover_case.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    wr_view image = { data, len, 0, "fuzz" };
    wr_arena arena;

    wr_arena_init(&arena, (size_t)256 << 20);
    if (!recovery_holds(image, &arena) || !gaps_hold(image, &arena))
        abort();
    wr_arena_free(&arena);
    return 0;
}
