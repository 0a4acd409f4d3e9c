#include "output/html_page.h"

#include "output/html_text.h"

void wr_page_put(wr_page *p, const char *markup)
{
    wr_out_text(p->out, markup);
}

void wr_page_text(wr_page *p, const char *from_evidence)
{
    wr_html_text(p->out, from_evidence);
}

void wr_page_element(wr_page *p, const char *open, const char *content, const char *close)
{
    if (!*content)
        return;
    wr_page_put(p, open);
    wr_page_text(p, content);
    wr_page_put(p, close);
}

void wr_page_badge(wr_page *p, const char *look, const char *words)
{
    wr_out_printf(p->out, "<span class=\"badge %s\">", look);
    wr_page_text(p, words);
    wr_page_put(p, "</span>");
}

void wr_page_place(wr_page *p, const char *source, const char *path)
{
    const char *at = wr_source_text(p->set, p->arena, source, path, WR_NO_OFFSET);

    p->no_memory |= !at;
    wr_page_element(p, "<span class=\"hash\">", at ? at : "", "</span>");
}

const char *wr_page_look_of(wr_result result)
{
    static const char *const looks[] = { [WR_PASS] = "good",
                                         [WR_FAIL] = "bad",
                                         [WR_RESULT_UNKNOWN] = "care",
                                         [WR_NOT_APPLICABLE] = "none",
                                         [WR_RESULT_ERROR] = "care" };
    return looks[result];
}

void wr_page_name(wr_page *p, const wr_check *check)
{
    const wr_requirement *q = check->requirement;

    wr_page_text(p, q->certificate && *q->certificate->subject ? q->certificate->subject : q->id);
}

const char *const wr_page_severities[WR_PAGE_SEVERITIES] = { "high", "medium", "low", "info" };
const char *const wr_page_severity_looks[WR_PAGE_SEVERITIES] = { "bad", "care", "note", "none" };

bool wr_page_is_first_of_its_kind(const wr_trust *trust, size_t finding)
{
    for (size_t j = 0; j < finding; j++)
        if (trust->findings.items[j].id == trust->findings.items[finding].id)
            return false;
    return true;
}
