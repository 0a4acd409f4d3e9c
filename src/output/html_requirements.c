/* html_requirements.c - what was required, what was found, and what of the plan fixes it. */
#include "output/html_page.h"

#include "base/text.h"

#include <string.h>

static void write_action(wr_page *p, const wr_action *a)
{
    wr_page_put(p, "<li>");
    wr_page_badge(p, a->kind == WR_ACTION_MANUAL ? "care" : "good", wr_action_kind_name(a->kind));
    wr_page_put(p, " ");
    if (a->store)
        wr_page_element(p, "", a->store, " ");
    if (a->certificate) {
        char sha1[2 * WR_SHA1_LEN + 1];
        wr_text_hex_into(a->certificate->sha1, WR_SHA1_LEN, sha1);
        wr_page_element(p, "<span class=\"hash\">", sha1, "</span> ");
    }
    if (a->registry_key && *a->registry_key) {
        wr_page_element(p, "<span class=\"hash\">", a->registry_key, "\\");
        wr_page_text(p, a->registry_name);
        wr_page_element(p, " = ", a->registry_data, "");
        wr_page_put(p, "</span> ");
    }
    wr_page_text(p, a->reason);
    for (size_t i = 0; i < a->widens.count; i++)
        wr_page_element(p, i ? ", " : "; this widens trust to ", a->widens.items[i], "");
    wr_page_put(p, "</li>");
}

/* The actions of the plan that fix or speak of the check with this number through all comparisons.
 */
static void write_fix(wr_page *p, size_t check)
{
    const wr_plan *plan = p->set->plan;
    bool any = false;

    for (size_t i = 0; plan && i < plan->actions.count; i++) {
        const wr_action *a = &plan->actions.items[i];
        bool is_for_it = false;
        for (size_t j = 0; j < a->checks.count; j++)
            is_for_it |= a->checks.items[j] == check;
        if (!is_for_it)
            continue;
        wr_page_put(p, any ? "" : "<ul>");
        any = true;
        write_action(p, a);
    }
    wr_page_put(p, any ? "</ul>" : "\xE2\x80\x93");
}

static void write_check(wr_page *p, const wr_check *check, size_t index)
{
    const wr_requirement *q = check->requirement;

    wr_page_put(p, check->parent == SIZE_MAX ? "<tr>" : "<tr class=\"child\">");
    wr_page_put(p, "<td data-label=\"Result\">");
    wr_page_badge(p, wr_page_look_of(check->result), wr_result_name(check->result));
    wr_page_put(p, "</td><td data-label=\"Required\"><b>");
    wr_page_name(p, check);
    wr_page_put(p, "</b>");
    wr_page_element(p, "<br><span class=\"quiet\">", q->id, "</span>");
    wr_page_put(p, q->required ? "" : "<span class=\"quiet\">, recommended</span>");
    wr_page_element(p, "<br><span class=\"quiet small\">", wr_page_whole_name(check), "</span>");
    wr_page_put(p, "</td>");
    wr_page_put(p, "<td data-label=\"Found\">");
    wr_page_element(p, "<code>", check->state, "</code><br>");
    wr_page_text(p, check->detail);
    if (check->source) {
        wr_page_put(p, " ");
        wr_page_place(p, check->source, check->path ? check->path : "");
    }
    wr_page_put(p, "</td><td data-label=\"What fixes it\">");
    write_fix(p, index);
    wr_page_put(p, "</td></tr>\n");
}

static void write_sources(wr_page *p, const wr_profile *profile)
{
    size_t partly = 0;

    for (size_t i = 0; i < profile->sources.count; i++)
        partly += strcmp(profile->sources.items[i].completeness, "complete") != 0;
    wr_page_put(p, "<p class=\"quiet\">Profile <code>");
    wr_page_text(p, profile->id);
    wr_page_element(p, "</code>, version ", profile->version, ". ");
    if (partly)
        wr_page_put(p, "<b>It may lack items:</b> not every source of it was read whole.");
    wr_out_printf(p->out,
                  "</p>\n<details><summary>What the profile rests on (%zu)</summary><ul "
                  "class=\"sources\">\n",
                  profile->sources.count);
    for (size_t i = 0; i < profile->sources.count; i++) {
        const wr_profile_source *source = &profile->sources.items[i];
        wr_page_put(p, "<li>");
        wr_page_text(p, *source->uri ? source->uri : source->id);
        wr_page_element(p, " (", source->completeness, ")</li>\n");
    }
    wr_page_put(p, "</ul></details>\n");
}

void wr_page_requirements(wr_page *p)
{
    size_t index = 0;

    if (!p->set->num_comparisons)
        wr_page_put(p, "<p>None was asked for.</p>\n");
    for (size_t i = 0; i < p->set->num_comparisons; i++) {
        const wr_comparison *c = &p->set->comparisons[i];
        wr_page_element(p, "<h3>", c->profile->title, "</h3>\n");
        write_sources(p, c->profile);
        wr_page_put(
            p, "<div class=\"wide\"><table class=\"stack\"><thead><tr><th scope=\"col\">Result</th>"
               "<th scope=\"col\">Required</th><th scope=\"col\">Found</th><th scope=\"col\">What "
               "fixes it</th></tr></thead><tbody>\n");
        for (size_t j = 0; j < c->checks.count; j++)
            write_check(p, &c->checks.items[j], index++);
        wr_page_put(p, "</tbody></table></div>\n");
    }
}
