/* records.h - property records written out byte by byte. */
#ifndef TESTS_RECORDS_H
#define TESTS_RECORDS_H

/* The header of a record with `len` bytes of data, each number below 256. */
#define RECORD_RESERVED(id, reserved, len) (id), 0, 0, 0, (reserved), 0, 0, 0, (len), 0, 0, 0
#define RECORD(id, len)                    RECORD_RESERVED(id, 1, len)
#define END_RECORD                         0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0

/* A whole certificate record whose object is the DER of an empty SEQUENCE. */
#define TINY_CERTIFICATE RECORD(32, 2), 0x30, 0

#endif
