#include "bundle_folder.h"

#include "output/bundle_cmd.h"
#include "output/bundle_manifest.h"
#include "output/bundle_readme.h"

#include "base/json.h"
#include "winroots/limits.h"

#include <criterion/parameterized.h>

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

TestSuite(bundle, .init = start_bundle, .fini = end_bundle);

/* A file of the bundle as text in the arena. */
static char *text_of(const char *name)
{
    wr_view bytes = bytes_of(name);
    char *text = WR_NEW(&hand.arena, char, bytes.len + 1);

    memcpy(text, bytes.data, bytes.len);
    cr_assert_eq(strlen(text), bytes.len, "%s holds a NUL", name);
    return text;
}

static const char *const scripts[] = { "install.cmd", "verify.cmd", "rollback.cmd", "install.ps1",
                                       "detect.ps1" };
#define NUM_SCRIPTS 5
#define NUM_CMD     3 /* the first of them */

/* Calls for each line, without its CRLF. */
typedef void line_fn(const char *line, const char *all);

static void for_each_line(const char *all, line_fn *check)
{
    static char line[9000];

    for (const char *at = all, *end; *at; at = end + 2) {
        end = strstr(at, "\r\n");
        cr_assert(end && end - at < (long)sizeof line, "a line without CRLF");
        memcpy(line, at, (size_t)(end - at));
        line[end - at] = '\0';
        check(line, all);
    }
}

static void is_plain(const char *line, const char *all)
{
    (void)all;
    cr_assert_lt(strlen(line), 8191);
    for (const char *c = line; *c; c++)
        cr_assert(*c >= 0x20 && *c <= 0x7E, "byte %02x in: %s", (unsigned char)*c, line);
}

Test(bundle, scripts_and_readme_are_ascii_with_crlf_and_short_lines)
{
    every_kind_by_hand(&hand);
    write_bundle();
    for (size_t i = 0; i < NUM_SCRIPTS; i++)
        for_each_line(text_of(scripts[i]), is_plain);
    for_each_line(text_of("README.txt"), is_plain);
}

/* %%X, %1, %~1, %~dp0, %NAME% and %NAME:a=b% only: a percent sign that stands alone takes what
 * follows along. */
static void percents_are_balanced(const char *line, const char *all)
{
    (void)all;
    for (const char *c = strchr(line, '%'); c; c = strchr(c + 1, '%')) {
        size_t name;

        if (c[1] == '%') {
            cr_assert(c[2] >= 'A' && c[2] <= 'Z', "%s", line);
            c += 2;
            continue;
        }
        if (c[1] >= '0' && c[1] <= '9')
            continue;
        if (c[1] == '~') {
            c += 1 + strspn(c + 1, "~dp");
            cr_assert(*c >= '0' && *c <= '9', "%s", line);
            continue;
        }
        name = strspn(c + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");
        cr_assert(name, "%s", line);
        c += 1 + name;
        c += strcspn(c, "%"); /* of %NAME:a=b% */
        cr_assert_eq(*c, '%', "%s", line);
    }
}

static void quotes_are_balanced(const char *line, const char *all)
{
    size_t quotes = 0;

    (void)all;
    for (const char *c = line; *c; c++)
        quotes += *c == '"';
    cr_assert_eq(quotes % 2, 0, "%s", line);
}

/* Where a label is jumped to, it is there once. */
static void labels_are_there(const char *line, const char *all)
{
    const char *colon = strstr(line, "goto :");
    char label[64];
    const char *found;

    if (!colon && !(colon = strstr(line, "call :")))
        return;
    snprintf(label, sizeof label, "\r\n:%.*s\r\n", (int)strcspn(colon + 6, " \""), colon + 6);
    if (strcmp(label, "\r\n:eof\r\n") == 0)
        return;
    found = strstr(all, label);
    cr_assert(found, "no label for: %s", line);
    cr_assert(!strstr(found + 2, label), "two labels for: %s", line);
}

/* A program that asks gets no answer. */
static void programs_read_nothing(const char *line, const char *all)
{
    (void)all;
    if (strncmp(line, "\"%CERTUTIL%\" ", 13) == 0 || strncmp(line, "\"%REG%\" ", 8) == 0)
        cr_assert(strstr(line, " <nul >"), "%s", line);
}

Test(bundle, scripts_are_well_formed)
{
    static const char start[] =
        "@echo off\r\nsetlocal EnableExtensions DisableDelayedExpansion\r\n";

    every_kind_by_hand(&hand);
    write_bundle();
    for (size_t i = 0; i < NUM_CMD; i++) {
        const char *text = text_of(scripts[i]);

        cr_assert_eq(strncmp(text, start, strlen(start)), 0);
        for_each_line(text, percents_are_balanced);
        for_each_line(text, quotes_are_balanced);
        for_each_line(text, labels_are_there);
        for_each_line(text, programs_read_nothing);
    }
}

static void no_script_holds(size_t num_scripts, const char *const *words)
{
    every_kind_by_hand(&hand);
    write_bundle();
    for (size_t i = 0; i < num_scripts; i++)
        for (const char *const *word = words; *word; word++)
            cr_assert(!strstr(text_of(scripts[i]), *word), "%s: %s", scripts[i], *word);
}

/* What asks, what is false for an HRESULT, what Wine's cmd gets wrong, what no bundle may do. */
Test(bundle, scripts_avoid_what_fails_on_real_hosts)
{
    static const char *const words[] = { "&&",        "||",         "errorlevel ",  "pause",
                                         "-user",     "chcp",       "-importpfx",   "EnableDelayed",
                                         "where.exe", "powershell", "ERRORLEVEL 1", NULL };
    no_script_holds(NUM_CMD, words);
}

Test(bundle, no_text_of_a_certificate_or_of_a_person_reaches_a_script)
{
    static const char *const words[] = {
        "calc",   "winroots/OU",          "fixtures", "root rsa", "version 1", "it is missing",
        "HOST-7", "update of the system", NULL
    };
    no_script_holds(NUM_SCRIPTS, words);
}

static hex hashes[4]; /* of the certificates of every_kind_by_hand */

#define EACH_HASH                                                                                  \
    hashes[0].sha1, hashes[0].sha256, hashes[1].sha1, hashes[1].sha256, hashes[2].sha1,            \
        hashes[2].sha256, hashes[3].sha1, hashes[3].sha256

static void write_every_kind(void)
{
    every_kind_by_hand(&hand);
    write_bundle();
    for (size_t i = 0; i < 4; i++)
        hashes[i] = hex_of(&hand.plan.actions.items[i]);
}

static void scripts_hold(size_t from, size_t end, const char *expected)
{
    for (size_t i = from; i < end; i++)
        cr_assert(strstr(text_of(scripts[i]), expected), "%s", scripts[i]);
}

Test(bundle, every_action_is_one_line_of_the_scripts)
{
    write_every_kind();
    scripts_hold(0, NUM_CMD,
                 wr_arena_format(&hand.arena,
                                 "\r\ncall :take delete CA %s %s"
                                 "\r\ncall :put disallow Disallowed %s %s"
                                 "\r\ncall :put add Root %s %s"
                                 "\r\ncall :put add Root %s %s"
                                 "\r\ncall :set set_policy \"" POLICY_KEY
                                 "\" DisableRootAutoUpdate 0x0"
                                 "\r\ncall :manual demo/os-update\r\n",
                                 EACH_HASH));
}

Test(bundle, every_action_is_one_line_of_the_powershell_scripts)
{
    write_every_kind();
    scripts_hold(NUM_CMD, NUM_SCRIPTS,
                 wr_arena_format(&hand.arena,
                                 "\r\nTakeCertificate 'delete' 'CA' '%s' '%s'"
                                 "\r\nPutCertificate 'disallow' 'Disallowed' '%s' '%s'"
                                 "\r\nPutCertificate 'add' 'Root' '%s' '%s'"
                                 "\r\nPutCertificate 'add' 'Root' '%s' '%s'"
                                 "\r\nSetPolicy 'set_policy' '" POLICY_KEY
                                 "' 'DisableRootAutoUpdate' '0x0'"
                                 "\r\nLeaveToPerson 'demo/os-update'\r\nEndSteps\r\n",
                                 EACH_HASH));
}

/* What is not in PowerShell 2, asks, or uses a part of Windows that not every host has. */
Test(bundle, powershell_scripts_avoid_what_fails_on_real_hosts)
{
    static const char *const words[] = { "Import-Certificate", "Read-Host", "-gt $null", "Cert:",
                                         "ConvertTo-Json",     ".Where(",   "::new(",    "-notin ",
                                         "Get-FileHash",       "-Raw",      "[ordered]", NULL };

    every_kind_by_hand(&hand);
    write_bundle();
    for (size_t i = NUM_CMD; i < NUM_SCRIPTS; i++)
        for (const char *const *word = words; *word; word++)
            cr_assert(!strstr(text_of(scripts[i]), *word), "%s: %s", scripts[i], *word);
}

/* Both languages say and record the same, so that rollback.cmd undoes either. */
Test(bundle, both_installers_know_the_same_outcomes_and_exit_codes)
{
    static const char *const words[] = { "added",
                                         "present",
                                         "deleted",
                                         "set",
                                         "absent",
                                         "file_missing",
                                         "hash_mismatch",
                                         "denied",
                                         "failed",
                                         "held_elsewhere",
                                         "not_a_number",
                                         "absent_after_add",
                                         "present_after_delete",
                                         NULL };
    const char *cmd, *ps1;

    every_kind_by_hand(&hand);
    write_bundle();
    cmd = text_of("install.cmd");
    ps1 = text_of("install.ps1");
    for (const char *const *word = words; *word; word++) {
        cr_assert(strstr(cmd, wr_arena_format(&hand.arena, "OUTCOME=%s\"", *word)), "%s", *word);
        cr_assert(strstr(ps1, wr_arena_format(&hand.arena, "'%s'", *word)), "%s", *word);
    }
    for (char code = '1'; code <= '5'; code++)
        if (code == '1' || code == '2' || code == '5')
            cr_assert(strstr(ps1, wr_arena_format(&hand.arena, "$code = %c", code)), "%c", code);
}

/* What no script may carry out, because it would not stay data there. */
struct refused {
    wr_action_kind kind;
    char store[80], key[80], name[40], data[40];
};

ParameterizedTestParameters(bundle, what_cmd_could_misread_is_left_to_a_person)
{
    static struct refused cases[] = {
        { WR_ACTION_ADD, "", "", "", "" },
        { WR_ACTION_ADD, "Root & calc", "", "", "" },
        { WR_ACTION_ADD, "%TEMP%", "", "", "" },
        { WR_ACTION_ADD, "..", "", "", "" },
        { WR_ACTION_ADD, "Root/x", "", "", "" },
        { WR_ACTION_ADD,
          "R\xC3\xB6"
          "t",
          "", "", "" },
        { WR_ACTION_DISALLOW, "Dis allowed", "", "", "" },
        { WR_ACTION_DELETE, "AuthRoot", "", "", "" },
        { WR_ACTION_DELETE, "authroot", "", "", "" },
        { WR_ACTION_SET_POLICY, "", "HKLM\\SOFTWARE\\a\"b", "Name", "1" },
        { WR_ACTION_SET_POLICY, "", "HKLM\\SOFTWARE\\%PATH%", "Name", "1" },
        { WR_ACTION_SET_POLICY, "", "HKLM\\SOFTWARE\\a\\", "Name", "1" },
        { WR_ACTION_SET_POLICY, "", "HKLM\\SOFTWARE\\a!b", "Name", "1" },
        { WR_ACTION_SET_POLICY, "", "HKCU\\SOFTWARE\\a", "Name", "1" },
        { WR_ACTION_SET_POLICY, "", "HKLM\\SYSTEM\\a", "Name", "1" },
        { WR_ACTION_SET_POLICY, "", "HKLM\\SOFTWARE\\a", "", "1" },
        { WR_ACTION_SET_POLICY, "", "HKLM\\SOFTWARE\\a", "Na me", "1" },
        { WR_ACTION_SET_POLICY, "", "HKLM\\SOFTWARE\\a", "Name", "" },
        { WR_ACTION_SET_POLICY, "", "HKLM\\SOFTWARE\\a", "Name", "http://x" },
        { WR_ACTION_SET_POLICY, "", "HKLM\\SOFTWARE\\a", "Name", "4294967296" },
        { WR_ACTION_SET_POLICY, "", "HKLM\\SOFTWARE\\a", "Name", "-1" },
        { WR_ACTION_MANUAL, "Root", "", "", "" },
    };

    return cr_make_param_array(struct refused, cases, sizeof cases / sizeof *cases);
}

ParameterizedTest(struct refused *c, bundle, what_cmd_could_misread_is_left_to_a_person)
{
    wr_action *a = c->kind == WR_ACTION_SET_POLICY
                       ? policy_by_hand(&hand, c->key, c->name, c->data)
                       : action_by_hand(&hand, c->kind, c->store, "root_rsa", "demo/it");

    cr_assert(!wr_bundle_is_scripted(a));
    a->requirements.items[0] = "demo/it & calc\"%PATH%";
    write_bundle();
    cr_assert(strstr(text_of("install.cmd"), "\r\ncall :manual demo/it___calc__PATH_\r\n"));
    cr_assert(!strstr(text_of("install.cmd"), "\r\ncall :put"));
    cr_assert(!strstr(text_of("install.cmd"), "\r\ncall :take"));
    cr_assert(!strstr(text_of("install.cmd"), "\r\ncall :set "));
    cr_assert(strstr(text_of("README.txt"), "it is missing"));
    cr_assert_neq(access(wr_arena_format(&hand.arena, "%s/certs", path), F_OK), 0);
}

Test(bundle, a_policy_number_may_be_decimal_or_hex_and_has_32_bits)
{
    policy_by_hand(&hand, POLICY_KEY, "A", "4294967295");
    policy_by_hand(&hand, "HKLM\\SOFTWARE\\Some Vendor\\x", "B.b-c_d", "0x10");
    write_bundle();
    cr_assert(strstr(text_of("install.cmd"), "\" A 0xffffffff\r\n"));
    cr_assert(
        strstr(text_of("install.cmd"), " \"HKLM\\SOFTWARE\\Some Vendor\\x\" B.b-c_d 0x10\r\n"));
}

static size_t num_files; /* seen below the bundle */

static bool is_listed(const wr_json *files, const char *name, const char *full)
{
    uint8_t sha256[WR_SHA256_LEN], *bytes;
    const char *text;
    wr_error err;
    uint64_t size;
    size_t len;

    for (size_t i = 0; i < wr_json_count(files); i++) {
        wr_json file = wr_json_item(files, i), member = wr_json_member(&file, "path");

        cr_assert(wr_json_get_text(&member, &text, &err));
        if (strcmp(text, name) != 0)
            continue;
        bytes = read_file(full, &len);
        cr_assert(wr_digest(WR_SHA256, view_of(bytes, len), sha256, &err));
        free(bytes);
        member = wr_json_member(&file, "bytes");
        cr_assert(wr_json_get_uint(&member, &size, &err));
        cr_assert_eq(size, len, "%s", name);
        member = wr_json_member(&file, "sha256");
        cr_assert(wr_json_get_text(&member, &text, &err));
        cr_assert_str_eq(text, wr_text_hex(&hand.arena, sha256, sizeof sha256), "%s", name);
        return true;
    }
    return false;
}

static void check_folder(const wr_json *files, const char *relative)
{
    const char *full = wr_arena_format(&hand.arena, "%s/%s", path, relative);
    DIR *dir = opendir(full);
    struct dirent *entry;
    struct stat st;

    cr_assert(dir, "%s", full);
    while ((entry = readdir(dir))) {
        const char *name =
            wr_arena_format(&hand.arena, "%s%s%s", relative, *relative ? "/" : "", entry->d_name);
        if (entry->d_name[0] == '.')
            continue;
        full = wr_arena_format(&hand.arena, "%s/%s", path, name);
        cr_assert_eq(stat(full, &st), 0);
        if (S_ISDIR(st.st_mode)) {
            check_folder(files, name);
        } else if (strcmp(name, "manifest.json") != 0) {
            cr_assert(is_listed(files, name, full), "%s is not in the manifest", name);
            num_files++;
        }
    }
    closedir(dir);
}

static wr_json_document *document_of(const char *name)
{
    const char *text = text_of(name);
    wr_json_document *document;
    wr_error err;

    cr_assert(wr_json_parse(view_of(text, strlen(text)),
                            (wr_json_limits){ WR_LIMIT_PROFILE_BYTES, WR_LIMIT_PROFILE_DEPTH },
                            &document, &err),
              "%s", err.message);
    return document;
}

static void text_is(const wr_json *object, const char *name, const char *expected)
{
    wr_json member = wr_json_member(object, name);
    const char *text;
    wr_error err;

    cr_assert(wr_json_get_text(&member, &text, &err), "%s", name);
    cr_assert_str_eq(text, expected);
}

Test(bundle, manifest_lists_every_file_with_its_hash_and_nothing_else)
{
    wr_json_document *document;
    wr_json root, files;

    every_kind_by_hand(&hand);
    write_bundle();
    document = document_of("manifest.json");
    root = wr_json_root(document);
    files = wr_json_member(&root, "files");
    check_folder(&files, "");
    cr_assert_eq(num_files, 15, "3 certificates, 5 scripts, SST, 2 of gpo, 4 to read: %zu",
                 num_files);
    cr_assert_eq(wr_json_count(&files), num_files);
    wr_json_free(document);
}

Test(bundle, manifest_says_from_what_it_was_made_and_what_it_does)
{
    wr_json_document *document;
    wr_json root, part, input;
    uint64_t bytes;
    wr_error err;

    every_kind_by_hand(&hand);
    write_bundle();
    document = document_of("manifest.json");
    root = wr_json_root(document);
    text_is(&root, "schema", "winroots.bundle/1");
    text_is(&root, "as_of", "2026-11-22T00:00:00Z");
    part = wr_json_member(&root, "tool");
    text_is(&part, "version", "9.8.7");
    part = wr_json_member(&root, "inputs");
    cr_assert_eq(wr_json_count(&part), 1);
    input = wr_json_item(&part, 0);
    text_is(&input, "path", FIXTURE("certs/root_P-256.der"));
    text_is(&input, "kind", "certificate");
    text_is(&input, "sha256",
            wr_text_hex(&hand.arena, wr_evidence_item(hand.evidence, 0)->sha256, WR_SHA256_LEN));
    part = wr_json_member(&input, "bytes");
    cr_assert(wr_json_get_uint(&part, &bytes, &err));
    cr_assert_eq(bytes, wr_evidence_item(hand.evidence, 0)->bytes);
    part = wr_json_member(&root, "plan");
    cr_assert_eq(wr_json_count(&part), 6);
    part = wr_json_item(&part, 1);
    text_is(&part, "action", "disallow");
    text_is(&part, "store", "Disallowed");
    wr_json_free(document);
}

Test(bundle, certificates_are_their_der)
{
    size_t made, given;
    uint8_t *a, *b;

    every_kind_by_hand(&hand);
    write_bundle();
    a = read_file(wr_arena_format(&hand.arena, "%s/%s", path, hand.plan.actions.items[2].file),
                  &made);
    b = read_file(FIXTURE("certs/name_script.der"), &given);
    cr_assert(wr_view_equal(view_of(a, made), view_of(b, given)));
    free(a);
    free(b);
}

Test(bundle, readme_names_certificates_without_obeying_them)
{
    const char *readme;

    every_kind_by_hand(&hand);
    write_bundle();
    readme = text_of("README.txt");
    cr_assert(strstr(readme, "name: x\" & calc.exe & echo ^<|>!PATH!%PATH%\r\n"));
    cr_assert(
        strstr(readme, "install an update of the system: gr\\u{00FC}\\u{00DF} \\u{001B}[31m\r\n"));
    cr_assert(strstr(readme, "winroots 9.8.7, judging for 2026-11-22T00:00:00Z the host HOST-7"));
    cr_assert_null(strstr(readme, FIXTURE("certs/root_P-256.der")), "supply is counted");
    cr_assert(strstr(readme, "files of supply, which manifest.json names\r\n") ||
              strstr(readme, "1 file of supply, which manifest.json names\r\n"));
    cr_assert(strstr(text_of("manifest.json"), FIXTURE("certs/root_P-256.der")));
}

Test(bundle, readme_says_plainly_where_trust_is_widened)
{
    const char *readme, *first;

    every_kind_by_hand(&hand);
    write_bundle();
    readme = text_of("README.txt");
    first =
        strstr(readme, "WIDENS TRUST: this host will then accept it also for email, server_auth.");
    cr_assert(first);
    cr_assert_gt(first, strstr(readme, "name: root rsa"));
    cr_assert(!strstr(first + 1, "WIDENS"), "only one of the certificates widens");
    cr_assert(strstr(first, "gpo\\roots.reg and roots.sst keep the list's limits"));
}

Test(bundle, readme_says_how_to_bring_the_certificates_with_their_properties)
{
    const char *readme;

    every_kind_by_hand(&hand);
    write_bundle();
    readme = text_of("README.txt");
    cr_assert(
        strstr(readme, "reg.exe import \"C:\\where\\this folder\\is\\gpo\\roots.reg\" /reg:64"));
    cr_assert(strstr(readme, "LGPO.exe /m"));
    cr_assert(strstr(readme, "certutil.exe -f -addstore Root"));
}

Test(bundle, readme_explains_every_exit_code_of_the_scripts)
{
    const char *readme;

    every_kind_by_hand(&hand);
    write_bundle();
    readme = text_of("README.txt");
    for (size_t i = 0; i < NUM_CMD; i++)
        for (const char *at = text_of(scripts[i]); (at = strstr(at, "set \"EXIT=")); at++)
            cr_assert(strstr(readme, wr_arena_format(&hand.arena, "\r\n      %c  ", at[10])), "%c",
                      at[10]);
    cr_assert(strstr(text_of("install.cmd"), "\r\nexit /b 3\r\n"));
    cr_assert(strstr(text_of("install.cmd"), "\r\nexit /b %EXIT%\r\n"));
}

Test(bundle, a_plan_without_actions_is_still_a_bundle)
{
    write_bundle();
    cr_assert(strstr(text_of("README.txt"), "Nothing: there is no action"));
    cr_assert(!strstr(text_of("install.cmd"), "\r\ncall :put"));
    for_each_line(text_of("install.cmd"), labels_are_there);
    cr_assert_neq(access(wr_arena_format(&hand.arena, "%s/certs", path), F_OK), 0);
}

Test(bundle, one_certificate_for_one_store_is_written_once)
{
    action_by_hand(&hand, WR_ACTION_ADD, "Root", "root_rsa", "demo/a");
    action_by_hand(&hand, WR_ACTION_ADD, "Root", "root_rsa", "demo/b");
    action_by_hand(&hand, WR_ACTION_ADD, "CA", "root_rsa", "demo/c");
    write_bundle();
    for (size_t i = 0; i < 3; i++)
        cr_assert_eq(
            access(wr_arena_format(&hand.arena, "%s/%s", path, hand.plan.actions.items[i].file),
                   F_OK),
            0);
}

Test(bundle, equal_plans_give_equal_bytes_and_other_plans_another_name)
{
    const char *first, *name;

    every_kind_by_hand(&hand);
    write_bundle();
    first = text_of("manifest.json");
    name = wr_arena_format(&hand.arena, "%.16s", strstr(first, "\"bundle\": \"") + 11);
    snprintf(path, sizeof path, "%s/again", folder);
    write_bundle();
    cr_assert_str_eq(text_of("manifest.json"), first);
    cr_assert(strstr(text_of("install.cmd"), name));
    hand.plan.actions.count--; /* a manual one is a part of what the scripts say */
    snprintf(path, sizeof path, "%s/other", folder);
    write_bundle();
    cr_assert(!strstr(text_of("install.cmd"), name));
}

static size_t num_entries(const char *where)
{
    DIR *dir = opendir(where);
    struct dirent *entry;
    size_t n = 0;

    cr_assert(dir);
    while ((entry = readdir(dir)))
        n += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(dir);
    return n;
}

static void put_mine(void)
{
    FILE *f;

    cr_assert(mkdir(path, 0700) == 0 || errno == EEXIST);
    f = fopen(wr_arena_format(&hand.arena, "%s/mine.txt", path), "w");
    cr_assert(f);
    cr_assert_eq(fclose(f), 0);
}

Test(bundle, a_folder_that_holds_something_is_refused)
{
    wr_error err;

    put_mine();
    cr_assert(!wr_bundle_write(&hand.set, path, false, &err));
    cr_assert_eq(err.code, WR_E_USAGE);
    cr_assert_eq(err.offset, WR_NO_OFFSET);
    cr_assert_eq(num_entries(path), 1);
    cr_assert_eq(num_entries(folder), 1, "nothing half-written stands beside it");
}

Test(bundle, with_force_the_folder_is_replaced_as_a_whole)
{
    wr_error err;

    every_kind_by_hand(&hand);
    cr_assert(wr_bundle_write(&hand.set, path, false, &err), "%s", err.message);
    put_mine();
    cr_assert(wr_bundle_write(&hand.set, path, true, &err), "%s", err.message);
    cr_assert_neq(access(wr_arena_format(&hand.arena, "%s/mine.txt", path), F_OK), 0);
    cr_assert_eq(num_entries(path), 13);
    cr_assert_eq(num_entries(folder), 1);
}

Test(bundle, with_force_a_folder_that_is_no_bundle_stands)
{
    wr_error err;

    put_mine();
    every_kind_by_hand(&hand);
    cr_assert(!wr_bundle_write(&hand.set, path, true, &err));
    cr_assert_eq(err.code, WR_E_USAGE);
    cr_assert_eq(access(wr_arena_format(&hand.arena, "%s/mine.txt", path), F_OK), 0);
    cr_assert_eq(num_entries(folder), 1);
}

/* The disk fills up after `most` bytes of a file: the certificates fit, a script does not. */
Test(bundle, a_write_error_leaves_nothing_behind)
{
    struct rlimit limit = { 2000, RLIM_INFINITY };
    wr_error err;

    every_kind_by_hand(&hand);
    signal(SIGXFSZ, SIG_IGN);
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    cr_assert(!wr_bundle_write(&hand.set, path, false, &err));
    limit.rlim_cur = RLIM_INFINITY;
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    cr_assert_eq(err.code, WR_E_IO);
    cr_assert_eq(num_entries(folder), 0);
}

Test(bundle, a_path_below_a_file_is_an_error)
{
    wr_error err;

    put_mine();
    strcat(path, "/mine.txt/out");
    cr_assert(!wr_bundle_write(&hand.set, path, false, &err));
    cr_assert_eq(err.code, WR_E_IO);
}

static bool put_parts(wr_bundle *bundle, wr_error *err)
{
    return wr_steps_of_plan(&hand.plan, bundle->arena, &bundle->steps, err) &&
           wr_bundle_id(&bundle->steps, bundle->arena, &bundle->id, err) &&
           wr_bundle_generate(bundle, err) && wr_bundle_put_readme(bundle, err) &&
           wr_bundle_put_manifest(bundle, err);
}

Test(bundle, every_allocation_may_fail)
{
    size_t failed = 0;
    bool done = false;

    every_kind_by_hand(&hand);
    for (size_t n = 1; !done; n++) {
        wr_arena arena;
        wr_bundle bundle = { .set = &hand.set, .version = "9.8.7", .arena = &arena };
        wr_error err = { 0 };

        wr_arena_init(&arena, (size_t)1 << 20);
        arena.fail_after = n;
        cr_assert(wr_out_folder_create(path, false, &bundle.folder, &err));
        done = put_parts(&bundle, &err);
        failed += !done;
        if (!done)
            cr_assert_eq(err.code, WR_E_NO_MEMORY, "allocation %zu: %s", n, err.message);
        wr_out_folder_discard(bundle.folder);
        wr_arena_free(&arena);
    }
    cr_assert_gt(failed, 5);
    cr_assert_eq(num_entries(folder), 0);
}
