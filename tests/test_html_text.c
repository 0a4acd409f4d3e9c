#include "support.h"

#include "base/json.h"
#include "output/html_text.h"

static const wr_json_limits limits = { 4096, 4 };

static wr_out *memory(void)
{
    wr_error e;
    wr_out *out;

    cr_assert(wr_out_memory(&out, &e), "%s", e.message);
    return out;
}

static void expect_text(const char *text, const char *expected)
{
    wr_out *out = memory();
    wr_view v;

    wr_html_text(out, text);
    v = wr_out_bytes(out);
    cr_expect(wr_view_is(v, expected, strlen(expected)), "%.*s\ninstead of\n%s", (int)v.len,
              (const char *)v.data, expected);
    wr_out_discard(out);
}

/* HTML standard, 13.3: what ends text or a quoted attribute. */
Test(html_text, markup_becomes_entities)
{
    expect_text("</td><script>alert(\"1\")</script>",
                "&lt;/td&gt;&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;");
    expect_text("&amp; 'x' <!--", "&amp;amp; &#39;x&#39; &lt;!--");
}

Test(html_text, what_reorders_or_hides_is_shown)
{
    expect_text("a\xE2\x80\xAE"
                "b",
                "a\\u{202E}b");
    expect_text("line\none\x1B[2J", "line\\u{000A}one\\u{001B}[2J");
    expect_text("\xEF\xBB\xBF", "\\u{FEFF}");
}

Test(html_text, other_text_stays)
{
    expect_text("", "");
    expect_text("T\xC3\x9C\x42\xC4\xB0TAK \xF0\x9F\x94\x92",
                "T\xC3\x9C\x42\xC4\xB0TAK \xF0\x9F\x94\x92");
    expect_text("a\xFF"
                "b\xE2\x80",
                "a\xEF\xBF\xBD"
                "b\xEF\xBF\xBD\xEF\xBF\xBD");
}

static void expect_json(const char *json, const char *expected)
{
    wr_out *out = memory();
    wr_view v;

    wr_html_json(out, view_of(json, strlen(json)));
    v = wr_out_bytes(out);
    cr_expect(wr_view_is(v, expected, strlen(expected)), "%.*s\ninstead of\n%s", (int)v.len,
              (const char *)v.data, expected);
    wr_out_discard(out);
}

Test(html_text, json_cannot_end_its_script)
{
    expect_json("{\"a\":\"</script><!--&\"}", "{\"a\":\"\\u003c/script\\u003e\\u003c!--\\u0026\"}");
    expect_json("\"\xE2\x80\xA8\xE2\x80\xA9\xE2\x80\xAA\"", "\"\\u2028\\u2029\xE2\x80\xAA\"");
    expect_json("\xE2\x80", "\xE2\x80");
    expect_json("", "");
}

Test(html_text, json_still_says_the_same)
{
    static const char name[] = "</SCRIPT><img src=x onerror='a&b'>\xE2\x80\xA8";
    wr_json_writer w;
    wr_out *json = memory(), *page = memory();
    wr_json_document *document;
    const char *read;
    wr_json value;
    wr_error e;

    wr_json_start(&w, json, true);
    wr_json_text(&w, NULL, name);
    wr_html_json(page, wr_out_bytes(json));
    cr_assert(wr_json_parse(wr_out_bytes(page), limits, &document, &e), "%s", e.message);
    value = wr_json_root(document);
    cr_assert(wr_json_get_text(&value, &read, &e));
    cr_expect_str_eq(read, name);
    wr_json_free(document);
    wr_out_discard(json);
    wr_out_discard(page);
}
