/* certificates.js - the table of certificates: search, filter, sort, details. */

/* ---- filter and sort ---- */

const SHOW = {
    roots: ["In a root store", r => r.rootPlaces.length > 0],
    trusted: ["Trusted for something", r => r.statuses.includes("trusted")],
    restricted: ["Refused, unknown or conditional",
        r => r.statuses.some(s => s === "distrusted" || s === "conditional" || s === "unknown")],
    findings: ["With findings", r => r.findings.length > 0],
    unlisted: ["In a root store, not in the root list", r => r.rootPlaces.length > 0 && !r.c.program],
    all: ["Every certificate", () => true],
};
const collator = new Intl.Collator("en", { numeric: true });
const byText = key => (a, b) => collator.compare(key(a), key(b));
const SORTS = {
    name: byText(r => r.name),
    until: byText(r => r.c.not_after),
    written: byText(r => r.written || ""),
    stores: byText(r => r.places),
    findings: (a, b) => a.findings.length - b.findings.length,
};
const rank = Object.fromEntries(Object.keys(STATUS).map((s, i) => [s, i]));
Object.keys(PURPOSES).forEach((p, i) => {
    SORTS[p] = (a, b) => rank[a.statuses[i]] - rank[b.statuses[i]];
});

const view = { words: "", show: rootRows.length ? "roots" : "all", only: null, sort: "name", down: false,
    most: AT_ONCE, open: new Set() };

/* `only` is a choice made in another part: { words, test }. */
function choose(words, test) {
    Object.assign(view, { only: { words, test }, words: "", show: "all", most: AT_ONCE });
    controls.search.value = "";
    controls.show.value = "all";
    render();
    section("certificates").scrollIntoView();
    controls.search.focus({ preventScroll: true });
}

function matching() {
    const words = view.words.toLowerCase().split(/\s+/).filter(w => w);
    const test = SHOW[view.show][1], compare = SORTS[view.sort], sign = view.down ? -1 : 1;
    return rows.filter(r => test(r) && (!view.only || view.only.test(r)) &&
        words.every(w => r.text.includes(w)))
        .sort((a, b) => sign * compare(a, b) || a.order - b.order);
}

/* ---- one certificate ---- */

const definition = pairs => el("dl", {}, pairs.filter(p => p[1] !== undefined && p[1] !== "").map(
    ([term, value]) => [el("dt", {}, term), el("dd", {}, value)]));
const hash = text => text && el("span", { class: "hash" }, text);
const oids = list => Array.isArray(list) ? list.map(o => OIDS[o] ? OIDS[o] + " (" + o + ")" : o).join(", ") || "(none)" : list;
const statusBadge = s => badge(STATUS[s].look, STATUS[s].mark + " " + STATUS[s].words);

function propertyText([id, value]) {
    const text = oids(value);
    return id + (PROPERTIES[id] ? " (" + PROPERTIES[id] + ")" : "") + " = " + (text.length > 160 ? text.slice(0, 160) + "\u2026" : text || "(empty)");
}

function programText(p) {
    const words = { eku: "purposes", disabled_from: "disabled from", disabled_eku: "purposes removed",
        not_before_from: "refuses what is issued from", not_before_eku: "for purposes",
        chain_policies: "chain policies", friendly_name: "named" };
    return Object.entries(p).filter(([k]) => k !== "list").map(
        ([k, v]) => (words[k] || k) + ": " + (oids(v) || "(empty)")).join("; ") || "without conditions";
}

function details(r) {
    const c = r.c, k = c.key;
    return [
        definition([
            ["Subject", c.subject], ["Issuer", c.issuer === c.subject ? "itself" : c.issuer],
            ["Friendly name", c.friendly_name],
            ["Valid", moment(c.not_before) + " to " + moment(c.not_after) + " UTC"],
            ["SHA-1 (thumbprint)", hash(c.sha1)], ["SHA-256", hash(c.sha256)],
            ["Serial number", hash(c.serial)],
            ["Key", [k.algorithm, k.curve, k.bits && k.bits + " bits"].filter(x => x).join(" ")],
            ["Signature", c.signature_algorithm],
            ["Kind", (c.ca ? "certificate authority" : "no certificate authority") +
                (c.self_signed ? ", self-issued" : "")],
            ["Its own purposes", c.eku && oids(c.eku)],
            ["Root list", c.program ? programText(c.program) : listGiven ? "not named" : "no list is given"],
            ["Refused by", c.disallowed && c.disallowed.by + " " + (c.disallowed.source || "")],
        ]),
        r.findings.length > 0 && [el("h4", {}, "Findings"), el("ul", { class: "findings" }, r.findings.map(
            f => el("li", {}, f.title, ": ", f.detail, f.attack && " (ATT&CK " + f.attack + ")")))],
        el("h4", {}, "Where it stands"),
        table([["Store", i => i.deleted ? "deleted, found again: " + (i.reason || "") : placeOf(i), "whole"],
            ["Last write", i => [moment(i.last_write), i.log_entry && [el("br"), i.log_entry.log + ", entry " + i.log_entry.sequence]],
                "whole"],
            ["Properties", i => Object.entries(i.properties || {}).map(
                p => el("div", { class: "hash" }, propertyText(p)))],
            ["Evidence", i => [el("span", { class: "hash" }, i.source),
                i.name_mismatch && [" ", badge("bad", "key name is not its hash")]]]],
        c.instances, { class: "stack" }),
        (c.trust || []).length > 0 && [el("h4", {}, "Verdicts, and why"),
            table([["Purpose", t => PURPOSES[t.purpose] || t.purpose], ["Scope", t => t.scope],
                ["Verdict", t => statusBadge(t.status)],
                ["Reasons", t => el("ul", {}, t.reasons.map(
                    x => el("li", {}, el("code", {}, x.code), " ", x.detail)))]],
            c.trust, { class: "stack" })],
    ];
}

/* ---- the table of certificates ---- */

const controls = {};
const WIDTH = 5 + Object.keys(PURPOSES).length;

function mark(r, purpose, i) {
    const s = STATUS[r.statuses[i]], verdict = r.verdicts[purpose];
    const title = PURPOSES[purpose] + ": " + s.words +
        (verdict && verdict.reasons[0] ? " \u2013 " + verdict.reasons[0].detail : "");
    return el("td", { class: "mark-cell", "data-label": SHORT[purpose] }, el("span",
        { class: "mark " + s.look, title: shown(title), role: "img", "aria-label": s.words }, s.mark));
}

function certificateRows(r) {
    const open = view.open.has(r), id = "c-" + r.c.sha256;
    const toggle = () => {
        open ? view.open.delete(r) : view.open.add(r);
        const own = section(id), inside = own.nextSibling;
        const fresh = certificateRows(r);
        if (open)
            inside.remove();
        own.replaceWith(...fresh);
        fresh[0].querySelector("button").focus();
    };
    const row = el("tr", { id, class: open ? "open" : undefined },
        el("td", {}, el("button", { "aria-expanded": String(open), onclick: toggle }, r.name), " ",
            el("span", { class: "hash quiet" }, r.c.sha1.slice(0, 8)),
            r.differs && [" ", badge("note", "differs for a user")]),
        Object.keys(PURPOSES).map((p, i) => mark(r, p, i)),
        el("td", { class: "whole", "data-label": "Valid until" }, day(r.c.not_after)),
        el("td", { class: "whole", "data-label": "Last write" }, day(r.written)),
        el("td", { "data-label": "Stores" }, r.places),
        el("td", { "data-label": "Findings" }, r.findings.length || ""));
    return open ? [row, el("tr", { class: "inside" }, el("td", { colspan: WIDTH }, details(r)))] : [row];
}

function sortHeading(key, words, title) {
    const sort = () => {
        view.down = view.sort === key && !view.down;
        view.sort = key;
        render();
        controls.head.querySelector("[data-sort=" + key + "]").focus();
    };
    return el("th", { scope: "col", "aria-sort": view.sort !== key ? undefined :
        view.down ? "descending" : "ascending" },
    el("button", { "data-sort": key, title, "aria-label": title, onclick: sort }, words));
}

function render() {
    const found = matching();
    controls.head.replaceChildren(el("tr", {}, sortHeading("name", "Name"),
        Object.keys(PURPOSES).map(p => sortHeading(p, SHORT[p], PURPOSES[p])),
        sortHeading("until", "Valid until"), sortHeading("written", "Last write"),
        sortHeading("stores", "Stores"), sortHeading("findings", "Findings")));
    controls.body.replaceChildren(...found.slice(0, view.most).flatMap(certificateRows));
    controls.count.textContent = plural(found.length, "certificate") + " of " +
        rows.length.toLocaleString("en") +
        (found.length > view.most ? ", the first " + view.most + " shown" : "");
    controls.chosen.replaceChildren();
    if (view.only)
        controls.chosen.append(el("button", { class: "chip", "aria-label": "Show again all, not only: " +
            shown(view.only.words), onclick: () => {
            view.only = null;
            render();
            controls.search.focus();
        } }, "Only: " + view.only.words + "  \u2715"));
    controls.more.hidden = found.length <= view.most;
    controls.more.textContent = "Show all " + found.length.toLocaleString("en");
}

function buildCertificates() {
    controls.search = el("input", { type: "search", id: "search", autocomplete: "off", spellcheck: "false",
        placeholder: "name, hash, serial, store \u2026",
        oninput: () => { Object.assign(view, { words: controls.search.value, most: AT_ONCE }); render(); } });
    controls.show = el("select", { id: "show",
        onchange: () => { Object.assign(view, { show: controls.show.value, most: AT_ONCE }); render(); } },
    Object.entries(SHOW).map(([key, [words]]) => el("option", { value: key }, words)));
    controls.show.value = view.show;
    controls.count = el("p", { class: "quiet", role: "status" });
    controls.chosen = el("div");
    controls.head = el("thead");
    controls.body = el("tbody");
    controls.more = el("button", { class: "more", onclick: () => { view.most = Infinity; render(); } });
    section("certificates").append(
        el("div", { class: "tools" },
            el("div", {}, el("label", { for: "search" }, "Search"), controls.search),
            el("div", {}, el("label", { for: "show" }, "Show"), controls.show)),
        controls.chosen, controls.count,
        el("ul", { class: "legend" }, Object.values(STATUS).map(
            s => el("li", {}, el("span", { class: "mark " + s.look }, s.mark), " ", s.words))),
        el("div", { class: "wide" }, el("table", { class: "roots" }, controls.head, controls.body)),
        controls.more);
    addEventListener("beforeprint", () => { view.most = Infinity; render(); });
    render();
}

/* A link such as #c-SHA256 opens that certificate, whatever is filtered. */
function follow() {
    const r = location.hash.startsWith("#c-") && rowBySha256.get(location.hash.slice(3));
    if (!r)
        return;
    view.open.add(r);
    Object.assign(view, { words: "", show: "all", most: AT_ONCE,
        only: { words: r.name, test: x => x === r } });
    controls.search.value = "";
    controls.show.value = "all";
    render();
    const row = section("c-" + r.c.sha256);
    row.scrollIntoView({ block: "center" });
    row.querySelector("button").focus({ preventScroll: true });
}
