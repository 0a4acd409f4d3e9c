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
