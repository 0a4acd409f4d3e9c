#include "trust/lists.h"

#include "base/parallel.h"
#include "format/signer_index.h"

#include <stdlib.h>
#include <string.h>

/* Certificates of the evidence and the supply may complete the chain of a list that lacks its CA.
 */
static bool gather_extra(const wr_model *m, wr_arena *arena, wr_ders *out)
{
    for (size_t i = 0; i < m->certificates.count + m->supply.count; i++) {
        wr_view *der = WR_APPEND(arena, &out->list, wr_view);
        if (!der)
            return false;
        *der = i < m->certificates.count ? m->certificates.items[i].x509.der
                                         : m->supply.items[i - m->certificates.count].x509.der;
    }
    return true;
}

static bool newer(const wr_list *a, const wr_list *b)
{
    if (a->ctl->this_update != b->ctl->this_update)
        return a->ctl->this_update > b->ctl->this_update;
    return wr_ctl_sequence_compare(a->ctl->sequence, b->ctl->sequence) > 0;
}

static bool is_accepted(const wr_trust *trust, size_t i)
{
    return trust->lists[i].signature.status == WR_SIGNATURE_VALID ||
           trust->options.allow_unverified_lists;
}

static size_t newest_usable(const wr_trust *trust, wr_ctl_kind kind)
{
    const wr_model *m = trust->model;
    size_t best = SIZE_MAX;

    for (size_t i = 0; i < m->lists.count; i++) {
        bool usable = !m->lists.items[i].owner && is_accepted(trust, i);
        if (m->lists.items[i].ctl->kind == kind && usable &&
            (best == SIZE_MAX || newer(&m->lists.items[i], &m->lists.items[best])))
            best = i;
    }
    return best;
}

static const wr_list *put_in_force(wr_trust *trust, wr_ctl_kind kind)
{
    const wr_model *m = trust->model;
    size_t best = newest_usable(trust, kind);

    for (size_t i = 0; i < m->lists.count; i++) {
        wr_list_trust *l = &trust->lists[i];
        if (m->lists.items[i].ctl->kind != kind)
            continue;
        l->in_force = i == best;
        l->why_not =
            l->in_force ? ""
            : !is_accepted(trust, i)
                ? "its signature does not verify (--allow-unverified-lists uses it all the same)"
            : m->lists.items[i].owner ? "it is in a user's store, not the machine's"
                                      : "a newer list is in force";
    }
    return best == SIZE_MAX ? NULL : &m->lists.items[best];
}

static int compare_entries(const void *a, const void *b)
{
    return wr_view_compare((*(const wr_ctl_entry *const *)a)->id,
                           (*(const wr_ctl_entry *const *)b)->id);
}

static bool index_program(wr_trust *trust, wr_arena *arena)
{
    const wr_trust *before = trust->options.before;
    const wr_ctl *ctl = trust->authroot->ctl;

    if (before && before->authroot == trust->authroot) {
        trust->program = before->program;
        trust->marks = before->marks;
        trust->num_program = before->num_program;
        return true;
    }
    trust->program = WR_NEW(arena, const wr_ctl_entry *, ctl->entries.count);
    trust->marks = WR_NEW(arena, wr_program_mark, ctl->entries.count);
    if (!trust->program || !trust->marks)
        return false;
    for (size_t i = 0; i < ctl->entries.count; i++)
        if (ctl->entries.items[i].id.len == WR_SHA1_LEN)
            trust->program[trust->num_program++] = &ctl->entries.items[i];
    qsort(trust->program, trust->num_program, sizeof *trust->program, compare_entries);
    for (size_t i = 0; i < trust->num_program; i++) {
        wr_program_mark *mark = &trust->marks[i];
        (void)wr_ctl_entry_property(trust->program[i], WR_PROP_SUBJECT_NAME_MD5_HASH,
                                    &mark->name_md5);
        (void)wr_ctl_entry_property(trust->program[i], WR_PROP_KEY_IDENTIFIER, &mark->key_id);
    }
    return true;
}

/* Further certificates can complete a chain, and break none. */
static bool held_before(const wr_trust *trust, size_t i)
{
    const wr_trust *before = trust->options.before;

    return before && i < before->model->lists.count &&
           before->model->lists.items[i].message == trust->model->lists.items[i].message &&
           before->lists[i].signature.status == WR_SIGNATURE_VALID;
}

/* As most lists verify: by what they bring themselves. */
static bool verify_alone(void *context, size_t i, wr_arena *arena, wr_error *err)
{
    wr_trust *trust = context;
    const wr_list *list = &trust->model->lists.items[i];

    return held_before(trust, i) ||
           wr_pkcs7_verify_list(list->message, NULL, list->ctl->this_update, arena,
                                &trust->lists[i].signature, err);
}

static bool verify(wr_trust *trust, size_t i, wr_signer_index *extra, wr_arena *arena,
                   wr_error *err)
{
    const wr_list *list = &trust->model->lists.items[i];
    wr_list_trust *out = &trust->lists[i];

    out->why_not = "lists of this kind do not bear on root trust";
    if (held_before(trust, i))
        out->signature = trust->options.before->lists[i].signature;
    return out->signature.status == WR_SIGNATURE_VALID ||
           wr_pkcs7_verify_list(list->message, extra, list->ctl->this_update, arena,
                                &out->signature, err);
}

enum {
    FEW_LISTS = 8, /* as a host has: each may be verified twice */
    WORTH_A_THREAD = 1
};

bool wr_lists_choose(wr_trust *trust, wr_arena *arena, wr_error *err)
{
    const wr_model *m = trust->model;
    wr_ders certificates = { { 0 } };
    wr_signer_index extra = wr_signer_index_of(&certificates, arena);

    trust->lists = WR_NEW(arena, wr_list_trust, m->lists.count);
    if (!trust->lists || (m->lists.count && !gather_extra(m, arena, &certificates)))
        return wr_fail_memory(err);
    for (size_t i = 0; i < m->lists.count; i++)
        trust->lists[i].signature.status = WR_SIGNATURE_INVALID; /* until it is verified */
    if (m->lists.count > 1 && m->lists.count <= FEW_LISTS &&
        !wr_parallel(m->lists.count, WORTH_A_THREAD, verify_alone, trust, arena, err))
        return false;
    for (size_t i = 0; i < m->lists.count; i++)
        if (!verify(trust, i, &extra, arena, err))
            return false;
    trust->authroot = put_in_force(trust, WR_CTL_AUTHROOT);
    trust->disallowed = put_in_force(trust, WR_CTL_DISALLOWED);
    return !trust->authroot || index_program(trust, arena) || wr_fail_memory(err);
}

const wr_ctl_entry *wr_trust_program_entry(const wr_trust *trust, const uint8_t sha1[WR_SHA1_LEN])
{
    wr_ctl_entry wanted = { .id = { sha1, WR_SHA1_LEN, 0, "" } };
    const wr_ctl_entry *key = &wanted, **found;

    if (!trust->num_program)
        return NULL;
    found =
        bsearch(&key, trust->program, trust->num_program, sizeof *trust->program, compare_entries);
    return found ? *found : NULL;
}
