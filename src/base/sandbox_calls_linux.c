/* sandbox_calls_linux.c - the list of calls that a reader of evidence needs, as a seccomp filter.
 * docs/adr/0011-the-sandbox-lists-what-is-allowed.md */
#if defined(__linux__) && !defined(WR_NO_SANDBOX)

#define _GNU_SOURCE /* syscall, CLONE_ */

#include "base/sandbox_linux.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/fs.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__) && !defined(__ILP32__)
#define PROCESSOR AUDIT_ARCH_X86_64
#elif defined(__AARCH64EL__) && defined(__LP64__)
#define PROCESSOR AUDIT_ARCH_AARCH64
#else
#define PROCESSOR 0
#endif

static const uint16_t allowed[] = {
    /* bytes */
    SYS_read,
    SYS_write,
    SYS_readv,
    SYS_writev,
    SYS_pread64,
    SYS_pwrite64,
    SYS_lseek,
    SYS_close,
    SYS_dup,
    SYS_dup3,
    SYS_fsync,
    SYS_fdatasync,
    SYS_ftruncate,
    SYS_fallocate,
    SYS_fadvise64,
    SYS_readahead,
    /* names: which ones is what Landlock says */
    SYS_openat,
    SYS_fstat,
    SYS_statx,
    SYS_faccessat,
    SYS_readlinkat,
    SYS_getdents64,
    SYS_getcwd,
    SYS_statfs,
    SYS_fstatfs,
    SYS_mkdirat,
    SYS_unlinkat,
    SYS_renameat2,
    SYS_umask,
    /* memory */
    SYS_mmap,
    SYS_munmap,
    SYS_mprotect,
    SYS_mremap,
    SYS_madvise,
    SYS_brk,
    SYS_mlock,
    SYS_munlock,
    /* threads, signals of our own, the end */
    SYS_futex,
    SYS_set_robust_list,
    SYS_get_robust_list,
    SYS_set_tid_address,
    SYS_sched_yield,
    SYS_sched_getaffinity,
    SYS_membarrier,
    SYS_getcpu,
    SYS_rt_sigaction,
    SYS_rt_sigprocmask,
    SYS_rt_sigreturn,
    SYS_sigaltstack,
    SYS_restart_syscall,
    SYS_exit,
    SYS_exit_group,
    /* time, chance, who we are */
    SYS_clock_gettime,
    SYS_clock_getres,
    SYS_clock_nanosleep,
    SYS_nanosleep,
    SYS_gettimeofday,
    SYS_getrandom,
    SYS_uname,
    SYS_sysinfo,
    SYS_getrlimit,
    SYS_getrusage,
    SYS_getpid,
    SYS_getppid,
    SYS_gettid,
    SYS_getuid,
    SYS_geteuid,
    SYS_getgid,
    SYS_getegid,
    SYS_ppoll,
    SYS_pselect6,
/* what the older headers, or the newer processors, do not have */
#ifdef SYS_newfstatat
    SYS_newfstatat,
#endif
#ifdef SYS_renameat
    SYS_renameat,
#endif
#ifdef SYS_rseq
    SYS_rseq,
#endif
#ifdef SYS_faccessat2
    SYS_faccessat2,
#endif
#ifdef SYS_close_range
    SYS_close_range,
#endif
#ifdef __x86_64__
    SYS_open,
    SYS_stat,
    SYS_lstat,
    SYS_access,
    SYS_readlink,
    SYS_getdents,
    SYS_mkdir,
    SYS_rmdir,
    SYS_unlink,
    SYS_rename,
    SYS_dup2,
    SYS_poll,
    SYS_select,
    SYS_time,
    SYS_arch_prctl,
#endif
};

/* A call that is allowed where an argument, under a mask, has a value.  Each of these arguments is
 * an int to the kernel, which reads no more than its lower half. */
static const struct rule {
    uint16_t call;
    uint8_t argument;
    uint32_t mask, value;
} rules[] = {
    /* A thread, and not a process or a namespace.  clone3 hides its flags in memory: without it,
     * libc takes this one. */
    { SYS_clone, 0,
      CLONE_THREAD | CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER |
          CLONE_NEWPID | CLONE_NEWNET,
      CLONE_THREAD },
    /* Is it a terminal, how wide is it, how long is the device?  TIOCSTI would type in it. */
    { SYS_ioctl, 1, UINT32_MAX, TCGETS },
    { SYS_ioctl, 1, UINT32_MAX, TIOCGWINSZ },
    { SYS_ioctl, 1, UINT32_MAX, BLKGETSIZE64 },
    { SYS_ioctl, 1, UINT32_MAX, BLKSSZGET },
    { SYS_fcntl, 1, ~(uint32_t)7, 0 }, /* F_DUPFD to F_SETLKW, and no F_SETOWN */
    { SYS_fcntl, 1, UINT32_MAX, F_DUPFD_CLOEXEC },
    { SYS_prctl, 0, UINT32_MAX, PR_SET_NAME },
    { SYS_prctl, 0, UINT32_MAX, 0x53564d41 }, /* PR_SET_VMA: malloc names its memory */
};

#define NUM_ALLOWED (sizeof allowed / sizeof *allowed)
#define NUM_RULES   (sizeof rules / sizeof *rules)

typedef struct program {
    struct sock_filter steps[8 + 2 * NUM_ALLOWED + 6 * (NUM_RULES + 2)];
    unsigned short count;
} program;

static void step(program *p, uint16_t code, uint8_t if_true, uint8_t if_false, uint32_t k)
{
    p->steps[p->count++] = (struct sock_filter){ code, if_true, if_false, k };
}

static void load(program *p, size_t offset)
{
    step(p, BPF_LD | BPF_W | BPF_ABS, 0, 0, (uint32_t)offset);
}

static void add_call(program *p, uint16_t call)
{
    step(p, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, call);
    step(p, BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW);
}

/* Both processors are little endian: the lower half of an argument comes first. */
static void add_rule(program *p, const struct rule *rule)
{
    step(p, BPF_JMP | BPF_JEQ | BPF_K, 0, 5, rule->call);
    load(p, offsetof(struct seccomp_data, args) + rule->argument * sizeof(uint64_t));
    step(p, BPF_ALU | BPF_AND | BPF_K, 0, 0, rule->mask);
    step(p, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, rule->value);
    step(p, BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW);
    load(p, offsetof(struct seccomp_data, nr));
}

bool wr_sandbox_filter_calls(void)
{
    const uint32_t us = (uint32_t)getpid();
    program p = { .count = 0 };
    struct sock_fprog filter = { .filter = p.steps };

    if (!PROCESSOR)
        return false;
    /* The numbers are those of this processor: what calls by another's meets nothing but the end.
     */
    load(&p, offsetof(struct seccomp_data, arch));
    step(&p, BPF_JMP | BPF_JEQ | BPF_K, 1, 0, PROCESSOR);
    step(&p, BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | ENOSYS);
    load(&p, offsetof(struct seccomp_data, nr));
    for (size_t i = 0; i < NUM_ALLOWED; i++)
        add_call(&p, allowed[i]);
    for (size_t i = 0; i < NUM_RULES; i++)
        add_rule(&p, &rules[i]);
    /* abort, and limits that are asked for: of this process. */
    add_rule(&p, &(struct rule){ SYS_tgkill, 0, UINT32_MAX, us });
    add_rule(&p, &(struct rule){ SYS_prlimit64, 0, UINT32_MAX, 0 });
    step(&p, BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | ENOSYS);
    filter.len = p.count;
    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) == 0;
}

#else
typedef int wr_sandbox_calls_are_elsewhere; /* a file is never empty */
#endif
