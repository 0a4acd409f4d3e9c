/* file.h - a regular file as bytes, without reading what nobody asks for.
 *
 * The file is mapped privately: our writes (log replay) stay in memory, the evidence never changes.
 * A file that shrinks or fails under us turns into zeros and is reported by wr_file_failed: an
 * error, never a crash.  Pipes and devices are read into memory instead. */
#ifndef WR_SOURCE_FILE_H
#define WR_SOURCE_FILE_H

#include "base/arena.h"

typedef struct wr_file wr_file;

/* `label` names the file in errors and is copied; NULL = `path`.
 * Fails: IO (names the reason), LIMIT (not a regular file and larger than WR_LIMIT_MEMBER_BYTES),
 * NO_MEMORY. */
WR_MUST_USE bool wr_file_open(const char *path, const char *label, wr_file **out, wr_error *err);

/* Up to `len` bytes of what follows: gives how many, 0 at the end, -1 with *err filled. */
typedef long wr_file_read_fn(void *context, uint8_t *bytes, size_t len, wr_error *err);

/* The same from a source that is no file of its own, such as a member of an archive: read to its
 * end into memory.  `size` is how much it says it has, and only a guess: what it gives counts.
 * Fails: what `read` says, LIMIT (more than `most` bytes), NO_MEMORY. */
WR_MUST_USE bool wr_file_read(wr_file_read_fn *read, void *context, uint64_t size, uint64_t most,
                              const char *label, wr_file **out, wr_error *err);

/* A source that can be read anywhere, such as a file in a disk image. */
typedef struct wr_file_source {
    uint64_t size;
    /* Puts `len` bytes from `at` into `bytes`.  What cannot be read it makes zeros and counts. */
    void (*read)(void *context, uint64_t at, uint8_t *bytes, size_t len);
    uint64_t (*unread)(const void *context, uint64_t *first); /* how many, and where the first is */
    void (*close)(void *context);
    void *context;
} wr_file_source;

/* The same from such a source, of which no more is read than is touched: `read` is called then, by
 * the thread that touches it (mapping.h says what it may do), where the system allows that; else
 * all is read now.  `source->close` is called by wr_file_close, and after a failure.
 * Fails: NO_MEMORY. */
WR_MUST_USE bool wr_file_from(const wr_file_source *source, const char *label, wr_file **out,
                              wr_error *err);

/* How many bytes of such a file could not be read so far and are zeros, and where the first is; 0
 * for every other file.  Ask after the work. */
uint64_t wr_file_unread(const wr_file *file, uint64_t *first);

/* A second file over the bytes of `file`, which it does not own: both see what either writes, and
 * `file` is to be closed last.  Fails: NO_MEMORY. */
WR_MUST_USE bool wr_file_share(const wr_file *file, const char *label, wr_file **out,
                               wr_error *err);

/* A second file over what `file` holds, where what is written to one is not seen by the other: only
 * pages that are written cost memory.  `file` is not to be closed before.
 * Fails: UNSUPPORTED (its bytes are in memory, not mapped), IO, NO_MEMORY. */
WR_MUST_USE bool wr_file_twin(const wr_file *file, wr_file **out, wr_error *err);

/* Unmaps; views into it die.  NULL is allowed. */
void wr_file_close(wr_file *file);

/* The whole file; source = label, origin = 0.  Lives until wr_file_close. */
wr_view wr_file_view(const wr_file *file);

/* The same bytes to be written, for log replay: what is written is seen through the view, and the
 * file never changes. */
uint8_t *wr_file_private(wr_file *file);

/* True when a part of the file could not be read when it was touched, or the file is shorter than
 * it was: what was concluded from it is not to be trusted.  Ask after the work. */
bool wr_file_failed(const wr_file *file);

#endif
