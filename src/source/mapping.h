/* mapping.h - a file in memory that is read when it is touched; private to this room. */
#ifndef WR_SOURCE_MAPPING_H
#define WR_SOURCE_MAPPING_H

#include "winroots/error.h"

typedef struct wr_mapping wr_mapping;

/* Maps the first `len` > 0 bytes of an open file, to be read and privately written.  A page that
 * cannot be read when it is touched becomes zeros and wr_mapping_failed says so.  NULL, with errno
 * set, where it cannot be mapped: ENODEV where mapping is not to be had. */
wr_mapping *wr_mapping_open(int fd, size_t len);

/* Puts bytes `at` to `at` + `len` of what is mapped into `bytes`; what cannot be read it makes
 * zeros and remembers.  It is called while some other code waits for a byte, by whatever thread
 * that is, one at a time: it must not touch what it fills, nor what that code may be in the middle
 * of. */
typedef void wr_mapping_fill_fn(void *context, uint64_t at, uint8_t *bytes, size_t len);

/* `len` > 0 bytes of memory that are filled piece by piece when they are touched.  NULL, with errno
 * set: ENODEV where that is not to be had. */
wr_mapping *wr_mapping_fill(size_t len, wr_mapping_fill_fn *fill, void *context);

void wr_mapping_close(wr_mapping *m);

uint8_t *wr_mapping_bytes(const wr_mapping *m);
bool wr_mapping_failed(const wr_mapping *m);

#endif
