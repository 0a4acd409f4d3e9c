/* progress.h - what is being read, for people who wait. */
#ifndef WR_CLI_PROGRESS_H
#define WR_CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

typedef struct wr_progress {
    bool quiet, verbose;     /* -q, -v */
    uint64_t begun, written; /* FILETIME; 0: not yet */
    bool shown;              /* a line stands on the terminal */
} wr_progress;

/* The progress of wr_input_options; `context` is a wr_progress.  After a second it shows one line
 * that is written over again and again, where stderr is a terminal; with -v a line each. */
void wr_progress_step(void *context, const char *path);

/* Takes the line away. */
void wr_progress_end(wr_progress *p);

#endif
