/* html_page.h - what the parts of the HTML report that are written here share. */
#ifndef WR_OUTPUT_HTML_PAGE_H
#define WR_OUTPUT_HTML_PAGE_H

#include "base/outfile.h"
#include "output/result.h"

typedef struct wr_page {
    const wr_result_set *set;
    wr_arena *arena;
    wr_out *out;
    bool no_memory; /* sticks, and is asked once */
} wr_page;

/* Markup of ours, and text that is not. */
void wr_page_put(wr_page *p, const char *markup);
void wr_page_text(wr_page *p, const char *text);

/* Text between markup, such as "<td class=\"whole\">" and "</td>"; nothing where it is "". */
void wr_page_element(wr_page *p, const char *open, const char *text, const char *close);

/* `look` is a class of style.css: good, bad, care, note, none. */
void wr_page_badge(wr_page *p, const char *look, const char *words);
const char *wr_page_look_of(wr_result result);

/* A place in the evidence, as wr_source_text has it. */
void wr_page_place(wr_page *p, const char *source, const char *path);

/* What a check is about, for people: the certificate, by its common name where it has one, else the
 * id. */
void wr_page_name(wr_page *p, const wr_check *check);

/* Text of a distinguished name, of which wr_page_name shows a part; "" where that is all. */
const char *wr_page_whole_name(const wr_check *check);

/* Severities of findings, the worst first, and their looks. */
#define WR_PAGE_SEVERITIES 4
extern const char *const wr_page_severities[WR_PAGE_SEVERITIES];
extern const char *const wr_page_severity_looks[WR_PAGE_SEVERITIES];

/* True for the first finding of its id. */
bool wr_page_is_first_of_its_kind(const wr_trust *trust, size_t finding);

/* Whole parts: html_requirements.c, html_findings.c. */
void wr_page_requirements(wr_page *p);
void wr_page_findings(wr_page *p);

#endif
