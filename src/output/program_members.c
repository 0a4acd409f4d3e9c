#include "output/program_members.h"

#include "output/members.h"

static bool write_name(wr_json_writer *w, const char *key, wr_view name, wr_arena *arena,
                       wr_error *err)
{
    const char *text;

    if (!wr_x509_name_text(name, arena, &text, err))
        return err->code != WR_E_NO_MEMORY;
    wr_member_text(w, key, text);
    return true;
}

static void write_table(wr_json_writer *w, const wr_pe *program)
{
    wr_json_array(w, "certificate_table");
    for (size_t i = 0; i < program->certificates.count; i++) {
        const wr_pe_certificate *c = &program->certificates.items[i];
        uint8_t revision[] = { (uint8_t)(c->revision >> 8), (uint8_t)c->revision };

        wr_json_object(w, NULL);
        wr_json_uint(w, "type", c->type);
        wr_json_hex(w, "revision", revision, sizeof revision);
        wr_json_uint(w, "bytes", c->bytes.len);
        wr_json_end_object(w);
    }
    wr_json_end_array(w);
}

/* The signer as the message names it, and more where it has the certificate. */
static bool write_signer(wr_json_writer *w, const wr_authenticode *s, wr_arena *arena,
                         wr_error *err)
{
    const wr_pkcs7 *m = &s->message;
    uint8_t sha256[WR_SHA256_LEN];

    wr_json_object(w, "signer");
    if (s->has_signer) {
        if (!wr_digest(WR_SHA256, s->signer.der, sha256, err) ||
            !write_name(w, "subject", s->signer.subject, arena, err))
            return false;
        wr_json_hex(w, "sha256", sha256, sizeof sha256);
    }
    if (m->signer_issuer.len) {
        if (!write_name(w, "issuer", m->signer_issuer, arena, err))
            return false;
        wr_json_hex(w, "serial", m->signer_serial.data, m->signer_serial.len);
    } else if (m->signer_key_id.len) {
        wr_json_hex(w, "key_id", m->signer_key_id.data, m->signer_key_id.len);
    }
    if (s->has_signer) {
        wr_json_time(w, "not_before", s->signer.not_before);
        wr_json_time(w, "not_after", s->signer.not_after);
    }
    wr_json_bool(w, "certificate_embedded", s->has_signer);
    wr_json_end_object(w);
    return true;
}

static bool write_signature(wr_json_writer *w, const wr_authenticode *s, size_t index,
                            wr_arena *arena, wr_error *err)
{
    const char *digest = wr_oid_text(arena, s->message.digest_algorithm);

    if (!digest)
        return wr_fail_memory(err);
    wr_json_object(w, NULL);
    wr_json_text(w, "kind", wr_signature_kind_name(s->kind));
    if (s->inside != index)
        wr_json_uint(w, "inside", s->inside);
    wr_json_text(w, "digest_algorithm", digest);
    if (!write_signer(w, s, arena, err))
        return false;
    if (s->time)
        wr_json_time(w, "time", s->time);
    wr_json_uint(w, "certificates", s->message.certificates.list.count);
    wr_json_end_object(w);
    return true;
}

bool wr_members_program(wr_json_writer *w, const wr_pe *program, const wr_authenticodes *signatures,
                        wr_arena *arena, wr_error *err)
{
    const char *machine = wr_pe_machine_name(program->machine);

    if (!machine && !(machine = wr_arena_format(arena, "0x%04x", (unsigned)program->machine)))
        return wr_fail_memory(err);
    wr_json_text(w, "machine", machine);
    wr_json_text(w, "format", program->plus ? "PE32+" : "PE32");
    wr_json_bool(w, "signed", signatures->list.count > 0);
    write_table(w, program);
    wr_json_array(w, "signatures");
    for (size_t i = 0; i < signatures->list.count; i++)
        if (!write_signature(w, &signatures->list.items[i], i, arena, err))
            return false;
    wr_json_end_array(w);
    return true;
}
