/* report_html.h - one analysis as a page that needs nothing beside it. docs/report.md. */
#ifndef WR_OUTPUT_REPORT_HTML_H
#define WR_OUTPUT_REPORT_HTML_H

#include "output/result.h"

#include "base/outfile.h"

/* The page of src/output/html with the report inside.  The answer, the requirements with what fixes
 * them, the findings and the chain of custody are written as HTML, and stand without script; the
 * rest is rendered from the report's JSON.  Writes to the sink, whose errors stick.
 * Fails: NO_MEMORY. */
WR_MUST_USE bool wr_report_html(const wr_result_set *set, wr_out *out, wr_error *err);

#endif
