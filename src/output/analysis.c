#include "winroots/analysis.h"
#include "winroots/explain.h"

#include "base/text.h"
#include "output/bundle.h"
#include "output/explain.h"
#include "output/judgement.h"
#include "output/report.h"
#include "output/report_html.h"
#include "source/file.h"
#include "store/collect.h"
#include "store/collect_stores.h"
#include "store/layout.h"
#include "winroots/limits.h"

#ifndef WINROOTS_VERSION
#error "WINROOTS_VERSION is set by the build"
#endif

/* One host, judged. */
typedef struct host {
    wr_evidence *evidence;
    size_t number; /* from 1, among those of the evidence */
    wr_judgement judgement;
} host;

struct wr_analysis {
    wr_arena arena;
    wr_diags diags;
    wr_evidence *evidence;
    WR_LIST(wr_profile *) profiles;
    WR_LIST(wr_file *) profile_files;
    const char *subject; /* hash or file of the certificate to explain, NULL = none */
    wr_view subject_der; /* of a file                                               */
    host *hosts;         /* that were judged */
    size_t num_hosts;
    const char *command_line; /* NULL = not recorded */
    bool judge_supply, done;
};

const char *wr_version(void)
{
    return WINROOTS_VERSION;
}

/* The analysis lives in an arena of its own, so that it has one lifetime and one place of failure.
 */
wr_analysis *wr_analysis_new(void)
{
    wr_arena arena;
    wr_analysis *a;

    wr_arena_init(&arena, WR_LIMIT_ARENA);
    a = WR_NEW(&arena, wr_analysis, 1);
    if (a) {
        a->arena = arena;
        wr_diags_init(&a->diags, &a->arena);
        a->evidence = wr_evidence_new(&a->arena, &a->diags);
        if (a->evidence)
            return a;
        arena = a->arena;
    }
    wr_arena_free(&arena);
    return NULL;
}

void wr_analysis_free(wr_analysis *a)
{
    wr_arena arena;

    if (!a)
        return;
    wr_evidence_free(a->evidence);
    for (size_t i = 0; i < a->profile_files.count; i++)
        wr_file_close(a->profile_files.items[i]);
    arena = a->arena; /* `a` itself lies in it */
    wr_arena_free(&arena);
}

bool wr_analysis_add(wr_analysis *a, wr_input input, const char *path, const char *place,
                     const wr_input_options *options, wr_error *err)
{
    static const wr_use uses[] = { WR_USE_EVIDENCE, WR_USE_STORE, WR_USE_LIST, WR_USE_SUPPLY };
    wr_evidence_options how = { 0 };
    wr_location location;
    const char *owner, *name;

    if (a->done)
        return wr_fail(err, WR_E_USAGE, path, WR_NO_OFFSET, "the analysis has run already");
    if (place) {
        if (!wr_store_place_parse(place, &a->arena, &location, &owner, &name, err))
            return false;
        if (!(place = wr_arena_text(&a->arena, place)))
            return wr_fail_memory(err);
    }
    if (options)
        how = (wr_evidence_options){ .hash = options->hash,
                                     .no_logs = options->no_logs,
                                     .recover = options->recover,
                                     .logs = options->logs,
                                     .num_logs = options->num_logs,
                                     .hold_logs = options->hold_logs,
                                     .bitlocker_password = options->bitlocker_password,
                                     .recovery_key = options->recovery_key,
                                     .progress = options->progress,
                                     .progress_context = options->progress_context };
    if (wr_evidence_add(a->evidence, path, uses[input], place, &how, err))
        return true;
    wr_diag_error(&a->diags, WR_DIAG_SKIPPED, err);
    return false;
}

static bool load_profile(wr_analysis *a, const char *path, wr_profile *out, wr_error *err)
{
    wr_file *file, **slot;
    wr_view json;

    if (!wr_file_open(path, NULL, &file, err))
        return false;
    if (!(slot = WR_APPEND(&a->arena, &a->profile_files, wr_file *))) {
        wr_file_close(file);
        return wr_fail_memory(err);
    }
    *slot = file;
    json = wr_file_view(file);
    return wr_profile_parse(json, &a->arena, out, err);
}

bool wr_analysis_require(wr_analysis *a, const char *id_or_path, wr_error *err)
{
    wr_profile *profile = WR_NEW(&a->arena, wr_profile, 1), **slot;
    bool found;

    if (!profile)
        return wr_fail_memory(err);
    if (!wr_profile_find_builtin(id_or_path, &a->arena, profile, &found, err))
        return false;
    if (!found && !load_profile(a, id_or_path, profile, err)) {
        if (err->code == WR_E_IO)
            return wr_fail(
                err, WR_E_USAGE, id_or_path, WR_NO_OFFSET,
                "no built-in profile has this id or alias, and no such file can be read; "
                "`winroots profile list` shows the built-in ones");
        return false;
    }
    if (!(slot = WR_APPEND(&a->arena, &a->profiles, wr_profile *)))
        return wr_fail_memory(err);
    *slot = profile;
    return true;
}

bool wr_analysis_subject(wr_analysis *a, const char *hash_or_file, wr_error *err)
{
    wr_file *file, **slot;
    wr_ders ders = { { 0 } };
    wr_x509 x509;

    if (a->done)
        return wr_fail(err, WR_E_USAGE, hash_or_file, WR_NO_OFFSET, "the analysis has run already");
    if (!(a->subject = wr_arena_text(&a->arena, hash_or_file)))
        return wr_fail_memory(err);
    if (wr_explain_is_hash(hash_or_file))
        return true;
    if (!wr_file_open(hash_or_file, NULL, &file, err))
        return false;
    if (!(slot = WR_APPEND(&a->arena, &a->profile_files, wr_file *))) {
        wr_file_close(file);
        return wr_fail_memory(err);
    }
    *slot = file;
    a->subject_der = wr_file_view(file);
    if (wr_probe(a->subject_der) == WR_KIND_PEM) {
        if (!wr_pem_certificates(a->subject_der, &a->arena, &a->diags, &ders, err))
            return false;
        a->subject_der = ders.list.items[0];
    }
    return wr_x509_parse(a->subject_der, &x509, err);
}

/* The certificate to explain has a place in the model also where no store holds it, so that it is
 * judged like the others. */
static bool add_subject(wr_analysis *a, wr_model *m, wr_error *err)
{
    wr_view der = a->subject_der;
    size_t ignored;

    for (size_t i = 0; a->subject && !der.len && i < m->supply.count; i++)
        if (wr_explain_matches(&m->supply.items[i], a->subject))
            der = m->supply.items[i].x509.der;
    return !der.len || wr_model_certificate(m, der, &ignored, err);
}

void wr_analysis_judge_supply(wr_analysis *a)
{
    a->judge_supply = true;
}

static bool add_supply(const wr_analysis *a, wr_model *m, wr_error *err)
{
    for (size_t i = 0; a->judge_supply && i < m->supply.count; i++) {
        wr_error damage;
        size_t ignored;
        if (!wr_model_certificate(m, m->supply.items[i].x509.der, &ignored, &damage) &&
            !wr_collect_past(m, &damage, "", err))
            return false;
    }
    return true;
}

bool wr_analysis_explain(wr_analysis *a, wr_format format, const char *path, wr_error *err)
{
    wr_result_set set = wr_analysis_results(a, NULL);
    char hash[2 * WR_SHA256_LEN + 1];
    const char *subject = a->subject;
    uint8_t sha256[WR_SHA256_LEN];
    wr_x509 x509;
    wr_out *out;

    if (!a->done || !subject)
        return wr_fail(err, WR_E_USAGE, NULL, WR_NO_OFFSET,
                       "the analysis has not run, or has no certificate to explain");
    if (!wr_analysis_check_single(a, err))
        return false;
    if (a->subject_der.len) {
        if (!wr_x509_parse(a->subject_der, &x509, err) ||
            !wr_digest(WR_SHA256, x509.der, sha256, err))
            return false;
        wr_text_hex_into(sha256, sizeof sha256, hash);
        subject = hash;
    }
    if (path ? !wr_out_file(path, &out, err) : !wr_out_stdout(&out, err))
        return false;
    if (!(format == WR_FORMAT_TEXT ? wr_explain_text(&set, subject, out, err)
                                   : wr_explain_json(&set, subject, out, err))) {
        wr_out_discard(out);
        return false;
    }
    return wr_out_finish(out, err);
}

bool wr_judgement_conclude(wr_judgement *out, const wr_trust_options *options,
                           wr_profile *const *profiles, size_t num_profiles, wr_arena *arena,
                           wr_error *err)
{
    out->comparisons = WR_NEW(arena, wr_comparison, num_profiles + 1);
    if (!out->comparisons)
        return wr_fail_memory(err);
    if (!wr_trust_evaluate(&out->model, options, arena, &out->trust, err))
        return false;
    for (size_t i = 0; i < num_profiles; i++)
        if (!wr_compare(profiles[i], &out->trust, arena, &out->comparisons[i], err))
            return false;
    return wr_plan_make(out->comparisons, num_profiles, &out->trust, arena, &out->plan, err);
}

static bool judge(wr_analysis *a, wr_evidence *evidence, const wr_analysis_options *options,
                  wr_arena *arena, wr_diags *diags, wr_judgement *out, wr_error *err)
{
    wr_trust_options trust = { .as_of = options->as_of,
                               .assume_connected = options->assume_connected,
                               .allow_unverified_lists = options->allow_unverified_lists,
                               .expiring_days = options->expiring_days,
                               .os_given = options->os_given,
                               .os = { .known = true,
                                       .major = options->os_major,
                                       .minor = options->os_minor,
                                       .build = options->os_build,
                                       .product_name = "" } };
    const wr_collect_options collect = { .updates =
                                             true }; /* a report answers later profiles, too */

    wr_evidence_seal(evidence);
    wr_model_init(&out->model, arena, diags, evidence);
    return wr_collect(evidence, &collect, &out->model, err) && add_subject(a, &out->model, err) &&
           add_supply(a, &out->model, err) &&
           wr_judgement_conclude(out, &trust, a->profiles.items, a->profiles.count, arena, err);
}

static bool several(size_t count, wr_error *err)
{
    return wr_fail(err, WR_E_USAGE, NULL, WR_NO_OFFSET,
                   "%zu hosts are in the evidence: choose one with --host N, as a report of all "
                   "numbers them",
                   count);
}

bool wr_analysis_check_single(const wr_analysis *a, wr_error *err)
{
    return a->num_hosts <= 1 || several(a->num_hosts, err);
}

bool wr_analysis_judge(wr_analysis *a, const wr_analysis_options *options, wr_arena *arena,
                       wr_diags *diags, wr_judgement *out, wr_error *err)
{
    if (!wr_evidence_split(a->evidence, err))
        return false;
    if (wr_evidence_num_hosts(a->evidence) > 1)
        return several(wr_evidence_num_hosts(a->evidence), err);
    return judge(a, a->evidence, options, arena, diags, out, err);
}

wr_evidence *wr_analysis_evidence(const wr_analysis *a)
{
    return a->evidence;
}

const wr_diags *wr_analysis_diags(const wr_analysis *a)
{
    return &a->diags;
}

wr_result_set wr_analysis_results(const wr_analysis *a, const wr_judgement *judgement)
{
    if (!judgement && !a->num_hosts)
        return (wr_result_set){ .evidence = a->evidence, .version = WINROOTS_VERSION };
    if (!judgement)
        judgement = &a->hosts[0].judgement;
    return (wr_result_set){ .evidence = judgement->model.evidence,
                            .model = &judgement->model,
                            .trust = &judgement->trust,
                            .comparisons = judgement->comparisons,
                            .num_comparisons = a->profiles.count,
                            .plan = &judgement->plan,
                            .diags = judgement->model.diags,
                            .version = WINROOTS_VERSION,
                            .command_line = a->command_line };
}

wr_result_set wr_analysis_host_results(const wr_analysis *a, size_t i, size_t *number)
{
    *number = a->hosts[i].number;
    return wr_analysis_results(a, &a->hosts[i].judgement);
}

bool wr_analysis_is_done(const wr_analysis *a)
{
    return a->done;
}

static bool judge_hosts(wr_analysis *a, const wr_analysis_options *options, wr_error *err)
{
    const size_t count = wr_evidence_num_hosts(a->evidence);

    if (options->host > count)
        return wr_fail(err, WR_E_USAGE, NULL, WR_NO_OFFSET, "host %u of %zu hosts is asked for",
                       (unsigned)options->host, count);
    if (!(a->hosts = WR_NEW(&a->arena, host, count)))
        return wr_fail_memory(err);
    for (size_t i = 0; i < count; i++) {
        host *h = &a->hosts[a->num_hosts];
        if (options->host && options->host != i + 1)
            continue;
        h->number = i + 1;
        h->evidence = wr_evidence_host(a->evidence, i);
        if (!judge(a, h->evidence, options, &a->arena, wr_evidence_diags(h->evidence),
                   &h->judgement, err) ||
            !wr_diags_check(wr_evidence_diags(h->evidence), err))
            return false;
        a->num_hosts++;
    }
    return true;
}

bool wr_analysis_run(wr_analysis *a, const wr_analysis_options *options, wr_error *err)
{
    const char *failed;

    if (a->done)
        return wr_fail(err, WR_E_USAGE, NULL, WR_NO_OFFSET, "the analysis has run already");
    if (options->command_line &&
        !(a->command_line = wr_arena_text(&a->arena, options->command_line)))
        return wr_fail_memory(err);
    if (!wr_evidence_split(a->evidence, err) || !judge_hosts(a, options, err))
        return false;
    if (wr_evidence_failed(a->evidence, &failed))
        return wr_fail(err, WR_E_IO, failed, WR_NO_OFFSET,
                       "the file shrank or could not be read while it was analyzed");
    a->done = true;
    return true;
}

size_t wr_analysis_num_hosts(const wr_analysis *a)
{
    return a->num_hosts;
}

/* False where none of what is the host's alone could be read. */
static bool is_readable(const host *h)
{
    for (size_t i = 0; i < wr_evidence_count(h->evidence); i++) {
        const wr_item *item = wr_evidence_item(h->evidence, i);
        if (item->root && item->readable && item->role != WR_ROLE_LIST)
            return true;
    }
    return false;
}

static wr_answer answer_of(const wr_analysis *a, const host *h)
{
    wr_answer answer = WR_ANSWER_MET;

    if (a->num_hosts > 1 && !is_readable(h))
        answer = WR_ANSWER_UNKNOWN;
    for (size_t i = 0; i < a->profiles.count; i++) {
        wr_result result = h->judgement.comparisons[i].result;
        if (result == WR_FAIL)
            return WR_ANSWER_FAIL;
        if (result == WR_RESULT_UNKNOWN || result == WR_RESULT_ERROR)
            answer = WR_ANSWER_UNKNOWN;
    }
    return answer;
}

wr_answer wr_analysis_answer(const wr_analysis *a)
{
    bool unknown = false;

    for (size_t i = 0; i < a->num_hosts; i++) {
        wr_answer answer = answer_of(a, &a->hosts[i]);
        if (answer == WR_ANSWER_FAIL)
            return answer;
        unknown |= answer == WR_ANSWER_UNKNOWN;
    }
    return unknown ? WR_ANSWER_UNKNOWN : WR_ANSWER_MET;
}

size_t wr_analysis_num_read(const wr_analysis *a)
{
    size_t n = 0;

    for (size_t i = 0; i < wr_evidence_count(a->evidence); i++) {
        const wr_item *item = wr_evidence_item(a->evidence, i);
        n += item->readable && (item->use == WR_USE_EVIDENCE || item->use == WR_USE_STORE);
    }
    return n;
}

static bool not_run(wr_error *err)
{
    return wr_fail(err, WR_E_USAGE, NULL, WR_NO_OFFSET, "the analysis has not run");
}

static bool write_text(const wr_result_set *set, wr_out *out, wr_error *err)
{
    return wr_report_text(set, false, out, err);
}

static bool write_terminal(const wr_result_set *set, wr_out *out, wr_error *err)
{
    return wr_report_text(set, true, out, err);
}

static bool write_json(const wr_result_set *set, wr_out *out, wr_error *err)
{
    return wr_report_json(set, WR_REPORT_WHOLE, false, out, err);
}

static bool write_ndjson(const wr_result_set *set, wr_out *out, wr_error *err)
{
    return wr_report_json(set, WR_REPORT_WHOLE, true, out, err);
}

typedef bool report_writer(const wr_result_set *set, wr_out *out, wr_error *err);

/* A format, and what stands around and between the reports of several hosts. */
static const struct {
    report_writer *write;
    const char *before, *between, *after;
    bool when_several; /* of one host there is the report alone */
    bool for_people;   /* several have a heading each */
} formats[] = {
    [WR_FORMAT_TEXT] = { write_text, "", "", "", true, true },
    [WR_FORMAT_TERMINAL] = { write_terminal, "", "", "", true, true },
    [WR_FORMAT_JSON] = { write_json, "[\n", ",\n", "]\n", true, false },
    [WR_FORMAT_NDJSON] = { write_ndjson, "", "", "", true, false },
    [WR_FORMAT_CSV] = { wr_report_csv, WR_CSV_HEAD, "", "", false, false },
    [WR_FORMAT_JUNIT] = { wr_report_junit, WR_JUNIT_HEAD, "", WR_JUNIT_TAIL, false, false },
    [WR_FORMAT_SARIF] = { wr_report_sarif, WR_SARIF_HEAD, ",", WR_SARIF_TAIL, false, false },
    [WR_FORMAT_TIMELINE] = { wr_report_timeline, "", "", "", true, false },
    [WR_FORMAT_BODYFILE] = { wr_report_bodyfile, "", "", "", true, false },
    [WR_FORMAT_HTML] = { wr_report_html, "", "", "", true, false }, /* never of several */
};

/* What tells one of several hosts from the others, before its report. */
static bool write_host_head(wr_analysis *a, const host *h, wr_out *out, wr_error *err)
{
    const wr_root *root = wr_evidence_root(h->evidence);
    const char *place = "";
    char taken[WR_TIME_TEXT] = "";

    if (root) {
        place = wr_arena_format(&a->arena, "%s%s%s", root->container, *root->path ? "/" : "",
                                root->path);
        place = place ? wr_text_printable(&a->arena, place) : NULL;
        if (root->taken)
            wr_time_text(root->taken, taken);
        if (!place)
            return wr_fail_memory(err);
    }
    wr_out_printf(out, "%s==== Host %zu of %zu: %s%s%s\n\n", h == a->hosts ? "" : "\n", h->number,
                  wr_evidence_num_hosts(a->evidence), place, *taken ? ", as it was at " : "",
                  taken);
    return true;
}

static bool write_hosts(wr_analysis *a, wr_format format, wr_out *out, wr_error *err)
{
    const bool several = a->num_hosts > 1, framed = several || !formats[format].when_several;

    wr_out_text(out, framed ? formats[format].before : "");
    for (size_t i = 0; i < a->num_hosts; i++) {
        const wr_result_set set = wr_analysis_results(a, &a->hosts[i].judgement);
        wr_out_text(out, i ? formats[format].between : "");
        if (several && formats[format].for_people && !write_host_head(a, &a->hosts[i], out, err))
            return false;
        if (!formats[format].write(&set, out, err))
            return false;
    }
    wr_out_text(out, framed ? formats[format].after : "");
    return true;
}

bool wr_analysis_report(wr_analysis *a, wr_format format, const char *path, wr_error *err)
{
    wr_out *out;

    if (!a->done)
        return not_run(err);
    if (format == WR_FORMAT_HTML && !wr_analysis_check_single(a, err))
        return false;
    if (path ? !wr_out_file(path, &out, err) : !wr_out_stdout(&out, err))
        return false;
    if (!write_hosts(a, format, out, err)) {
        wr_out_discard(out);
        return false;
    }
    return wr_out_finish(out, err);
}

bool wr_analysis_bundle(wr_analysis *a, const char *folder, bool force, wr_error *err)
{
    wr_result_set set;

    if (!a->done)
        return not_run(err);
    set = wr_analysis_results(a, NULL);
    return wr_analysis_check_single(a, err) && wr_bundle_write(&set, folder, force, err);
}
