/* elements.js - what pages are made of.  The data stands in the page as JSON; names of evidence become text
 * nodes, never markup. */
const report = JSON.parse(document.getElementById("report").textContent);

const AT_ONCE = 200;       /* rows of a long table shown before a reader asks for more       */

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

/* ---- names ---- */

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
