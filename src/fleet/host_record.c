#include "fleet/host_record.h"

#include "base/os.h"
#include "evidence/fingerprint.h"
#include "output/judgement.h"
#include "winroots/limits.h"

#include <string.h>

bool wr_host_records_write(const wr_analysis *a, const char *path, wr_out *out,
                           wr_record_status *status, wr_error *err)
{
    wr_hash_set written = { .num_buckets = 0 };
    uint8_t id[WR_SHA256_LEN];
    wr_arena arena;
    bool done;

    *status = WR_RECORD_OK;
    for (size_t i = 0, number; i < wr_analysis_num_hosts(a); i++) {
        const wr_result_set set = wr_analysis_host_results(a, i, &number);
        const wr_record_status one = wr_record_status_of(&set);
        *status = one > *status ? one : *status;
    }
    if (!wr_evidence_fingerprint(path, id, err))
        return false;
    wr_arena_init(&arena, WR_LIMIT_ARENA);
    done = wr_record_write_hosts(a, path, id, &written, &arena, out, err);
    wr_arena_free(&arena);
    return done;
}

/* No content has this SHA-256 as its fingerprint by chance. */
static bool path_fingerprint(const char *path, uint8_t id[WR_SHA256_LEN], wr_error *err)
{
    wr_out *text;
    bool done;

    if (!wr_out_memory(&text, err))
        return false;
    wr_out_printf(text, "unread evidence: %s", path);
    done = wr_out_finish(text, err) && wr_digest(WR_SHA256, wr_out_bytes(text), id, err);
    wr_out_discard(text);
    return done;
}

bool wr_host_record_failure(const char *path, bool unread, const wr_error *why, wr_out *out,
                            wr_error *err)
{
    wr_record_head head = { .path = path, .host = 1, .hosts = 1 };
    const wr_place place = wr_os_target(path);
    wr_error ignored;

    unread |= place != WR_PLACE_FILE && place != WR_PLACE_FOLDER; /* a pipe has no end */
    if ((unread || !wr_evidence_fingerprint(path, head.id, &ignored)) &&
        !path_fingerprint(path, head.id, err))
        return false;
    return wr_record_write_failure(&head, why, out, err);
}
