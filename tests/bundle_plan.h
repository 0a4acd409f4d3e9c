/* bundle_plan.h - an analysis made by hand, with a plan that has an action of every kind: for tests
 * of bundles.  Certificates are fixtures; everything else is plain data. */
#ifndef TESTS_BUNDLE_PLAN_H
#define TESTS_BUNDLE_PLAN_H

#include "base/text.h"
#include "output/result.h"
#include "support.h"

/* Hash of the certificate that `action` is about, in hex. */
typedef struct hex {
    char sha1[2 * WR_SHA1_LEN + 1], sha256[2 * WR_SHA256_LEN + 1];
} hex;

typedef struct hand_made {
    wr_arena arena;
    wr_diags diags;
    wr_evidence *evidence;
    wr_model model;
    wr_trust trust;
    wr_plan plan;
    wr_result_set set;
} hand_made;

static inline hex hex_of(const wr_action *action)
{
    hex h;

    wr_text_hex_into(action->certificate->sha1, WR_SHA1_LEN, h.sha1);
    wr_text_hex_into(action->certificate->sha256, WR_SHA256_LEN, h.sha256);
    return h;
}

/* Everything but a plan: one file as evidence. */
static inline void start_by_hand(hand_made *h)
{
    wr_evidence_options options = { .hash = true };
    wr_trust_options trust = { 0 };
    wr_error err = { 0 };

    memset(h, 0, sizeof *h);
    wr_arena_init(&h->arena, (size_t)64 << 20);
    wr_diags_init(&h->diags, &h->arena);
    h->evidence = wr_evidence_new(&h->arena, &h->diags);
    cr_assert(wr_time_parse("2026-11-22T00:00:00Z", &trust.as_of));
    cr_assert(wr_evidence_add(h->evidence, FIXTURE("certs/root_P-256.der"), WR_USE_SUPPLY, NULL,
                              &options, &err),
              "%s", err.message);
    wr_evidence_seal(h->evidence);
    wr_model_init(&h->model, &h->arena, &h->diags, h->evidence);
    h->model.host.computer_name = "HOST-7";
    h->model.host.os.product_name = "";
    cr_assert(wr_trust_evaluate(&h->model, &trust, &h->arena, &h->trust, &err), "%s", err.message);
    h->set = (wr_result_set){ .evidence = h->evidence,
                              .model = &h->model,
                              .trust = &h->trust,
                              .plan = &h->plan,
                              .diags = &h->diags,
                              .version = "9.8.7" };
}

static inline void end_by_hand(hand_made *h)
{
    wr_evidence_free(h->evidence);
    wr_arena_free(&h->arena);
}

static inline const wr_certificate *certificate_by_hand(hand_made *h, const char *name)
{
    wr_certificate *c = WR_NEW(&h->arena, wr_certificate, 1);
    char path[512];
    wr_error err;
    wr_view der;
    size_t len;
    uint8_t *bytes;

    snprintf(path, sizeof path, "%s/certs/%s.der", WINROOTS_FIXTURES, name);
    bytes = read_file(path, &len);
    cr_assert(wr_arena_copy(&h->arena, view_of(bytes, len), &der));
    free(bytes);
    cr_assert(wr_certificate_facts(der, c, &err), "%s", err.message);
    return c;
}

static inline wr_action *action_by_hand(hand_made *h, wr_action_kind kind, const char *store,
                                        const char *certificate, const char *requirement)
{
    wr_action *a = WR_APPEND(&h->arena, &h->plan.actions, wr_action);

    *a = (wr_action){ .kind = kind, .store = store, .file = "", .reason = "it is missing" };
    *WR_APPEND(&h->arena, &a->requirements, const char *) = requirement;
    if (certificate) {
        a->certificate = certificate_by_hand(h, certificate);
        if (kind != WR_ACTION_DELETE)
            a->file = wr_arena_format(&h->arena, "certs/%s/%s.cer", store, hex_of(a).sha1);
    }
    a->reversible = kind != WR_ACTION_MANUAL;
    h->plan.num_manual += kind == WR_ACTION_MANUAL;
    return a;
}

static inline wr_action *policy_by_hand(hand_made *h, const char *key, const char *name,
                                        const char *data)
{
    wr_action *a = action_by_hand(h, WR_ACTION_SET_POLICY, "", NULL, "demo/auto-update");

    a->registry_key = key;
    a->registry_name = name;
    a->registry_data = data;
    return a;
}

#define POLICY_KEY "HKLM\\SOFTWARE\\Policies\\Microsoft\\SystemCertificates\\AuthRoot"

/* One of each kind, with the most hostile name that a certificate of ours has. */
static inline void every_kind_by_hand(hand_made *h)
{
    wr_action *widening;

    action_by_hand(h, WR_ACTION_DELETE, "CA", "leaf_sha1", "demo/no-old-leaf");
    action_by_hand(h, WR_ACTION_DISALLOW, "Disallowed", "root_v1", "demo/distrust");
    action_by_hand(h, WR_ACTION_ADD, "Root", "name_script", "demo/script-root");
    widening = action_by_hand(h, WR_ACTION_ADD, "Root", "root_rsa", "demo/rsa-root");
    *WR_APPEND(&h->arena, &widening->widens, const char *) = "email";
    *WR_APPEND(&h->arena, &widening->widens, const char *) = "server_auth";
    policy_by_hand(h, POLICY_KEY, "DisableRootAutoUpdate", "0");
    action_by_hand(h, WR_ACTION_MANUAL, "", NULL, "demo/os-update")->reason =
        "install an update of the system: gr\xC3\xBC\xC3\x9F \x1B[31m";
}

#endif
