#include "support.h"

#include "output/explain.h"
#include "output/explain_step.h"
#include "trust/reason.h"

Test(explain, every_reason_has_its_step)
{
    for (int code = 0; code < WR_NUM_REASONS; code++) {
        const char *change, *text = wr_reason_code_text((wr_reason_code)code);
        cr_assert_neq(wr_step_of(text, &change), WR_NUM_STEPS, "%s", text);
    }
}

Test(explain, hashes_are_40_or_64_digits)
{
    static const struct {
        const char *text;
        bool is_hash;
    } rows[] = {
        { "4eb6d578499b1ccf5f581ead56be3d9b6744a5e5", true },
        { "4EB6D578499B1CCF5F581EAD56BE3D9B6744A5E5", true },
        { "9acfab7e43c8d880d06b262a94deeee4b4659989c3d0caf19baf6405e41ab7df", true },
        { "4eb6d578499b1ccf5f581ead56be3d9b6744a5e", false },
        { "4eb6d578499b1ccf5f581ead56be3d9b6744a5eg", false },
        { "root.cer", false },
        { "", false },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_assert_eq(wr_explain_is_hash(rows[i].text), rows[i].is_hash, "%s", rows[i].text);
}
