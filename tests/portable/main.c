/* main.c - main of the tests where Criterion does not bring it. */
#include <criterion/criterion.h>

int main(int argc, char **argv)
{
    struct criterion_test_set *tests = criterion_initialize();
    bool passed = criterion_handle_args(argc, argv, true) && criterion_run_all_tests(tests);

    criterion_finalize(tests);
    return passed ? 0 : 1;
}
