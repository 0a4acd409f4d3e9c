#include "cli/confine.h"

#include "base/os.h"
#include "base/sandbox.h"
#include "base/text.h"
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

/* Longer paths cannot be opened: PATH_MAX of Linux. */
#define PATH_SIZE 4096

/* A path as the folder that holds it, with the separator or ".", and a name. */
typedef struct split {
    char folder[PATH_SIZE];
    const char *name;
    size_t prefix; /* of the folder in a path, characters */
} split;

static bool split_path(const char *path, split *out)
{
    size_t len = strlen(path), n;

    while (len > 1 && wr_os_is_separator(path[len - 1]))
        len--;
    for (n = len; n && !wr_os_is_separator(path[n - 1]);)
        n--;
    if (n >= sizeof out->folder)
        return false;
    memcpy(out->folder, n ? path : ".", n ? n : 1);
    out->folder[n ? n : 1] = '\0';
    out->name = path + n;
    out->prefix = n;
    return true;
}

struct beside {
    wr_sandbox *sandbox;
    const split *of;
    size_t stem; /* of the name, without its last extension */
};

static bool begins_alike(const char *a, const char *b, size_t n)
{
    char head[2][256]; /* NAME_MAX */

    if (n >= sizeof head[0] || strlen(a) < n || strlen(b) < n)
        return false;
    memcpy(head[0], a, n);
    memcpy(head[1], b, n);
    head[0][n] = head[1][n] = '\0';
    return wr_text_compare(head[0], head[1]) == 0;
}

static bool allow_beside(void *context, const char *name, wr_place place)
{
    const struct beside *b = context;
    char path[PATH_SIZE];

    if (place == WR_PLACE_FILE && begins_alike(name, b->of->name, b->stem) &&
        snprintf(path, sizeof path, "%.*s%s", (int)b->of->prefix, b->of->folder, name) <
            (int)sizeof path)
        wr_sandbox_allow(b->sandbox, path, WR_SANDBOX_BESIDE);
    return true;
}

/* SOFTWARE.LOG1 of SOFTWARE, disk.E02 of disk.E01.  The names of the others may be seen. */
static void allow_siblings(wr_sandbox *s, const char *path)
{
    split of;
    struct beside beside = { s, &of, 0 };
    const char *dot;

    if (!split_path(path, &of))
        return;
    dot = strrchr(of.name, '.');
    beside.stem = dot && dot != of.name ? (size_t)(dot - of.name) : strlen(of.name);
    wr_sandbox_allow(s, of.folder, WR_SANDBOX_LIST);
    (void)wr_os_each(of.folder, allow_beside, &beside);
}

static void allow_named(wr_sandbox *s, const char *path)
{
    wr_place place = *path ? wr_os_target(path) : WR_PLACE_NOTHING;

    if (place == WR_PLACE_NOTHING)
        return;
    wr_sandbox_allow(s, path, WR_SANDBOX_READ);
    if (place == WR_PLACE_FILE)
        allow_siblings(s, path);
}

static void allow_word(wr_sandbox *s, const char *word)
{
    allow_named(s, word);
    for (const char *p = word; (p = strchr(p, '=')); p++)
        allow_named(s, p + 1);
}

/* A file is made beside its place and renamed, as a folder is; a device or a link is written as it
 * stands. */
static void allow_written(wr_sandbox *s, const char *path, wr_sandbox_access folder)
{
    wr_place place = wr_os_place(path);
    split at;

    if (place == WR_PLACE_OTHER)
        wr_sandbox_allow(s, path, WR_SANDBOX_WRITE);
    else if (split_path(path, &at))
        wr_sandbox_allow(s, at.folder, folder);
}

static wr_sandbox allow_words(int argc, char **argv)
{
    wr_sandbox s = wr_sandbox_new();

    for (int i = 1; i < argc; i++)
        allow_word(&s, argv[i]);
    return s;
}

void wr_confine(int argc, char **argv, const char *output, const char *folder)
{
    wr_sandbox s = allow_words(argc, argv);

    if (output)
        allow_written(&s, output, WR_SANDBOX_FILES_IN);
    if (folder)
        allow_written(&s, folder, WR_SANDBOX_FILES_IN);
    (void)wr_sandbox_enter(&s);
}

void wr_confine_database(int argc, char **argv, const char *output)
{
    wr_sandbox s = allow_words(argc, argv);

    allow_written(&s, output, WR_SANDBOX_WORK_IN);
    (void)wr_sandbox_enter(&s);
}

void wr_confine_show(void)
{
    wr_sandbox s = wr_sandbox_new();
    wr_sandbox_parts parts = wr_sandbox_enter(&s);
    char files[32];

    snprintf(files, sizeof files, "Landlock %d", parts.files);
    wr_print(parts.files ? files : "");
    wr_print(parts.files && parts.calls ? ", " : "");
    wr_print(parts.calls ? "seccomp" : "");
    wr_print(parts.files || parts.calls ? "" : "off, this system offers none");
}
