/* tree_case.h - a small Windows volume as a folder, and whether another tree is the same. */
#ifndef TESTS_TREE_CASE_H
#define TESTS_TREE_CASE_H

#include "support.h"

#include "base/text.h"
#include "source/tree.h"

#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

static char scratch[] = "/tmp/winroots-tree-XXXXXX";
static wr_arena arena;
static wr_diags diags;

/* What an investigator of trust wants of a volume. */
static const char *const wanted[] = { "Windows/System32/config/*",
                                      "Windows/System32/config/RegBack/*", "Users/*/NTUSER.DAT*",
                                      "Users/*/AppData/Roaming/Microsoft/SystemCertificates/**",
                                      NULL };
static const wr_tree_options want = { .patterns = wanted };

static void enter(void)
{
    cr_assert(mkdtemp(scratch) && chdir(scratch) == 0);
    wr_arena_init(&arena, (size_t)64 << 20);
    wr_diags_init(&diags, &arena);
}

static void leave(void)
{
    char command[128];

    wr_arena_free(&arena);
    snprintf(command, sizeof command, "chmod -R u+rwx %s && rm -r %s", scratch, scratch);
    cr_assert_eq(system(command), 0);
}

/* True where the shell's commands do what they should. */
WR_PRINTF(1, 2) static inline bool shell(const char *fmt, ...)
{
    char command[2048];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(command, sizeof command, fmt, ap);
    va_end(ap);
    return system(command) == 0;
}

static inline bool has_tool(const char *name)
{
    return shell("PATH=$PATH:/usr/sbin:/sbin command -v %s >/dev/null", name);
}

/* `len` bytes that do not repeat. */
static inline void put(const char *path, size_t len)
{
    uint64_t seed = 0x9e3779b97f4a7c15u + len;
    FILE *f = fopen(path, "wb");

    cr_assert(f, "%s", path);
    for (size_t i = 0; i < len; i++)
        fputc((int)(next_random(&seed) & 0xFF), f);
    cr_assert_eq(fclose(f), 0);
}

/* "host": a volume of 12 files, seven of them wanted; two wanted ones have nothing in common. */
static inline void make_host(void)
{
    cr_assert(
        shell("mkdir -p host/Windows/System32/config/RegBack host/Users/alice/AppData/Roaming/"
              "Microsoft/SystemCertificates/My/Certificates 'host/Users/Zo\xc3\xab' "
              "host/Windows/System32/drivers host/Users/alice/Documents && "
              "cp '%s' host/Windows/System32/config/SOFTWARE",
              FIXTURE("demo/SOFTWARE")));
    put("host/Windows/System32/config/SYSTEM", 300000);
    put("host/Windows/System32/config/RegBack/SOFTWARE", 0);
    put("host/Windows/System32/drivers/x.sys", 5000);
    put("host/Users/alice/NTUSER.DAT", 70000);
    put("host/Users/alice/NTUSER.DAT.LOG1", 512);
    put("host/Users/Zo\xc3\xab/ntuser.dat", 65536);
    put("host/Users/alice/AppData/Roaming/Microsoft/SystemCertificates/My/Certificates/0123", 900);
    put("host/Users/alice/Documents/NTUSER.DAT", 4000);
    put("host/Users/alice/Documents/x.txt", 40);
    put("host/pagefile.sys", 1000000);
    put("host/a.txt", 1);
}

static inline wr_tree *open_tree(const char *path, const wr_tree_options *options)
{
    wr_tree *tree;
    wr_error e;

    cr_assert(wr_tree_open(path, options, &diags, &tree, &e), "%s: %s: %s", path, e.path,
              e.message);
    return tree;
}

static inline wr_file *open_entry(wr_tree *tree, const wr_tree_entry *entry)
{
    wr_file *file;
    wr_error e;

    cr_assert(wr_tree_open_file(tree, entry, NULL, &diags, &file, &e), "%s: %s", entry->path,
              e.message);
    return file;
}

/* Files of `volume` that are not deleted are those of "host", and hold the same. */
static inline void expect_host(wr_tree *tree, size_t volume, const char *what)
{
    wr_tree *host = open_tree("host", &want);
    size_t n = 0;

    cr_assert_eq(wr_tree_count(host), 7);
    for (size_t i = 0; i < wr_tree_count(tree); i++) {
        const wr_tree_entry *entry = wr_tree_entry_at(tree, i), *same;
        wr_file *a, *b;

        if (entry->volume != volume || entry->deleted)
            continue;
        cr_assert_lt(n, wr_tree_count(host), "%s: %s", what, entry->path);
        same = wr_tree_entry_at(host, n++);
        cr_assert_str_eq(entry->path, same->path, "%s: %s for %s", what, entry->path, same->path);
        cr_assert_eq(entry->size, same->size, "%s: %s: size %zu", what, entry->path,
                     (size_t)entry->size);
        a = open_entry(tree, entry);
        b = open_entry(host, same);
        cr_assert(wr_view_equal(wr_file_view(a), wr_file_view(b)), "%s: %s", what, entry->path);
        wr_file_close(a);
        wr_file_close(b);
    }
    cr_assert_eq(n, wr_tree_count(host), "%s: %zu files", what, n);
    wr_tree_close(host);
}

/* Whatever is damaged, what is listed opens, or says why not, and nothing falls. */
static inline void list_damaged_with(const char *path, const wr_tree_options *options)
{
    wr_tree *tree;
    wr_error e;

    wr_diags_init(&diags, &arena);
    if (!wr_tree_open(path, options, &diags, &tree, &e)) {
        cr_assert_neq(e.message[0], '\0');
        return;
    }
    for (size_t i = 0; i < wr_tree_count(tree); i++) {
        wr_file *file;
        if (wr_tree_open_file(tree, wr_tree_entry_at(tree, i), NULL, &diags, &file, &e)) {
            if (wr_tree_kind_is(tree) == WR_TREE_ARCHIVE)
                cr_assert_eq(wr_file_view(file).len, wr_tree_entry_at(tree, i)->size);
            wr_file_close(file);
        } else {
            cr_assert_neq(e.message[0], '\0');
        }
    }
    wr_tree_close(tree);
}

static inline void list_damaged(const char *path)
{
    list_damaged_with(path, &want);
}

static inline const wr_diag *find_diag(const char *part)
{
    for (size_t i = 0; i < diags.list.count; i++)
        if (strstr(diags.list.items[i].message, part))
            return &diags.list.items[i];
    return NULL;
}

#endif
