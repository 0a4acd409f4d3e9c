#include "output/bundle_summary.h"

#include "base/json.h"
#include "output/members.h"

#include <string.h>

/* Lists of the document, in their order. */
typedef enum list_kind { MISSING, INSTALLED, UNUSABLE, UNDECIDED, NUM_LISTS } list_kind;

static const char *const list_names[NUM_LISTS] = {
    [MISSING] = "missing",
    [INSTALLED] = "installed",
    [UNUSABLE] = "unusable",
    [UNDECIDED] = "unknown",
};

/* An alternative that nobody needs, because the group it stands in is met. */
static bool is_needless(const wr_comparison *of, const wr_check *check)
{
    return check->result != WR_PASS && check->parent != SIZE_MAX &&
           of->checks.items[check->parent].result == WR_PASS;
}

static bool is_about_presence(const wr_comparison *of, const wr_check *check)
{
    return check->requirement->kind == WR_REQUIRE_CERTIFICATE_PRESENT &&
           check->result != WR_NOT_APPLICABLE && !is_needless(of, check);
}

static list_kind list_of(const wr_check *check)
{
    if (check->result == WR_RESULT_UNKNOWN || check->result == WR_RESULT_ERROR)
        return UNDECIDED;
    if (strncmp(check->state, "absent", 6) == 0)
        return MISSING;
    return check->result == WR_PASS ? INSTALLED : UNUSABLE;
}

/* What the bundle holds for the check, which is numbered through all comparisons. */
static const wr_action *remedy_of(const wr_plan *plan, size_t check)
{
    for (size_t i = 0; i < plan->actions.count; i++) {
        const wr_action *a = &plan->actions.items[i];
        for (size_t j = 0; j < a->checks.count; j++)
            if (a->checks.items[j] == check && wr_bundle_is_scripted(a))
                return a;
    }
    return NULL;
}

static bool write_certificate(const wr_bundle *bundle, const wr_check *check,
                              const wr_action *remedy, wr_json_writer *w, wr_error *err)
{
    const wr_identity *id = check->requirement->certificate;
    const wr_certificate *c = remedy ? remedy->certificate : NULL;
    const char *name = *id->subject ? id->subject : id->key;

    if (check->certificate != SIZE_MAX)
        c = &bundle->set->model->certificates.items[check->certificate];
    if (c && !wr_x509_short_name(c->x509.subject, bundle->arena, &name, err) &&
        err->code == WR_E_NO_MEMORY)
        return false;
    if (c || id->has_sha1)
        wr_json_hex(w, "sha1", c ? c->sha1 : id->sha1, WR_SHA1_LEN);
    if (c || id->has_sha256)
        wr_json_hex(w, "sha256", c ? c->sha256 : id->sha256, WR_SHA256_LEN);
    wr_json_text(w, "name", name);
    return true;
}

static bool write_check(const wr_bundle *bundle, const wr_check *check, size_t number,
                        wr_json_writer *w, wr_error *err)
{
    const wr_requirement *item = check->requirement;
    const wr_action *remedy = remedy_of(bundle->set->plan, number);

    wr_json_object(w, NULL);
    wr_json_text(w, "profile", check->profile->id);
    wr_json_text(w, "requirement", item->id);
    wr_json_text(w, "severity", item->required ? "required" : "recommended");
    wr_json_text(w, "store", item->store);
    if (!write_certificate(bundle, check, remedy, w, err))
        return false;
    wr_json_text(w, "state", check->state);
    if (check->result == WR_FAIL)
        wr_json_text(w, "remedy", remedy ? wr_action_kind_name(remedy->kind) : "manual");
    wr_json_end_object(w);
    return true;
}

static bool write_list(const wr_bundle *bundle, list_kind kind, wr_json_writer *w, wr_error *err)
{
    const wr_result_set *set = bundle->set;
    size_t number = 0;

    wr_json_array(w, list_names[kind]);
    for (size_t i = 0; i < set->num_comparisons; i++)
        for (size_t j = 0; j < set->comparisons[i].checks.count; j++, number++) {
            const wr_check *check = &set->comparisons[i].checks.items[j];
            if (is_about_presence(&set->comparisons[i], check) && list_of(check) == kind &&
                !write_check(bundle, check, number, w, err))
                return false;
        }
    wr_json_end_array(w);
    return true;
}

static void write_profiles(const wr_result_set *set, wr_json_writer *w)
{
    wr_json_array(w, "profiles");
    for (size_t i = 0; i < set->num_comparisons; i++) {
        wr_json_object(w, NULL);
        wr_json_text(w, "id", set->comparisons[i].profile->id);
        wr_json_text(w, "result", wr_result_name(set->comparisons[i].result));
        wr_json_end_object(w);
    }
    wr_json_end_array(w);
}

static bool write_summary(const wr_bundle *bundle, wr_json_writer *w, wr_error *err)
{
    wr_json_object(w, NULL);
    wr_json_text(w, "schema", "winroots.summary/1");
    wr_json_text(w, "bundle", bundle->id);
    wr_member_text(w, "computer", bundle->set->model->host.computer_name);
    wr_json_time(w, "as_of", bundle->set->trust->options.as_of);
    write_profiles(bundle->set, w);
    for (int kind = 0; kind < NUM_LISTS; kind++)
        if (!write_list(bundle, (list_kind)kind, w, err))
            return false;
    wr_json_end_object(w);
    wr_json_finish(w);
    return true;
}

bool wr_bundle_put_summary(wr_bundle *bundle, wr_error *err)
{
    wr_json_writer w;
    wr_out *out;

    if (!wr_out_memory(&out, err))
        return false;
    wr_json_start(&w, out, false);
    if (write_summary(bundle, &w, err))
        return wr_bundle_put_sink(bundle, "summary.json", out, err);
    wr_out_discard(out);
    return false;
}
