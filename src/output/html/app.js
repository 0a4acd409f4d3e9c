/* app.js - lists, policies, stores and diagnostics; then everything in its place. */

function buildSettings() {
    const box = section("settings");
    const part = (title, none, rows, columns) => box.append(el("h3", {}, title),
        rows.length ? longTable(columns, rows) : el("p", { class: "quiet" }, none));
    part("Trust lists", "No list was given, and the host had none.", report.lists, [
        ["List", l => l.kind], ["Issued", l => moment(l.this_update), "whole"], ["Sequence", l => hash(l.sequence)],
        ["Entries", l => l.entries], ["Signature", l => l.signature.status + (l.signature.detail ? ": " +
            l.signature.detail : "")],
        ["Used", l => l.in_force ? badge("good", "in force") : l.why_not], ["Evidence", l => hash(l.source)]]);
    part("Policies", "No policy about roots is set.", report.policies, [
        ["Policy", p => p.name], ["Value", p => p.value], ["Effect", p => p.effect],
        ["Scope", p => p.scope || "machine"], ["Last write", p => moment(p.last_write), "whole"],
        ["Evidence", p => hash(p.key)]]);
    part("Stores", "No store was found.", report.stores.filter(s => s.certificates || s.skipped || s.crls || s.ctls), [
        ["Store", s => s.location + "/" + s.name], ["Certificates", s => s.certificates], ["CRLs", s => s.crls],
        ["Lists", s => s.ctls], ["Not readable", s => s.skipped || ""], ["Evidence", s => hash(s.source)]]);
    if (report.on_demand.length)
        box.append(el("h3", {}, "Listed, not installed"), el("details", { class: "appendix" },
            el("summary", {}, plural(report.on_demand.length, "root")), longTable([
                ["Name", d => d.name || ""], ["SHA-1", d => hash(d.sha1)], ["Purposes", d => d.purposes.join(", ")],
                ["Availability", d => d.availability.replace(/_/g, " ")]], report.on_demand)));
}

function buildDiagnostics() {
    const look = { skipped: "bad", warning: "care", note: "note" };
    section("diagnostics").append(report.diagnostics.length ? longTable([
        ["Severity", d => badge(look[d.severity] || "none", d.severity)], ["Code", d => d.code],
        ["Evidence", d => hash(d.source || "")], ["What was wrong", d => d.message]], report.diagnostics)
        : el("p", {}, "Nothing was wrong with the evidence."));
}

document.documentElement.classList.add("with-script");
buildPurposes();
buildOrigins();
buildTimeline();
buildCertificates();
buildSettings();
buildDiagnostics();
addEventListener("beforeprint", () => document.querySelectorAll("details:not(.appendix)").forEach(d => { d.open = true; }));
addEventListener("hashchange", follow);
follow();
