#include "support.h"

#include "base/digest.h"
#include "base/text.h"
#include "source/archive.h"
#include "winroots/limits.h"

#include <criterion/parameterized.h>

static wr_arena arena;
static wr_diags diags;
static wr_members members;
static wr_error fault;

static void start(void)
{
    wr_arena_init(&arena, WR_LIMIT_ARENA);
    wr_diags_init(&diags, &arena);
    members = (wr_members){ 0 };
}

static void stop(void)
{
    wr_arena_free(&arena);
}

static bool read_cab(const uint8_t *bytes, size_t len)
{
    return wr_archive_read_cab((wr_view){ bytes, len, 0, "CAB" }, &arena, &diags, &members, &fault);
}

static void expect_fault(wr_code code, uint64_t offset, const char *path)
{
    cr_assert_eq(fault.code, code, "%s: %s", wr_code_name(fault.code), fault.message);
    cr_assert_eq(fault.offset, offset, "offset 0x%lx: %s", (unsigned long)fault.offset,
                 fault.message);
    cr_assert_str_eq(fault.source, "CAB");
    cr_assert_str_eq(fault.path, path);
    cr_assert_eq(members.list.count, 0);
    cr_assert_eq(diags.list.count, 0, "an error is not told twice");
    cr_assert_eq(diags.num_skipped, 0);
}

static void expect_skipped(size_t i, wr_code code, uint64_t offset, const char *path)
{
    const wr_diag *d;

    cr_assert_lt(i, diags.list.count);
    d = &diags.list.items[i];
    cr_assert_eq(d->severity, WR_DIAG_SKIPPED);
    cr_assert_eq(d->code, code, "%s: %s", wr_code_name(d->code), d->message);
    cr_assert_eq(d->offset, offset, "offset 0x%lx: %s", (unsigned long)d->offset, d->message);
    cr_assert_str_eq(d->path, path);
}

static void expect_names(const char *const *names)
{
    for (size_t i = 0; i < members.list.count; i++)
        cr_assert_str_eq(members.list.items[i].name, names[i]);
    cr_assert_null(names[members.list.count]);
}

static uint8_t *fixture(const char *name, size_t *len)
{
    char path[512];

    snprintf(path, sizeof path, FIXTURE("cab/%s"), name);
    return read_file(path, len);
}

/* ---- real cabinets --------------------------------------------------------------------------- */

#define TEXT_SHA256 "13aadf507a407ca5102c1f8c66502ada4ad095a6dc7c7057ebeea537e5d71ef0"

struct expected {
    char cab[24], name[16], sha256[65]; /* as cabextract 1.9 gives them */
    size_t index, count;
};

ParameterizedTestParameters(archive, members_as_cabextract_gives_them)
{
    static struct expected table[] = {
        { "stored.cab", "hello.txt",
          "cd2eca3535741f27a8ae40c31b0c41d4057a7a7b912b33b9aed86485d1c84676", 0, 3 },
        { "stored.cab", "empty", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
          1, 3 },
        { "stored.cab", "sub\\\xc3\xa9.txt",
          "e4818a6b487af00b17fa39812cbac195903152c11ec3a328fb6bc8965fa2928a", 2, 3 },
        { "mszip.cab", "first.txt",
          "e4818a6b487af00b17fa39812cbac195903152c11ec3a328fb6bc8965fa2928a", 0, 3 },
        { "mszip.cab", "lines.txt",
          "66e055eb2f7ee02da7917bf0a15b529fca2fcce9bed8147f12aa053ab98316d5", 1, 3 },
        { "mszip.cab", "last.txt",
          "ef8871f8dc6b3e1b4c5269a187546d1d3f8bdbed62402f90d55c1b3cc2d1f1d4", 2, 3 },
        { "two_folders.cab", "a.txt",
          "d711dca00677e5729603081cf5ea6b3ebdd932e9866556475bff657a5830dcf9", 0, 3 },
        { "two_folders.cab", "b.txt",
          "9c82a856215607dbd3edf355d6a75bf3feeb0e725f18f51d40a9d8008ec7fcc2", 1, 3 },
        { "two_folders.cab", "c.txt",
          "788ee92343b2f97f546ef12d14e44b83875abbc797ce344e791b2ed05138adb7", 2, 3 },
        { "lzx.cab", "odd.txt", "5e5926554fbf5e9274e14d7bafcf3d33dc1ed22761c56c5a38e1c107a2787140",
          0, 2 },
        { "lzx.cab", "even.txt", "ec38063c881f0a5edfef6a5233925fe7e555746ebdc0865af3eb13c4e1805f46",
          1, 2 },
        { "lzx_verbatim.cab", "text.txt", TEXT_SHA256, 0, 1 },
        { "lzx_aligned.cab", "text.txt", TEXT_SHA256, 0, 1 },
        { "lzx_calls.cab", "code.bin",
          "d00416479e95b2ce24768bde093c716005c6b3199a1bd30f9a28ad8305e4d9ec", 0, 1 },
        { "small_zeros.cab", "zeros",
          "3755862355e2e7d0e0dc0f6b98a89978c0710890982862dd17975829e35be6b4", 0, 1 },
    };
    return cr_make_param_array(struct expected, table, sizeof table / sizeof *table);
}

ParameterizedTest(struct expected *row, archive, members_as_cabextract_gives_them, .init = start,
                  .fini = stop)
{
    char hex[2 * WR_SHA256_LEN + 1], label[32];
    uint8_t sha256[WR_SHA256_LEN];
    const wr_member *m;
    size_t len;
    uint8_t *bytes = fixture(row->cab, &len);

    cr_assert(read_cab(bytes, len), "%s", fault.message);
    cr_assert_eq(diags.list.count, 0);
    cr_assert_eq(members.list.count, row->count);
    m = &members.list.items[row->index];
    cr_assert_str_eq(m->name, row->name);
    cr_assert(wr_digest(WR_SHA256, m->bytes, sha256, &fault));
    wr_text_hex_into(sha256, sizeof sha256, hex);
    cr_assert_str_eq(hex, row->sha256);
    snprintf(label, sizeof label, "CAB/%s", row->name);
    cr_assert_str_eq(m->bytes.source, label);
    cr_assert_eq(m->bytes.origin, 0);
    free(bytes);
}

/* ---- damage ---------------------------------------------------------------------------------- */

/* Where the recipe puts things: the blocks of mszip.cab begin at 0x79, 0x991, 0x123a and 0x1a89,
 * the folders of two_folders.cab at 0x76 and 0xc4. */

Test(archive, what_is_before_the_damage_is_given, .init = start, .fini = stop)
{
    size_t len;
    uint8_t *bytes = fixture("mszip.cab", &len);

    bytes[0x991 + 100] ^= 1;
    cr_assert(read_cab(bytes, len), "%s", fault.message);
    expect_names((const char *const[]){ "first.txt", NULL });
    cr_assert_eq(members.list.items[0].bytes.len, 102);
    cr_assert_eq(diags.list.count, 2);
    expect_skipped(0, WR_E_MISMATCH, 0x991, "lines.txt");
    expect_skipped(1, WR_E_MISMATCH, 0x991, "last.txt");
    free(bytes);
}

Test(archive, damage_without_a_checksum_is_found_by_expanding, .init = start, .fini = stop)
{
    size_t len;
    uint8_t *bytes = fixture("mszip.cab", &len);

    memset(bytes + 0x123a, 0, 4);
    bytes[0x123a + 8] = 'X'; /* of "CK" */
    cr_assert(read_cab(bytes, len), "%s", fault.message);
    expect_names((const char *const[]){ "first.txt", NULL });
    expect_skipped(0, WR_E_MALFORMED, 0x79, "lines.txt");
    cr_assert(strstr(diags.list.items[0].message, "damaged after 65536 of 110002 bytes"), "%s",
              diags.list.items[0].message);
    free(bytes);
}

Test(archive, cut_short_gives_what_is_there, .init = start, .fini = stop)
{
    size_t len;
    uint8_t *bytes = fixture("mszip.cab", &len);

    cr_assert(read_cab(bytes, 0x1a89 + 9));
    expect_names((const char *const[]){ "first.txt", NULL });
    expect_skipped(0, WR_E_TRUNCATED, 0x1a89, "lines.txt");
    cr_assert_str_eq(diags.list.items[0].message, "9 bytes left, expected data block 4 of 4");
    free(bytes);
}

Test(archive, a_damaged_folder_hides_no_other, .init = start, .fini = stop)
{
    size_t len;
    uint8_t *bytes = fixture("two_folders.cab", &len);

    bytes[0x76 + 20] ^= 0x80;
    cr_assert(read_cab(bytes, len));
    expect_names((const char *const[]){ "b.txt", "c.txt", NULL });
    cr_assert_eq(diags.list.count, 1);
    expect_skipped(0, WR_E_MISMATCH, 0x76, "a.txt");
    free(bytes);
}

Test(archive, an_unknown_compression_hides_no_other_folder, .init = start, .fini = stop)
{
    size_t len;
    uint8_t *bytes = fixture("two_folders.cab", &len);

    bytes[36 + 6] = 2; /* Quantum */
    cr_assert(read_cab(bytes, len));
    expect_names((const char *const[]){ "b.txt", "c.txt", NULL });
    expect_skipped(0, WR_E_UNSUPPORTED, 36, "a.txt");
    cr_assert_str_eq(diags.list.items[0].message,
                     "compression 0x0002, expected none, MSZIP or LZX");
    free(bytes);
}

/* More than WR_LIMIT_EXPANSION_FREE, and WR_LIMIT_EXPANSION_RATIO times as much. */
Test(archive, a_bomb_meets_the_limit, .init = start, .fini = stop)
{
    size_t len;
    uint8_t *bytes = fixture("bomb.cab", &len);

    cr_assert_not(read_cab(bytes, len));
    expect_fault(WR_E_LIMIT, 0x42, "zeros");
    cr_assert_str_eq(fault.message,
                     "3584 bytes expand to 2097152, expected at most 200 times as many");
    cr_assert_lt(arena.used, 100000, "before any memory is spent");
    free(bytes);
}

/* ---- cabinets by hand, stored, one block to a folder ----------------------------------------- */

struct file {
    const char *name;
    uint32_t size, offset;
    uint16_t folder, attributes;
};

struct cabinet {
    const char *folders[4];
    struct file files[4];
    uint8_t bytes[1024];
    size_t len;
};

static void put(struct cabinet *c, size_t width, uint64_t value)
{
    for (; width; width--, value >>= 8)
        c->bytes[c->len++] = (uint8_t)value;
}

static void put_text(struct cabinet *c, const char *text, size_t len)
{
    memcpy(c->bytes + c->len, text, len);
    c->len += len;
}

static uint64_t count_of(const struct cabinet *c, bool files)
{
    uint64_t n = 0;
    while (n < 4 && (files ? c->files[n].name : c->folders[n]))
        n++;
    return n;
}

/* SPEC [MS-CAB] 2: header (36 bytes), folders (8 each), files (16 and the name), data. */
static struct cabinet *built(struct cabinet *c)
{
    uint64_t num_folders = count_of(c, false), num_files = count_of(c, true);
    uint64_t at = 36 + 8 * num_folders;

    for (uint64_t i = 0; i < num_files; i++)
        at += 16 + strlen(c->files[i].name) + 1;
    put_text(c, "MSCF", 4);
    put(c, 12, 0);
    put(c, 4, 36 + 8 * num_folders);
    put(c, 4, 0);
    put(c, 2, 0x0103);
    put(c, 2, num_folders);
    put(c, 2, num_files);
    put(c, 6, 0);
    for (uint64_t i = 0; i < num_folders; i++) {
        put(c, 4, at);
        put(c, 2, 1);
        put(c, 2, 0);
        at += 8 + strlen(c->folders[i]);
    }
    for (uint64_t i = 0; i < num_files; i++) {
        const struct file *f = &c->files[i];
        put(c, 4, f->size);
        put(c, 4, f->offset);
        put(c, 2, f->folder);
        put(c, 4, 0x21);
        put(c, 2, f->attributes);
        put_text(c, f->name, strlen(f->name) + 1);
    }
    for (uint64_t i = 0; i < num_folders; i++) {
        size_t len = strlen(c->folders[i]);
        put(c, 4, 0); /* no checksum */
        put(c, 2, len);
        put(c, 2, len);
        put_text(c, c->folders[i], len);
    }
    return c;
}

#define SIMPLE                                                                                     \
    {                                                                                              \
        .folders = { "one and two" }, .files = { { "one", 3, 0, 0, 0 }, { "two", 3, 8, 0, 0 } }    \
    }

Test(archive, a_cabinet_by_hand, .init = start, .fini = stop)
{
    struct cabinet c = SIMPLE;

    built(&c);
    cr_assert(read_cab(c.bytes, c.len), "%s", fault.message);
    expect_names((const char *const[]){ "one", "two", NULL });
    cr_assert(wr_view_is(members.list.items[0].bytes, "one", 3));
    cr_assert(wr_view_is(members.list.items[1].bytes, "two", 3));
}

Test(archive, reserved_areas_are_stepped_over, .init = start, .fini = stop)
{
    struct cabinet c = SIMPLE;
    uint8_t bytes[1024];
    size_t n = 0;

    /* The same with 5 bytes reserved in the header, 3 in the folder and 2 in the block. */
    built(&c);
    memcpy(bytes, c.bytes, 36);
    bytes[30] = 4;
    memcpy(bytes + 36, "\x05\x00\x03\x02#####", 9);
    memcpy(bytes + 45, c.bytes + 36, 8);
    memcpy(bytes + 53, "###", 3);
    n = 56;
    memcpy(bytes + n, c.bytes + 44, 2 * 20 + 8); /* files, and the header of the block */
    bytes[16] = (uint8_t)n;
    bytes[45] = (uint8_t)(n + 40);
    n += 2 * 20 + 8;
    memcpy(bytes + n, "##", 2);
    memcpy(bytes + n + 2, "one and two", 11);
    cr_assert(read_cab(bytes, n + 13), "%s", fault.message);
    expect_names((const char *const[]){ "one", "two", NULL });
    cr_assert(wr_view_is(members.list.items[1].bytes, "two", 3));
}

Test(archive, names_stay_names, .init = start, .fini = stop)
{
    struct cabinet c = { .folders = { "x" },
                         .files = { { "..\\..\\etc\\passwd", 1, 0, 0, 0 },
                                    { "caf\xe9", 1, 0, 0, 0 },
                                    { "caf\xc3\xa9", 1, 0, 0, 0 },
                                    { "caf\xe9", 1, 0, 0, 0x80 } } };

    built(&c);
    cr_assert(read_cab(c.bytes, c.len), "%s", fault.message);
    expect_names((const char *const[]){ "..\\..\\etc\\passwd", "caf\xc3\xa9", "caf\xc3\xa9",
                                        "caf\xef\xbf\xbd", NULL });
}

/* One LZX block that is not compressed, over two frames; an odd byte of padding before the next. */
Test(archive, an_lzx_block_may_go_on_in_the_next_frame, .init = start, .fini = stop)
{
    enum { FIRST = 32768, REST = 3, BLOCK = FIRST + REST, LAST = 2, TABLES = 36 + 8 + 16 + 2 };
    /* 0, kind 3, 32771 bytes, up to a word; and the next block: kind 3, 2 bytes */
    static const uint8_t first[] = { 0x08, 0x30, 0x30, 0x00 }, next[] = { 0x00, 0x60, 0x40, 0x00 };
    static const uint8_t distances[12] = { 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0 };
    struct cabinet c = { .folders = { "" }, .files = { { "x", BLOCK + LAST, 0, 0, 0 } } };
    uint8_t *bytes = malloc(TABLES + FIRST + 200), *p;
    wr_view v;

    cr_assert(bytes);
    built(&c);
    memcpy(bytes, c.bytes, TABLES);
    bytes[40] = 2; /* blocks */
    bytes[42] = 3; /* LZX, 2^15 */
    bytes[43] = 15;
    p = bytes + TABLES;
    memcpy(p, "\0\0\0\0\x10\x80\x00\x80", 8); /* 32784 bytes for 32768 */
    memcpy(p += 8, first, 4);
    memcpy(p += 4, distances, 12);
    memset(p += 12, 'a', FIRST);
    p += FIRST;
    memcpy(p, "\0\0\0\0\x16\x00\x05\x00", 8); /* 22 bytes for 5 */
    memcpy(p += 8, "bbb", REST + 1);
    memcpy(p += REST + 1, next, 4);
    memcpy(p += 4, distances, 12);
    memcpy(p += 12, "cc", 2);
    cr_assert(read_cab(bytes, (size_t)(p + 2 - bytes)), "%s", fault.message);
    v = members.list.items[0].bytes;
    cr_assert_eq(v.len, BLOCK + LAST);
    cr_assert(memcmp(v.data + FIRST - 1, "abbbcc", 6) == 0);
    free(bytes);
}

Test(archive, files_may_share_bytes_and_cost_them_once, .init = start, .fini = stop)
{
    static const char name[] = "f";
    enum { FILES = 65535 };
    size_t len = 0, table = (size_t)FILES * 18;
    struct cabinet c = { .folders = { "0123456789" }, .files = { { name, 10, 0, 0, 0 } } };
    uint8_t *bytes = malloc(sizeof c.bytes + table);

    cr_assert(bytes);
    built(&c);
    memcpy(bytes, c.bytes, 44);
    bytes[28] = 0xFF; /* cFiles */
    bytes[29] = 0xFF;
    for (len = 44; len < 44 + table; len += 18)
        memcpy(bytes + len, c.bytes + 44, 18);
    memcpy(bytes + len, c.bytes + 44 + 18, c.len - 44 - 18);
    bytes[36] = (uint8_t)len; /* coffCabStart */
    bytes[37] = (uint8_t)(len >> 8);
    bytes[38] = (uint8_t)(len >> 16);
    cr_assert(read_cab(bytes, len + c.len - 44 - 18), "%s", fault.message);
    cr_assert_eq(members.list.count, FILES);
    cr_assert_eq(members.list.items[0].bytes.data, members.list.items[FILES - 1].bytes.data);
    free(bytes);
}

Test(archive, folders_that_share_bytes_cost_no_more_than_the_cabinet, .init = start, .fini = stop)
{
    char text[201];
    struct cabinet c = { .folders = { text, "" },
                         .files = { { "a", 10, 0, 0, 0 }, { "b", 10, 0, 1, 0 } } };

    memset(text, 'x', 200);
    text[200] = '\0';
    built(&c);
    memcpy(c.bytes + 44, c.bytes + 36, 8);
    cr_assert(read_cab(c.bytes, c.len), "%s", fault.message);
    expect_names((const char *const[]){ "a", NULL });
    expect_skipped(0, WR_E_MALFORMED, 88, "b");
    cr_assert_str_eq(diags.list.items[0].message,
                     "96 bytes that no other folder has, expected data block 1 of 1");
}

Test(archive, damage_that_no_file_needs_is_not_told, .init = start, .fini = stop)
{
    struct cabinet c = SIMPLE;

    built(&c);
    c.bytes[40] = 2; /* blocks, of which there is one */
    cr_assert(read_cab(c.bytes, c.len), "%s", fault.message);
    expect_names((const char *const[]){ "one", "two", NULL });
    cr_assert_eq(diags.list.count, 0);
}

/* One byte or more at a place changed, and what comes of it. */
struct broken {
    size_t at;
    uint8_t to[4];
    size_t len;
    wr_code code;
    uint64_t offset;
    char path[8], message[40]; /* a part of it */
};

/* SIMPLE: files at 44 and 64, data at 84, end at 103. */
ParameterizedTestParameters(archive, refuses)
{
    static struct broken table[] = {
        { 0, { 'm' }, 1, WR_E_MALFORMED, 0, "", "no cabinet" },
        { 30, { 1 }, 1, WR_E_UNSUPPORTED, 0, "", "part of a set of cabinets" },
        { 30, { 2 }, 1, WR_E_UNSUPPORTED, 0, "", "part of a set of cabinets" },
        { 30, { 4 }, 1, WR_E_TRUNCATED, 40, "", "63 bytes left" },
        { 26, { 9 }, 1, WR_E_TRUNCATED, 100, "", "an entry of the folder table" },
        { 28, { 0 }, 1, WR_E_MALFORMED, 0, "", "a cabinet without files" },
        { 16, { 104 }, 1, WR_E_TRUNCATED, 0, "", "the file table at 0x68" },
        { 16, { 103 }, 1, WR_E_TRUNCATED, 103, "", "an entry of the file table" },
        { 16, { 84 }, 1, WR_E_TRUNCATED, 103, "", "the end of a file's name" },
        { 42, { 2 }, 1, WR_E_UNSUPPORTED, 36, "one", "compression 0x0002" },
        { 42, { 0x0f, 0x12 }, 2, WR_E_UNSUPPORTED, 36, "one", "compression 0x120f" },
        { 42, { 1 }, 1, WR_E_MALFORMED, 84, "one", "" }, /* MSZIP that is none */
        { 42, { 3, 15 }, 2, WR_E_MALFORMED, 96, "one", "LZX data that is damaged" },
        { 42, { 3, 14 }, 2, WR_E_UNSUPPORTED, 84, "one", "an LZX window of 2^14" },
        { 42, { 3, 22 }, 2, WR_E_UNSUPPORTED, 84, "one", "an LZX window of 2^22" },
        { 90, { 10 }, 1, WR_E_MALFORMED, 92, "one", "11 bytes that are stored" },
        { 90, { 1, 0x80 }, 2, WR_E_MALFORMED, 84, "one", "expands to 32769 bytes" },
        { 36, { 200 }, 1, WR_E_TRUNCATED, 0, "one", "data at 0xc8" },
        { 36, { 100 }, 1, WR_E_TRUNCATED, 100, "one", "3 bytes left" },
        { 84, { 1 }, 1, WR_E_MISMATCH, 84, "one", "" },
        { 88, { 12 }, 1, WR_E_TRUNCATED, 84, "one", "19 bytes left" },
    };
    return cr_make_param_array(struct broken, table, sizeof table / sizeof *table);
}

ParameterizedTest(struct broken *row, archive, refuses, .init = start, .fini = stop)
{
    struct cabinet c = SIMPLE;

    built(&c);
    cr_assert_eq(c.len, 103);
    memcpy(c.bytes + row->at, row->to, row->len);
    cr_assert_not(read_cab(c.bytes, c.len));
    expect_fault(row->code, row->offset, row->path);
    cr_assert(strstr(fault.message, row->message), "%s", fault.message);
}

/* One of the two files is lost, and the other is not. */
ParameterizedTestParameters(archive, steps_over)
{
    static struct broken table[] = {
        { 64, { 9 }, 1, WR_E_MALFORMED, 64, "two", "9 bytes at 0x8" },
        { 68, { 9 }, 1, WR_E_MALFORMED, 64, "two", "3 bytes at 0x9" },
        { 64, { 0xfd, 0xff, 0xff, 0xff }, 4, WR_E_MALFORMED, 64, "two", "4294967293 bytes" },
        { 68, { 0xff, 0xff, 0xff, 0xff }, 4, WR_E_MALFORMED, 64, "two", "0xffffffff" },
        { 72, { 1 }, 1, WR_E_MALFORMED, 64, "two", "folder 0x1," },
        { 72, { 0xfd, 0xff }, 2, WR_E_MALFORMED, 64, "two", "folder 0xfffd" },
        { 28, { 3 }, 1, WR_E_TRUNCATED, 103, "", "the end of a file's name" },
    };
    return cr_make_param_array(struct broken, table, sizeof table / sizeof *table);
}

ParameterizedTest(struct broken *row, archive, steps_over, .init = start, .fini = stop)
{
    struct cabinet c = SIMPLE;

    built(&c);
    memcpy(c.bytes + row->at, row->to, row->len);
    cr_assert(read_cab(c.bytes, c.len), "%s", fault.message);
    cr_assert_eq(members.list.count + diags.list.count, c.bytes[28]);
    cr_assert(wr_view_is(members.list.items[0].bytes, "one", 3));
    expect_skipped(0, row->code, row->offset, row->path);
    cr_assert(strstr(diags.list.items[0].message, row->message), "%s", diags.list.items[0].message);
}

Test(archive, a_name_without_end_ends_the_table, .init = start, .fini = stop)
{
    struct cabinet c = SIMPLE;

    built(&c);
    memset(c.bytes + 80, 'n', 400); /* from the second name on */
    c.len = 480;
    c.bytes[36] = 100; /* and data that is garbage: no block fits */
    cr_assert_not(read_cab(c.bytes, c.len));
    cr_assert_eq(fault.code, WR_E_TRUNCATED, "the first fault is the one that is told");
    c.bytes[40] = 0; /* no data at all is no fault of the folder */
    c.bytes[44] = 0;
    cr_assert(read_cab(c.bytes, c.len), "%s", fault.message);
    expect_names((const char *const[]){ "one", NULL });
    expect_skipped(0, WR_E_MALFORMED, 80, "");
    cr_assert_str_eq(diags.list.items[0].message, "a file's name of more than 255 bytes");
}

/* 9,000 blocks of no bytes that promise 32,768 each: no memory is spent on it. */
Test(archive, promises_are_not_believed, .init = start, .fini = stop)
{
    enum { BLOCKS = 9000 };
    struct cabinet c = SIMPLE;
    uint8_t *bytes = calloc(1, 84 + BLOCKS * 8);

    cr_assert(bytes);
    built(&c);
    memcpy(bytes, c.bytes, 84);
    bytes[40] = BLOCKS & 0xFF;
    bytes[41] = BLOCKS >> 8;
    for (size_t i = 0; i < BLOCKS; i++)
        memcpy(bytes + 84 + 8 * i + 6, "\x00\x80", 2);
    cr_assert_not(read_cab(bytes, 84 + BLOCKS * 8));
    expect_fault(WR_E_LIMIT, 84, "one");
    cr_assert_str_eq(fault.message, "expands to 294912000 bytes, expected at most 268435456");
    cr_assert_eq(WR_LIMIT_MEMBER_BYTES, 268435456);
    cr_assert_lt(arena.used, 100000);
    free(bytes);
}

/* ---- every prefix, flip and allocation ------------------------------------------------------- */

static void parse(wr_view v, wr_arena *a)
{
    wr_members found = { 0 };
    wr_diags d;
    wr_error e = { 0 };
    unsigned sum = 0;

    wr_diags_init(&d, a);
    if (!wr_archive_read_cab(v, a, &d, &found, &e)) {
        cr_assert(e.code != WR_OK && e.code != WR_E_BUG && e.message[0]);
        cr_assert(e.offset == WR_NO_OFFSET || e.offset <= v.len);
        cr_assert(found.list.count == 0 && d.list.count == 0 && d.num_skipped == 0);
        return;
    }
    cr_assert_neq(found.list.count, 0);
    for (size_t i = 0; i < found.list.count; i++) {
        wr_view bytes = found.list.items[i].bytes;
        for (size_t k = 0; k < bytes.len; k++)
            sum += bytes.data[k];
        cr_assert(bytes.source && found.list.items[i].name);
    }
    cr_assert_lt(sum, UINT32_MAX);
}

static void parse_every_way(const char *name)
{
    size_t len;
    uint8_t *bytes = fixture(name, &len);

    for_every_prefix(bytes, len, parse);
    for_every_flip(bytes, len, parse);
    for_every_allocation(bytes, len, 40, parse);
    free(bytes);
}

Test(archive, survives_every_prefix_flip_and_allocation)
{
    parse_every_way("two_folders.cab");
    parse_every_way("stored.cab");
    parse_every_way("small_zeros.cab");
    parse_every_way("lzx.cab");
    parse_every_way("lzx_calls.cab");
}

/* Without checksums the flips reach what expands. */
static void flip_unchecked(const char *name, size_t data, size_t len)
{
    size_t whole;
    uint8_t *bytes = fixture(name, &whole);

    memset(bytes + data, 0, 4);
    for_every_flip(bytes, len < whole ? len : whole, parse);
    free(bytes);
}

Test(archive, survives_flips_of_packed_data)
{
    flip_unchecked("mszip.cab", 0x79, 0x79 + 400);
    flip_unchecked("lzx.cab", 0x5d, SIZE_MAX);
    flip_unchecked("lzx_calls.cab", 0x45, SIZE_MAX);
    flip_unchecked("lzx_aligned.cab", 0x45, 0x45 + 700);
}
