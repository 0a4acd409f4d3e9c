#include "support.h"

#include "source/component.h"

struct table {
    size_t (*length)(const char *text);
    void (*absent)(void);
};

static const wr_component_call calls[] = { { "strlen", offsetof(struct table, length) },
                                           { "no_such_call", offsetof(struct table, absent) } };

static const char *load(const char *library, size_t num_calls, struct table *table)
{
    const wr_component component = { "The Kit", library, "libkit1", calls, num_calls };
    static wr_error e;

    if (wr_component_load(&component, table, "image.E01", &e))
        return NULL;
    cr_assert_eq(e.code, WR_E_UNSUPPORTED);
    cr_assert_str_eq(e.source, "image.E01");
    return e.message;
}

Test(component, gives_the_calls_of_a_library)
{
    struct table table = { 0 };
    const char *why = load("libc.so.6", 1, &table);

    cr_assert_null(why, "%s", why);
    cr_expect_eq(table.length("four"), 4);
}

Test(component, that_is_not_there_says_what_to_install)
{
    struct table table;
    const char *why = load("libno-such-kit.so.7", 1, &table);

    cr_assert(why);
    cr_expect(strstr(why, "The Kit") && strstr(why, "libkit1"), "%s", why);
}

Test(component, of_another_version_is_refused)
{
    struct table table;
    const char *why = load("libc.so.6", 2, &table);

    cr_assert(why);
    cr_expect(strstr(why, "another version") && strstr(why, "no_such_call"), "%s", why);
}
