/* test_setting.c - items about a registry value, over every type of value and every operator, by
 * the rules of docs/profile.md stated anew; then where a value is looked for. */
#include "made.h"
#include "regf_builder.h"

#include <unistd.h>

static host h;
static struct hive hive;
static char paths[2][40]; /* each hive is another item, in this order */
static size_t num_paths;

static void start(void)
{
    start_host(&h);
}

static void stop(void)
{
    wr_evidence_free((wr_evidence *)(uintptr_t)h.model.evidence);
    while (num_paths)
        remove(paths[--num_paths]);
    stop_host(&h);
}

TestSuite(setting, .init = start, .fini = stop);

#define KEY "Microsoft\\SystemCertificates"

/* What stands in the hive: as a text for people, and the number where it is one. */
static const struct {
    const char *name;
    uint32_t type;
    const void *data;
    size_t len;
    const char *text;
    bool is_number;
    uint64_t number;
} values[] = {
    { "dword", WR_REG_DWORD, "\x10\0\0\0", 4, "16", true, 16 },
    { "zero", WR_REG_DWORD, "\0\0\0\0", 4, "0", true, 0 },
    { "most", WR_REG_DWORD, "\xff\xff\xff\xff", 4, "4294967295", true, 4294967295u },
    { "short", WR_REG_DWORD, "\x10\0\0", 3, "100000", false, 0 },
    { "long", WR_REG_DWORD, "\x10\0\0\0\0", 5, "1000000000", false, 0 },
    { "qword", 11, "\0\0\0\0\1\0\0\0", 8, "4294967296", true, 4294967296u },
    { "seven", 11, "\1\0\0\0\0\0\0", 7, "01000000000000", false, 0 },
    { "nine", 11, "\1\0\0\0\0\0\0\0\0", 9, "010000000000000000", false, 0 },
    { "text", WR_REG_SZ,
      "1\0"
      "6\0\0\0",
      6, "16", false, 0 },
    { "expand", WR_REG_EXPAND_SZ, "%\0a\0%\0", 6, "%a%", false, 0 },
    { "cut", WR_REG_SZ, "a\0\0\0b\0", 6, "a", false, 0 },
    { "empty", WR_REG_SZ, "", 0, "", false, 0 },
    { "binary", WR_REG_BINARY, "\x0a\xff", 2, "0aff", false, 0 },
};
#define NUM_VALUES (sizeof values / sizeof *values)

static void write_hive(const char *path, bool damaged)
{
    uint32_t root, microsoft, key, cells[NUM_VALUES];
    wr_view image;
    FILE *f;

    hive = hive_new(5);
    root = hive_key(&hive, "ROOT", NIL);
    microsoft = hive_key(&hive, "Microsoft", root);
    key = hive_key(&hive, "SystemCertificates", microsoft);
    hive_subkeys(&hive, root, "lh", &microsoft, 1);
    hive_subkeys(&hive, microsoft, "lh", &key, 1);
    for (size_t i = 0; i < NUM_VALUES; i++)
        cells[i] = hive_value(&hive, values[i].name, values[i].type, values[i].data, values[i].len);
    if (damaged) {
        cells[NUM_VALUES - 1] = 0x7ffff8;             /* no such cell */
        hive_u32(&hive, cells[5], VK_DATA, 0x7ffff8); /* nor one for the data of "qword" */
    }
    hive_values(&hive, key, cells, NUM_VALUES);
    image = hive_image(&hive, root);
    f = fopen(path, "wb");
    cr_assert(f && fwrite(image.data, 1, image.len, f) == image.len && !fclose(f), "%s", path);
    hive_free(&hive);
}

static void give_hive(bool damaged)
{
    wr_evidence_options options = { .hash = false };
    char *path = paths[num_paths];
    wr_error e;

    cr_assert_lt(num_paths, 2);
    snprintf(path, sizeof paths[0], "setting-%d-%zu.hive", (int)getpid(), num_paths++);
    if (!h.model.evidence)
        h.model.evidence = wr_evidence_new(&h.arena, &h.diags);
    write_hive(path, damaged);
    cr_assert(wr_evidence_add((wr_evidence *)(uintptr_t)h.model.evidence, path, WR_USE_EVIDENCE,
                              NULL, &options, &e),
              "%s", e.message);
}

static wr_check ask(const char *key, const char *name, const char *operator, const char * data)
{
    wr_comparison all = compare(
        &h, profile_of(&h, "p",
                       wr_arena_format(
                           &h.arena,
                           "{'id':'i','severity':'required','basis':'inferred','kind':'registry-"
                           "value','registry':"
                           "{'key':'HKLM\\\\SOFTWARE\\\\%s','name':'%s','operator':'%s'%s%s%s}}",
                           key, name, operator, data ? ",'data':'" : "", data ? data : "",
                           data ? "'" : "")));

    return all.checks.items[0];
}

#define ESCAPED "Microsoft\\\\SystemCertificates"

/* What docs/profile.md says of an operator: numbers are compared with REG_DWORD and REG_QWORD,
 * decimal or with 0x. */
static bool holds(size_t value, const char *operator, const char * data)
{
    bool there = value < NUM_VALUES, is_number = there && values[value].is_number, equal;
    char *end;
    uint64_t wanted = data ? strtoull(data, &end, strncmp(data, "0x", 2) ? 10 : 16) : 0;
    bool wants_number = data && *data && !*end;

    if (!data)
        return there == !strcmp(operator, "present");
    if (!there)
        return !strcmp(operator, "not-equals");
    equal = is_number && wants_number ? values[value].number == wanted
                                      : !strcmp(values[value].text, data);
    if (!strcmp(operator, "equals"))
        return equal;
    if (!strcmp(operator, "not-equals"))
        return !equal;
    return is_number && (!strcmp(operator, "at-least") ? values[value].number >= wanted
                                                       : values[value].number <= wanted);
}

Test(setting, every_operator_over_every_type)
{
    static const char *const operators[] = { "present",    "absent",   "equals",
                                             "not-equals", "at-least", "at-most" };
    static const char *const data[] = { "0",          "1",          "15",         "16",
                                        "17",         "0x10",       "0xf",        "0x11",
                                        "4294967295", "4294967296", "4294967297", "%a%",
                                        "a",          "",           "0aff",       "100000" };
    const wr_item *item;

    give_hive(false);
    judge(&h);
    item = wr_evidence_item(h.model.evidence, 0);
    for (size_t v = 0; v <= NUM_VALUES; v++)
        for (size_t o = 0; o < sizeof operators / sizeof *operators; o++)
            for (size_t d = 0; d < sizeof data / sizeof *data; d++) {
                const char *name = v < NUM_VALUES ? values[v].name : "nothing",
                           *operator= operators[o];
                const char *given = o < 2 ? NULL : data[d], *text;
                wr_check check;

                if ((o < 2 && d) || (o > 3 && !strchr("0123456789", data[d][0])) ||
                    (o > 3 && !*data[d]) || (o > 3 && !strcmp(data[d], "0aff")))
                    continue; /* only numbers can be asked for in order */
                check = ask(ESCAPED, name, operator, given);
                text = wr_arena_format(&h.arena, "%s is %s%s%s, required: %s%s%s", name,
                                       v < NUM_VALUES ? "\"" : "absent",
                                       v < NUM_VALUES ? values[v].text : "",
                                       v < NUM_VALUES ? "\"" : "", operator,
                                       given && * given ? " " : "", given ? given : "");
                cr_expect_eq(check.result, holds(v, operator, given) ? WR_PASS : WR_FAIL, "%s",
                             check.detail);
                cr_expect_str_eq(check.detail, text);
                cr_expect_str_eq(check.state, "");
                cr_expect_str_eq(check.source, item->label);
                cr_expect_str_eq(check.path, KEY);
            }
}

/* A line of what is said has room for 1023 characters. */
Test(setting, what_is_longer_than_a_line_is_cut)
{
    char data[1200];
    wr_check check;

    give_hive(false);
    judge(&h);
    memset(data, 'x', sizeof data - 1);
    data[sizeof data - 1] = 0;
    check = ask(ESCAPED, "dword", "equals", data);
    cr_expect_eq(strlen(check.detail), 1023);
    cr_expect_eq(check.result, WR_FAIL);
    data[1023 - strlen("dword is \"16\", required: equals ")] = 0;
    check = ask(ESCAPED, "dword", "equals", data);
    cr_expect_str_eq(check.detail + strlen(check.detail) - strlen(data), data, "whole");
}

#define OPEN(name) name ": no machine hive in which it could be read"

Test(setting, what_could_not_be_read_is_open)
{
    wr_check check;

    judge(&h);
    check = ask(ESCAPED, "dword", "absent", NULL);
    cr_expect_eq(check.result, WR_RESULT_UNKNOWN);
    cr_expect_str_eq(check.detail, OPEN("dword"));
    give_hive(true);
    check = ask(ESCAPED, "dword", "present", NULL);
    cr_expect_eq(check.result, WR_PASS, "what is there is there: %s", check.detail);
    check = ask(ESCAPED, "nothing", "absent", NULL);
    cr_expect_eq(check.result, WR_RESULT_UNKNOWN, "it may be in what was lost: %s", check.detail);
    check = ask(ESCAPED, "qword", "present", NULL);
    cr_expect_eq(check.result, WR_RESULT_UNKNOWN, "it is there, and cannot be read: %s",
                 check.detail);
    check = ask("No\\\\Such", "nothing", "absent", NULL);
    cr_expect_eq(check.result, WR_PASS, "%s", check.detail);
    give_hive(false); /* a second one that is whole */
    check = ask(ESCAPED, "nothing", "absent", NULL);
    cr_expect_eq(check.result, WR_PASS, "%s", check.detail);
    check = ask(ESCAPED, "DWORD", "equals", "16");
    cr_expect_eq(check.result, WR_PASS, "in any case of letters");
    cr_expect_str_eq(check.source, wr_evidence_item(h.model.evidence, 0)->label,
                     "the first that has it");
}

#define AUTHROOT "Policies\\\\Microsoft\\\\SystemCertificates\\\\AuthRoot"
#define UNNAMED  "Microsoft\\\\Example"

/* A saved report has the policies, and of what is not there, that it was not. */
Test(setting, of_a_saved_report_the_policies_are_known)
{
    wr_check check;
    size_t store;
    wr_error e;

    cr_assert(wr_model_store(&h.model, WR_CU, "Users/a", "Root", "other hive", "key", &store, &e));
    cr_assert(wr_model_store(&h.model, WR_LM, NULL, "Root", "file", "", &store, &e));
    cr_assert(wr_model_store(&h.model, WR_LM, NULL, "CA", "machine hive", "key", &store, &e));
    h.model.from_report = true;
    for (size_t i = 0; i < 3; i++)
        set_policy(&h, "DisableRootAutoUpdate", AUTHROOT_KEY, i);
    h.model.policies.items[0].owner = "Users/a";
    h.model.policies.items[1].intent = true;
    set_policy(&h, "ChainEngine\\MinRsaPubKeyBitLength", "Software\\Elsewhere", 7);
    judge(&h);
    check = ask(AUTHROOT, "disablerootautoupdate", "equals", "2");
    cr_expect_eq(check.result, WR_PASS, "%s", check.detail);
    cr_expect_str_eq(check.source, "hive");
    cr_expect_str_eq(check.path, AUTHROOT_KEY);
    check = ask("Software\\\\Elsewhere", "MinRsaPubKeyBitLength", "equals", "7");
    cr_expect_eq(check.result, WR_PASS, "by the last part of its name: %s", check.detail);
    check = ask("Software\\\\Elsewhere", "DisableRootAutoUpdate", "equals", "2");
    cr_expect_eq(check.result, WR_RESULT_UNKNOWN, "of another key: %s", check.detail);

    check = ask(AUTHROOT, "EnableDisallowedCertAutoUpdate", "absent", NULL);
    cr_expect_eq(check.result, WR_PASS, "every report would have it: %s", check.detail);
    cr_expect_str_eq(check.source, "machine hive");
    cr_expect_str_eq(check.path, AUTHROOT_KEY);
    check = ask(UNNAMED, "Value", "absent", NULL);
    cr_expect_eq(check.result, WR_RESULT_UNKNOWN, "no report has it: %s", check.detail);
    cr_expect_str_eq(check.source, "");
    for (int lack = 0; lack < 4; lack++) {
        h.model.has_machine_hive = lack != 0;
        h.model.machine_hive_partial = lack == 1;
        h.model.machine_incomplete = lack == 2;
        h.diags.num_skipped = lack == 3;
        check = ask(AUTHROOT, "EnableDisallowedCertAutoUpdate", "absent", NULL);
        cr_expect_eq(check.result, WR_RESULT_UNKNOWN, "%d: %s", lack, check.detail);
        check = ask(AUTHROOT, "DisableRootAutoUpdate", "equals", "2");
        cr_expect_eq(check.result, WR_PASS, "%d: %s", lack, check.detail);
    }
    h.model.from_report = false;
    check = ask(AUTHROOT, "DisableRootAutoUpdate", "equals", "2");
    cr_expect_eq(check.result, WR_RESULT_UNKNOWN, "a hive is asked itself: %s", check.detail);
}

/* What a plan sets counts before what the hive says. */
Test(setting, what_is_planned_counts_first)
{
    wr_check check;

    give_hive(false);
    set_policy(&h, "dword", "Elsewhere", 1);
    h.model.policies.items[0].source = "plan";
    set_policy(&h, "dword", KEY, 2);
    set_policy(&h, "dword", KEY, 3);
    h.model.policies.items[2].source = "plan";
    judge(&h);
    check = ask(ESCAPED, "dword", "equals", "3");
    cr_expect_eq(check.result, WR_PASS, "%s", check.detail);
    cr_expect_str_eq(check.detail, "dword is \"3\", required: equals 3");
    check = ask(ESCAPED, "zero", "equals", "0");
    cr_expect_eq(check.result, WR_PASS, "%s", check.detail);
}
