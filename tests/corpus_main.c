/* corpus_main.c - main of the tests that need real data: without it they are skipped, visibly. */
#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    struct criterion_test_set *tests;
    int failed = 0;

    if (!getenv("WINROOTS_CORPUS")) {
        puts("SKIP: WINROOTS_CORPUS is not set");
        return 77;
    }
    tests = criterion_initialize();
    if (criterion_handle_args(argc, argv, true))
        failed = !criterion_run_all_tests(tests);
    criterion_finalize(tests);
    return failed;
}
