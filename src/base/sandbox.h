/* sandbox.h - giving up what a reader of evidence does not need.
 * docs/adr/0011-the-sandbox-lists-what-is-allowed.md
 *
 *     wr_sandbox s = wr_sandbox_new();
 *     wr_sandbox_allow(&s, "SOFTWARE", WR_SANDBOX_READ);
 *     wr_sandbox_enter(&s);
 *
 * From then on this process opens nothing but what was allowed and the system's libraries, makes no
 * socket and starts no process.  What it has open stays open.  No call of this header can fail: an
 * operating system that keeps less apart is a sandbox of fewer parts.  Linux only; elsewhere there
 * are no parts.  Before the first thread. */
#ifndef WR_BASE_SANDBOX_H
#define WR_BASE_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>

/* Of a path; what stands for a folder holds for all below it. */
typedef enum wr_sandbox_access {
    WR_SANDBOX_READ,     /* a file, or the files and folders of a folder                  */
    WR_SANDBOX_BESIDE,   /* a file, as READ, where it is no link                          */
    WR_SANDBOX_LIST,     /* the names in a folder, and none of the files                  */
    WR_SANDBOX_WRITE,    /* a file in its place                                           */
    WR_SANDBOX_FILES_IN, /* a folder: files and folders in it are made, replaced, removed */
    WR_SANDBOX_WORK_IN   /* the same, and its files are read                              */
} wr_sandbox_access;

/* What holds in the end. */
typedef struct wr_sandbox_parts {
    int files;  /* version of Landlock that keeps files apart, 0 = none */
    bool calls; /* the kernel refuses calls that are not on the list    */
} wr_sandbox_parts;

typedef struct wr_sandbox {
    int version; /* of Landlock, 0 = none */
    int rules;   /* descriptor            */
} wr_sandbox;

/* Allows the libraries and settings of the system and nothing else.  Holds a descriptor until it is
 * entered. */
wr_sandbox wr_sandbox_new(void);

/* A path that is not there is left out.  Links are followed. */
void wr_sandbox_allow(wr_sandbox *s, const char *path, wr_sandbox_access access);

/* There is no way back. */
wr_sandbox_parts wr_sandbox_enter(wr_sandbox *s);

#endif
