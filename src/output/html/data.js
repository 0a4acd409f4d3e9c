/* data.js - what all parts of the page make of the report.  The page's parts that a reader explores are
 * rendered by script; the answer, requirements, findings and chain of custody stand without it. */

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
const BATCH_SECONDS = 60;  /* writes this close together are one batch                       */
const MOST_LANES = 12;     /* of the timeline, and groups of the picture of origins           */

/* ---- certificates as rows ---- */

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
