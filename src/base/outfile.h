/* outfile.h - bytes out: a buffered sink, and files that appear whole or not at all. */
#ifndef WR_BASE_OUTFILE_H
#define WR_BASE_OUTFILE_H

#include "base/reader.h"

/* A sink with its own buffer.  Errors stick: write on, and ask wr_out_finish once. */
typedef struct wr_out wr_out;

/* To a file made beside `path` under a temporary name; wr_out_finish renames it over `path`, and
 * wr_out_discard removes it; until then interrupts wait (wr_os_hold_interrupts).
 * Fails: IO, NO_MEMORY. */
WR_MUST_USE bool wr_out_file(const char *path, wr_out **out, wr_error *err);

/* The same by way of the file `temporary`, which is made anew: for those who know that nobody else
 * makes it, and want to find what is left of it. */
WR_MUST_USE bool wr_out_file_by(const char *path, const char *temporary, wr_out **out,
                                wr_error *err);

/* To the process' standard output, or to memory that the sink owns until it is freed. */
WR_MUST_USE bool wr_out_stdout(wr_out **out, wr_error *err);
WR_MUST_USE bool wr_out_memory(wr_out **out, wr_error *err);

void wr_out_write(wr_out *out, const void *bytes, size_t len);
void wr_out_text(wr_out *out, const char *text);
void wr_out_printf(wr_out *out, const char *fmt, ...) WR_PRINTF(2, 3);

/* What was written to a memory sink so far; borrowed until the next write. */
wr_view wr_out_bytes(const wr_out *out);

/* Forgets that, and keeps its memory for what is written next. */
void wr_out_clear(wr_out *out);

/* Everything is written and, for a file, synced and in its place.  Frees the sink, but not a memory
 * sink, either way.  Fails: IO, NO_MEMORY; then no file was left behind. */
WR_MUST_USE bool wr_out_finish(wr_out *out, wr_error *err);

/* Nothing is kept; NULL is allowed. */
void wr_out_discard(wr_out *out);

/* A folder that appears whole: files are written below a fresh folder beside `path`, which
 * wr_out_folder_commit renames to `path`.  An existing empty `path` is taken over; a
 * non-empty one only with `force`, and is then replaced as a whole.
 * Fails: USAGE (not empty; not a folder), IO, NO_MEMORY. */
typedef struct wr_out_folder wr_out_folder;
WR_MUST_USE bool wr_out_folder_create(const char *path, bool force, wr_out_folder **out,
                                      wr_error *err);

/* Writes one file at `name`, a relative path with '/', making its parents. */
WR_MUST_USE bool wr_out_folder_write(wr_out_folder *folder, const char *name, wr_view bytes,
                                     wr_error *err);

/* Makes a folder at `name` with its parents, or a link to `target`; `name` is a
 * relative path that stays inside.  There are no links on Windows.  Fail: USAGE (name), IO,
 * NO_MEMORY. */
WR_MUST_USE bool wr_out_folder_make(wr_out_folder *folder, const char *name, wr_error *err);
WR_MUST_USE bool wr_out_folder_link(wr_out_folder *folder, const char *name, const char *target,
                                    wr_error *err);

/* True of a relative path, with '/', that does not leave its folder. */
bool wr_out_is_inside(const char *name);

/* Frees the folder either way.  Fails: IO; then nothing is left behind and an old `path` stands. */
WR_MUST_USE bool wr_out_folder_commit(wr_out_folder *folder, wr_error *err);
void wr_out_folder_discard(wr_out_folder *folder);

#endif
