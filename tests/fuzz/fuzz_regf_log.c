/* A hive and two logs in one input (tests/regf_log_case.h), which may ask that its checksums and
 * hashes be made to hold, so that mutations reach what lies behind them. */
#include "regf_log_case.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    wr_arena arena;

    wr_arena_init(&arena, (size_t)256 << 20);
    if (!packed_replay_holds(data, len, &arena))
        abort();
    wr_arena_free(&arena);
    return 0;
}
