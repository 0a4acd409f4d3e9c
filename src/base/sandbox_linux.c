/* sandbox_linux.c - sandbox.h on Linux: Landlock for files, limits, and the filter of
 * sandbox_calls_linux.c. */
#if defined(__linux__) && !defined(WR_NO_SANDBOX)

#define _GNU_SOURCE /* O_PATH, syscall */

#include "base/sandbox.h"

#include "base/sandbox_linux.h"
#include "winroots/limits.h"

#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* SPEC Linux, include/uapi/linux/landlock.h; written out because the headers of many systems are
 * older than their kernel.  The numbers of the calls are the same for every processor. */
enum { CREATE_RULESET = 444, ADD_RULE = 445, RESTRICT_SELF = 446 };
enum { QUERY_VERSION = 1, PATH_BENEATH = 1 };

enum right {
    EXECUTE = 1 << 0,
    WRITE_FILE = 1 << 1,
    READ_FILE = 1 << 2,
    READ_DIR = 1 << 3,
    REMOVE_DIR = 1 << 4,
    REMOVE_FILE = 1 << 5,
    MAKE_DIR = 1 << 7,
    MAKE_REG = 1 << 8,
    ALL_OF_1 = (1 << 13) - 1,
    REFER = 1 << 13,    /* since version 2 */
    TRUNCATE = 1 << 14, /* 3               */
    OF_A_FILE = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE
};

enum { BIND_TCP = 1, CONNECT_TCP = 2 };                    /* since version 4 */
enum { SCOPE_ABSTRACT_UNIX_SOCKET = 1, SCOPE_SIGNAL = 2 }; /* 6               */

/* A kernel takes a longer one than its own where it is zero beyond. */
struct ruleset {
    uint64_t files, net, scoped;
};

struct path_beneath {
    uint64_t allowed;
    int32_t folder;
} __attribute__((packed));

static const uint64_t rights[] = {
    [WR_SANDBOX_READ] = READ_FILE | READ_DIR,
    [WR_SANDBOX_BESIDE] = READ_FILE,
    [WR_SANDBOX_LIST] = READ_DIR,
    [WR_SANDBOX_WRITE] = WRITE_FILE | TRUNCATE,
    [WR_SANDBOX_FILES_IN] =
        WRITE_FILE | TRUNCATE | MAKE_REG | REMOVE_FILE | MAKE_DIR | REMOVE_DIR | READ_DIR,
    [WR_SANDBOX_WORK_IN] = WRITE_FILE | TRUNCATE | MAKE_REG | REMOVE_FILE | MAKE_DIR | REMOVE_DIR |
                           READ_DIR | READ_FILE,
};

/* Libraries that are loaded when they are needed, and what they and libc look up.  OpenSSL fails
 * where its settings are there and cannot be read. */
static const char *const system_paths[] = {
    "/usr",
    "/lib",
    "/lib64",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/etc/locale.alias",
    "/etc/ssl/openssl.cnf",
    "/etc/pki/tls/openssl.cnf", /* Fedora and its kin */
    "/etc/pki/tls/openssl.d",
    "/etc/crypto-policies",
    "/dev/null",
    "/dev/zero",
    "/dev/urandom",
};

static uint64_t all_rights(int version)
{
    return ALL_OF_1 | (version >= 2 ? REFER : 0) | (version >= 3 ? TRUNCATE : 0);
}

wr_sandbox wr_sandbox_new(void)
{
    wr_sandbox s = { (int)syscall(CREATE_RULESET, NULL, 0, QUERY_VERSION), -1 };
    struct ruleset all = { all_rights(s.version), 0, 0 };

    if (s.version >= 4)
        all.net = BIND_TCP | CONNECT_TCP;
    if (s.version >= 6)
        all.scoped = SCOPE_ABSTRACT_UNIX_SOCKET | SCOPE_SIGNAL;
    if (s.version > 0)
        s.rules = (int)syscall(CREATE_RULESET, &all, sizeof all, 0);
    for (size_t i = 0; i < sizeof system_paths / sizeof *system_paths; i++)
        wr_sandbox_allow(&s, system_paths[i], WR_SANDBOX_READ);
    return s;
}

void wr_sandbox_allow(wr_sandbox *s, const char *path, wr_sandbox_access access)
{
    struct path_beneath rule = { rights[access] & all_rights(s->version), -1 };
    struct stat st;

    if (s->rules < 0)
        return;
    rule.folder = open(path, O_PATH | O_CLOEXEC | (access == WR_SANDBOX_BESIDE ? O_NOFOLLOW : 0));
    if (rule.folder < 0)
        return;
    if (fstat(rule.folder, &st) == 0) {
        if (!S_ISDIR(st.st_mode))
            rule.allowed &= OF_A_FILE;
        /* A pipe without a name is refused here, and needs no rule. */
        syscall(ADD_RULE, s->rules, PATH_BENEATH, &rule, 0);
    }
    close(rule.folder);
}

static bool lower(struct rlimit *limit, rlim_t value)
{
    bool higher = limit->rlim_max == RLIM_INFINITY || limit->rlim_max > value;

    if (higher)
        *limit = (struct rlimit){ value, value };
    return higher;
}

/* Evidence is not left behind in a core file, and no output fills a disk.  Standard output may
 * stand at the end of something long. */
static void limit_resources(void)
{
    struct stat out = { 0 };
    struct rlimit limit;

    if (getrlimit(RLIMIT_CORE, &limit) == 0 && lower(&limit, 0))
        setrlimit(RLIMIT_CORE, &limit);
    signal(SIGXFSZ, SIG_IGN); /* a write that fails, with a message */
    if (fstat(STDOUT_FILENO, &out) != 0 || !S_ISREG(out.st_mode))
        out.st_size = 0;
    if (getrlimit(RLIMIT_FSIZE, &limit) == 0 &&
        lower(&limit, (rlim_t)out.st_size + WR_LIMIT_OUTPUT_BYTES))
        setrlimit(RLIMIT_FSIZE, &limit);
}

wr_sandbox_parts wr_sandbox_enter(wr_sandbox *s)
{
    wr_sandbox_parts parts = { 0 };

    limit_resources();
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0) {
        if (s->rules >= 0 && syscall(RESTRICT_SELF, s->rules, 0) == 0)
            parts.files = s->version;
        parts.calls = wr_sandbox_filter_calls();
    }
    if (s->rules >= 0)
        close(s->rules);
    s->rules = -1;
    return parts;
}

#else
typedef int wr_sandbox_is_elsewhere; /* a file is never empty */
#endif
