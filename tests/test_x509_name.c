#include "support.h"

#include "format/x509.h"

#include <criterion/parameterized.h>

typedef struct name_case {
    char file[20];
    char text[128];
    char short_text[64];
} name_case;

/* What fixtures/recipes/certs.sh asks for, as RFC 4514 writes it. */
ParameterizedTestParameters(x509_name, fixtures_read_as_their_recipe_says)
{
    static name_case cases[] = {
        { "root_rsa", "CN=root rsa, OU=fixtures, O=winroots, C=XX", "root rsa" },
        { "root_v1", "OU=version 1, O=winroots", "version 1" },
        { "name_utf8", "CN=Größe 证书 🔑, O=Прове́рка, C=XX", "Größe 证书 🔑" },
        { "name_bmp", "CN=Größe, O=Проверка", "Größe" },
        { "name_teletex", "CN=teletex, O=Größe", "teletex" },
        { "name_multi",
          "UID=7+CN=many+OU=two, OU=one, C=XX, 1.3.6.1.4.1.55555.1=text, DC=test, DC=example",
          "many" },
        { "name_specials", "O=\\# lead, CN=\\ #a\\\"b\\+c\\,d\\;e\\<f\\>g\\\\h=i\\ ",
          " #a\"b+c,d;e<f>g\\h=i " },
        { "name_hostile", "CN=safe\\e2\\80\\aemoc.live\\c2\\85\\7f, O=line\\0abreak\\1b[31m",
          "safe\\u{202E}moc.live\\u{0085}\\u{007F}" },
        { "name_empty", "", "" },
    };
    return cr_make_param_array(name_case, cases, sizeof cases / sizeof *cases);
}

ParameterizedTest(name_case *c, x509_name, fixtures_read_as_their_recipe_says)
{
    char path[512];
    const char *text;
    uint8_t *bytes;
    wr_arena arena;
    wr_x509 cert;
    wr_error err;
    size_t len;

    snprintf(path, sizeof path, "%s/certs/%s.der", WINROOTS_FIXTURES, c->file);
    bytes = read_file(path, &len);
    wr_arena_init(&arena, 1 << 20);
    cr_assert(wr_x509_parse(view_of(bytes, len), &cert, &err));
    cr_assert(wr_x509_name_text(cert.subject, &arena, &text, &err));
    cr_assert_str_eq(text, c->text);
    cr_assert(wr_x509_short_name(cert.subject, &arena, &text, &err));
    cr_assert_str_eq(text, c->short_text);
    wr_arena_free(&arena);
    free(bytes);
}

typedef struct value_case {
    const char *what;
    char value[24]; /* DER of an attribute's value */
    size_t len;
    char text[64];
} value_case;

/* A Name with one attribute: `type` is the last octet of 2.5.4.x. */
static size_t one_attribute(uint8_t type, const char *value, size_t len, uint8_t out[64])
{
    const uint8_t head[] = { 0x30, (uint8_t)(len + 9),
                             0x31, (uint8_t)(len + 7),
                             0x30, (uint8_t)(len + 5),
                             0x06, 0x03,
                             0x55, 0x04,
                             type };

    cr_assert(sizeof head + len <= 64);
    memcpy(out, head, sizeof head);
    memcpy(out + sizeof head, value, len);
    return sizeof head + len;
}

ParameterizedTestParameters(x509_name, any_value_gives_one_line_of_utf8)
{
    static value_case cases[] = {
        { "broken UTF-8",
          "\x0C\x03"
          "a\xFF"
          "b",
          5,
          "CN=a\xEF\xBF\xBD"
          "b" },
        { "an overlong slash", "\x0C\x02\xC0\xAF", 4, "CN=\xEF\xBF\xBD\xEF\xBF\xBD" },
        { "a NUL",
          "\x0C\x03"
          "a\0b",
          5,
          "CN=a\xE2\x90\x80"
          "b" },
        { "Latin-1 in PrintableString", "\x13\x01\xE9", 3, "CN=\xC3\xA9" },
        { "a NUL in IA5String", "\x16\x02\0a", 4,
          "CN=\xE2\x90\x80"
          "a" },
        { "NumericString",
          "\x12\x02"
          "12",
          4, "CN=12" },
        { "VisibleString",
          "\x1A\x02"
          "12",
          4, "CN=12" },
        { "a surrogate pair", "\x1E\x04\xD8\x3D\xDD\x11", 6, "CN=\xF0\x9F\x94\x91" },
        { "half of one", "\x1E\x02\xD8\x3D", 4, "CN=\xEF\xBF\xBD" },
        { "half a BMP character", "\x1E\x03\0A\0", 5, "CN=#1e03004100" },
        { "UniversalString", "\x1C\x04\0\0\0A", 6, "CN=#1c0400000041" },
        { "a number", "\x02\x01\x07", 3, "CN=#020107" },
        { "nothing", "\x0C\x00", 2, "CN=" },
        { "one space", "\x0C\x01 ", 3, "CN=\\ " },
        { "two spaces", "\x0C\x02  ", 4, "CN=\\ \\ " },
        { "spaces inside",
          "\x0C\x03"
          "a b",
          5, "CN=a b" },
        { "a number sign inside",
          "\x0C\x02"
          "a#",
          4, "CN=a#" },
        { "a zero width space", "\x0C\x03\xE2\x80\x8B", 5, "CN=\\e2\\80\\8b" },
    };
    return cr_make_param_array(value_case, cases, sizeof cases / sizeof *cases);
}

ParameterizedTest(value_case *c, x509_name, any_value_gives_one_line_of_utf8)
{
    uint8_t name[64];
    size_t len = one_attribute(3, c->value, c->len, name);
    const char *text;
    wr_arena arena;
    wr_error err;

    wr_arena_init(&arena, 1 << 20);
    cr_assert(wr_x509_name_text(view_of(name, len), &arena, &text, &err));
    cr_assert_str_eq(text, c->text);
    wr_arena_free(&arena);
}

Test(x509_name, every_short_name_has_its_oid)
{
    static const struct {
        uint8_t type;
        const char *text;
    } types[] = {
        { 3, "CN=x" },
        { 4, "SN=x" },
        { 5, "serialNumber=x" },
        { 6, "C=x" },
        { 7, "L=x" },
        { 8, "ST=x" },
        { 9, "STREET=x" },
        { 10, "O=x" },
        { 11, "OU=x" },
        { 12, "title=x" },
        { 13, "description=x" },
        { 15, "businessCategory=x" },
        { 17, "postalCode=x" },
        { 41, "name=x" },
        { 42, "GN=x" },
        { 43, "initials=x" },
        { 44, "generationQualifier=x" },
        { 46, "dnQualifier=x" },
        { 65, "pseudonym=x" },
        { 97, "organizationIdentifier=x" },
        { 99, "2.5.4.99=x" },
    };
    wr_arena arena;

    wr_arena_init(&arena, 1 << 20);
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        uint8_t name[64];
        size_t len = one_attribute(types[i].type, "\x0C\x01x", 3, name);
        const char *text;
        wr_error err;

        cr_assert(wr_x509_name_text(view_of(name, len), &arena, &text, &err));
        cr_assert_str_eq(text, types[i].text);
    }
    wr_arena_free(&arena);
}

/* CN=a, O=b, CN=c, OU=d, in this order. */
static const char mixed[] = "\x30\x30\x31\x0A\x30\x08\x06\x03\x55\x04\x03\x0C\x01"
                            "a"
                            "\x31\x0A\x30\x08\x06\x03\x55\x04\x0A\x0C\x01"
                            "b"
                            "\x31\x0A\x30\x08\x06\x03\x55\x04\x03\x0C\x01"
                            "c"
                            "\x31\x0A\x30\x08\x06\x03\x55\x04\x0B\x0C\x01"
                            "d";

Test(x509_name, the_short_name_is_the_most_specific_of_the_best_kind)
{
    uint8_t name[sizeof mixed];
    const char *text;
    wr_arena arena;
    wr_error err;

    wr_arena_init(&arena, 1 << 20);
    memcpy(name, mixed, sizeof mixed);
    cr_assert(wr_x509_name_text(view_of(name, 50), &arena, &text, &err), "%s", err.message);
    cr_assert_str_eq(text, "OU=d, CN=c, O=b, CN=a");
    cr_assert(wr_x509_short_name(view_of(name, 50), &arena, &text, &err));
    cr_assert_str_eq(text, "c");
    name[10] = name[34] = 99; /* no CN */
    cr_assert(wr_x509_short_name(view_of(name, 50), &arena, &text, &err));
    cr_assert_str_eq(text, "d");
    name[46] = 99; /* no OU */
    cr_assert(wr_x509_short_name(view_of(name, 50), &arena, &text, &err));
    cr_assert_str_eq(text, "b");
    name[22] = 99; /* no O */
    cr_assert(wr_x509_short_name(view_of(name, 50), &arena, &text, &err));
    cr_assert_str_eq(text, "2.5.4.99=d, 2.5.4.99=c, 2.5.4.99=b, 2.5.4.99=a");
    wr_arena_free(&arena);
}

Test(x509_name, a_common_name_of_nothing_or_of_no_text_is_passed_over)
{
    uint8_t name[64];
    const char *text;
    wr_arena arena;
    wr_error err;
    size_t len;

    wr_arena_init(&arena, 1 << 20);
    len = one_attribute(3, "\x0C\x00", 2, name);
    cr_assert(wr_x509_short_name(view_of(name, len), &arena, &text, &err));
    cr_assert_str_eq(text, "CN=");
    len = one_attribute(3, "\x02\x01\x07", 3, name);
    cr_assert(wr_x509_short_name(view_of(name, len), &arena, &text, &err));
    cr_assert_str_eq(text, "CN=#020107");
    wr_arena_free(&arena);
}

typedef struct broken_name {
    char bytes[16];
    size_t len;
    wr_code code;
    uint64_t offset;
} broken_name;

ParameterizedTestParameters(x509_name, says_where_it_breaks)
{
    static broken_name cases[] = {
        { "", 0, WR_E_TRUNCATED, 0 },
        { "\x31\x00", 2, WR_E_MALFORMED, 0 },
        { "\x30\x02\x30\x00", 4, WR_E_MALFORMED, 2 },
        { "\x30\x04\x31\x02\x31\x00", 6, WR_E_MALFORMED, 4 },
        { "\x30\x06\x31\x04\x30\x02\x05\x00", 8, WR_E_MALFORMED, 6 },
        { "\x30\x07\x31\x05\x30\x03\x06\x01\x2A", 9, WR_E_TRUNCATED, 9 },
        { "\x30\x09\x31\x07\x30\x05\x06\x01\x2A\x0C\x05", 11, WR_E_TRUNCATED, 9 },
    };
    return cr_make_param_array(broken_name, cases, sizeof cases / sizeof *cases);
}

ParameterizedTest(broken_name *c, x509_name, says_where_it_breaks)
{
    const char *text = "untouched";
    wr_arena arena;
    wr_error err;

    wr_arena_init(&arena, 1 << 20);
    cr_assert_not(wr_x509_name_text(view_of(c->bytes, c->len), &arena, &text, &err));
    cr_assert_eq(err.code, c->code);
    cr_assert_eq(err.offset, c->offset, "0x%llx", (unsigned long long)err.offset);
    cr_assert_not(wr_x509_short_name(view_of(c->bytes, c->len), &arena, &text, &err));
    cr_assert_eq(err.code, c->code);
    cr_assert_str_eq(text, "untouched");
    wr_arena_free(&arena);
}

static void take_name(wr_view v, wr_arena *arena)
{
    const char *text;
    wr_error err;

    err.code = WR_OK;
    if (wr_x509_name_text(v, arena, &text, &err))
        cr_assert_not(strpbrk(text, "\n\r\033\177"), "one line, nothing that a terminal obeys");
    else
        cr_assert_neq(err.code, WR_OK);
    if (wr_x509_short_name(v, arena, &text, &err))
        cr_assert_not(strpbrk(text, "\n\r\033\177"));
}

Test(x509_name, every_prefix_flip_and_allocation)
{
    for_every_prefix((const uint8_t *)mixed, sizeof mixed - 1, take_name);
    for_every_flip((const uint8_t *)mixed, sizeof mixed - 1, take_name);
    for_every_allocation((const uint8_t *)mixed, sizeof mixed - 1, 40, take_name);
}
