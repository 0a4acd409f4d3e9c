#include "output/bundle_reg.h"

#include "format/reg_pol.h"
#include "format/reg_text.h"
#include "format/regf.h"
#include "output/bundle_sst.h"

#include <string.h>

/* Where a file puts things.  A policy file has no root key: it is the machine's by its place. */
typedef struct target {
    const char *name, *stores, *root;
    bool deletes;
    void (*write)(wr_out *out, const wr_reg_entries *entries, wr_diags *diags);
} target;

static const target targets[] = {
    { "gpo/roots.reg", "HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\SystemCertificates",
      "HKEY_LOCAL_MACHINE\\", true, wr_reg_text_write },
    { "gpo/Registry.pol", "SOFTWARE\\Policies\\Microsoft\\SystemCertificates", "", false,
      wr_reg_pol_write },
};

static bool add_key(const wr_bundle *bundle, const char *path, bool deleted, wr_reg_entries *to,
                    wr_error *err)
{
    if (!path)
        return wr_fail_memory(err);
    return wr_reg_add_key(to, bundle->arena, path, deleted, (wr_view){ 0 }, err);
}

/* Windows names the key of a certificate in upper case. */
static const char *certificate_key(const wr_bundle *bundle, const target *t, const wr_step *step)
{
    char *path = wr_arena_format(bundle->arena, "%s\\%s\\Certificates\\%s", t->stores, step->store,
                                 step->sha1);

    for (char *c = path ? path + strlen(path) - strlen(step->sha1) : NULL; c && *c; c++)
        if (*c >= 'a' && *c <= 'f')
            *c = (char)(*c - 'a' + 'A');
    return path;
}

static bool element_of(const wr_bundle *bundle, const wr_step *step, wr_view *out, wr_error *err)
{
    wr_out *element;
    bool done;

    if (!wr_out_memory(&element, err))
        return false;
    wr_step_write_element(step, element);
    done = wr_out_finish(element, err) &&
           (wr_arena_copy(bundle->arena, wr_out_bytes(element), out) || wr_fail_memory(err));
    wr_out_discard(element);
    return done;
}

static bool add_certificate(const wr_bundle *bundle, const target *t, const wr_step *step,
                            wr_reg_entries *to, wr_error *err)
{
    wr_reg_value blob = { .op = WR_REG_SET, .type = WR_REG_BINARY, .name = "Blob" };

    if (!add_key(bundle, certificate_key(bundle, t, step), false, to, err) ||
        !element_of(bundle, step, &blob.data, err))
        return false;
    return wr_reg_add_value(to, bundle->arena, &blob, err);
}

static bool add_setting(const wr_bundle *bundle, const target *t, const wr_step *step,
                        wr_reg_entries *to, wr_error *err)
{
    const uint8_t number[] = { (uint8_t)step->value, (uint8_t)(step->value >> 8),
                               (uint8_t)(step->value >> 16), (uint8_t)(step->value >> 24) };
    const char *below = step->key + strlen("HKLM\\");
    wr_view data = { .data = number, .len = sizeof number };
    wr_reg_value value = { .op = WR_REG_SET, .type = WR_REG_DWORD, .name = step->name };

    if (!wr_arena_copy(bundle->arena, data, &value.data))
        return wr_fail_memory(err);
    return add_key(bundle, wr_arena_format(bundle->arena, "%s%s", t->root, below), false, to,
                   err) &&
           wr_reg_add_value(to, bundle->arena, &value, err);
}

static bool add_step(const wr_bundle *bundle, const target *t, const wr_step *step,
                     wr_reg_entries *to, wr_error *err)
{
    switch (step->kind) {
    case WR_ACTION_ADD:
    case WR_ACTION_DISALLOW:
        return add_certificate(bundle, t, step, to, err);
    case WR_ACTION_DELETE:
        return !t->deletes || add_key(bundle, certificate_key(bundle, t, step), true, to, err);
    case WR_ACTION_SET_POLICY:
        return add_setting(bundle, t, step, to, err);
    case WR_ACTION_MANUAL:
        break;
    }
    return true;
}

static bool put_target(wr_bundle *bundle, const target *t, wr_error *err)
{
    wr_reg_entries entries = { 0 };
    wr_diags left_out;
    wr_out *out;

    for (size_t i = 0; i < bundle->steps.list.count; i++)
        if (!add_step(bundle, t, &bundle->steps.list.items[i], &entries, err))
            return false;
    if (!entries.keys.count)
        return true;
    if (!wr_out_memory(&out, err))
        return false;
    wr_diags_init(&left_out, bundle->arena);
    t->write(out, &entries, &left_out);
    if (!left_out.list.count)
        return wr_bundle_put_sink(bundle, t->name, out, err);
    wr_out_discard(out);
    return wr_fail(err, WR_E_BUG, t->name, WR_NO_OFFSET, "a step that this file cannot say: %s",
                   left_out.list.items[0].message);
}

bool wr_bundle_put_registry(wr_bundle *bundle, wr_error *err)
{
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++)
        if (!put_target(bundle, &targets[i], err))
            return false;
    return true;
}
