/* The value Blob of a certificate, as every peer reads it. */
#ifndef MEASURE_PEERS_BLOB_H
#define MEASURE_PEERS_BLOB_H

#include <openssl/sha.h>

#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Prints the SHA-1 of the certificate in a Blob, a line. */
static inline void print_certificate(const uint8_t *blob, size_t len)
{
    unsigned char sha1[20];

    while (len >= 12) {
        uint32_t id, n;
        memcpy(&id, blob, 4);
        memcpy(&n, blob + 8, 4);
        if (n > len - 12)
            return;
        if (id == 32) {
            SHA1(blob + 12, n, sha1);
            for (int i = 0; i < 20; i++)
                printf("%02x", sha1[i]);
            putchar('\n');
        }
        blob += 12 + n;
        len -= 12 + n;
    }
}

#endif
