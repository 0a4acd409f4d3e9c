/* json.h - JSON in and out.
 *
 * Writing streams in the order of the calls, so that reports need no tree and equal input gives
 * equal bytes.  Reading goes through cJSON and typed getters whose errors name the place as a JSON
 * pointer ("/requirements/3/kind"). */
#ifndef WR_BASE_JSON_H
#define WR_BASE_JSON_H

#include "base/outfile.h"
#include "base/time.h"

/* Writer.  `key` is NULL inside arrays and for the outermost value.  Text must be UTF-8; what is
 * not is written as U+FFFD.  Output is indented by two spaces, or one line with `compact`. */
typedef struct wr_json_writer {
    wr_out *out;
    bool compact, outline;
    unsigned depth;
    bool first; /* no member written yet at this depth */
} wr_json_writer;

void wr_json_start(wr_json_writer *w, wr_out *out, bool compact);
/* The same calls as lines for people: "key: value", indented, "- " for items; safe on a terminal.
 */
void wr_json_start_outline(wr_json_writer *w, wr_out *out);
void wr_json_object(wr_json_writer *w, const char *key);
void wr_json_end_object(wr_json_writer *w);
void wr_json_array(wr_json_writer *w, const char *key);
void wr_json_end_array(wr_json_writer *w);
void wr_json_text(wr_json_writer *w, const char *key, const char *value);
/* The same of two texts, one behind the other; `first` holds nothing that is escaped. */
void wr_json_joined(wr_json_writer *w, const char *key, const char *first, const char *value);
void wr_json_uint(wr_json_writer *w, const char *key, uint64_t value);
void wr_json_int(wr_json_writer *w, const char *key, int64_t value);
void wr_json_bool(wr_json_writer *w, const char *key, bool value);
void wr_json_hex(wr_json_writer *w, const char *key, const uint8_t *bytes, size_t len);
void wr_json_base64(wr_json_writer *w, const char *key, wr_view octets);
void wr_json_time(wr_json_writer *w, const char *key, wr_time value);
/* Members that another writer wrote at this depth, its `first` set; nothing where there are none.
 */
void wr_json_piece(wr_json_writer *w, wr_view piece);
/* The line end after the outermost value. */
void wr_json_finish(wr_json_writer *w);

/* Reader.  A document owns its values; values are borrowed from it. */
typedef struct wr_json_document wr_json_document;

typedef struct wr_json {
    const void *node;   /* NULL = absent */
    const char *source; /* for errors    */
    char pointer[160];  /* where it stands, "" = the whole document */
} wr_json;

/* What a kind of document may have: the bounds of winroots/limits.h that fit it. */
typedef struct wr_json_limits {
    size_t bytes;
    unsigned depth; /* levels of arrays and objects */
} wr_json_limits;

/* Parses `text`, which must be one JSON value within `limits`.  Duplicate members of an object are
 * refused.  Fails: MALFORMED (offset of the fault), LIMIT, NO_MEMORY. */
WR_MUST_USE bool wr_json_parse(wr_view text, wr_json_limits limits, wr_json_document **out,
                               wr_error *err);
void wr_json_free(wr_json_document *document);
wr_json wr_json_root(const wr_json_document *document);

/* A member of an object; .node is NULL where it is absent. */
wr_json wr_json_member(const wr_json *object, const char *name);
size_t wr_json_count(const wr_json *array_or_object);
wr_json wr_json_item(const wr_json *array, size_t i);
/* Name of the i-th member of an object, borrowed. */
const char *wr_json_name(const wr_json *object, size_t i);

/* Each fails with MALFORMED, naming the pointer, where the value is absent or of another type.
 * Text is borrowed from the document. */
WR_MUST_USE bool wr_json_get_text(const wr_json *value, const char **out, wr_error *err);
WR_MUST_USE bool wr_json_get_uint(const wr_json *value, uint64_t *out, wr_error *err);
WR_MUST_USE bool wr_json_get_bool(const wr_json *value, bool *out, wr_error *err);
WR_MUST_USE bool wr_json_is_object(const wr_json *value);
WR_MUST_USE bool wr_json_is_array(const wr_json *value);
WR_MUST_USE bool wr_json_is_text(const wr_json *value);

/* Fails unless every member of `object` is one of `names` (NULL at the end). */
WR_MUST_USE bool wr_json_only(const wr_json *object, const char *const *names, wr_error *err);

/* The same of the members from *at on; after a failure *at stands behind the unknown one, so that
 * the next call goes on there.  `object` must be one. */
WR_MUST_USE bool wr_json_only_from(const wr_json *object, const char *const *names, size_t *at,
                                   wr_error *err);

/* Fails with MALFORMED at the value: "SOURCE: /pointer: message". */
bool wr_json_fail(const wr_json *value, wr_error *err, const char *fmt, ...) WR_PRINTF(3, 4);

#endif
