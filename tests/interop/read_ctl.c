/* read_ctl.c - a trust list as Wine's crypt32 reads it, a line for each fact:
 *
 *     usage OID | list_id HEX | sequence HEX | algorithm OID | update FILETIME | next FILETIME
 *     entry HEX
 *     value OID HEX         one of the entry before, as encoded
 *
 * wine read_ctl.exe FILE */
#include <windows.h>

#include <stdio.h>
#include <stdlib.h>

#include <wincrypt.h>

static void print_hex(const BYTE *data, DWORD len)
{
    for (DWORD i = 0; i < len; i++)
        printf("%02x", data[i]);
    printf("\n");
}

/* Windows keeps integers with the least octet first. */
static void print_integer(const CRYPT_INTEGER_BLOB *n)
{
    for (DWORD i = n->cbData; i > 0; i--)
        printf("%02x", n->pbData[i - 1]);
    printf("\n");
}

static unsigned long long ticks(FILETIME t)
{
    return (unsigned long long)t.dwHighDateTime << 32 | t.dwLowDateTime;
}

static void print_list(const CTL_INFO *list)
{
    for (DWORD i = 0; i < list->SubjectUsage.cUsageIdentifier; i++)
        printf("usage %s\n", list->SubjectUsage.rgpszUsageIdentifier[i]);
    printf("list_id ");
    print_hex(list->ListIdentifier.pbData, list->ListIdentifier.cbData);
    printf("sequence ");
    print_integer(&list->SequenceNumber);
    printf("algorithm %s\n", list->SubjectAlgorithm.pszObjId);
    printf("update %llu\n", ticks(list->ThisUpdate));
    printf("next %llu\n", ticks(list->NextUpdate));
    for (DWORD i = 0; i < list->cCTLEntry; i++) {
        const CTL_ENTRY *entry = &list->rgCTLEntry[i];
        printf("entry ");
        print_hex(entry->SubjectIdentifier.pbData, entry->SubjectIdentifier.cbData);
        for (DWORD j = 0; j < entry->cAttribute; j++)
            for (DWORD k = 0; k < entry->rgAttribute[j].cValue; k++) {
                printf("value %s ", entry->rgAttribute[j].pszObjId);
                print_hex(entry->rgAttribute[j].rgValue[k].pbData,
                          entry->rgAttribute[j].rgValue[k].cbData);
            }
    }
}

int wmain(int argc, wchar_t **argv)
{
    static BYTE bytes[4 << 20];
    FILE *f = argc == 2 ? _wfopen(argv[1], L"rb") : NULL;
    const CTL_CONTEXT *list;
    size_t len;

    if (!f)
        return 2;
    len = fread(bytes, 1, sizeof bytes, f);
    fclose(f);
    list = CertCreateCTLContext(PKCS_7_ASN_ENCODING | X509_ASN_ENCODING, bytes, (DWORD)len);
    if (!list) {
        fprintf(stderr, "error %08lx\n", GetLastError());
        return 1;
    }
    print_list(list->pCtlInfo);
    CertFreeCTLContext(list);
    return 0;
}
