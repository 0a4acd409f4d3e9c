/* fuzz_json.c - any text: a document that was read is written and read again to the same bytes, and
 * every member is found under its name. */
#include "base/json.h"
#include "winroots/limits.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void write_value(wr_json_writer *w, const char *key, const wr_json *value);

static void write_items(wr_json_writer *w, const wr_json *value)
{
    for (size_t i = 0; i < wr_json_count(value); i++) {
        const char *name = wr_json_name(value, i);
        wr_json item = wr_json_item(value, i);

        if (name)
            check(wr_json_member(value, name).node == item.node);
        write_value(w, name, &item);
    }
}

static void write_value(wr_json_writer *w, const char *key, const wr_json *value)
{
    const char *text;
    uint64_t number;
    wr_error e;
    bool yes;

    if (wr_json_is_object(value)) {
        wr_json_object(w, key);
        write_items(w, value);
        wr_json_end_object(w);
    } else if (wr_json_is_array(value)) {
        wr_json_array(w, key);
        write_items(w, value);
        wr_json_end_array(w);
    } else if (wr_json_get_text(value, &text, &e)) {
        wr_json_text(w, key, text);
    } else if (wr_json_get_uint(value, &number, &e)) {
        wr_json_uint(w, key, number);
    } else if (wr_json_get_bool(value, &yes, &e)) {
        wr_json_bool(w, key, yes);
    } else {
        wr_json_text(w, key, "null, or a number that is not a count");
    }
}

static const wr_json_limits limits = { WR_LIMIT_PROFILE_BYTES, WR_LIMIT_PROFILE_DEPTH };

static wr_out *written(const wr_json_document *document, bool compact)
{
    wr_json root = wr_json_root(document);
    wr_json_writer w;
    wr_error e;
    wr_out *out;

    check(wr_out_memory(&out, &e));
    wr_json_start(&w, out, compact);
    write_value(&w, NULL, &root);
    wr_json_finish(&w);
    check(wr_out_finish(out, &e));
    return out;
}

/* What was written can be read; gives it written anew. */
static wr_out *again(wr_out *out, bool compact)
{
    wr_json_document *document;
    wr_out *second;
    wr_error e;

    check(wr_json_parse(wr_out_bytes(out), limits, &document, &e));
    second = written(document, compact);
    wr_json_free(document);
    return second;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    wr_json_document *document;
    wr_out *first, *indented, *second;
    wr_error e = { 0 };

    if (len > 1 << 20)
        return 0; /* written with an indentation it could pass the limit of the reader */
    if (!wr_json_parse((wr_view){ data, len, 0, "fuzz" }, limits, &document, &e)) {
        check(e.code == WR_E_MALFORMED || e.code == WR_E_LIMIT || e.code == WR_E_NO_MEMORY);
        check(e.offset == WR_NO_OFFSET || e.offset <= len);
        return 0;
    }
    first = written(document, true);
    wr_json_free(document);
    indented = again(first, false);
    second = again(indented, true);
    check(wr_view_equal(wr_out_bytes(first), wr_out_bytes(second)));
    wr_out_discard(first);
    wr_out_discard(indented);
    wr_out_discard(second);
    return 0;
}
