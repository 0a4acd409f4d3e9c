/* certutil_double.c - as much of Windows' certutil as our scripts call, over Wine's crypt32,
 * because Wine's own certutil does nothing and says that all went well.
 *
 *     certutil [-f] [-enterprise | -grouppolicy] -addstore STORE FILE | -delstore STORE SHA1 |
 * -store STORE SHA1 certutil -hashfile FILE SHA256
 *
 * The exit code is the HRESULT.  The environment makes it a harder host:
 *     DOUBLE_CALLS=FILE      appends each command line to FILE
 *     DOUBLE_DENIED=1        adding and deleting answer 0x80070005, as without elevation
 *     DOUBLE_HASH=spaced     -hashfile prints as Windows 7 does
 *     DOUBLE_BLIND=1         -store without a scope does not see the policy and enterprise members
 *     DOUBLE_FAIL=SHA1           -addstore of this certificate answers 0x8009310b
 *     DOUBLE_LOST=1          -addstore says that all went well and adds nothing */
#include <windows.h>

#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>

#include <wincrypt.h>

#define NOT_FOUND     ((int)0x80092004)
#define DENIED        ((int)0x80070005)
#define BAD_PARAMETER ((int)0x80070057)
#define BAD_TAG       ((int)0x8009310b)
#define NO_FILE       ((int)0x80070002)

static const wchar_t machine[] = L"Software\\Microsoft\\SystemCertificates";
static const wchar_t enterprise[] = L"Software\\Microsoft\\EnterpriseCertificates";
static const wchar_t policy[] = L"Software\\Policies\\Microsoft\\SystemCertificates";

static int is_set(const wchar_t *name)
{
    const wchar_t *value = _wgetenv(name);
    return value && *value;
}

/* A certificate is where its key is: what an offline reader of the hive would see. */
static void key_path(wchar_t path[512], const wchar_t *root, const wchar_t *store,
                     const wchar_t *sha1)
{
    _snwprintf(path, 512, L"%ls\\%ls\\Certificates\\%ls", root, store, sha1);
    path[511] = 0;
    _wcsupr(path);
}

static int is_in(const wchar_t *root, const wchar_t *store, const wchar_t *sha1)
{
    wchar_t path[512];
    HKEY key;

    key_path(path, root, store, sha1);
    if (RegOpenKeyExW(HKEY_LOCAL_MACHINE, path, 0, KEY_READ, &key) != ERROR_SUCCESS)
        return 0;
    RegCloseKey(key);
    return 1;
}

static int is_in_read_only_member(const wchar_t *store, const wchar_t *sha1)
{
    return is_in(policy, store, sha1) || is_in(enterprise, store, sha1);
}

static int find(const wchar_t *scope, const wchar_t *store, const wchar_t *sha1)
{
    int found;

    if (scope)
        found = is_in(scope, store, sha1);
    else
        found = is_in(machine, store, sha1) ||
                (!_wcsicmp(store, L"Root") && is_in(machine, L"AuthRoot", sha1)) ||
                (!is_set(L"DOUBLE_BLIND") && is_in_read_only_member(store, sha1));
    return found ? 0 : NOT_FOUND;
}

static BYTE *read_file(const wchar_t *path, DWORD *len)
{
    FILE *f = _wfopen(path, L"rb");
    BYTE *bytes = malloc(1 << 20);

    *len = f && bytes ? (DWORD)fread(bytes, 1, 1 << 20, f) : 0;
    if (f)
        fclose(f);
    return f ? bytes : NULL;
}

static void sha1_text(PCCERT_CONTEXT cert, wchar_t text[41])
{
    BYTE hash[20];
    DWORD len = sizeof(hash);

    CertGetCertificateContextProperty(cert, CERT_SHA1_HASH_PROP_ID, hash, &len);
    for (int i = 0; i < 20; i++)
        _snwprintf(text + 2 * i, 3, L"%02x", hash[i]);
}

static int add(const wchar_t *store, const wchar_t *file)
{
    DWORD len;
    BYTE *bytes = read_file(file, &len);
    PCCERT_CONTEXT cert;
    HCERTSTORE opened;
    wchar_t sha1[41];
    int result = 0;

    if (!bytes)
        return NO_FILE;
    if (!(cert = CertCreateCertificateContext(X509_ASN_ENCODING, bytes, len)))
        return (int)GetLastError();
    sha1_text(cert, sha1);
    if (is_set(L"DOUBLE_DENIED") || is_in_read_only_member(store, sha1))
        return DENIED;
    if (is_set(L"DOUBLE_FAIL") && !_wcsicmp(_wgetenv(L"DOUBLE_FAIL"), sha1))
        return BAD_TAG;
    if (is_set(L"DOUBLE_LOST"))
        return 0;
    opened = CertOpenStore(CERT_STORE_PROV_SYSTEM_W, 0, 0, CERT_SYSTEM_STORE_LOCAL_MACHINE, store);
    if (!opened ||
        !CertAddCertificateContextToStore(opened, cert, CERT_STORE_ADD_REPLACE_EXISTING, NULL))
        result = (int)GetLastError();
    if (opened)
        CertCloseStore(opened, 0);
    return result;
}

/* Wine's CertDeleteCertificateFromStore does not reach the registry. */
static int delete (const wchar_t *store, const wchar_t *sha1)
{
    wchar_t path[512];

    if (is_set(L"DOUBLE_DENIED"))
        return DENIED;
    key_path(path, machine, store, sha1);
    return RegDeleteTreeW(HKEY_LOCAL_MACHINE, path) == ERROR_SUCCESS ? 0 : NOT_FOUND;
}

static int hash_file(const wchar_t *file, const wchar_t *algorithm)
{
    DWORD len, hash_len = 32;
    BYTE *bytes = read_file(file, &len), hash[32];
    HCRYPTPROV provider;
    HCRYPTHASH object;

    if (!bytes)
        return NO_FILE;
    if (_wcsicmp(algorithm, L"SHA256") ||
        !CryptAcquireContextW(&provider, NULL, NULL, PROV_RSA_AES, CRYPT_VERIFYCONTEXT) ||
        !CryptCreateHash(provider, CALG_SHA_256, 0, 0, &object) ||
        !CryptHashData(object, bytes, len, 0) ||
        !CryptGetHashParam(object, HP_HASHVAL, hash, &hash_len, 0))
        return BAD_PARAMETER;
    wprintf(L"SHA256 hash of file %ls:\r\n", file);
    for (DWORD i = 0; i < hash_len; i++)
        wprintf(L"%ls%02x", i && is_set(L"DOUBLE_HASH") ? L" " : L"", hash[i]);
    wprintf(L"\r\nCertUtil: -hashfile command completed successfully.\r\n");
    return 0;
}

static void note_call(void)
{
    const wchar_t *path = _wgetenv(L"DOUBLE_CALLS");
    FILE *f = path ? _wfopen(path, L"a") : NULL;

    if (f) {
        fwprintf(f, L"%ls\n", GetCommandLineW());
        fclose(f);
    }
}

int wmain(int argc, wchar_t **argv)
{
    const wchar_t *scope = NULL, *verb = NULL, *words[2] = { NULL, NULL };
    size_t num_words = 0;

    note_call();
    for (int i = 1; i < argc; i++) {
        if (!_wcsicmp(argv[i], L"-f"))
            continue;
        if (!_wcsicmp(argv[i], L"-enterprise"))
            scope = enterprise;
        else if (!_wcsicmp(argv[i], L"-grouppolicy"))
            scope = policy;
        else if (*argv[i] == L'-' && !verb)
            verb = argv[i];
        else if (num_words < 2)
            words[num_words++] = argv[i];
        else
            return BAD_PARAMETER;
    }
    if (!verb || num_words != 2)
        return BAD_PARAMETER;
    if (!_wcsicmp(verb, L"-addstore") && !scope)
        return add(words[0], words[1]);
    if (!_wcsicmp(verb, L"-delstore") && !scope)
        return delete (words[0], words[1]);
    if (!_wcsicmp(verb, L"-store"))
        return find(scope, words[0], words[1]);
    if (!_wcsicmp(verb, L"-hashfile"))
        return hash_file(words[0], words[1]);
    return BAD_PARAMETER;
}
