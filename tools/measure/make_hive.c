/* Writes a big hive whose certificates are real:
 *
 *     make_hive software KEYS CERTIFICATES LIST.stl FOLDER OUT    a SOFTWARE hive of KEYS keys
 *     make_hive user     KEYS CERTIFICATES NUMBER   FOLDER OUT    an NTUSER.DAT; NUMBER tells users
 * apart
 *
 * FOLDER holds certificates as <sha1>.der; the first CERTIFICATES of them, by name, are installed.
 * Half of the keys are classes in long lists, as COM's are; half belong to products of 24 vendors,
 * written a product of each vendor in turn, so that what belongs together lies apart, as in a hive
 * that grew.  A key has 3.5 values on average and a value 68 bytes, as in SOFTWARE hives of Windows
 * 10.  Equal input gives equal bytes. */
#include "regf_builder.h"

#include <dirent.h>
#include <stdio.h>

enum { VENDORS = 24, PARTS = 62, LONGEST_LIST = 500, MOST_CERTIFICATES = 5000 };

#define REG_BINARY 3u

static const char *const machine_stores[] = { "addressbook",     "AuthRoot", "CA",
                                              "Disallowed",      "My",       "ROOT",
                                              "SmartCardRoot",   "Trust",    "TrustedPeople",
                                              "TrustedPublisher" };
static const char *const user_stores[] = { "CA", "My", "ROOT" };

/* Cells of the children of one key. */
struct cells {
    uint32_t *at;
    size_t count, room;
};

static void add(struct cells *c, uint32_t cell)
{
    if (c->count == c->room) {
        c->room = c->room ? 2 * c->room : 64;
        c->at = realloc(c->at, c->room * sizeof *c->at);
        assert(c->at);
    }
    c->at[c->count++] = cell;
}

/* One lh list, or an ri list of them.  Children must be in the order of their names. */
static void close_list(struct hive *h, uint32_t key, struct cells *c)
{
    struct cells lists = { 0 };

    if (c->count && c->count <= LONGEST_LIST)
        hive_subkeys(h, key, "lh", c->at, c->count);
    if (c->count > LONGEST_LIST) {
        for (size_t i = 0; i < c->count; i += LONGEST_LIST)
            add(&lists, hive_list(h, "lh", c->at + i,
                                  c->count - i < LONGEST_LIST ? c->count - i : LONGEST_LIST));
        hive_set_subkeys(h, key, hive_list(h, "ri", lists.at, lists.count), c->count);
    }
    free(lists.at);
    free(c->at);
    *c = (struct cells){ 0 };
}

static uint32_t child(struct hive *h, struct cells *siblings, const char *name, uint32_t parent)
{
    uint32_t key = hive_key(h, name, parent);
    add(siblings, key);
    return key;
}

/* Numbers that look random and are the same in every run (splitmix64). */
static uint64_t chance(uint64_t *state)
{
    uint64_t z = *state += 0x9E3779B97F4A7C15u;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

/* Most data is short: a third are numbers in the record, the rest text and bytes; few are long. */
static size_t size_of_data(uint64_t r)
{
    if (r % 3 == 0)
        return 4;
    if (r % 512 == 1)
        return 2048 + (r >> 20) % 4096;
    return 24 + (r >> 20) % 142;
}

static void add_values(struct hive *h, uint32_t key, uint64_t *state)
{
    static uint8_t data[8192];
    uint32_t values[7];
    const size_t count = 1 + chance(state) % 6;

    for (size_t i = 0; i < count; i++) {
        const uint64_t r = chance(state);
        const size_t len = size_of_data(r);
        char name[24];

        snprintf(name, sizeof name, "%s%u", r % 5 ? "Setting" : "InstallLocation", (unsigned)i);
        for (size_t at = 0; at < len; at++) /* UTF-16 text, or a number */
            data[at] = (uint8_t)(at % 2 ? 0 : 'a' + (r + at) % 26);
        values[i] = hive_value(h, i ? name : "", len == 4 ? 4 : 1, data, len);
    }
    hive_values(h, key, values, count);
}

static uint32_t filled(struct hive *h, struct cells *siblings, const char *name, uint32_t parent,
                       uint64_t *state)
{
    uint32_t key = child(h, siblings, name, parent);
    add_values(h, key, state);
    return key;
}

/* Two keys each: {GUID}\InprocServer32. */
static void add_guids(struct hive *h, uint32_t parent, size_t keys, uint64_t *state)
{
    struct cells guids = { 0 };

    for (size_t i = 0; i < keys / 2; i++) {
        char name[40];
        uint32_t guid, server;

        snprintf(name, sizeof name, "{%08X-%04X-%04X-A000-%012llX}", (unsigned)(i * 2654),
                 (unsigned)(i % 65536), (unsigned)(chance(state) % 65536),
                 (unsigned long long)(chance(state) >> 16));
        guid = filled(h, &guids, name, parent, state);
        server = hive_key(h, "InprocServer32", guid);
        add_values(h, server, state);
        hive_subkeys(h, guid, "lh", &server, 1);
    }
    close_list(h, parent, &guids);
}

/* In four keys: hivex gives up at 70,000 subkeys of one. */
static void add_classes(struct hive *h, uint32_t root, struct cells *top, size_t keys,
                        uint64_t *state)
{
    static const char *const kinds[] = { "AppID", "CLSID", "Interface", "TypeLib" };
    struct cells below = { 0 };
    uint32_t classes = child(h, top, "Classes", root);

    for (size_t i = 0; i < 4; i++)
        add_guids(h, child(h, &below, kinds[i], classes), keys / 4, state);
    close_list(h, classes, &below);
}

/* Vendor\Product\Part, the products of the vendors in turn. */
static void add_vendors(struct hive *h, uint32_t root, struct cells *top, size_t keys,
                        uint64_t *state)
{
    const size_t products = keys / (VENDORS * (PARTS + 1));
    struct cells of[VENDORS] = { { 0 } }, parts = { 0 };
    uint32_t vendors[VENDORS];
    char name[32];

    for (size_t v = 0; v < VENDORS; v++) {
        snprintf(name, sizeof name, "Vendor %02zu", v);
        vendors[v] = child(h, top, name, root);
    }
    for (size_t p = 0; p < products; p++)
        for (size_t v = 0; v < VENDORS; v++) {
            uint32_t product;
            snprintf(name, sizeof name, "Product %05zu", p);
            product = filled(h, &of[v], name, vendors[v], state);
            for (size_t i = 0; i < PARTS; i++) {
                snprintf(name, sizeof name, "Component%02zu", i);
                filled(h, &parts, name, product, state);
            }
            close_list(h, product, &parts);
        }
    for (size_t v = 0; v < VENDORS; v++)
        close_list(h, vendors[v], &of[v]);
}

/* ---- certificates ---------------------------------------------------------------------------- */

struct file {
    char name[256];
};

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct file *)a)->name, ((const struct file *)b)->name);
}

static struct file *list_files(const char *folder, size_t *count)
{
    struct file *files = calloc(MOST_CERTIFICATES, sizeof *files);
    DIR *d = opendir(folder);

    assert(files && d);
    for (struct dirent *e; (e = readdir(d)) && *count < MOST_CERTIFICATES;)
        if (strlen(e->d_name) == 44 && strstr(e->d_name, ".der"))
            snprintf(files[(*count)++].name, sizeof files->name, "%s", e->d_name);
    closedir(d);
    qsort(files, *count, sizeof *files, by_name);
    return files;
}

static size_t read_file(const char *path, uint8_t *bytes, size_t room)
{
    FILE *f = fopen(path, "rb");
    size_t n = f ? fread(bytes, 1, room, f) : 0;

    if (!n || n == room) {
        fprintf(stderr, "make_hive: %s: cannot be read, or is too long\n", path);
        exit(1);
    }
    fclose(f);
    return n;
}

static size_t put_property(uint8_t *at, uint32_t id, const uint8_t *data, size_t len)
{
    hive_put(at, id, 4);
    hive_put(at + 4, 1, 4);
    hive_put(at + 8, len, 4);
    memmove(at + 12, data, len);
    return 12 + len;
}

/* Property 3, the SHA-1, which is the file's name; then the certificate. */
static void add_certificate(struct hive *h, struct cells *keys, uint32_t parent, const char *folder,
                            const char *file)
{
    static uint8_t blob[65536];
    uint8_t sha1[20];
    char path[1024], name[41];
    unsigned byte;
    uint32_t key, value;
    size_t at, len;

    for (size_t i = 0; i < 20; i++) {
        if (sscanf(file + 2 * i, "%2x", &byte) != 1)
            exit(1);
        sha1[i] = (uint8_t)byte;
        snprintf(name + 2 * i, 3, "%02X", byte);
    }
    snprintf(path, sizeof path, "%s/%s", folder, file);
    at = put_property(blob, 3, sha1, sizeof sha1);
    len = read_file(path, blob + at + 12, sizeof blob - at - 12);
    at += put_property(blob + at, 32, blob + at + 12, len);
    key = child(h, keys, name, parent);
    value = hive_value(h, "Blob", REG_BINARY, blob, at);
    hive_values(h, key, &value, 1);
}

static const uint8_t *name_of(const struct hive *h, uint32_t key)
{
    return h->bytes + HIVE_PAGE + key + 4 + NK_NAME;
}

/* Keys whose names are 40 hexadecimal digits. */
static void sort_by_name(const struct hive *h, struct cells *keys)
{
    for (size_t i = 1; i < keys->count; i++)
        for (size_t j = i;
             j && memcmp(name_of(h, keys->at[j - 1]), name_of(h, keys->at[j]), 40) > 0; j--) {
            uint32_t other = keys->at[j];
            keys->at[j] = keys->at[j - 1];
            keys->at[j - 1] = other;
        }
}

/* SystemCertificates below `parent`; of several stores, each has an equal part of the files. */
static uint32_t add_stores(struct hive *h, struct cells *siblings, uint32_t parent,
                           const char *const *stores, size_t num_stores, const char *folder,
                           size_t from, size_t num_certificates, const char *list)
{
    static uint8_t bytes[1 << 20];
    struct cells of_stores = { 0 }, below = { 0 }, keys = { 0 };
    size_t count = 0;
    struct file *files = list_files(folder, &count);
    uint32_t certificates = child(h, siblings, "SystemCertificates", parent);

    if (count < num_certificates) {
        fprintf(stderr, "make_hive: %s has %zu certificates\n", folder, count);
        exit(1);
    }
    for (size_t s = 0; s < num_stores; s++) {
        uint32_t store = child(h, &of_stores, stores[s], certificates);
        if (list && !strcmp(stores[s], "AuthRoot")) {
            uint32_t update = child(h, &below, "AutoUpdate", store);
            uint32_t value = hive_value(h, "EncodedCtl", REG_BINARY, bytes,
                                        read_file(list, bytes, sizeof bytes));
            hive_values(h, update, &value, 1);
        }
        uint32_t part = child(h, &below, "Certificates", store);
        for (size_t i = s; i < num_certificates; i += num_stores)
            add_certificate(h, &keys, part, folder, files[(from + i) % count].name);
        sort_by_name(h, &keys); /* a user's certificates may begin behind the first name */
        close_list(h, part, &keys);
        close_list(h, store, &below);
    }
    free(files);
    close_list(h, certificates, &of_stores);
    return certificates;
}

static uint32_t wide(struct hive *h, const char *name, const char *text)
{
    uint8_t data[128] = { 0 };
    size_t n = strlen(text);

    for (size_t i = 0; i < n; i++)
        data[2 * i] = (uint8_t)text[i];
    return hive_value(h, name, 1, data, 2 * n + 2);
}

static void add_version(struct hive *h, struct cells *siblings, uint32_t parent)
{
    struct cells below = { 0 };
    uint32_t nt = child(h, siblings, "Windows NT", parent);
    uint32_t version = child(h, &below, "CurrentVersion", nt);
    const uint8_t ten[] = { 10, 0, 0, 0 }, zero[] = { 0, 0, 0, 0 };
    uint32_t values[] = { wide(h, "ProductName", "Windows 10 Pro"),
                          wide(h, "CurrentVersion", "6.3"),
                          wide(h, "CurrentBuildNumber", "19045"),
                          wide(h, "CurrentBuild", "19045"),
                          hive_value(h, "CurrentMajorVersionNumber", 4, ten, 4),
                          hive_value(h, "CurrentMinorVersionNumber", 4, zero, 4) };

    hive_values(h, version, values, sizeof values / sizeof *values);
    close_list(h, nt, &below);
}

static uint32_t software(struct hive *h, size_t keys, size_t num_certificates, const char *list,
                         const char *folder)
{
    uint64_t state = 1;
    struct cells top = { 0 }, below = { 0 };
    uint32_t root = hive_key(h, "ROOT", NIL), microsoft;

    add_classes(h, root, &top, keys / 2, &state);
    microsoft = child(h, &top, "Microsoft", root);
    add_stores(h, &below, microsoft, machine_stores, 10, folder, 0, num_certificates, list);
    add_version(h, &below, microsoft);
    close_list(h, microsoft, &below);
    add_vendors(h, root, &top, keys / 2, &state);
    close_list(h, root, &top);
    return root;
}

/* A user's certificates begin at a place of its own, so that users share some and not all. */
static uint32_t user(struct hive *h, size_t keys, size_t num_certificates, size_t number,
                     const char *folder)
{
    uint64_t state = number;
    struct cells top = { 0 }, below = { 0 }, products = { 0 };
    uint32_t root = hive_key(h, "ROOT", NIL), software_key, microsoft;

    software_key = child(h, &top, "Software", root);
    microsoft = child(h, &below, "Microsoft", software_key);
    add_stores(h, &products, microsoft, user_stores, 3, folder, 7 * number, num_certificates, NULL);
    close_list(h, microsoft, &products);
    add_vendors(h, software_key, &below, keys, &state);
    close_list(h, software_key, &below);
    close_list(h, root, &top);
    return root;
}

int main(int argc, char **argv)
{
    struct hive h = hive_new(5);
    uint32_t root;
    wr_view image;
    FILE *out;

    if (argc != 7) {
        fputs("make_hive software|user KEYS CERTIFICATES LIST.stl|NUMBER FOLDER OUT\n", stderr);
        return 2;
    }
    if (!strcmp(argv[1], "software"))
        root =
            software(&h, strtoul(argv[2], NULL, 10), strtoul(argv[3], NULL, 10), argv[4], argv[5]);
    else
        root = user(&h, strtoul(argv[2], NULL, 10), strtoul(argv[3], NULL, 10),
                    strtoul(argv[4], NULL, 10), argv[5]);
    image = hive_image(&h, root);
    out = fopen(argv[6], "wb");
    if (!out || fwrite(image.data, 1, image.len, out) != image.len || fclose(out)) {
        perror(argv[6]);
        return 1;
    }
    hive_free(&h);
    return 0;
}
