/* fleet.js - the page of many hosts: every part a table, and one table of all hosts that the others filter. */
const LOOKS = { PASS: "good", FAIL: "bad", UNKNOWN: "care", ERROR: "care", NOT_APPLICABLE: "none" };
const SEVERITIES = { high: "bad", medium: "care", low: "note", info: "none" };
const PAGE = 100; /* hosts in the table at a time */

const hash = text => el("span", { class: "hash" }, text);
const hostName = i => report.hosts[i].name || report.hosts[i].key;
const count = n => n.toLocaleString("en");

const add = (id, ...children) => fill(section(id), {}, children);

/* ---- hosts ---- */

/* What a host is looked for by: everything that its row says. */
for (const h of report.hosts) {
    h.words = [h.name, h.key, h.os, h.build, h.evidence, h.status, h.error].filter(Boolean).join(" ").toLowerCase();
    h.results = h.results || [];
}

const filter = { text: "", choice: "" };
let sorted = { by: 0, down: false };

/* Each choice of the box: what it is called, and which hosts it keeps. */
const CHOICES = new Map([["all hosts", () => true]]);
report.profiles.forEach((p, n) => {
    for (const result of ["FAIL", "UNKNOWN", "PASS"])
        CHOICES.set(result + " " + p.profile, h => h.results[n] === result);
    CHOICES.set("not judged " + p.profile, h => !h.results[n]);
});
report.bundles.bundles.forEach((b, n) => CHOICES.set("bundle " + (n + 1), h => h.bundle === n));
report.clusters.slice(0, 50).forEach((c, n) => CHOICES.set("cluster " + (n + 1), h => h.cluster === n));
CHOICES.set("with a high finding", h => h.high > 0);
CHOICES.set("not read, or in part", h => h.status !== "ok");

const COLUMNS = [
    ["Host", h => h.name || h.key, h => [h.name || hash(h.key), h.name ? el("div", { class: "quiet hash" }, h.key) : ""]],
    ["Observed", h => h.observed || "", h => day(h.observed), "whole"],
    ["System", h => (h.os || "") + " " + (h.build || ""), h => [h.os || "", h.build ? " " + h.build : ""]],
    ["Trusted", h => h.trusted || 0, h => h.trusted === undefined ? "" : count(h.trusted)],
    ["Cluster", h => h.cluster === undefined ? Infinity : h.cluster, h => h.cluster === undefined ? "" : h.cluster + 1],
    ...report.profiles.map((p, n) => [p.profile, h => h.results[n] || "",
        h => h.results[n] ? badge(LOOKS[h.results[n]] || "none", h.results[n]) : ""]),
    ["Findings", h => (h.high || 0) * 1000 + (h.medium || 0), h => [h.high ? [badge("bad", h.high + " high"), " "] : "",
        h.medium ? badge("care", h.medium + " medium") : ""]],
    ["Bundle", h => h.bundle === undefined ? Infinity : h.bundle, h => h.bundle === undefined ? "" : h.bundle + 1],
    ["Read", h => h.status, h => h.status === "ok" ? "" : [badge("care", h.status), " ", h.error || ""]],
];

function buildHosts() {
    const search = el("input", { type: "search", id: "search", autocomplete: "off", spellcheck: "false" });
    const choice = el("select", { id: "choice" }, [...CHOICES.keys()].map(c => el("option", { value: c }, c)));
    const status = el("p", { role: "status", class: "quiet" });
    const box = el("div"), pages = el("div", { class: "tools" });
    let from = 0;

    function chosen() {
        const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean), keep = CHOICES.get(filter.choice) || (() => true);
        const found = report.hosts.filter(h => keep(h) && words.every(w => h.words.includes(w)));
        const value = COLUMNS[sorted.by][1];
        found.sort((a, b) => {
            const x = value(a), y = value(b), order = x < y ? -1 : x > y ? 1 : 0;
            return sorted.down ? -order : order;
        });
        return found;
    }

    function render(start, all = false) {
        const found = chosen();
        from = Math.max(0, Math.min(start, Math.floor(Math.max(0, found.length - 1) / PAGE) * PAGE));
        const shownRows = all ? found : found.slice(from, from + PAGE);
        const heading = (c, n) => el("th", { scope: "col",
            "aria-sort": sorted.by === n ? (sorted.down ? "descending" : "ascending") : undefined },
        el("button", { onclick: () => { sorted = { by: n, down: sorted.by === n && !sorted.down }; render(0); } }, c[0]));
        box.replaceChildren(el("div", { class: "wide" }, el("table", { class: "stack" },
            el("thead", {}, el("tr", {}, COLUMNS.map(heading))),
            el("tbody", {}, shownRows.map(h => el("tr", {}, COLUMNS.map(c =>
                el("td", { "data-label": c[0], class: c[3] }, c[2](h)))))))));
        status.textContent = plural(found.length, "host") + (found.length > PAGE && !all
            ? ", " + count(from + 1) + " to " + count(Math.min(from + PAGE, found.length)) + " shown" : "");
        pages.replaceChildren(...(found.length > PAGE && !all ? [
            el("button", { class: "more", disabled: from === 0, onclick: () => render(from - PAGE) }, "Before"),
            el("button", { class: "more", disabled: from + PAGE >= found.length, onclick: () => render(from + PAGE) },
                "Next")] : []));
    }

    function changed() {
        filter.text = search.value;
        filter.choice = choice.value;
        render(0);
    }
    search.addEventListener("input", changed);
    choice.addEventListener("change", changed);
    add("hosts", el("div", { class: "tools" },
        el("div", {}, el("label", { for: "search" }, "Search"), search),
        el("div", {}, el("label", { for: "choice" }, "Show"), choice)), status, box, pages);
    render(0);
    return words => {
        search.value = "";
        choice.value = words;
        changed();
        section("hosts").scrollIntoView();
    };
}

/* Names of the first hosts, and how many more there are. */
function hostList(examples, total) {
    const more = total - examples.length;
    return [examples.map(hostName).join(", "), more > 0 ? " and " + count(more) + " more" : ""];
}

function hosts(examples, total) {
    return total ? el("details", {}, el("summary", {}, plural(total, "host")), el("p", {}, hostList(examples, total))) : "0";
}

/* ---- the other parts ---- */

const rootText = r => [shortName(r.subject) || "", el("div", { class: "quiet hash" }, r.sha1 || r.sha256)];

function buildRequirements(show) {
    if (!report.profiles.length)
        add("requirements", el("p", { class: "quiet" }, "No profile was asked for when these records were made; ",
            el("code", {}, "fleet report --require PROFILE"), " asks the records again."));
    report.profiles.forEach(p => {
        const link = (n, result, look) => n ? el("button", { class: "badge " + look,
            onclick: () => show(result + " " + p.profile) }, count(n) + " " + result) : "";
        add("requirements", el("h3", {}, p.title || p.profile), el("p", {}, link(p.fail, "FAIL", "bad"), " ",
            link(p.unknown, "UNKNOWN", "care"), " ", link(p.pass, "PASS", "good")),
        longTable([["Item", i => [i.subject ? shortName(i.subject) : i.id, i.subject ? el("div", { class: "quiet" }, i.id) : ""]],
            ["Severity", i => i.severity || ""],
            ["Not met on", i => i.fail + i.unknown ? hosts(i.not_met_on, i.fail + i.unknown) : ""],
            ["FAIL", i => i.fail ? badge("bad", count(i.fail)) : ""],
            ["UNKNOWN", i => i.unknown ? badge("care", count(i.unknown)) : ""],
            ["PASS", i => i.pass ? badge("good", count(i.pass)) : ""]],
        [...p.items].sort((a, b) => b.fail - a.fail || b.unknown - a.unknown)));
    });
}

function actionText(a) {
    const what = a.subject ? shortName(a.subject) : a.certificate || [a.key, a.name].filter(Boolean).join("\\") + " = " + a.data;
    return el("li", {}, { add: "Add to " + a.store + ": ", disallow: "Refuse: ", delete: "Remove from " + a.store + ": ",
        set_policy: "Set " }[a.action] || a.action + ": ", what, a.certificate ? el("div", { class: "quiet hash" }, a.certificate) : "");
}

function buildBundles(show) {
    const b = report.bundles, manual = report.hosts.filter(h => h.manual).length;
    add("bundles", el("p", {}, b.count ? plural(b.count, "bundle") + " fix" + (b.count === 1 ? "es" : "") + " every host whose plan has steps for a script. " : "No host has a plan with steps for a script. ",
        b.count ? b.is_least ? "Fewer cannot do." : "At least " + count(b.at_least) + " are needed." : "",
        manual ? " " + plural(manual, "host") + " also " + (manual === 1 ? "has" : "have") + " something that a person must do." : ""),
    el("p", { class: "about" }, "A bundle goes to a host only where all of it is needed or in place already. ",
        el("code", {}, "winroots fleet bundles"), " writes them."));
    if (b.count)
        add("bundles", longTable([["Bundle", x => b.bundles.indexOf(x) + 1],
            ["Hosts", x => el("button", { onclick: () => show("bundle " + (b.bundles.indexOf(x) + 1)) }, count(x.hosts))],
            ["What it does", x => el("ul", {}, x.actions.map(actionText))]], b.bundles));
}

const rootList = roots => roots.length > 6
    ? el("details", {}, el("summary", {}, plural(roots.length, "certificate")), el("ul", {}, roots.map(r => el("li", {}, rootText(r)))))
    : el("ul", {}, roots.map(r => el("li", {}, rootText(r))));

function buildClusters(show) {
    const c = report.clusters;
    add("clusters", c.length ? longTable([["Cluster", x => c.indexOf(x) + 1],
        ["Hosts", x => c.indexOf(x) < 50 ? el("button", { onclick: () => show("cluster " + (c.indexOf(x) + 1)) }, count(x.hosts))
            : count(x.hosts)],
        ["Trusted", x => count(x.trusted)], ["More than the largest", x => x === c[0] ? "the largest" : rootList(x.more)],
        ["Fewer than it", x => rootList(x.fewer)], ["Such as", x => hostList(x.examples.slice(0, 3), x.hosts)]], c)
        : el("p", { class: "quiet" }, "No host could be read."));
}

function buildRare() {
    const where = w => el("li", {}, hostName(w.host), w.stores ? " in " + w.stores.split("\n").join(", ") : "",
        w.last_write ? ", written " + moment(w.last_write) : "");
    add("rare", el("p", { class: "about" }, "Trusted on at most " + plural(report.rare, "host") + ", of " + count(report.roots) +
        " different certificates that any host trusts. The rarest come first: what somebody installed by hand stands there."),
    report.rare_roots.length ? longTable([["Certificate", rootText], ["Hosts", r => count(r.hosts)],
        ["Valid until", r => day(r.not_after), "whole"],
        ["Where it came from", r => el("ul", {}, r.where.map(where))]], report.rare_roots)
        : el("p", { class: "quiet" }, "There is none."));
}

function buildFindings() {
    add("findings", report.findings.length ? longTable([
        ["Severity", f => badge(SEVERITIES[f.severity] || "none", f.severity)],
        ["Finding", f => [f.title, el("div", { class: "quiet" }, f.id)]],
        ["About", f => f.certificate ? [shortName(f.subject) || "", el("div", { class: "quiet hash" }, f.certificate)] : f.detail],
        ["Hosts", f => hosts(f.examples, f.hosts)]], report.findings) : el("p", {}, "Nothing stood out."));
}

function buildChanges() {
    add("changes", report.changes.length ? longTable([["Host", c => hostName(c.host)],
        ["Between", c => [day(c.before), " and ", day(c.now)]], ["Trusted since", c => rootList(c.added)],
        ["No longer", c => rootList(c.removed)], ["Requirements", c => el("ul", {}, c.results.map(r => el("li", {}, r)))]],
    report.changes) : el("p", { class: "quiet" }, "No host that was observed twice has changed."));
}

function buildSettings() {
    add("settings", report.settings.length ? longTable([["Kind", s => s.kind], ["Name", s => s.name],
        ["Value", s => s.value ? s.kind === "list" ? moment(s.value) : s.value : s.kind === "list" ? badge("care", "no list") : "not set"],
        ["Hosts", s => s.examples ? hosts(s.examples, s.hosts) : plural(s.hosts, "host")]], report.settings)
        : el("p", { class: "quiet" }, "No host has a list or a policy about roots."));
}

document.documentElement.classList.add("with-script");
const showHosts = buildHosts();
buildRequirements(showHosts);
buildBundles(showHosts);
buildClusters(showHosts);
buildRare();
buildFindings();
buildChanges();
buildSettings();
addEventListener("beforeprint", () => document.querySelectorAll("details").forEach(d => { d.open = true; }));
