#include "output/html_page.h"

#include "output/html_text.h"

#include <string.h>

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

static const char *subject_of(const wr_check *check)
{
    const wr_identity *id = check->requirement->certificate;

    return id ? id->subject : "";
}

/* Length of the common name that text of RFC 4514 begins with, 0 where it does not: a comma behind
 * a backslash is of the name. */
static size_t common_name_len(const char *subject)
{
    size_t len = 3;

    if (strncmp(subject, "CN=", 3) != 0)
        return 0;
    while (subject[len] && subject[len] != ',')
        len += subject[len] == '\\' && subject[len + 1] ? 2 : 1;
    return len - 3;
}

void wr_page_name(wr_page *p, const wr_check *check)
{
    const char *subject = subject_of(check), *name;
    const size_t len = common_name_len(subject);

    if (!*subject || !len) {
        wr_page_text(p, *subject ? subject : check->requirement->id);
        return;
    }
    name = wr_arena_format(p->arena, "%.*s", (int)len, subject + 3);
    p->no_memory |= !name;
    wr_page_text(p, name ? name : "");
}

const char *wr_page_whole_name(const wr_check *check)
{
    const char *subject = subject_of(check);
    const size_t len = common_name_len(subject);

    return len && subject[3 + len] ? subject : "";
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
