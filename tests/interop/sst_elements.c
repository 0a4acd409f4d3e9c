/* sst_elements.c - the elements of a serialized store as Wine's crypt32 reads each.
 *
 *     elements FILE
 *
 * A line for each: ID=HEX of every property that the context has.  Wine's own reader
 * of such files drops a certificate that has properties, so the file is cut into elements here, and
 * the properties that Wine does not know are left out of them. */
#include <windows.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <wincrypt.h>

#define HEADER     8 /* of the file: 0, "CERT" */
#define RECORD     12
#define OBJECT     32
/* Wine 8 refuses an element with a property that it does not know. */
#define LAST_KNOWN 82
#define UNKNOWN    29

static DWORD u32(const BYTE *at)
{
    return at[0] | at[1] << 8 | at[2] << 16 | (DWORD)at[3] << 24;
}

static void print_element(const BYTE *element, DWORD len)
{
    HCERTSTORE store =
        CertOpenStore(CERT_STORE_PROV_MEMORY, 0, 0, CERT_STORE_CREATE_NEW_FLAG, NULL);
    BYTE data[4096];
    DWORD size, type;
    const void *context;

    if (!CertAddSerializedElementToStore(store, element, len, CERT_STORE_ADD_NEW, 0,
                                         CERT_STORE_CERTIFICATE_CONTEXT_FLAG, &type, &context)) {
        printf("refused %lx\n", (unsigned long)GetLastError());
        return;
    }
    for (DWORD id = 0; (id = CertEnumCertificateContextProperties(context, id));) {
        size = sizeof(data);
        if (!CertGetCertificateContextProperty(context, id, data, &size))
            continue;
        printf("%lu=", (unsigned long)id);
        for (DWORD i = 0; i < size; i++)
            printf("%02x", data[i]);
        printf(" ");
    }
    printf("\n");
}

int wmain(int argc, wchar_t **argv)
{
    FILE *f = argc == 2 ? _wfopen(argv[1], L"rb") : NULL;
    BYTE *bytes = malloc(1 << 20);
    BYTE *element = malloc(1 << 20);
    size_t len = f && bytes && element ? fread(bytes, 1, 1 << 20, f) : 0, at = HEADER, kept = 0;

    if (len < HEADER || memcmp(bytes, "\0\0\0\0CERT", HEADER))
        return 1;
    while (at + RECORD <= len && u32(bytes + at)) {
        DWORD id = u32(bytes + at), size = RECORD + u32(bytes + at + 8);
        if (size > len - at)
            return 2;
        if (id <= LAST_KNOWN && id != UNKNOWN) {
            memcpy(element + kept, bytes + at, size);
            kept += size;
        }
        at += size;
        if (id == OBJECT) {
            print_element(element, (DWORD)kept);
            kept = 0;
        }
    }
    return at + RECORD == len ? 0 : 2;
}
