/* Decodes every certificate of an SST with OpenSSL's d2i_X509 and prints how many there are: what
 * reading a store costs a program that decodes. */
#include <openssl/x509.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
    static unsigned char bytes[8 << 20];
    FILE *f = argc > 1 ? fopen(argv[1], "rb") : NULL;
    size_t len = f ? fread(bytes, 1, sizeof bytes, f) : 0, at = 8;
    unsigned count = 0;

    while (at + 12 <= len) {
        uint32_t id, size;
        memcpy(&id, bytes + at, 4);
        memcpy(&size, bytes + at + 8, 4);
        if (!id || size > len - at - 12)
            break;
        if (id == 32) {
            const unsigned char *der = bytes + at + 12;
            X509 *x = d2i_X509(NULL, &der, (long)size);
            count += x != NULL;
            X509_free(x);
        }
        at += 12 + size;
    }
    printf("%u\n", count);
    return 0;
}
