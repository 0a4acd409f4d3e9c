/* field.h - the values that a profile is made of, each read with the checks that all of its kind
 * share.  Texts are copied to the arena.  Every error is MALFORMED with the JSON pointer in
 * err->path, unless a comment says otherwise; each can be NO_MEMORY. */
#ifndef WR_REQUIRE_FIELD_H
#define WR_REQUIRE_FIELD_H

#include "base/json.h"

/* One line of text: control characters are refused, because it ends in reports, logs and a README.
 */
WR_MUST_USE bool wr_field_text(const wr_json *value, wr_arena *arena, const char **out,
                               wr_error *err);

/* The same of a member, which must be there, or may be absent and is then "". */
WR_MUST_USE bool wr_field_member(const wr_json *object, const char *name, wr_arena *arena,
                                 const char **out, wr_error *err);
WR_MUST_USE bool wr_field_optional(const wr_json *object, const char *name, wr_arena *arena,
                                   const char **out, wr_error *err);

/* A name that may stand in file names, logs and scripts: 1 to 64 ASCII letters, digits, '.', '_'
 * and
 * '-', the first a letter or digit. */
bool wr_field_is_name(const char *text);
WR_MUST_USE bool wr_field_name(const wr_json *value, wr_arena *arena, const char **out,
                               wr_error *err);

/* One of `words`, which ends with NULL; *out is that entry itself. */
WR_MUST_USE bool wr_field_word(const wr_json *value, const char *const *words, const char **out,
                               wr_error *err);

/* A whole number of at least `min`. */
WR_MUST_USE bool wr_field_number(const wr_json *value, uint32_t min, uint32_t *out, wr_error *err);

/* A hash in hex; *has says whether the member is there. */
WR_MUST_USE bool wr_field_hash(const wr_json *object, const char *name, uint8_t *hash, size_t len,
                               bool *has, wr_error *err);

/* 1 to `most` hex digits. */
WR_MUST_USE bool wr_field_hex(const wr_json *value, size_t most, wr_arena *arena, const char **out,
                              wr_error *err);

/* An array of 1 to `most` items.  Fails: LIMIT too, with the pointer. */
WR_MUST_USE bool wr_field_array(const wr_json *value, size_t most, wr_error *err);

/* Fills *err with LIMIT at the value; always false. */
bool wr_field_limit(const wr_json *value, size_t found, size_t most, wr_error *err);

/* A number as people write a registry value: decimal, or hex behind 0x. */
WR_MUST_USE bool wr_number_parse(const char *text, uint64_t *out);

#endif
