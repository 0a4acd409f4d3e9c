/* example.c - what a host trusts, in ten lines:  example SOFTWARE */
#include <winroots/analysis.h>

#include <stdio.h>

int main(int argc, char **argv)
{
    wr_error err = { 0 };
    wr_analysis_options options = { .as_of = 134397792000000000, .expiring_days = 90 };
    wr_analysis *a = wr_analysis_new();
    bool ok = a && argc == 2 && wr_analysis_add(a, WR_INPUT_EVIDENCE, argv[1], NULL, NULL, &err) &&
              wr_analysis_run(a, &options, &err) &&
              wr_analysis_report(a, WR_FORMAT_TEXT, NULL, &err);
    if (!ok)
        fprintf(stderr, "example: %s: %s\n", err.source, err.message);
    wr_analysis_free(a);
    return ok ? 0 : 1;
}
