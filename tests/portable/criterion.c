#include <criterion/criterion.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#ifndef _WIN32
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#endif

enum outcome { PASSED, FAILED, SKIPPED };

static struct criterion_test *tests;
static struct criterion_suite *suites;

/* Of the test that runs. */
static jmp_buf leave;
static enum outcome outcome;

void criterion_add_test(struct criterion_test *test)
{
    struct criterion_test **at = &tests;

    while (*at)
        at = &(*at)->next;
    *at = test;
}

void criterion_add_suite(struct criterion_suite *suite)
{
    suite->next = suites;
    suites = suite;
}

static void say(const char *before, const char *fmt, va_list ap)
{
    fprintf(stderr, "%s", before);
    vfprintf(stderr, fmt, ap);
    fprintf(stderr, "\n");
}

static void note(const char *file, int line, const char *what, const char *fmt, va_list ap)
{
    outcome = FAILED;
    fprintf(stderr, "%s:%d: does not hold: %s", file, line, what);
    say(": ", fmt, ap);
}

void criterion_note(const char *file, int line, const char *what, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    note(file, line, what, fmt, ap);
    va_end(ap);
}

void criterion_fail(const char *file, int line, const char *what, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    note(file, line, what, fmt, ap);
    va_end(ap);
    longjmp(leave, 1);
}

void criterion_skip(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    say("skipped: ", fmt, ap);
    va_end(ap);
    outcome = SKIPPED;
    longjmp(leave, 1);
}

void criterion_warn(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    say("warning: ", fmt, ap);
    va_end(ap);
}

static const struct criterion_test_extra_data *suite_of(const struct criterion_test *test)
{
    static const struct criterion_test_extra_data none;

    for (const struct criterion_suite *s = suites; s; s = s->next)
        if (strcmp(s->name, test->suite) == 0)
            return &s->data;
    return &none;
}

static void call(void (*function)(void))
{
    if (function)
        function();
}

static void run_test(const struct criterion_test *test, void *row)
{
    call(suite_of(test)->init);
    call(test->data.init);
    if (test->run)
        test->run();
    else
        test->run_row(row);
}

static void end_test(const struct criterion_test *test)
{
    call(test->data.fini);
    call(suite_of(test)->fini);
}

/* What fails ends the step that it is in. */
static enum outcome run_here(const struct criterion_test *test, void *row)
{
    outcome = PASSED;
    if (setjmp(leave) == 0)
        run_test(test, row);
    if (outcome != FAILED && setjmp(leave) == 0)
        end_test(test);
    return outcome;
}

#ifdef _WIN32

static enum outcome run_apart(const struct criterion_test *test, void *row)
{
    return run_here(test, row);
}

#else

static enum outcome run_apart(const struct criterion_test *test, void *row)
{
    int status = 0;
    pid_t child;

    fflush(NULL);
    if ((child = fork()) == 0) {
        int code = (int)run_here(test, row);
        fflush(NULL);
        _exit(code);
    }
    if (child < 0 || waitpid(child, &status, 0) != child)
        return FAILED;
    if (test->data.signal)
        return WIFSIGNALED(status) && WTERMSIG(status) == test->data.signal ? PASSED : FAILED;
    if (WIFEXITED(status) && WEXITSTATUS(status) <= SKIPPED)
        return (enum outcome)WEXITSTATUS(status);
    fprintf(stderr, "ended with status 0x%x\n", (unsigned)status);
    return FAILED;
}

#endif

static size_t counts[SKIPPED + 1];

static void run_one(const struct criterion_test *test, void *row)
{
    static const char *const names[] = { "passed", "FAILED", "skipped" };
    const enum outcome came = run_apart(test, row);

    counts[came]++;
    if (came != PASSED)
        fprintf(stderr, "%s %s::%s\n", names[came], test->suite, test->name);
}

struct criterion_test_set *criterion_initialize(void)
{
    return NULL;
}

int criterion_handle_args(int argc, char **argv, bool handle_unknown_arg)
{
    (void)argc, (void)argv, (void)handle_unknown_arg;
    return 1;
}

int criterion_run_all_tests(struct criterion_test_set *set)
{
    (void)set;
    for (const struct criterion_test *test = tests; test; test = test->next) {
        struct criterion_test_params rows = { 0, NULL, 1 };

        if (test->rows)
            rows = test->rows();
        for (size_t i = 0; i < rows.length; i++)
            run_one(test, (char *)rows.params + i * rows.size);
    }
    printf("passed %zu, failed %zu, skipped %zu\n", counts[PASSED], counts[FAILED],
           counts[SKIPPED]);
    return counts[FAILED] == 0 && counts[PASSED] + counts[SKIPPED] > 0;
}

void criterion_finalize(struct criterion_test_set *set)
{
    (void)set;
}
