/* Lists of evidence, files of records put together, and names of machines: what comes from outside
 * into a run over many hosts. */
#include "support.h"

#include "base/os.h"
#include "fleet/gather.h"
#include "fleet/host_list.h"
#include "fleet/plan.h"
#include "winroots/limits.h"

#include <unistd.h>

static char scratch[] = "/tmp/winroots-fleet-XXXXXX";

static void enter(void)
{
    cr_assert(mkdtemp(scratch) && chdir(scratch) == 0);
}

static void leave(void)
{
    cr_assert(chdir("/") == 0 && wr_os_remove_tree(scratch));
}

TestSuite(fleet_list, .init = enter, .fini = leave);

static void put(const char *path, const void *bytes, size_t len)
{
    FILE *f = fopen(path, "wb");

    cr_assert(f && fwrite(bytes, 1, len, f) == len && fclose(f) == 0);
}

/* The names of a list with '|' behind each, and behind them the code of what went wrong. */
static const char *names_of(const char *bytes, size_t len, bool null)
{
    static const char *const given[] = { "first" };
    static char out[256];
    wr_host_list list;
    const char *name;
    wr_arena arena;
    wr_error err = { .code = WR_OK };
    size_t used = 0;

    put("list", bytes, len);
    wr_arena_init(&arena, (size_t)1 << 20);
    cr_assert(wr_host_list_begin(given, 1, "list", null, &arena, &list, &err));
    while (wr_host_list_next(&list, &name, &err) && name)
        used += (size_t)snprintf(out + used, sizeof out - used, "%s|", name);
    snprintf(out + used, sizeof out - used, "%s", err.code ? wr_code_name(err.code) : "");
    wr_host_list_end(&list);
    wr_arena_free(&arena);
    return out;
}

#define NAMES(text, null) names_of((text), sizeof(text) - 1, (null))

Test(fleet_list, one_name_a_line)
{
    cr_assert_str_eq(NAMES("", false), "first|");
    cr_assert_str_eq(NAMES("a\nb", false), "first|a|b|");
    cr_assert_str_eq(NAMES("a\r\n\r\n\nb c \n", false), "first|a|b c |");
    cr_assert_str_eq(NAMES("a\n\0b\n", false), "first|a|malformed");
    cr_assert_str_eq(NAMES("a\nb\0\0c\r\0", true), "first|a\nb|c\r|");
    cr_assert_str_eq(NAMES("a\0b", true), "first|a|b|");
}

Test(fleet_list, names_and_lists_have_limits)
{
    static char text[WR_LIMIT_FLEET_PATH + 2];
    wr_host_list list;
    const char *name;
    wr_arena arena;
    wr_error err;

    memset(text, 'x', sizeof text);
    text[WR_LIMIT_FLEET_PATH] = '\n';
    wr_arena_init(&arena, (size_t)1 << 20);
    put("fits", text, sizeof text - 1);
    cr_assert(wr_host_list_begin(NULL, 0, "fits", false, &arena, &list, &err));
    cr_assert(wr_host_list_next(&list, &name, &err) && strlen(name) == WR_LIMIT_FLEET_PATH);
    wr_host_list_end(&list);
    text[WR_LIMIT_FLEET_PATH] = 'x';
    put("long", text, sizeof text - 1);
    cr_assert(wr_host_list_begin(NULL, 0, "long", false, &arena, &list, &err));
    cr_assert(!wr_host_list_next(&list, &name, &err) && err.code == WR_E_LIMIT);
    wr_host_list_end(&list);
    cr_assert(wr_host_list_begin(NULL, 0, "fits", false, &arena, &list, &err));
    list.entries = WR_LIMIT_FLEET_HOSTS;
    cr_assert(!wr_host_list_next(&list, &name, &err) && err.code == WR_E_LIMIT);
    wr_host_list_end(&list);
    cr_assert(!wr_host_list_begin(NULL, 0, "/", false, &arena, &list, &err));
    cr_assert_eq(err.code, WR_E_USAGE);
    wr_arena_free(&arena);
}

#define OBJECT "{\"schema\":\"winroots.object/1\",\"kind\":\"x\",\"sha256\":\"0\",\"data\":"
#define HOST   "{\"schema\":\"winroots.host/1\"}\n"

Test(fleet_list, what_hosts_have_alike_is_gathered_once)
{
    static const char one[] = OBJECT "1}\n" HOST OBJECT "2}\n" HOST;
    static const char two[] = OBJECT "2}\n" HOST OBJECT "3}\n" OBJECT "1}\n" HOST "left out";
    static const char all[] = OBJECT "1}\n" HOST OBJECT "2}\n" HOST HOST OBJECT "3}\n" HOST;
    wr_gather g;
    wr_out *out;
    wr_error err;

    put("one", one, sizeof one - 1);
    put("two", two, sizeof two - 1);
    cr_assert(wr_out_memory(&out, &err));
    wr_gather_begin(&g, out);
    cr_assert(wr_gather_file(&g, "one", UINT64_MAX, &err));
    cr_assert(wr_gather_file(&g, "two", sizeof two - sizeof "left out", &err));
    cr_assert_eq(wr_out_bytes(out).len, sizeof all - 1);
    cr_assert_arr_eq(wr_out_bytes(out).data, all, sizeof all - 1);
    cr_assert(!wr_gather_file(&g, "two", UINT64_MAX, &err));
    cr_assert_eq(err.code, WR_E_MALFORMED);
    cr_assert_eq(err.offset, sizeof two - sizeof "left out");
    cr_assert(!wr_gather_file(&g, "none", UINT64_MAX, &err));
    cr_assert_eq(err.code, WR_E_IO);
    wr_gather_end(&g);
    wr_out_discard(out);
}

Test(fleet_list, machines)
{
    static const char *const good[] = { "lab1", "2/lab1", "16/me@lab1.example.org", "10.0.0.1" };
    static const char *const bad[] = { "",     "/",   "2/",   "/lab", "x/lab", "-v",
                                       "2/-v", "a b", "a;b",  "$(a)", "a/b/c", "1/2/a",
                                       ":",    "a'b", "a\nb", "*",    "[" };

    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        cr_assert(wr_job_plan_is_host(good[i]), "%s", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        cr_assert(!wr_job_plan_is_host(bad[i]), "%s", bad[i]);
}
