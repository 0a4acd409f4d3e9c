/* run_folder.h - where a run over many hosts keeps what is done: docs/fleet-run.md.
 *
 *     FOLDER/as_of            the time of judgement of every run in this folder
 *     FOLDER/locks            nothing, with a byte for each evidence to be locked
 *     FOLDER/parts/KK/K.END   the whole records of one evidence; END says how it went
 *
 * A part has a key over all that its records depend on.  Its last line is its length: it appears
 * whole or not at all, and after a power cut it may have been cut, which is as if it were not
 * there. */
#ifndef WR_FLEET_RUN_FOLDER_H
#define WR_FLEET_RUN_FOLDER_H

#include "base/arena.h"
#include "base/time.h"

#define WR_RUN_KEY_LEN 16

typedef struct wr_run_key {
    uint8_t bytes[WR_RUN_KEY_LEN];
} wr_run_key;

typedef enum wr_part {
    WR_PART_OK,
    WR_PART_PARTIAL, /* something in the evidence could not be read                    */
    WR_PART_FAILED,  /* nothing could be; it lies in the evidence                      */
    WR_PART_AGAIN,   /* nothing was, and the next run tries again: it may lie elsewhere */
    WR_PART_NONE
} wr_part;

typedef struct wr_run_folder {
    const char *path;
    char *names[2]; /* room for a path in it, each */
    size_t room;
    int locks;
} wr_run_folder;

/* Makes the folder, or takes the one of an earlier run, and tells *as_of: that of the earlier run
 * unless it is given.  Fails: USAGE (a folder that holds something else), IO, NO_MEMORY. */
WR_MUST_USE bool wr_run_folder_begin(const char *path, bool as_of_given, wr_time *as_of,
                                     wr_arena *arena, wr_run_folder *out, wr_error *err);
void wr_run_folder_end(wr_run_folder *f);

/* How the records of a key came out, WR_PART_NONE where there are none. */
wr_part wr_run_folder_find(wr_run_folder *f, const wr_run_key *key);

/* Takes a key for this process, until it is released or the process ends.  *taken is false where
 * another has it, or, with `wait`, where a signal came first.  Fails: IO. */
WR_MUST_USE bool wr_run_folder_claim(wr_run_folder *f, const wr_run_key *key, bool wait,
                                     bool *taken, wr_error *err);
void wr_run_folder_release(wr_run_folder *f, const wr_run_key *key);

/* Of a key that is claimed: a file to write its records to, which is then kept, or dropped.
 * Fail: IO; wr_run_folder_keep also closes `fd` and leaves nothing then. */
WR_MUST_USE bool wr_run_folder_create(wr_run_folder *f, const wr_run_key *key, int *fd,
                                      wr_error *err);
WR_MUST_USE bool wr_run_folder_keep(wr_run_folder *f, const wr_run_key *key, int fd, wr_part part,
                                    wr_error *err);
void wr_run_folder_drop(wr_run_folder *f, const wr_run_key *key, int fd);

/* Writes the records of `keys`, in this order, to the file `output`, whole or not at all.
 * Fails: IO (a part that was there has gone, too). */
WR_MUST_USE bool wr_run_folder_gather(wr_run_folder *f, const wr_run_key *keys, size_t num_keys,
                                      const char *output, wr_error *err);

#endif
