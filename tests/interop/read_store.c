/* read_store.c - a certificate store in a file (sst, p7b) as Wine's crypt32 reads it, a line
 * for each fact:
 *
 *     certificate HEX
 *     property NUMBER HEX       of the certificate before
 *
 * wine read_store.exe FILE */
#include <windows.h>

#include <stdio.h>

#include <wincrypt.h>

static void print_hex(const BYTE *data, DWORD len)
{
    for (DWORD i = 0; i < len; i++)
        printf("%02x", data[i]);
    printf("\n");
}

static void print_properties(const CERT_CONTEXT *certificate)
{
    static BYTE data[1 << 16];

    for (DWORD id = 0; (id = CertEnumCertificateContextProperties(certificate, id)) != 0;) {
        DWORD len = sizeof data;
        if (!CertGetCertificateContextProperty(certificate, id, data, &len))
            continue;
        printf("property %lu ", id);
        print_hex(data, len);
    }
}

/* OBSERVED Wine 8 reads no element with properties out of a store, also of one that Windows wrote,
 * so each element is given to it alone. */
static BOOL add_elements(HCERTSTORE store, const BYTE *bytes, DWORD len)
{
    DWORD start = 8, at = 8;

    while (at + 12 <= len && bytes[at]) {
        DWORD id = bytes[at];
        at += 12 + (bytes[at + 8] | (DWORD)bytes[at + 9] << 8);
        if (id != 32)
            continue;
        if (at > len || !CertAddSerializedElementToStore(
                            store, bytes + start, at - start, CERT_STORE_ADD_ALWAYS, 0,
                            CERT_STORE_CERTIFICATE_CONTEXT_FLAG, NULL, NULL))
            return FALSE;
        start = at;
    }
    return at + 12 == len;
}

int wmain(int argc, wchar_t **argv)
{
    static BYTE bytes[1 << 20];
    FILE *f = argc == 2 ? _wfopen(argv[1], L"rb") : NULL;
    CRYPT_DATA_BLOB blob = { 0, bytes };
    const CERT_CONTEXT *certificate = NULL;
    HCERTSTORE store;
    BOOL is_bag;

    if (!f)
        return 2;
    blob.cbData = (DWORD)fread(bytes, 1, sizeof bytes, f);
    fclose(f);
    is_bag = blob.cbData && bytes[0] == 0x30;
    store = CertOpenStore(is_bag ? CERT_STORE_PROV_PKCS7 : CERT_STORE_PROV_MEMORY,
                          X509_ASN_ENCODING | PKCS_7_ASN_ENCODING, 0, 0, is_bag ? &blob : NULL);
    if (!store || (!is_bag && !add_elements(store, bytes, blob.cbData))) {
        fprintf(stderr, "error %08lx\n", GetLastError());
        return 1;
    }
    while ((certificate = CertEnumCertificatesInStore(store, certificate)) != NULL) {
        printf("certificate ");
        print_hex(certificate->pbCertEncoded, certificate->cbCertEncoded);
        print_properties(certificate);
    }
    CertCloseStore(store, 0);
    return 0;
}
