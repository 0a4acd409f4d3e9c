/* criterion.h - as much of Criterion as the tests use, for machines that it has no package for.
 *
 * The same test_*.c are built with it.  Each test is a process of its own where there is fork();
 * elsewhere they share one, and a test that crashes ends them. */
#ifndef TESTS_PORTABLE_CRITERION_H
#define TESTS_PORTABLE_CRITERION_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct criterion_test_set;

struct criterion_test_extra_data {
    int none; /* so that a list of the others may be empty */
    void (*init)(void);
    void (*fini)(void);
    double timeout; /* not kept: ctest's is */
    int signal;     /* that must end it     */
};

struct criterion_test_params {
    size_t size;
    void *params;
    size_t length;
};

struct criterion_test {
    const char *suite, *name;
    void (*run)(void); /* NULL: one of rows */
    void (*run_row)(void *row);
    struct criterion_test_params (*rows)(void);
    struct criterion_test_extra_data data;
    struct criterion_test *next;
};

struct criterion_suite {
    const char *name;
    struct criterion_test_extra_data data;
    struct criterion_suite *next;
};

struct criterion_test_set *criterion_initialize(void);
int criterion_handle_args(int argc, char **argv, bool handle_unknown_arg);
int criterion_run_all_tests(struct criterion_test_set *set); /* true = all passed */
void criterion_finalize(struct criterion_test_set *set);

void criterion_add_test(struct criterion_test *test);
void criterion_add_suite(struct criterion_suite *suite);
void criterion_note(const char *file, int line, const char *what, const char *fmt, ...);
__attribute__((noreturn)) void criterion_fail(const char *file, int line, const char *what,
                                              const char *fmt, ...);
__attribute__((noreturn)) void criterion_skip(const char *fmt, ...);
void criterion_warn(const char *fmt, ...);

#define CR_NAMED_(suite, name, what) suite##_##name##_##what

#define CR_ADD_(suite_, name_, run_, run_row_, rows_, ...)                                         \
    __attribute__((constructor)) static void CR_NAMED_(suite_, name_, add)(void)                   \
    {                                                                                              \
        static struct criterion_test test = { .suite = #suite_,                                    \
                                              .name = #name_,                                      \
                                              .run = run_,                                         \
                                              .run_row = run_row_,                                 \
                                              .rows = rows_,                                       \
                                              .data = { 0, __VA_ARGS__ } };                        \
        criterion_add_test(&test);                                                                 \
    }

#define Test(suite, name, ...)                                                                     \
    static void CR_NAMED_(suite, name, run)(void);                                                 \
    CR_ADD_(suite, name, CR_NAMED_(suite, name, run), NULL, NULL, __VA_ARGS__)                     \
    static void CR_NAMED_(suite, name, run)(void)

#define TestSuite(name_, ...)                                                                      \
    __attribute__((constructor)) static void name_##_add_suite(void)                               \
    {                                                                                              \
        static struct criterion_suite suite = { .name = #name_, .data = { 0, __VA_ARGS__ } };      \
        criterion_add_suite(&suite);                                                               \
    }                                                                                              \
    struct criterion_suite

#define CR_CHECK_(otherwise, holds, what, ...)                                                     \
    ((holds) ? (void)0 : otherwise(__FILE__, __LINE__, what, "" __VA_ARGS__))

#define cr_assert(a, ...)        CR_CHECK_(criterion_fail, (a), #a, __VA_ARGS__)
#define cr_assert_not(a, ...)    CR_CHECK_(criterion_fail, !(a), "not " #a, __VA_ARGS__)
#define cr_assert_fail(...)      CR_CHECK_(criterion_fail, false, "fail", __VA_ARGS__)
#define cr_assert_eq(a, b, ...)  CR_CHECK_(criterion_fail, (a) == (b), #a " == " #b, __VA_ARGS__)
#define cr_assert_neq(a, b, ...) CR_CHECK_(criterion_fail, (a) != (b), #a " != " #b, __VA_ARGS__)
#define cr_assert_lt(a, b, ...)  CR_CHECK_(criterion_fail, (a) < (b), #a " < " #b, __VA_ARGS__)
#define cr_assert_leq(a, b, ...) CR_CHECK_(criterion_fail, (a) <= (b), #a " <= " #b, __VA_ARGS__)
#define cr_assert_gt(a, b, ...)  CR_CHECK_(criterion_fail, (a) > (b), #a " > " #b, __VA_ARGS__)
#define cr_assert_geq(a, b, ...) CR_CHECK_(criterion_fail, (a) >= (b), #a " >= " #b, __VA_ARGS__)
#define cr_assert_null(a, ...)   CR_CHECK_(criterion_fail, (a) == NULL, #a " is NULL", __VA_ARGS__)
#define cr_assert_not_null(a, ...)                                                                 \
    CR_CHECK_(criterion_fail, (a) != NULL, #a " is not NULL", __VA_ARGS__)
#define cr_assert_str_eq(a, b, ...)                                                                \
    CR_CHECK_(criterion_fail, strcmp((a), (b)) == 0, #a " is " #b, __VA_ARGS__)
#define cr_assert_str_neq(a, b, ...)                                                               \
    CR_CHECK_(criterion_fail, strcmp((a), (b)) != 0, #a " is not " #b, __VA_ARGS__)
#define cr_assert_str_empty(a, ...)                                                                \
    CR_CHECK_(criterion_fail, *(a) == '\0', #a " is empty", __VA_ARGS__)
#define cr_assert_arr_eq(a, b, n, ...)                                                             \
    CR_CHECK_(criterion_fail, memcmp((a), (b), (n)) == 0, #a " is " #b, __VA_ARGS__)

#define cr_assert_arr_neq(a, b, n, ...)                                                            \
    CR_CHECK_(criterion_fail, memcmp((a), (b), (n)) != 0, #a " is not " #b, __VA_ARGS__)

#define cr_expect(a, ...)        CR_CHECK_(criterion_note, (a), #a, __VA_ARGS__)
#define cr_expect_not(a, ...)    CR_CHECK_(criterion_note, !(a), "not " #a, __VA_ARGS__)
#define cr_expect_eq(a, b, ...)  CR_CHECK_(criterion_note, (a) == (b), #a " == " #b, __VA_ARGS__)
#define cr_expect_neq(a, b, ...) CR_CHECK_(criterion_note, (a) != (b), #a " != " #b, __VA_ARGS__)
#define cr_expect_lt(a, b, ...)  CR_CHECK_(criterion_note, (a) < (b), #a " < " #b, __VA_ARGS__)
#define cr_expect_leq(a, b, ...) CR_CHECK_(criterion_note, (a) <= (b), #a " <= " #b, __VA_ARGS__)
#define cr_expect_gt(a, b, ...)  CR_CHECK_(criterion_note, (a) > (b), #a " > " #b, __VA_ARGS__)
#define cr_expect_geq(a, b, ...) CR_CHECK_(criterion_note, (a) >= (b), #a " >= " #b, __VA_ARGS__)
#define cr_expect_null(a, ...)   CR_CHECK_(criterion_note, (a) == NULL, #a " is NULL", __VA_ARGS__)
#define cr_expect_str_eq(a, b, ...)                                                                \
    CR_CHECK_(criterion_note, strcmp((a), (b)) == 0, #a " is " #b, __VA_ARGS__)
#define cr_expect_arr_eq(a, b, n, ...)                                                             \
    CR_CHECK_(criterion_note, memcmp((a), (b), (n)) == 0, #a " is " #b, __VA_ARGS__)

#define cr_expect_not_null(a, ...)                                                                 \
    CR_CHECK_(criterion_note, (a) != NULL, #a " is not NULL", __VA_ARGS__)
#define cr_expect_fail(...) CR_CHECK_(criterion_note, false, "fail", __VA_ARGS__)
#define cr_expect_str_neq(a, b, ...)                                                               \
    CR_CHECK_(criterion_note, strcmp((a), (b)) != 0, #a " is not " #b, __VA_ARGS__)
#define cr_expect_str_empty(a, ...)                                                                \
    CR_CHECK_(criterion_note, *(a) == '\0', #a " is empty", __VA_ARGS__)
#define cr_expect_arr_neq(a, b, n, ...)                                                            \
    CR_CHECK_(criterion_note, memcmp((a), (b), (n)) != 0, #a " is not " #b, __VA_ARGS__)
#define cr_assert_str_not_empty(a, ...)                                                            \
    CR_CHECK_(criterion_fail, *(a) != '\0', #a " is not empty", __VA_ARGS__)
#define cr_expect_str_not_empty(a, ...)                                                            \
    CR_CHECK_(criterion_note, *(a) != '\0', #a " is not empty", __VA_ARGS__)

#define cr_skip_test(...) criterion_skip("" __VA_ARGS__)
#define cr_log_warn(...)  criterion_warn("" __VA_ARGS__)
#define cr_log_info(...)  criterion_warn("" __VA_ARGS__)

#endif
