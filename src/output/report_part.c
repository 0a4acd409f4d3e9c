#include "output/report_part.h"

#include "base/text.h"

bool wr_report_write(const wr_result_set *set, wr_out *out, void (*write)(wr_report *r),
                     wr_error *err)
{
    wr_arena arena;
    wr_report r = { .set = set, .arena = &arena, .out = out };

    wr_arena_init(&arena, set->model->arena->cap);
    write(&r);
    wr_arena_free(&arena);
    return !r.no_memory || wr_fail_memory(err);
}

const char *wr_report_kept(wr_report *r, const char *text)
{
    r->no_memory |= !text;
    return text ? text : "";
}

const char *wr_report_safe(wr_report *r, const char *text)
{
    return wr_report_kept(r, wr_text_printable(r->arena, text));
}

const char *wr_report_place(wr_report *r, const char *source, const char *path, uint64_t offset)
{
    return wr_report_kept(r, wr_source_text(r->set, r->arena, source, path, offset));
}

const char *wr_report_name(wr_report *r, wr_view name)
{
    const char *text;
    wr_error damage;

    if (wr_x509_name_text(name, r->arena, &text, &damage))
        return text;
    r->no_memory |= damage.code == WR_E_NO_MEMORY;
    return wr_report_hex(r, name.data, name.len);
}

const char *wr_report_short_name(wr_report *r, const wr_certificate *c)
{
    const char *text;
    wr_error damage;

    if (wr_x509_short_name(c->x509.subject, r->arena, &text, &damage))
        return text;
    r->no_memory |= damage.code == WR_E_NO_MEMORY;
    return "(name cannot be decoded)";
}

const char *wr_report_hex(wr_report *r, const uint8_t *bytes, size_t len)
{
    return wr_report_kept(r, wr_text_hex(r->arena, bytes, len));
}

const char *wr_report_time(wr_report *r, wr_time t)
{
    char text[WR_TIME_TEXT];

    wr_time_text(t, text);
    return wr_report_kept(r, wr_arena_text(r->arena, text));
}

const char *wr_report_check_certificate(wr_report *r, const wr_check *check)
{
    const wr_identity *id = check->requirement->certificate;

    if (check->certificate != SIZE_MAX)
        return wr_report_hex(r, r->set->model->certificates.items[check->certificate].sha256,
                             WR_SHA256_LEN);
    if (id && id->has_sha256)
        return wr_report_hex(r, id->sha256, sizeof id->sha256);
    if (id && id->has_sha1)
        return wr_report_kept(
            r, wr_arena_format(r->arena, "sha1:%s", wr_report_hex(r, id->sha1, sizeof id->sha1)));
    return "";
}
