#include "support.h"

#include "base/json.h"
#include "winroots/limits.h"

#include <criterion/parameterized.h>

static const wr_json_limits limits = { WR_LIMIT_PROFILE_BYTES, WR_LIMIT_PROFILE_DEPTH };

/* ---- writer ---------------------------------------------------------------------------------- */

static void expect_bytes(wr_out *out, const char *expected)
{
    wr_view v = wr_out_bytes(out);

    cr_assert(wr_view_is(v, expected, strlen(expected)), "%.*s\ninstead of\n%s", (int)v.len,
              (const char *)v.data, expected);
    wr_out_discard(out);
}

static wr_out *memory(void)
{
    wr_error e;
    wr_out *out;

    cr_assert(wr_out_memory(&out, &e), "%s", e.message);
    return out;
}

static void write_one_of_each(wr_json_writer *w)
{
    const uint8_t bytes[] = { 0x00, 0xab, 0xff };

    wr_json_object(w, NULL);
    wr_json_text(w, "text", "a");
    wr_json_uint(w, "uint", UINT64_MAX);
    wr_json_int(w, "int", INT64_MIN);
    wr_json_bool(w, "yes", true);
    wr_json_bool(w, "no", false);
    wr_json_hex(w, "hex", bytes, sizeof bytes);
    wr_json_hex(w, "none", NULL, 0);
    wr_json_time(w, "time", wr_time_from_unix(0));
    wr_json_array(w, "empty");
    wr_json_end_array(w);
    wr_json_array(w, "items");
    wr_json_uint(w, NULL, 1);
    wr_json_object(w, NULL);
    wr_json_end_object(w);
    wr_json_object(w, NULL);
    wr_json_bool(w, "deep", true);
    wr_json_end_object(w);
    wr_json_end_array(w);
    wr_json_text(w, "last", "");
    wr_json_end_object(w);
    wr_json_finish(w);
}

Test(json_writer, indents_by_two)
{
    wr_out *out = memory();
    wr_json_writer w;

    wr_json_start(&w, out, false);
    write_one_of_each(&w);
    expect_bytes(out, "{\n"
                      "  \"text\": \"a\",\n"
                      "  \"uint\": 18446744073709551615,\n"
                      "  \"int\": -9223372036854775808,\n"
                      "  \"yes\": true,\n"
                      "  \"no\": false,\n"
                      "  \"hex\": \"00abff\",\n"
                      "  \"none\": \"\",\n"
                      "  \"time\": \"1970-01-01T00:00:00Z\",\n"
                      "  \"empty\": [],\n"
                      "  \"items\": [\n"
                      "    1,\n"
                      "    {},\n"
                      "    {\n"
                      "      \"deep\": true\n"
                      "    }\n"
                      "  ],\n"
                      "  \"last\": \"\"\n"
                      "}\n");
}

Test(json_writer, compact_is_one_line)
{
    wr_out *out = memory();
    wr_json_writer w;

    wr_json_start(&w, out, true);
    write_one_of_each(&w);
    expect_bytes(out, "{\"text\":\"a\",\"uint\":18446744073709551615,\"int\":-9223372036854775808,"
                      "\"yes\":true,\"no\":false,\"hex\":\"00abff\",\"none\":\"\","
                      "\"time\":\"1970-01-01T00:00:00Z\",\"empty\":[],\"items\":[1,{},"
                      "{\"deep\":true}],\"last\":\"\"}\n");
}

Test(json_writer, hex_is_whole_across_its_buffer)
{
    uint8_t bytes[200];
    char expected[2 * sizeof bytes + 3] = "\"";
    wr_out *out = memory();
    wr_json_writer w;

    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)i;
        snprintf(expected + 1 + 2 * i, 4, "%02x\"", (unsigned)i);
    }
    wr_json_start(&w, out, true);
    wr_json_hex(&w, NULL, bytes, sizeof bytes);
    expect_bytes(out, expected);
}

struct escape {
    char text[24], expected[48];
};

ParameterizedTestParameters(json_writer, escapes)
{
    static struct escape table[] = {
        { "plain", "\"plain\"" },
        { "\"quoted\\\"", "\"\\\"quoted\\\\\\\"\"" },
        { "\b\t\n\f\r", "\"\\b\\t\\n\\f\\r\"" },
        { "\x01\x1b[2J", "\"\\u0001\\u001b[2J\"" },
        { "a\x7f", "\"a\\u007f\"" },
        { "\xc2\x9b", "\"\\u009b\"" },     /* the one-character CSI of a terminal */
        { "\xe2\x80\xae", "\"\\u202e\"" }, /* right-to-left override */
        { "\xe2\x80\xa8", "\"\\u2028\"" }, /* a line end to JavaScript */
        { "</script>", "\"</script>\"" },  /* the HTML writer's affair */
        { "\xc3\xa9\xe2\x82\xac", "\"\xc3\xa9\xe2\x82\xac\"" },
        { "\xf0\x9f\x94\x92", "\"\xf0\x9f\x94\x92\"" },
        { "\xff", "\"\xef\xbf\xbd\"" },
        { "a\xc3", "\"a\xef\xbf\xbd\"" },                                 /* cut short */
        { "\xc0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\"" },                   /* overlong NUL */
        { "\xed\xa0\x80z", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdz\"" }, /* a surrogate */
        { "\xf4\x90\x80\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"" },
    };
    return cr_make_param_array(struct escape, table, sizeof table / sizeof *table);
}

ParameterizedTest(struct escape *row, json_writer, escapes)
{
    wr_out *out = memory();
    wr_json_writer w;

    wr_json_start(&w, out, false);
    wr_json_text(&w, NULL, row->text);
    expect_bytes(out, row->expected);
}

Test(json_writer, keys_are_escaped_too)
{
    wr_out *out = memory();
    wr_json_writer w;

    wr_json_start(&w, out, true);
    wr_json_object(&w, NULL);
    wr_json_uint(&w, "a\"\n", 1);
    wr_json_end_object(&w);
    expect_bytes(out, "{\"a\\\"\\n\":1}");
}

/* Key and text of `len` letters, the last of them a quote where `escaped`, `depth` arrays deep. */
static void expect_any(size_t len, unsigned depth, bool escaped)
{
    static char text[1300], shown[1300], expected[8192];
    wr_out *out = memory();
    wr_json_writer w;
    size_t n = 0;

    memset(text, 'x', len);
    text[len] = '\0';
    memcpy(shown, text, len + 1);
    if (escaped && len) {
        text[len - 1] = '"';
        memcpy(shown + len - 1, "\\\"", 3);
    }
    wr_json_start(&w, out, false);
    for (unsigned i = 0; i < depth; i++) {
        wr_json_array(&w, NULL);
        n += (size_t)snprintf(expected + n, sizeof expected - n, "%s%*s[", i ? "\n" : "",
                              (int)(2 * i), "");
    }
    wr_json_joined(&w, text, "e1:", text);
    n += (size_t)snprintf(expected + n, sizeof expected - n, "\n%*s\"%s\": \"e1:%s\"",
                          (int)(2 * depth), "", shown, shown);
    cr_assert_lt(n, sizeof expected);
    expect_bytes(out, expected);
}

Test(json_writer, texts_have_any_length_at_any_depth)
{
    static const unsigned depths[] = { 1, 2, 7, 60 };

    for (size_t i = 0; i < sizeof depths / sizeof *depths; i++)
        for (size_t len = 0; len < 1200; len += len < 8 || (len > 160 && len < 530) ? 1 : 97) {
            expect_any(len, depths[i], false);
            expect_any(len, depths[i], true);
        }
}

/* Members `from` to `to` of an array that holds numbers, and an empty object after every third. */
static void write_numbers(wr_json_writer *w, unsigned from, unsigned to)
{
    for (unsigned i = from; i < to; i++) {
        wr_json_uint(w, NULL, i);
        if (i % 3)
            continue;
        wr_json_object(w, NULL);
        wr_json_end_object(w);
    }
}

Test(json_writer, pieces_join_to_what_one_writer_writes)
{
    static const unsigned cuts[] = { 0, 0, 1, 4, 4, 9, 9 }; /* some pieces are empty */

    for (int compact = 0; compact < 2; compact++) {
        wr_out *whole = memory(), *joined = memory(), *piece = memory();
        wr_json_writer w, part;

        wr_json_start(&w, whole, compact);
        wr_json_array(&w, NULL);
        write_numbers(&w, 0, 9);
        wr_json_end_array(&w);
        wr_json_start(&w, joined, compact);
        wr_json_array(&w, NULL);
        for (size_t i = 0; i + 1 < sizeof cuts / sizeof *cuts; i++) {
            part = w;
            part.out = piece;
            part.first = true;
            write_numbers(&part, cuts[i], cuts[i + 1]);
            wr_json_piece(&w, wr_out_bytes(piece));
            wr_out_clear(piece);
        }
        wr_json_end_array(&w);
        cr_assert(wr_view_equal(wr_out_bytes(joined), wr_out_bytes(whole)));
        wr_out_discard(whole);
        wr_out_discard(joined);
        wr_out_discard(piece);
    }
}

/* ---- reader ---------------------------------------------------------------------------------- */

static wr_json_document *parsed(const char *text)
{
    wr_json_document *d;
    wr_error e;

    cr_assert(wr_json_parse(view_of(text, strlen(text)), limits, &d, &e), "%s: %s", text,
              e.message);
    return d;
}

Test(json_reader, gives_values_by_place)
{
    wr_json_document *d = parsed("{\"b\": [10, {\"x/y~z\": \"deep\"}, 9007199254740991], "
                                 "\"a\": true, \"n\": null, \"e\": {}}");
    wr_json root = wr_json_root(d), b = wr_json_member(&root, "b"), a = wr_json_member(&root, "a");
    wr_json b1 = wr_json_item(&b, 1), deep = wr_json_member(&b1, "x/y~z");
    wr_json first = wr_json_item(&b, 0), last = wr_json_item(&b, 2), e = wr_json_member(&root, "e");
    const char *text;
    uint64_t number;
    wr_error err;
    bool yes;

    cr_assert(wr_json_is_object(&root) && !wr_json_is_array(&root));
    cr_assert(wr_json_is_array(&b) && !wr_json_is_object(&b) && !wr_json_is_text(&b));
    cr_assert_eq(wr_json_count(&root), 4);
    cr_assert_eq(wr_json_count(&b), 3);
    cr_assert_eq(wr_json_count(&e), 0);
    cr_assert_str_eq(wr_json_name(&root, 0), "b", "members keep the order of the text");
    cr_assert_str_eq(wr_json_name(&root, 3), "e");
    cr_assert_null(wr_json_name(&root, 4));
    cr_assert_null(wr_json_name(&b, 0));
    cr_assert(wr_json_get_text(&deep, &text, &err));
    cr_assert_str_eq(text, "deep");
    cr_assert_str_eq(deep.pointer, "/b/1/x~1y~0z");
    cr_assert(wr_json_get_uint(&first, &number, &err));
    cr_assert_eq(number, 10);
    cr_assert(wr_json_get_uint(&last, &number, &err));
    cr_assert_eq(number, UINT64_C(9007199254740991));
    cr_assert(wr_json_get_bool(&a, &yes, &err));
    cr_assert(yes);
    wr_json_free(d);
}

Test(json_reader, every_member_of_many_is_found)
{
    enum { MANY = 1000 };
    wr_json_document *d;
    wr_json root;
    char *text = malloc(MANY * 24), *p = text;

    cr_assert(text);
    *p++ = '{';
    for (int i = 0; i < MANY; i++) /* 617 is prime to 1000: all names, in no order */
        p += snprintf(p, 24, "%s\"m%d\":%d", i ? "," : "", i * 617 % MANY, i * 617 % MANY);
    *p++ = '}';
    *p = '\0';
    d = parsed(text);
    root = wr_json_root(d);
    cr_assert_eq(wr_json_count(&root), MANY);
    for (int i = 0; i < MANY; i++) {
        uint64_t value;
        char name[8];
        wr_json m;
        wr_error e;

        snprintf(name, sizeof name, "m%d", i);
        m = wr_json_member(&root, name);
        cr_assert(wr_json_get_uint(&m, &value, &e), "%s", name);
        cr_assert_eq(value, (uint64_t)i);
    }
    wr_json_free(d);
    free(text);
}

struct wrong {
    char text[40];
    enum { TEXT, UINT, BOOL } asked;
    char message[80];
};

ParameterizedTestParameters(json_reader, wrong_kinds)
{
    static struct wrong table[] = {
        { "{}", TEXT, "absent, expected a text" },
        { "{\"v\": 1}", TEXT, "a number, expected a text" },
        { "{\"v\": null}", TEXT, "null, expected a text" },
        { "{\"v\": []}", TEXT, "an array, expected a text" },
        { "{\"v\": \"1\"}", UINT, "a text, expected a whole number" },
        { "{\"v\": {}}", BOOL, "an object, expected true or false" },
        { "{\"v\": true}", UINT, "true or false, expected a whole number" },
        { "{\"v\": -1}", UINT, "number -1, expected a whole one from 0 to 9007199254740991" },
        { "{\"v\": 1.5}", UINT, "number 1.5, expected a whole one from 0 to 9007199254740991" },
        { "{\"v\": 9007199254740993}", UINT,
          "number 9007199254740992, expected a whole one from 0 to 9007199254740991" },
        { "{\"v\": 1e300}", UINT,
          "number 1.0000000000000001e+300, expected a whole one from 0 to 9007199254740991" },
    };
    return cr_make_param_array(struct wrong, table, sizeof table / sizeof *table);
}

ParameterizedTest(struct wrong *row, json_reader, wrong_kinds)
{
    wr_json_document *d = parsed(row->text);
    wr_json root = wr_json_root(d), v = wr_json_member(&root, "v");
    const char *text = "untouched";
    uint64_t number = 7;
    bool yes = true, done;
    wr_error e = { 0 };

    done = row->asked == TEXT   ? wr_json_get_text(&v, &text, &e)
           : row->asked == UINT ? wr_json_get_uint(&v, &number, &e)
                                : wr_json_get_bool(&v, &yes, &e);
    cr_assert_not(done);
    cr_assert_eq(e.code, WR_E_MALFORMED);
    cr_assert_eq(e.offset, WR_NO_OFFSET);
    cr_assert_str_eq(e.source, "unit");
    cr_assert_str_eq(e.path, "/v");
    cr_assert_str_eq(e.message, row->message);
    cr_assert(!strcmp(text, "untouched") && number == 7 && yes);
    wr_json_free(d);
}

Test(json_reader, absence_is_a_value_to_ask_further)
{
    wr_json_document *d = parsed("[]");
    wr_json root = wr_json_root(d), item = wr_json_item(&root, 3), m = wr_json_member(&item, "m");
    const char *text;
    wr_error e;

    cr_assert_null(item.node);
    cr_assert_null(m.node);
    cr_assert_eq(wr_json_count(&m), 0);
    cr_assert(!wr_json_is_object(&m) && !wr_json_is_array(&m) && !wr_json_is_text(&m));
    cr_assert_not(wr_json_get_text(&m, &text, &e));
    cr_assert_str_eq(e.path, "/3/m");
    wr_json_free(d);
}

Test(json_reader, only_known_members)
{
    static const char *const names[] = { "id", "kind", NULL };
    wr_json_document *d = parsed("[{\"id\": 1, \"kind\": 2}, {\"kind\": 3, \"Id\": 4}, 5]");
    wr_json root = wr_json_root(d);
    wr_json good = wr_json_item(&root, 0), bad = wr_json_item(&root, 1),
            no = wr_json_item(&root, 2);
    wr_error e;

    cr_assert(wr_json_only(&good, names, &e));
    cr_assert_not(wr_json_only(&bad, names, &e));
    cr_assert_eq(e.code, WR_E_MALFORMED);
    cr_assert_str_eq(e.path, "/1/Id");
    cr_assert_str_eq(e.message, "unknown member");
    cr_assert_not(wr_json_only(&no, names, &e));
    cr_assert_str_eq(e.message, "a number, expected an object");
    wr_json_free(d);
}

Test(json_reader, every_unknown_member_in_turn)
{
    static const char *const names[] = { "id", NULL };
    static const char *const pointers[] = { "/a", "/b" };
    wr_json_document *d = parsed("{\"a\": 1, \"id\": 2, \"b\": 3}");
    wr_json root = wr_json_root(d);
    size_t at = 0;
    wr_error e;

    for (size_t i = 0; i < 2; i++) {
        cr_assert_not(wr_json_only_from(&root, names, &at, &e));
        cr_assert_str_eq(e.path, pointers[i]);
    }
    cr_assert(wr_json_only_from(&root, names, &at, &e));
    wr_json_free(d);
}

Test(json_reader, a_pointer_too_long_is_cut)
{
    char text[2000] = "{\"", name[1001];
    wr_json_document *d;
    wr_json root, m;

    memset(name, '~', 1000);
    name[1000] = '\0';
    strcat(text, name);
    strcat(text, "\": {\"x\": 1}}");
    d = parsed(text);
    root = wr_json_root(d);
    m = wr_json_member(&root, name);
    cr_assert_not_null(m.node);
    cr_assert_lt(strlen(m.pointer), sizeof m.pointer);
    m = wr_json_member(&m, "x");
    cr_assert_not_null(m.node);
    wr_json_free(d);
}

struct refused {
    char text[48];
    wr_code code;
    uint64_t offset; /* from the start of the text */
    char path[24];
};

ParameterizedTestParameters(json_reader, refuses)
{
    static struct refused table[] = {
        { "", WR_E_MALFORMED, 0, "" },
        { "   ", WR_E_MALFORMED, 2, "" },
        { "{\"a\": 1", WR_E_MALFORMED, 6, "" },
        { "{\"a\": 1} x", WR_E_MALFORMED, 9, "" },
        { "{\"a\": 1}{}", WR_E_MALFORMED, 8, "" },
        { "[1, 2, tru]", WR_E_MALFORMED, 7, "" },
        { "[1,]", WR_E_MALFORMED, 3, "" },
        { "{\"a\": \"\\ud800\"}", WR_E_MALFORMED, 7, "" },
        { "{\"a\": \"\\u0000\"}", WR_E_MALFORMED, 7, "" },
        { "{\"a\\u0000b\": 1}", WR_E_MALFORMED, 3, "" },
        { "{\"a\": \"x\ny\"}", WR_E_MALFORMED, 8, "" },
        { "{\x01\"a\": 1}", WR_E_MALFORMED, 1, "" },
        { "{\"a\": \"\xff\"}", WR_E_MALFORMED, 7, "" },
        { "{\"a\": \"\xed\xa0\x80\"}", WR_E_MALFORMED, 7, "" },
        { "{\"a\": 1, \"b\": 2, \"a\": 3}", WR_E_MALFORMED, WR_NO_OFFSET, "/a" },
        { "[0, {\"x\": {\"a\": 1, \"\\u0061\": 1}}]", WR_E_MALFORMED, WR_NO_OFFSET, "/1/x/a" },
        { "nul", WR_E_MALFORMED, 0, "" },
        { "\xef\xbb\xbf{\"a\":}", WR_E_MALFORMED, 8, "" },
    };
    return cr_make_param_array(struct refused, table, sizeof table / sizeof *table);
}

ParameterizedTest(struct refused *row, json_reader, refuses)
{
    size_t len = strlen(row->text);
    wr_json_document *d = (void *)row;
    char *exact = malloc(len ? len : 1);
    wr_error e;

    cr_assert(exact);
    memcpy(exact, row->text, len);
    cr_assert_not(
        wr_json_parse((wr_view){ (uint8_t *)exact, len, 0x100, "p.json" }, limits, &d, &e));
    cr_assert_eq(d, (void *)row, "nothing given on failure");
    cr_assert_eq(e.code, row->code);
    cr_assert_eq(e.offset, row->offset == WR_NO_OFFSET ? WR_NO_OFFSET : row->offset + 0x100,
                 "offset %#lx: %s", (unsigned long)e.offset, e.message);
    cr_assert_str_eq(e.path, row->path);
    cr_assert_str_eq(e.source, "p.json");
    free(exact);
}

Test(json_reader, takes_escapes_and_a_byte_order_mark)
{
    wr_json_document *d = parsed("\xef\xbb\xbf[\"\\\\u0000 \\\" \\ud83d\\udd12 \\u00e9\"]\r\n\t ");
    wr_json root = wr_json_root(d), item = wr_json_item(&root, 0);
    const char *text;
    wr_error e;

    cr_assert(wr_json_get_text(&item, &text, &e));
    cr_assert_str_eq(text, "\\u0000 \" \xf0\x9f\x94\x92 \xc3\xa9");
    wr_json_free(d);
}

Test(json_reader, depth_is_limited)
{
    char text[2 * WR_LIMIT_PROFILE_DEPTH + 3];
    const size_t most = WR_LIMIT_PROFILE_DEPTH;
    wr_json_document *d;
    wr_error e;

    memset(text, '[', most);
    memset(text + most, ']', most);
    cr_assert(wr_json_parse(view_of(text, 2 * most), limits, &d, &e), "%s", e.message);
    wr_json_free(d);
    memset(text, '[', most + 1);
    memset(text + most + 1, ']', most + 1);
    cr_assert_not(wr_json_parse(view_of(text, 2 * most + 2), limits, &d, &e));
    cr_assert_eq(e.code, WR_E_LIMIT);
    cr_assert_eq(e.offset, most);
}

Test(json_reader, size_is_limited)
{
    const size_t most = WR_LIMIT_PROFILE_BYTES;
    char *text = malloc(most + 1);
    wr_json_document *d;
    wr_error e;

    cr_assert(text);
    memset(text, ' ', most + 1);
    text[0] = '7';
    cr_assert(wr_json_parse(view_of(text, most), limits, &d, &e), "%s", e.message);
    wr_json_free(d);
    cr_assert_not(wr_json_parse(view_of(text, most + 1), limits, &d, &e));
    cr_assert_eq(e.code, WR_E_LIMIT);
    free(text);
}

Test(json_reader, limits_are_those_of_the_caller)
{
    wr_json_document *d;
    wr_error e;

    cr_assert(wr_json_parse(view_of("[[1]]", 5), (wr_json_limits){ 5, 2 }, &d, &e));
    wr_json_free(d);
    cr_assert_not(wr_json_parse(view_of("[[1]]", 5), (wr_json_limits){ 5, 1 }, &d, &e));
    cr_assert_eq(e.code, WR_E_LIMIT);
    cr_assert_not(wr_json_parse(view_of("[[1]]", 5), (wr_json_limits){ 4, 2 }, &d, &e));
    cr_assert_eq(e.code, WR_E_LIMIT);
}

/* What is read can be read again after it was written: nothing in between is lost or added. */
static void copy(wr_json_writer *w, const char *key, const wr_json *value)
{
    const char *text;
    uint64_t number;
    wr_error e;
    bool yes;

    if (wr_json_is_object(value)) {
        wr_json_object(w, key);
        for (size_t i = 0; i < wr_json_count(value); i++) {
            wr_json m = wr_json_item(value, i);
            copy(w, wr_json_name(value, i), &m);
        }
        wr_json_end_object(w);
    } else if (wr_json_is_array(value)) {
        wr_json_array(w, key);
        for (size_t i = 0; i < wr_json_count(value); i++) {
            wr_json m = wr_json_item(value, i);
            copy(w, NULL, &m);
        }
        wr_json_end_array(w);
    } else if (wr_json_get_text(value, &text, &e)) {
        wr_json_text(w, key, text);
    } else if (wr_json_get_uint(value, &number, &e)) {
        wr_json_uint(w, key, number);
    } else if (wr_json_get_bool(value, &yes, &e)) {
        wr_json_bool(w, key, yes);
    } else {
        wr_json_text(w, key, "?");
    }
}

static const char sample[] = "{\"schema\":\"winroots.profile/1\",\"items\":[{\"id\":1,\"x\":[true,"
                             "false,[]]},{},\"\\u202e\\n\",9007199254740991]}\n";

static void parse_and_copy(wr_view v, wr_arena *arena)
{
    wr_json_document *d;
    wr_json_writer w;
    wr_json root;
    wr_out *out;
    wr_error e = { 0 };

    (void)arena;
    if (!wr_json_parse(v, limits, &d, &e)) {
        cr_assert(e.code == WR_E_MALFORMED || e.code == WR_E_LIMIT);
        cr_assert(e.message[0] && (e.offset == WR_NO_OFFSET || e.offset <= v.len));
        return;
    }
    root = wr_json_root(d);
    out = memory();
    wr_json_start(&w, out, true);
    copy(&w, NULL, &root);
    wr_json_free(d);
    cr_assert(wr_json_parse(wr_out_bytes(out), limits, &d, &e), "%s", e.message);
    wr_json_free(d);
    wr_out_discard(out);
}

Test(json_reader, round_trip_gives_the_same_bytes)
{
    wr_json_document *d = parsed(sample);
    wr_json root = wr_json_root(d);
    wr_out *out = memory();
    wr_json_writer w;

    wr_json_start(&w, out, true);
    copy(&w, NULL, &root);
    wr_json_finish(&w);
    wr_json_free(d);
    expect_bytes(out, sample);
}

Test(json_reader, survives_every_prefix_and_flip)
{
    for_every_prefix((const uint8_t *)sample, strlen(sample), parse_and_copy);
    for_every_flip((const uint8_t *)sample, strlen(sample), parse_and_copy);
}
