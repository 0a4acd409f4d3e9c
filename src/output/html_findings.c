/* html_findings.c - findings of one kind together, with their evidence. */
#include "output/html_page.h"

#include "base/text.h"

#include <string.h>

/* Certificates or places of one finding that are shown without being asked for. */
#define FINDINGS_AT_ONCE 10

/* Where all of a kind say the same, it is said once, above them. */
static void write_finding(wr_page *p, const wr_finding *f, bool with_detail)
{
    const wr_certificate *c = f->certificate;

    wr_page_put(p, "<li>");
    if (c) {
        char sha1[2 * WR_SHA1_LEN + 1], sha256[2 * WR_SHA256_LEN + 1];
        const char *name;
        wr_error damage;
        if (!wr_x509_short_name(c->x509.subject, p->arena, &name, &damage)) {
            p->no_memory |= damage.code == WR_E_NO_MEMORY;
            name = "(name cannot be decoded)";
        }
        wr_text_hex_into(c->sha1, WR_SHA1_LEN, sha1);
        wr_text_hex_into(c->sha256, WR_SHA256_LEN, sha256);
        wr_out_printf(p->out, "<a href=\"#c-%s\">", sha256);
        wr_page_text(p, name);
        wr_out_printf(p->out, "</a> <span class=\"hash\">%s</span>", sha1);
    }
    if (with_detail) {
        wr_page_put(p, c ? "<br>" : "");
        wr_page_text(p, f->detail);
    }
    if (*f->source || *f->path) {
        wr_page_put(p, c || with_detail ? "<br>" : "");
        wr_page_place(p, f->source, f->path);
    }
    wr_page_put(p, "</li>\n");
}

/* All of one kind, the first of which is `kind`. */
static void write_findings_of(wr_page *p, const wr_finding *kind, const char *look)
{
    const wr_trust *trust = p->set->trust;
    size_t count = 0, written = 0;
    bool alike = true;

    for (size_t i = 0; i < trust->findings.count; i++) {
        const wr_finding *f = &trust->findings.items[i];
        count += f->id == kind->id;
        alike &= f->id != kind->id || !strcmp(f->detail, kind->detail);
    }
    alike &= count > 1;
    wr_page_element(p, "<h3 id=\"f-", kind->id, "\">");
    wr_page_badge(p, look, kind->severity);
    wr_page_put(p, " ");
    wr_page_text(p, kind->title);
    wr_page_put(p, "</h3>\n<p class=\"quiet\"><code>");
    wr_page_text(p, kind->id);
    wr_page_element(p, "</code>, MITRE ATT&amp;CK <code>", kind->attack, "");
    wr_out_printf(p->out, "</code>, %zu\xC3\x97</p>\n", count);
    if (alike)
        wr_page_element(p, "<p>", kind->detail, "</p>\n");
    wr_page_put(p, "<ul class=\"findings\">\n");
    for (size_t i = 0; i < trust->findings.count; i++) {
        if (trust->findings.items[i].id != kind->id)
            continue;
        if (written++ == FINDINGS_AT_ONCE)
            wr_out_printf(p->out,
                          "</ul>\n<details><summary>%zu more</summary><ul class=\"findings\">\n",
                          count - FINDINGS_AT_ONCE);
        write_finding(p, &trust->findings.items[i], !alike);
    }
    wr_page_put(p, count > FINDINGS_AT_ONCE ? "</ul></details>\n" : "</ul>\n");
}

void wr_page_findings(wr_page *p)
{
    const wr_trust *trust = p->set->trust;

    if (!trust->findings.count)
        wr_page_put(p, "<p>Nothing stands out.</p>\n");
    for (size_t s = 0; s < WR_PAGE_SEVERITIES; s++)
        for (size_t i = 0; i < trust->findings.count; i++) {
            const wr_finding *f = &trust->findings.items[i];
            if (!strcmp(f->severity, wr_page_severities[s]) &&
                wr_page_is_first_of_its_kind(trust, i))
                write_findings_of(p, f, wr_page_severity_looks[s]);
        }
}
