/* data.js - the report, and what all parts of the page make of it.  The page's parts that a reader explores are
 * rendered by script; the answer, requirements, findings and chain of custody stand without it.  Names of
 * evidence become text nodes, never markup. */
const report = JSON.parse(document.getElementById("report").textContent);

const PURPOSES = { server_auth: "Server authentication", client_auth: "Client authentication",
    code_signing: "Code signing", email: "Email", time_stamping: "Time stamping" };
const SHORT = { server_auth: "Server", client_auth: "Client", code_signing: "Code", email: "Email",
    time_stamping: "Time" };
const STATUS = {
    trusted: { mark: "\u2713", words: "trusted", look: "good" },
    conditional: { mark: "~", words: "under a condition", look: "care" },
    unknown: { mark: "?", words: "unknown", look: "note" },
    not_trusted: { mark: "\u2013", words: "not trusted", look: "none" },
    distrusted: { mark: "\u2715", words: "distrusted", look: "bad" },
};
/* docs/formats/property.md */
const PROPERTIES = { 2: "private key", 3: "SHA-1", 4: "MD5", 9: "purposes", 11: "friendly name", 15: "signature hash", 20: "key identifier",
    83: "certificate policies", 84: "name constraints", 98: "SHA-256", 104: "disabled from", 105: "chain policies",
    122: "disabled purposes", 126: "only end certificates before", 127: "purposes of that date", 128: "CA disabled from" };
const OIDS = { "1.3.6.1.5.5.7.3.1": "server authentication", "1.3.6.1.5.5.7.3.2": "client authentication",
    "1.3.6.1.5.5.7.3.3": "code signing", "1.3.6.1.5.5.7.3.4": "email", "1.3.6.1.5.5.7.3.8": "time stamping",
    "1.3.6.1.5.5.7.3.9": "OCSP signing", "1.3.6.1.4.1.311.10.3.4": "file encryption",
    "1.3.6.1.4.1.311.10.3.12": "document signing" };
const AT_ONCE = 200;       /* rows of a long table shown before a reader asks for more       */
const BATCH_SECONDS = 60;  /* writes this close together are one batch                       */
const MOST_LANES = 12;     /* of the timeline, and groups of the picture of origins           */

/* ---- elements ---- */

/* What would change how a line is shown is written out, as the terminal's report does it. */
function shown(text) {
    return String(text).replace(
        /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g,
        c => "\\u{" + c.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0") + "}");
}

function fill(element, attributes, children) {
    for (const [name, value] of Object.entries(attributes)) {
        if (name.startsWith("on"))
            element.addEventListener(name.slice(2), value);
        else if (value !== undefined && value !== false)
            element.setAttribute(name, value === true ? "" : value);
    }
    for (const child of children.flat(Infinity))
        if (child !== undefined && child !== null && child !== false)
            element.append(child instanceof Node ? child : shown(child));
    return element;
}

const el = (tag, attributes = {}, ...children) =>
    fill(document.createElement(tag), attributes, children);
const svg = (tag, attributes = {}, ...children) =>
    fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
const section = id => document.getElementById(id);
const badge = (look, words) => el("span", { class: "badge " + look }, words);
const plural = (n, word) => n.toLocaleString("en") + " " + word + (n === 1 ? "" : "s");
const day = time => time ? time.slice(0, 10) : "";
const moment = time => time ? time.replace("T", " ").replace("Z", "") : "";

/* Columns: [heading, cell of a row, class]. */
function table(columns, rows, attributes = {}) {
    return el("div", { class: "wide" }, el("table", attributes,
        el("thead", {}, el("tr", {}, columns.map(c => el("th", { scope: "col" }, c[0])))),
        el("tbody", {}, rows.map(row => el("tr", {}, columns.map(
            c => el("td", { class: c[2], "data-label": c[0] }, c[1](row))))))));
}

/* A long table: the first rows, and a button for the rest. */
function longTable(columns, rows) {
    const box = el("div");
    const render = most => {
        box.replaceChildren(table(columns, rows.slice(0, most), { class: "stack" }));
        if (rows.length > most)
            box.append(el("button", { class: "more", onclick: () => render(Infinity) },
                "Show all " + rows.length.toLocaleString("en")));
    };
    render(AT_ONCE);
    addEventListener("beforeprint", () => render(Infinity));
    return box;
}

/* ---- certificates as rows ---- */

/* RFC 4514: a character behind a backslash, or octets of UTF-8 as hex behind one each. */
function unescaped(value) {
    return value.replace(/((?:\\[0-9a-fA-F]{2})+)|\\([^])/g, (all, octets, character) => character ||
        new TextDecoder().decode(Uint8Array.from(octets.slice(1).split("\\"), o => parseInt(o, 16))));
}

/* As the other reports name it: commonName, else organizationalUnit, else organization, else all of it.  A
 * comma behind a backslash is of the value. */
function shortName(subject) {
    const parts = ((subject || "").match(/(?:\\[^]|[^,\\])+/g) || []).map(p => p.trim());
    for (const type of ["CN=", "OU=", "O="]) {
        const part = parts.find(p => p.startsWith(type));
        if (part)
            return unescaped(part.slice(type.length));
    }
    return subject;
}

const placeOf = i => i.deleted ? "deleted" : i.location + "/" + i.store;
const isRootPlace = i => !i.deleted && !/Wow6432Node/.test(i.location || "") &&
    /^(root|authroot)$/i.test(i.store || "");
const listGiven = report.coverage.authroot_list === "given";

function rowOf(certificate, order) {
    const c = certificate, verdicts = {};
    for (const t of c.trust || [])
        if (t.scope === "machine")
            verdicts[t.purpose] = t;
    const rootPlaces = [...new Set(c.instances.filter(isRootPlace).map(placeOf))].sort();
    const statuses = Object.keys(PURPOSES).map(p => verdicts[p] ? verdicts[p].status : "not_trusted");
    const written = c.instances.map(i => i.last_write || "").sort().pop();
    return { c, order, verdicts, statuses, rootPlaces, written, findings: [],
        name: shortName(c.subject) || c.sha1,
        places: [...new Set(c.instances.map(placeOf))].join(", "),
        differs: (c.trust || []).some(t => t.scope !== "machine"),
        text: [c.subject, c.issuer, c.sha1, c.sha256, c.serial, c.friendly_name, c.key.algorithm,
            c.signature_algorithm, c.instances.map(placeOf)].join(" ").toLowerCase() };
}

const rows = report.certificates.map(rowOf);
const rowBySha256 = new Map(rows.map(r => [r.c.sha256, r]));
for (const f of report.findings)
    if (rowBySha256.has(f.certificate))
        rowBySha256.get(f.certificate).findings.push(f);
const rootRows = rows.filter(r => r.rootPlaces.length);
