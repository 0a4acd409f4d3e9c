/* fuzz_folder.h - files for a fuzz target whose input is read from a path; they go when the process
 * ends. */
#ifndef TESTS_FUZZ_FOLDER_H
#define TESTS_FUZZ_FOLDER_H

#include "base/reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder_path[64];
static const char *folder_names[16];
static size_t folder_count;

static inline void must(bool holds)
{
    if (!holds)
        abort();
}

/* Good until the call after the next. */
static inline const char *in_folder(const char *name)
{
    static char paths[2][128];
    static unsigned turn;

    turn ^= 1;
    snprintf(paths[turn], sizeof paths[turn], "%s/%s", folder_path, name);
    return paths[turn];
}

static inline void clean_folder(void)
{
    while (folder_count) {
        const char *name = folder_names[--folder_count];
        if (unlink(in_folder(name)) != 0)
            rmdir(in_folder(name));
    }
    rmdir(folder_path);
}

/* In memory where there is such a place: a target writes much. */
static inline void make_folder(void)
{
    if (*folder_path)
        return;
    snprintf(folder_path, sizeof folder_path, "%s/winroots-fuzz-XXXXXX",
             access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    must(mkdtemp(folder_path) != NULL);
    atexit(clean_folder);
}

static inline void remember(const char *name)
{
    for (size_t i = 0; i < folder_count; i++)
        if (!strcmp(folder_names[i], name))
            return;
    must(folder_count < sizeof folder_names / sizeof *folder_names);
    folder_names[folder_count++] = name;
}

/* `name` lives as long as the process; so below. */
static inline void folder_in_folder(const char *name)
{
    make_folder();
    remember(name);
    must(mkdir(in_folder(name), 0700) == 0 || access(in_folder(name), W_OK) == 0);
}

static inline void file_in_folder(const char *name, wr_view bytes)
{
    FILE *f;

    make_folder();
    remember(name);
    f = fopen(in_folder(name), "wb");
    must(f != NULL);
    must(!bytes.len || fwrite(bytes.data, 1, bytes.len, f) == bytes.len);
    must(fclose(f) == 0);
}

/* A file that a call writes, or that is to be absent. */
static inline const char *no_file_in_folder(const char *name)
{
    make_folder();
    remember(name);
    unlink(in_folder(name));
    return in_folder(name);
}

#endif
