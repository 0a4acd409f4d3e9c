#include "output/export.h"

#include "base/outfile.h"
#include "base/text.h"
#include "format/sst.h"
#include "output/judgement.h"
#include "winroots/limits.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Bytes of a name in a comment.  Readers take a line in pieces (OpenSSL: 254 bytes), and a piece
 * must not look like the beginning of a block. */
#define COMMENT_NAME ((size_t)160)

/* Some readers look for a block's first line anywhere, so five hyphens never stand in a row. */
static void write_comment(wr_out *out, const char *text)
{
    size_t hyphens = 0, written = 0, n;
    uint32_t c;

    for (; written < COMMENT_NAME && (n = wr_text_char(text, strlen(text), &c)) > 0; text += n) {
        hyphens = c == '-' ? hyphens + 1 : 0;
        if (hyphens == 5) {
            wr_out_text(out, "\\2D");
            hyphens = 0;
        } else {
            wr_out_write(out, text, n);
        }
        written += n;
    }
    if (*text)
        wr_out_text(out, "...");
}

/* ---- PEM ---- */

static bool write_about(const wr_export_item *item, wr_arena *arena, wr_out *out, wr_error *err)
{
    const wr_certificate *certificate = item->certificate;
    char sha256[2 * WR_SHA256_LEN + 1];
    const char *subject, *printable;

    if (!wr_x509_name_text(certificate->x509.subject, arena, &subject, err)) {
        if (err->code == WR_E_NO_MEMORY)
            return false;
        subject = "a name that cannot be decoded";
    }
    if (!(printable = wr_text_printable(arena, subject)))
        return wr_fail_memory(err);
    wr_text_hex_into(certificate->sha256, WR_SHA256_LEN, sha256);
    wr_out_text(out, "\n# subject: ");
    write_comment(out, printable);
    wr_out_printf(out, "\n# sha256: %s\n# status: %s%s\n# reasons:", sha256,
                  wr_status_name(item->status), item->supplied ? ", from the supply" : "");
    for (size_t i = 0; i < item->verdict.reasons.count; i++)
        wr_out_printf(out, " %s", item->verdict.reasons.items[i].code);
    wr_out_text(out, "\n");
    return true;
}

static bool write_pem(const wr_result_set *set, const wr_export_set *chosen, wr_arena *arena,
                      wr_out *out, wr_error *err)
{
    char time[WR_TIME_TEXT];

    wr_time_text(set->trust->options.as_of, time);
    wr_out_printf(
        out, "# purpose: %s, and no other: PEM cannot say that\n# scope: ", chosen->purpose.name);
    write_comment(out, chosen->scope->text);
    wr_out_printf(out, "\n# judged for: %s\n# certificates: %zu\n", time, chosen->items.count);
    for (size_t i = 0; i < chosen->items.count; i++) {
        if (!write_about(&chosen->items.items[i], arena, out, err))
            return false;
        wr_pem_write(out, chosen->items.items[i].certificate->x509.der);
    }
    return true;
}

/* ---- SST ---- */

/* Property 9, SEQUENCE OF OID, with the one purpose. */
static bool purposes_of(const wr_purpose *purpose, wr_arena *arena, wr_view *out, wr_error *err)
{
    uint8_t sequence[WR_DER_HEADER], oid[WR_DER_HEADER], *der;
    size_t len = purpose->oid_contents.len;
    size_t oid_header = wr_der_header(WR_DER_OID, len, oid);
    size_t header = wr_der_header(WR_DER_SEQUENCE, oid_header + len, sequence);

    if (!(der = WR_NEW(arena, uint8_t, header + oid_header + len)))
        return wr_fail_memory(err);
    memcpy(der, sequence, header);
    memcpy(der + header, oid, oid_header);
    memcpy(der + header + oid_header, purpose->oid_contents.data, len);
    *out = (wr_view){ der, header + oid_header + len, 0, "" };
    return true;
}

static bool write_sst(const wr_export_set *chosen, wr_arena *arena, wr_out *out, wr_error *err)
{
    wr_view purposes;

    if (!purposes_of(&chosen->purpose, arena, &purposes, err))
        return false;
    wr_sst_write_start(out);
    for (size_t i = 0; i < chosen->items.count; i++) {
        wr_property_write(out, WR_PROP_ENHKEY_USAGE, purposes);
        wr_property_write(out, WR_PROP_CERTIFICATE, chosen->items.items[i].certificate->x509.der);
    }
    wr_sst_write_end(out);
    return true;
}

static bool write_file(const wr_result_set *set, const wr_export_set *chosen,
                       const wr_export_options *options, const char *path, wr_arena *arena,
                       wr_error *err)
{
    wr_out *out;

    if (path ? !wr_out_file(path, &out, err) : !wr_out_stdout(&out, err))
        return false;
    if (options->format == WR_EXPORT_PEM ? write_pem(set, chosen, arena, out, err)
                                         : write_sst(chosen, arena, out, err))
        return wr_out_finish(out, err);
    wr_out_discard(out);
    return false;
}

/* ---- what is said beside ---- */

static void say(const wr_export_options *options, const char *source, const char *fmt, ...)
    WR_PRINTF(3, 4);
static void say(const wr_export_options *options, const char *source, const char *fmt, ...)
{
    wr_error what;
    char text[sizeof what.message];
    va_list ap;

    if (!options->tell)
        return;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    wr_fail(&what, WR_OK, source, WR_NO_OFFSET, "%s", text);
    options->tell(&what, options->data);
}

static void say_unread(const wr_result_set *set, const wr_export_options *options)
{
    for (size_t i = 0; options->tell && i < set->diags->list.count; i++) {
        const wr_diag *d = &set->diags->list.items[i];
        wr_error what;
        if (d->severity != WR_DIAG_SKIPPED)
            continue;
        wr_fail(&what, d->code, d->source, d->offset, "%s", d->message);
        wr_error_at(&what, d->path);
        options->tell(&what, options->data);
    }
    for (size_t i = 0; i < set->model->lists.count; i++) {
        const wr_list_trust *list = &set->trust->lists[i];
        if (!list->in_force && list->signature.status != WR_SIGNATURE_VALID)
            say(options, set->model->lists.items[i].source, "the list is not used: %s",
                list->why_not);
    }
    if (!set->model->has_machine_hive)
        say(options, NULL, "no machine hive is given: the set has what was given and no more");
}

static void say_absent(const wr_export_set *chosen, const wr_export_options *options,
                       const wr_export_result *result)
{
    char sha1[2 * WR_SHA1_LEN + 1];

    if (chosen->unknown) {
        wr_text_hex_into(chosen->unknown->certificate->sha1, WR_SHA1_LEN, sha1);
        say(options, NULL,
            "the set may be incomplete: %zu certificates are unknown, the first is %s: %s",
            result->num_unknown, sha1, chosen->unknown->verdict.reasons.items[0].detail);
    } else if (result->incomplete) {
        say(options, NULL, "the set may be incomplete: evidence could not be read");
    }
    if (result->num_left_out)
        say(options, NULL,
            "%zu certificates are trusted under a condition and left out: --with-conditional "
            "adds them",
            result->num_left_out);
    if (result->num_on_demand)
        say(options, NULL,
            "%zu roots of the list are on demand and in nothing that was given: --supply can "
            "bring them",
            result->num_on_demand);
    if (result->num_conditional && options->format == WR_EXPORT_SST)
        say(options, NULL, "%zu certificates are conditional, and an SST does not say so",
            result->num_conditional);
}

static bool export_to(wr_analysis *a, const wr_export_options *options, const char *path,
                      wr_arena *arena, wr_export_result *result, wr_error *err)
{
    wr_result_set set = wr_analysis_results(a, NULL);
    wr_export_set chosen;

    if (!wr_export_choose(&set, options, arena, &chosen, result, err))
        return false;
    say_unread(&set, options);
    if (!write_file(&set, &chosen, options, path, arena, err))
        return false;
    say_absent(&chosen, options, result);
    return true;
}

bool wr_analysis_export(wr_analysis *a, const wr_analysis_options *judge,
                        const wr_export_options *options, const char *path, wr_export_result *out,
                        wr_error *err)
{
    wr_export_result result = { 0 };
    wr_arena arena;
    bool done;

    wr_analysis_judge_supply(a);
    if (!wr_analysis_run(a, judge, err) || !wr_analysis_check_single(a, err))
        return false;
    wr_arena_init(&arena, WR_LIMIT_ARENA);
    done = export_to(a, options, path, &arena, &result, err);
    wr_arena_free(&arena);
    if (done)
        *out = result;
    return done;
}
