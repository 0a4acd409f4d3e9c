/* builtin.c - the profiles of require/profiles/, which tools/embed_profiles.py made into arrays. */
#include "require/profile.h"

#include "base/text.h"

#include <string.h>

struct builtin {
    const char *id;
    const char *source;         /* name in errors */
    const char *const *aliases; /* ends with NULL */
    const uint8_t *bytes;
    size_t len;
};

#include "builtin_profiles.inc"

size_t wr_profile_builtin_count(void)
{
    return sizeof builtins / sizeof *builtins;
}

wr_view wr_profile_builtin(size_t i)
{
    return (wr_view){ builtins[i].bytes, builtins[i].len, 0, builtins[i].source };
}

const char *wr_profile_builtin_id(size_t i)
{
    return builtins[i].id;
}

static bool is_called(const struct builtin *builtin, const char *name)
{
    if (wr_text_compare(builtin->id, name) == 0)
        return true;
    for (const char *const *alias = builtin->aliases; *alias; alias++)
        if (wr_text_compare(*alias, name) == 0)
            return true;
    return false;
}

bool wr_profile_find_builtin(const char *id_or_alias, wr_arena *arena, wr_profile *out, bool *found,
                             wr_error *err)
{
    *found = false;
    for (size_t i = 0; i < wr_profile_builtin_count() && !*found; i++) {
        if (!is_called(&builtins[i], id_or_alias))
            continue;
        if (!wr_profile_parse(wr_profile_builtin(i), arena, out, err)) {
            if (err->code != WR_E_NO_MEMORY)
                err->code = WR_E_BUG;
            return false;
        }
        out->built_in = *found = true;
    }
    return true;
}
