/* mapping.h - a file in memory that is read when it is touched; private to this room. */
#ifndef WR_SOURCE_MAPPING_H
#define WR_SOURCE_MAPPING_H

#include "winroots/error.h"

typedef struct wr_mapping wr_mapping;

/* Maps the first `len` > 0 bytes of an open file, to be read and privately written.  A page that
 * cannot be read when it is touched becomes zeros and wr_mapping_failed says so.  NULL, with errno
 * set, where it cannot be mapped: ENODEV where mapping is not to be had. */
wr_mapping *wr_mapping_open(int fd, size_t len);
void wr_mapping_close(wr_mapping *m);

uint8_t *wr_mapping_bytes(const wr_mapping *m);
bool wr_mapping_failed(const wr_mapping *m);

#endif
