/* parameterized.h - tests that are run once for each row of a table. */
#ifndef TESTS_PORTABLE_PARAMETERIZED_H
#define TESTS_PORTABLE_PARAMETERIZED_H

#include <criterion/criterion.h>

#define ParameterizedTestParameters(suite, name)                                                   \
    static struct criterion_test_params CR_NAMED_(suite, name, rows)(void)

#define ParameterizedTest(row, suite, name, ...)                                                   \
    static void CR_NAMED_(suite, name, run)(row);                                                  \
    static void CR_NAMED_(suite, name, call)(void *each)                                           \
    {                                                                                              \
        CR_NAMED_(suite, name, run)(each);                                                         \
    }                                                                                              \
    CR_ADD_(suite, name, NULL, CR_NAMED_(suite, name, call), CR_NAMED_(suite, name, rows),         \
            __VA_ARGS__)                                                                           \
    static void CR_NAMED_(suite, name, run)(row)

#define cr_make_param_array(type, array, count)                                                    \
    ((struct criterion_test_params){ sizeof(type), (void *)(array), (count) })

#endif
