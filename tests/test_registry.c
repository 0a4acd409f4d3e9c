#include "support.h"

#include "format/reg_pol.h"
#include "format/reg_text.h"
#include "format/registry.h"
#include "winroots/limits.h"

static wr_arena arena;
static wr_diags diags;

static void start(void)
{
    wr_arena_init(&arena, (size_t)256 << 20);
    wr_diags_init(&diags, &arena);
}

static void stop(void)
{
    wr_arena_free(&arena);
}

TestSuite(registry, .init = start, .fini = stop);

static wr_reg_tree *build(const wr_reg_entries *entries)
{
    wr_reg_tree *tree = WR_NEW(&arena, wr_reg_tree, 1);
    wr_error err;

    cr_assert(wr_reg_tree_build(entries, "unit", &arena, &diags, tree, &err), "%s", err.message);
    return tree;
}

/* The registry that stands after the lines of a text. */
static wr_reg_tree *after(const char *lines)
{
    wr_reg_entries *entries = WR_NEW(&arena, wr_reg_entries, 1);
    char *text = wr_arena_format(&arena, "REGEDIT4\n%s", lines);
    wr_error err;

    cr_assert(wr_reg_text_parse(view_of(text, strlen(text)), &arena, &diags, entries, &err));
    cr_assert_eq(diags.list.count, 0, "%s", diags.list.items[0].message);
    return build(entries);
}

static void list_below(const wr_reg_tree *tree, uint32_t key, char *text, size_t size)
{
    for (uint32_t k = wr_reg_tree_first(tree, key); k != WR_REG_NONE;
         k = wr_reg_tree_next(tree, k)) {
        size_t n = strlen(text);
        snprintf(text + n, size - n, "%s(", tree->nodes.items[k].name);
        list_below(tree, k, text, size);
        n = strlen(text);
        snprintf(text + n, size - n, ")");
    }
}

/* All keys, each with its subkeys in brackets. */
static const char *keys_of(const wr_reg_tree *tree)
{
    static char text[512];

    text[0] = '\0';
    list_below(tree, WR_REG_ROOT, text, sizeof text);
    return text;
}

Test(registry, keys_stand_as_the_last_line_left_them)
{
    static const struct {
        const char *lines, *keys;
    } rows[] = {
        { "", "" },
        { "[A]\n", "A()" },
        { "[A\\B\\C]\n[A\\D]\n", "A(B(C())D())" },
        { "[\\A\\\\B\\]\n", "A(B())" },
        { "[Key]\n[kEY\\B]\n[KEY\\b]\n", "Key(B())" },
        { "[A]\n[AB]\n[ABC]\n[B]\n[A\\A]\n[a\\ab]\n", "A(A()ab())AB()ABC()B()" },
        { "[A]\n[-A]\n", "" },
        { "[-A]\n[A]\n", "A()" },
        { "[A\\B]\n[-A\\B]\n", "A()" },
        { "[A\\B\\C]\n[-a]\n[A\\D]\n", "A(D())" },
        { "[A\\B\\C]\n[-A]\n[A\\B\\E]\n", "A(B(E()))" },
        { "[A\\B\\C]\n[-A]\n[A]\n[-A]\n[A\\B]\n", "A(B())" },
        { "[A\\B]\n[A\\C]\n[-A\\B]\n[A\\B]\n", "A(B()C())" },
        { "[-A\\B\\C]\n", "" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_assert_str_eq(keys_of(after(rows[i].lines)), rows[i].keys, "%s", rows[i].lines);
}

Test(registry, a_key_is_listed_where_it_has_a_line)
{
    const wr_reg_tree *t = after("[A\\B\\C]\n[A\\D]\n[-A\\D]\n[A\\D\\E]\n[A\\B]\n");
    static const struct {
        const char *path;
        bool listed;
    } rows[] = { { "A", false }, { "A\\B", true }, { "A\\B\\C", true }, { "A\\D", false } };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint32_t key = wr_reg_tree_find(t, WR_REG_ROOT, rows[i].path);
        cr_assert_neq(key, WR_REG_NONE);
        cr_assert_eq(t->nodes.items[key].listed, rows[i].listed, "%s", rows[i].path);
    }
    cr_assert_eq(t->nodes.items[wr_reg_tree_find(t, WR_REG_ROOT, "A\\D")].offset,
                 strlen("REGEDIT4\n[A\\B\\C]\n[A\\D]\n[-A\\D]\n"));
}

Test(registry, values_stand_as_the_last_line_left_them)
{
    const wr_reg_tree *t = after("[A]\n\"x\"=dword:1\n\"y\"=dword:1\n\"z\"=dword:1\n@=dword:7\n"
                                 "[a]\n\"X\"=dword:2\n\"y\"=-\n"
                                 "[A\\B]\n\"x\"=dword:9\n"
                                 "[A]\n\"x\"=dword:3\n\"x\"=dword:4\n"
                                 "[C]\n\"x\"=dword:1\n[-C]\n[C]\n");
    uint32_t a = wr_reg_tree_find(t, WR_REG_ROOT, "A");
    static const struct {
        const char *name;
        uint8_t number; /* 0 = not there */
    } rows[] = { { "x", 4 }, { "y", 0 }, { "Z", 1 }, { "", 7 }, { "w", 0 } };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const wr_reg_value *v = wr_reg_tree_value(t, a, rows[i].name);
        cr_assert_eq(v != NULL, rows[i].number != 0, "%s", rows[i].name);
        cr_assert(!v || v->data.data[0] == rows[i].number, "%s", rows[i].name);
    }
    cr_assert_null(wr_reg_tree_value(t, wr_reg_tree_find(t, WR_REG_ROOT, "C"), "x"));
}

Test(registry, every_value_may_be_deleted_and_instructions_are_none)
{
    static const wr_reg_value values[] = {
        { .name = "old", .type = 1 },
        { .op = WR_REG_DELETE_VALUES, .name = "" },
        { .name = "new", .type = 1 },
        { .op = WR_REG_INSTRUCTION, .name = "new" },
    };
    wr_reg_entries e = { 0 };
    const wr_reg_tree *t;
    wr_error err;
    uint32_t key;

    cr_assert(wr_reg_add_key(&e, &arena, "K", false, view_of(NULL, 0), &err));
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        cr_assert(wr_reg_add_value(&e, &arena, &values[i], &err));
    t = build(&e);
    key = wr_reg_tree_find(t, WR_REG_ROOT, "K");
    cr_assert_null(wr_reg_tree_value(t, key, "old"));
    cr_assert(wr_reg_tree_value(t, key, "new"));
}

Test(registry, paths_are_found_from_any_key)
{
    const wr_reg_tree *t = after("[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft]\n");
    uint32_t software = wr_reg_tree_find(t, WR_REG_ROOT, "hkey_local_machine\\Software");

    cr_assert_neq(software, WR_REG_NONE);
    cr_assert_eq(wr_reg_tree_find(t, software, ""), software);
    cr_assert_neq(wr_reg_tree_find(t, software, "Microsoft"), WR_REG_NONE);
    cr_assert_eq(wr_reg_tree_find(t, software, "Microsoft\\x"), WR_REG_NONE);
    cr_assert_eq(wr_reg_tree_find(t, WR_REG_ROOT, "SOFTWARE"), WR_REG_NONE);
}

/* Names that share all but their end, in an order of their own: none is lost or found twice. */
Test(registry, thousands_of_names_are_told_apart)
{
    enum { MANY = 20000 };
    wr_reg_entries e = { 0 };
    const wr_reg_tree *t;
    size_t count = 0;
    wr_error err;

    for (unsigned i = 0; i < MANY; i++)
        cr_assert(wr_reg_add_key(
            &e, &arena,
            wr_arena_format(&arena, "K\\name%05u%s", (i * 7919u) % MANY, i % 3 ? "" : "\\x"), false,
            view_of(NULL, 0), &err));
    t = build(&e);
    for (uint32_t k = wr_reg_tree_first(t, wr_reg_tree_find(t, 0, "K")); k != WR_REG_NONE;
         k = wr_reg_tree_next(t, k))
        count++;
    cr_assert_eq(count, MANY);
    for (unsigned i = 0; i < MANY; i++)
        cr_assert_neq(wr_reg_tree_find(t, 0, wr_arena_format(&arena, "k\\NAME%05u", i)),
                      WR_REG_NONE);
    cr_assert_eq(wr_reg_tree_find(t, 0, "K\\name"), WR_REG_NONE);
    cr_assert_eq(wr_reg_tree_find(t, 0, "K\\name000000"), WR_REG_NONE);
}

Test(registry, depth_has_a_limit)
{
    wr_reg_entries e = { 0 };
    const wr_reg_tree *t;
    char *path = WR_NEW(&arena, char, 2 * (WR_LIMIT_KEY_DEPTH + 1) + 1);
    wr_error err;

    for (size_t i = 0; i < WR_LIMIT_KEY_DEPTH; i++)
        memcpy(path + 2 * i, "k\\", 2);
    cr_assert(
        wr_reg_add_key(&e, &arena, wr_arena_text(&arena, path), false, view_of(NULL, 0), &err));
    path[2 * WR_LIMIT_KEY_DEPTH] = 'k';
    cr_assert(wr_reg_add_key(&e, &arena, path, false, (wr_view){ .origin = 7 }, &err));
    t = build(&e);
    cr_assert_eq(t->nodes.count, WR_LIMIT_KEY_DEPTH + 1);
    cr_assert_eq(diags.num_skipped, 1);
    cr_assert_eq(diags.list.items[0].code, WR_E_LIMIT);
    cr_assert_eq(diags.list.items[0].offset, 7);
}

/* ---- both kinds through one door ---------------------------------------------------------------
 */

/* What the demo host's hive says, as a text. */
static const char demo_as_text[] =
    "[Microsoft\\Windows "
    "NT\\CurrentVersion]\n\"CurrentBuildNumber\"=\"19045\"\n\"UBR\"=dword:0000104a\n"
    "\"ProductName\"=hex(2):57,00,00\n"
    "[Policies\\Microsoft\\SystemCertificates\\AuthRoot]\n\"DisableRootAutoUpdate\"=dword:1\n";

static void check_demo(const wr_registry *r, bool knows_times)
{
    wr_registry_key root, key, child;
    wr_registry_value value;
    wr_registry_iter it;
    const char *text;
    wr_view data;
    wr_error err;
    uint32_t n;
    size_t found = 0;

    cr_assert(wr_registry_root(r, &root, &err));
    cr_assert(wr_registry_find(r, &root, "Microsoft\\Windows NT\\currentversion", &diags, &key));
    cr_assert_str_eq(wr_registry_name(r, &key, &arena), "CurrentVersion");
    cr_assert_eq(key.last_write != 0, knows_times);
    cr_assert(key.listed);
    cr_assert_gt(key.offset, 0);
    cr_assert(wr_registry_string(r, &key, "CurrentBuildNumber", &arena, &diags, &text));
    cr_assert_str_eq(text, "19045");
    cr_assert(wr_registry_dword(r, &key, "ubr", &diags, &n));
    cr_assert_eq(n, 4170);
    cr_assert(wr_registry_find_value(r, &key, "UBR", &diags, &value));
    cr_assert(wr_registry_data(r, &value, &arena, &data, &err));
    cr_assert_eq(data.len, 4);
    cr_assert_not(wr_registry_find_value(r, &key, "nothing", &diags, &value));
    cr_assert_not(wr_registry_dword(r, &key, "nothing", &diags, &n));
    cr_assert_not(wr_registry_string(r, &key, "nothing", &arena, &diags, &text));
    cr_assert_not(wr_registry_find(r, &key, "nothing", &diags, &child));
    cr_assert_eq(diags.num_skipped, 0);
    cr_assert_not(wr_registry_dword(r, &key, "CurrentBuildNumber", &diags, &n));
    cr_assert_not(wr_registry_string(r, &key, "UBR", &arena, &diags, &text));
    cr_assert_eq(diags.num_skipped, 2, "a value of another kind is said");
    wr_registry_subkeys(r, &root, "", &diags, &it);
    while (wr_registry_next(&it, &child))
        found += !strcmp(wr_registry_name(r, &child, &arena), "Microsoft") ||
                 !strcmp(wr_registry_name(r, &child, &arena), "Policies");
    cr_assert_eq(found, 2);
}

Test(registry, a_hive_is_read_by_names)
{
    size_t len;
    uint8_t *bytes = read_file(FIXTURE("demo/SOFTWARE"), &len);
    wr_regf hive;
    wr_registry r = { .hive = &hive };
    wr_error err;

    cr_assert(wr_regf_open(view_of(bytes, len), &arena, &diags, &hive, &err));
    check_demo(&r, true);
    free(bytes);
}

Test(registry, a_text_is_read_by_names)
{
    wr_registry r = { .tree = after(demo_as_text) };

    check_demo(&r, false);
}

/* ---- any bytes ---------------------------------------------------------------------------------
 */

static size_t count_below(const wr_reg_tree *t, uint32_t key)
{
    size_t n = 0;

    for (uint32_t k = wr_reg_tree_first(t, key); k != WR_REG_NONE; k = wr_reg_tree_next(t, k)) {
        cr_assert_eq(wr_reg_tree_find(t, key, t->nodes.items[k].name), k);
        (void)wr_reg_tree_value(t, k, "x");
        n += 1 + count_below(t, k);
    }
    return n;
}

static void build_any(wr_view v, wr_arena *a)
{
    wr_reg_entries e = { 0 };
    wr_reg_tree t;
    wr_error err;
    wr_diags d;

    wr_diags_init(&d, a);
    if (!wr_reg_text_parse(v, a, &d, &e, &err) || !wr_reg_tree_build(&e, "unit", a, &d, &t, &err))
        return;
    cr_assert_lt(count_below(&t, WR_REG_ROOT), t.nodes.count);
}

static const char several[] =
    "REGEDIT4\n[A\\B\\C]\n\"x\"=-\n[A]\n\"x\"=dword:1\n[-A\\B]\n[A\\B\\D]\n[AB\\C]\n[-A]\n[A\\B]\n";

Test(registry, every_flip_of_a_text_is_safe)
{
    for_every_flip((const uint8_t *)several, sizeof several - 1, build_any);
}

Test(registry, every_failing_allocation_is_safe)
{
    for_every_allocation((const uint8_t *)several, sizeof several - 1, 80, build_any);
}
