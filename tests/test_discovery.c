#include "support.h"

#include "evidence/discovery.h"
#include "evidence/evidence.h"

#include <string.h>

static wr_arena arena;
static wr_diags diags;

static void start(void)
{
    wr_arena_init(&arena, SIZE_MAX);
    wr_diags_init(&diags, &arena);
}

static void end(void)
{
    wr_arena_free(&arena);
}

TestSuite(discovery, .init = start, .fini = end);

/* SPEC windows-trust 1.1 and 1.4, and how collectors name their folders. */
Test(discovery, knows_what_a_path_is_and_where_its_volume_begins)
{
    static const struct {
        const char *path, *root, *store;
        wr_find what;
    } rows[] = {
        { "Windows/System32/config/SOFTWARE", "", NULL, WR_FIND_MACHINE },
        { "WINDOWS/system32/Config/software", "", NULL, WR_FIND_MACHINE },
        { "C/Windows/System32/config/SOFTWARE", "C/", NULL, WR_FIND_MACHINE },
        { "Windows.old/Windows/System32/config/SOFTWARE", "Windows.old/", NULL, WR_FIND_MACHINE },
        { "a/uploads/ntfs/%5C%5C.%5CC%3A/Windows/System32/config/SOFTWARE",
          "a/uploads/ntfs/%5C%5C.%5CC%3A/", NULL, WR_FIND_MACHINE },
        { "x/Windows/System32/config/SOFTWARE.LOG1", "x/", NULL, WR_FIND_LOG },
        { "Windows/System32/config/RegBack/SOFTWARE", "", NULL, WR_FIND_BACKUP },
        { "RegBack/SYSTEM", "", NULL, WR_FIND_BACKUP },
        { "C/Users/alice/NTUSER.DAT", "C/", NULL, WR_FIND_HIVE },
        { "C/Users/alice/ntuser.dat.LOG2", "C/", NULL, WR_FIND_LOG },
        { "Documents and Settings/eve/NTUSER.DAT", "", NULL, WR_FIND_HIVE },
        { "Windows/ServiceProfiles/LocalService/NTUSER.DAT", "", NULL, WR_FIND_HIVE },
        { "Windows/System32/config/systemprofile/NTUSER.DAT", "", NULL, WR_FIND_HIVE },
        { "Users/a/AppData/Roaming/Microsoft/SystemCertificates/My/Certificates/00", "", "My",
          WR_FIND_STORE },
        { "Users/a/AppData/Roaming/Microsoft/SystemCertificates/Request/CRLs/00", "", "Request",
          WR_FIND_STORE },
        { "z/Windows/SysWOW64/config/systemprofile/AppData/Roaming/Microsoft/SystemCertificates/My/"
          "CTLs/00",
          "z/", "My", WR_FIND_STORE },
        { "Users/a/AppData/LocalLow/Microsoft/CryptnetUrlCache/Content/77EC", "", NULL,
          WR_FIND_CACHE },
        { "any/where/authrootstl.cab", "any/where/", NULL, WR_FIND_LIST },
        { "Windows/System32/GroupPolicy/Machine/Registry.pol", "", NULL, WR_FIND_POLICY },
        { "Windows/SYSVOL/domain/Policies/{31B2}/MACHINE/Registry.pol", "", NULL, WR_FIND_POLICY },
        { "g/{1}/DomainSysvol/GPO/User/registry.pol", "g/{1}/", NULL, WR_FIND_POLICY },
        { "Windows/System32/crypt32.dll", "", NULL, WR_FIND_NOTED },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t root = SIZE_MAX;
        const wr_discovery *row = wr_discovery_of(rows[i].path, &root);
        cr_assert(row, "%s", rows[i].path);
        cr_assert_eq(row->what, rows[i].what, "%s", rows[i].path);
        cr_assert_eq(root, strlen(rows[i].root), "%s", rows[i].path);
        if (rows[i].store)
            cr_assert_str_eq(row->store, rows[i].store, "%s", rows[i].path);
        else
            cr_assert_null(row->store, "%s", rows[i].path);
    }
}

/* A file in the Root folder of a user is no store of Windows: such a path must not grant trust. */
Test(discovery, takes_nothing_else)
{
    static const char *const paths[] = {
        "",
        "/",
        "SOFTWARE",
        "MyWindows/System32/config/SOFTWARE",
        "Windows/System32/config/SOFTWARE/x",
        "Windows/System32/config/SAM",
        "Users/NTUSER.DAT",
        "Users/alice/x/NTUSER.DAT",
        "Users/alice/AppData/Roaming/Microsoft/SystemCertificates/Root/Certificates/00",
        "Users/alice/AppData/Roaming/Microsoft/SystemCertificates/My/Keys/00",
        "AppData/Roaming/Microsoft/SystemCertificates/My/Certificates/00",
        "Windows/WinSxS/x/authroot.stl/y",
    };

    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        size_t root;
        cr_assert_null(wr_discovery_of(paths[i], &root), "%s", paths[i]);
    }
}

static bool has(const char *const *patterns, const char *wanted)
{
    for (; *patterns; patterns++)
        if (!strcmp(*patterns, wanted))
            return true;
    return false;
}

Test(discovery, patterns_for_a_tree_are_of_all_that_is_read)
{
    const char *const *some = wr_discovery_patterns(&arena, false);
    const char *const *all = wr_discovery_patterns(&arena, true);

    cr_assert(some && all);
    cr_assert(has(some, "Windows/System32/config/SOFTWARE"));
    cr_assert(has(some, "Users/*/NTUSER.DAT"));
    cr_assert_not(has(some, "Windows.old/Users/*/NTUSER.DAT"));
    cr_assert(has(all, "Windows.old/Users/*/NTUSER.DAT"));
    cr_assert_not(has(all, "Windows/System32/crypt32.dll"));
}

/* A folder with a Windows, to its hosts, under the n-th failing allocation. */
Test(discovery, every_failing_allocation_is_an_error_or_a_whole_answer, .timeout = 120)
{
    size_t whole = 0;

    for (size_t n = 1; n < 1500; n++) {
        wr_evidence_options options = { 0 };
        wr_error err = { .code = WR_OK };
        wr_evidence *ev;
        bool ok;

        end();
        start();
        arena.fail_after = n;
        if (!(ev = wr_evidence_new(&arena, &diags)))
            continue;
        ok = wr_evidence_add(ev, FIXTURE("hives/host"), WR_USE_EVIDENCE, NULL, &options, &err) &&
             wr_evidence_split(ev, &err);
        if (ok && !diags.num_skipped && !diags.num_suppressed) {
            cr_assert_eq(wr_evidence_count(ev), 4, "allocation %zu", n);
            cr_assert_eq(wr_evidence_num_hosts(ev), 1);
            whole++;
        } else if (!ok) {
            cr_assert_eq(err.code, WR_E_NO_MEMORY, "allocation %zu: %s", n, err.message);
        }
        wr_evidence_free(ev);
    }
    cr_assert_gt(whole, 0, "the last ones fail nothing");
}
