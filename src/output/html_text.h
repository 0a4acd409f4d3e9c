/* html_text.h - text and JSON as parts of an HTML page. */
#ifndef WR_OUTPUT_HTML_TEXT_H
#define WR_OUTPUT_HTML_TEXT_H

#include "base/outfile.h"

/* `text` as the content of an element or of a quoted attribute: markup becomes entities, and what
 * wr_text_is_control names becomes \u{XXXX}, so that it cannot reorder what stands around it. */
void wr_html_text(wr_out *out, const char *text);

/* A JSON document as the content of a script element: no "</script>" or "<!--" can stand in it, and
 * a parser of JSON reads the same value.  The characters that are escaped stand in strings only. */
void wr_html_json(wr_out *out, wr_view json);

#endif
