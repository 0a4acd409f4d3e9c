#include "output/members.h"

void wr_member_text(wr_json_writer *w, const char *key, const char *value)
{
    if (value && *value)
        wr_json_text(w, key, value);
}

void wr_member_signature(wr_json_writer *w, const wr_signature *signature)
{
    uint8_t root[WR_SHA256_LEN];
    wr_error ignored;

    wr_json_object(w, "signature");
    wr_json_text(w, "status", wr_signature_status_name(signature->status));
    wr_member_text(w, "detail", signature->detail);
    wr_member_text(w, "signer", signature->signer);
    if (signature->signer_not_after)
        wr_json_time(w, "signer_not_after", signature->signer_not_after);
    if (signature->root.len && wr_digest(WR_SHA256, signature->root, root, &ignored))
        wr_json_hex(w, "root_sha256", root, sizeof root);
    wr_json_end_object(w);
}

bool wr_member_key(wr_json_writer *w, const wr_x509 *certificate, wr_arena *arena, wr_error *err)
{
    wr_x509_key key;

    if (!wr_x509_key_facts(certificate, arena, &key, err))
        return false;
    wr_json_object(w, "key");
    wr_json_text(w, "algorithm", key.algorithm);
    if (key.bits)
        wr_json_uint(w, "bits", key.bits);
    wr_member_text(w, "curve", key.curve);
    wr_json_end_object(w);
    return true;
}

/* Each log that was looked at: what became of it, and why no further entry counts. */
void wr_member_logs(wr_json_writer *w, const char *key, const wr_regf_replay *replay)
{
    wr_json_array(w, key);
    for (size_t i = 0; replay && i < replay->num_logs; i++) {
        const wr_regf_replay_log *l = &replay->logs[i];
        wr_json_object(w, NULL);
        wr_json_text(w, "path", l->log.file.source);
        wr_json_text(w, "kind", wr_regf_log_kind_name(l->log.kind));
        wr_json_text(w, "use", wr_regf_log_use_name(l->use));
        wr_json_uint(w, "entries", l->log.entries.count);
        wr_json_uint(w, "applied", l->num_applied);
        if (l->num_applied) {
            wr_json_uint(w, "first_sequence", l->log.entries.items[0].sequence);
            wr_json_uint(w, "last_sequence", l->log.entries.items[l->num_applied - 1].sequence);
        }
        wr_json_uint(w, "remnants", l->log.remnants.count);
        wr_json_text(w, "stopped", wr_regf_log_stop_name(l->log.stop));
        wr_json_end_object(w);
    }
    wr_json_end_array(w);
}
