/* report_junit.c - requirements as JUnit XML, for systems that build images: a suite for each
 * profile, a case for each of its items that is in no other.  docs/report.md. */
#include "output/report_part.h"

#include "base/text.h"

#include <inttypes.h>
#include <string.h>

/* What a system that reads JUnit does with the case. */
typedef enum outcome { PASSED, FAILED, BROKEN, SKIPPED, NUM_OUTCOMES } outcome;

static const char *const elements[NUM_OUTCOMES] = { "", "failure", "error", "skipped" };

/* The exit code of `analyze` and the colour of a build must not differ, and only required items
 * count; what nobody could find out does not pass. */
static outcome outcome_of(const wr_check *check)
{
    static const outcome outcomes[] = { [WR_PASS] = PASSED,
                                        [WR_FAIL] = FAILED,
                                        [WR_RESULT_UNKNOWN] = BROKEN,
                                        [WR_NOT_APPLICABLE] = SKIPPED,
                                        [WR_RESULT_ERROR] = BROKEN };
    outcome o = outcomes[check->result];

    return o == PASSED || check->requirement->required ? o : SKIPPED;
}

/* Evidence has no say in markup: what XML 1.0 cannot hold and what it would obey are replaced. */
static void write_escaped(wr_report *r, const char *text)
{
    static const struct {
        uint32_t c;
        const char *as;
    } escapes[] = {
        { '&', "&amp;" },  { '<', "&lt;" },         { '>', "&gt;" },         { '"', "&quot;" },
        { '\'', "&#39;" }, { 0xFFFE, "\\u{FFFE}" }, { 0xFFFF, "\\u{FFFF}" },
    };
    const char *at = wr_report_safe(r, text), *from = at;
    uint32_t c;

    for (; wr_text_next(&at, &c); from = at) {
        const char *as = NULL;
        for (size_t i = 0; i < sizeof escapes / sizeof *escapes; i++)
            if (escapes[i].c == c)
                as = escapes[i].as;
        if (as)
            wr_out_text(r->out, as);
        else
            wr_out_write(r->out, from, (size_t)(at - from));
    }
}

static void write_attribute(wr_report *r, const char *name, const char *value)
{
    wr_out_printf(r->out, " %s=\"", name);
    write_escaped(r, value);
    wr_out_text(r->out, "\"");
}

static void write_counts(wr_report *r, const wr_comparison *c)
{
    size_t counts[NUM_OUTCOMES] = { 0 }, tests = 0;

    for (size_t i = 0; i < c->checks.count; i++)
        if (c->checks.items[i].parent == SIZE_MAX) {
            counts[outcome_of(&c->checks.items[i])]++;
            tests++;
        }
    wr_out_printf(r->out,
                  " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\" time=\"0\"",
                  tests, counts[FAILED], counts[BROKEN], counts[SKIPPED]);
}

static void write_line(wr_report *r, const wr_check *check)
{
    write_escaped(r, wr_result_name(check->result));
    wr_out_text(r->out, " ");
    write_escaped(r, check->requirement->id);
    if (*check->state) {
        wr_out_text(r->out, " [");
        write_escaped(r, check->state);
        wr_out_text(r->out, "]");
    }
    if (*check->detail) {
        wr_out_text(r->out, ": ");
        write_escaped(r, check->detail);
    }
    wr_out_text(r->out, "\n");
}

static bool stands_in(const wr_comparison *c, size_t i, size_t ancestor)
{
    while (i != SIZE_MAX && i != ancestor)
        i = c->checks.items[i].parent;
    return i == ancestor;
}

/* What people need to act: the certificate, then what stands inside an any-of or all-of. */
static void write_text(wr_report *r, const wr_comparison *c, size_t i)
{
    const wr_check *check = &c->checks.items[i];
    const wr_identity *id = check->requirement->certificate;
    const char *certificate = wr_report_check_certificate(r, check);

    write_line(r, check);
    if (id && *id->subject) {
        write_escaped(r, id->subject);
        wr_out_text(r->out, "\n");
    }
    if (*certificate)
        wr_out_printf(r->out, "%s\n", certificate);
    for (size_t j = i + 1; j < c->checks.count; j++)
        if (stands_in(c, j, i))
            write_line(r, &c->checks.items[j]);
}

/* A case that is skipped has its reason as text: JUnit's schemas give it no attribute. */
static void write_outcome(wr_report *r, const wr_comparison *c, size_t i, outcome o)
{
    const wr_check *check = &c->checks.items[i];
    const char *result = wr_result_name(check->result);
    const char *message = wr_report_kept(
        r, wr_arena_format(r->arena, "%s%s%s%s",
                           check->requirement->required ? "" : "recommended: ", result,
                           *check->detail ? ": " : "", check->detail));

    wr_out_printf(r->out, ">\n      <%s", elements[o]);
    if (o == SKIPPED) {
        wr_out_text(r->out, ">");
        write_escaped(r, message);
    } else {
        write_attribute(r, "message", message);
        write_attribute(r, "type", *check->state ? check->state : result);
        wr_out_text(r->out, ">");
        write_text(r, c, i);
    }
    wr_out_printf(r->out, "</%s>\n    </testcase>\n", elements[o]);
}

static void write_case(wr_report *r, const wr_comparison *c, size_t i)
{
    outcome o = outcome_of(&c->checks.items[i]);

    wr_out_text(r->out, "    <testcase");
    write_attribute(r, "classname", c->profile->id);
    write_attribute(r, "name", c->checks.items[i].requirement->id);
    wr_out_text(r->out, " time=\"0\"");
    if (o == PASSED)
        wr_out_text(r->out, "/>\n");
    else
        write_outcome(r, c, i, o);
}

static void write_suite(wr_report *r, size_t index)
{
    const wr_comparison *c = &r->set->comparisons[index];
    const char *host = r->set->model->host.computer_name;
    char time[WR_TIME_TEXT];

    wr_time_text(r->set->trust->options.as_of, time);
    if (strlen(time) >= 20)
        time[19] = '\0'; /* JUnit's schemas take neither fraction nor zone */
    wr_out_printf(r->out, "  <testsuite id=\"%zu\" package=\"winroots\"", index);
    write_attribute(r, "name", c->profile->id);
    write_attribute(r, "timestamp", time);
    write_attribute(r, "hostname", *host ? host : "unknown");
    write_counts(r, c);
    wr_out_text(r->out, ">\n    <properties>\n");
    wr_out_text(r->out, "      <property name=\"profile_title\"");
    write_attribute(r, "value", c->profile->title);
    wr_out_text(r->out, "/>\n      <property name=\"profile_version\"");
    write_attribute(r, "value", c->profile->version);
    wr_out_text(r->out, "/>\n    </properties>\n");
    for (size_t i = 0; i < c->checks.count; i++)
        if (c->checks.items[i].parent == SIZE_MAX)
            write_case(r, c, i);
    wr_out_text(r->out, "    <system-out/>\n    <system-err/>\n  </testsuite>\n");
}

static void write_report(wr_report *r)
{
    for (size_t i = 0; i < r->set->num_comparisons; i++)
        write_suite(r, i);
}

bool wr_report_junit(const wr_result_set *set, wr_out *out, wr_error *err)
{
    return wr_report_write(set, out, write_report, err);
}
