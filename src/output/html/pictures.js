/* pictures.js - what roots are trusted for, where they came from, when the stores changed. */

/* ---- purposes ---- */

function buildPurposes() {
    const cell = (purpose, i, s) => {
        const n = rootRows.filter(r => r.statuses[i] === s).length;
        const words = PURPOSES[purpose] + ", " + STATUS[s].words;
        return n ? el("button", { class: STATUS[s].look, "aria-label": n + ": " + words,
            onclick: () => choose(words, r => r.rootPlaces.length && r.statuses[i] === s) }, n) : "0";
    };
    section("purposes").append(table(
        [["Purpose", p => p[1]], ...Object.keys(STATUS).map(
            s => [STATUS[s].mark + " " + STATUS[s].words, (p) => cell(p[0], p[2], s)])],
        Object.entries(PURPOSES).map(([p, words], i) => [p, words, i])));
}

/* ---- origins ---- */

const WAYS = [
    [/^LM\/AuthRoot$/i, "fetched by Windows from Microsoft's root list when a chain needed it, or shipped with an update of that list"],
    [/^LM\/Root$/i, "part of Windows, or put there by an administrator, a program, or whoever had such rights"],
    [/^LM-GroupPolicy\//, "by group policy, or by a program that writes where policy does"],
    [/^LM-Enterprise\//, "from the directory of the domain, to every member"],
    [/^LM-Service/, "for one service only"],
    [/^CU-GroupPolicy/, "for one user, by group policy"],
    [/^CU/, "for one user only, who consented, or whose hive was written past the question"],
    [/./, "another place of the machine"],
];

function overall(r) {
    const s = r.statuses;
    if (s.includes("distrusted"))
        return ["bad", "distrusted"];
    if (s.includes("unknown"))
        return ["note", "unknown for some"];
    if (s.includes("conditional"))
        return ["care", "under a condition"];
    if (s.every(x => x === "trusted"))
        return ["good", "trusted, every purpose"];
    return s.includes("trusted") ? ["good", "trusted, some purposes"] : ["none", "not trusted"];
}

function counted(items, key) {
    const groups = new Map();
    for (const item of items) {
        const of = key(item), group = groups.get(of);
        group ? group.push(item) : groups.set(of, [item]);
    }
    return [...groups].sort((a, b) => b[1].length - a[1].length || (a[0] < b[0] ? -1 : 1));
}

function buildOrigins() {
    const box = section("origins");
    if (!rootRows.length) {
        box.append(el("p", {}, "No root store holds a certificate."));
        return;
    }
    const often = new Set(counted(rootRows, r => r.rootPlaces.join(" + ")).slice(0, MOST_LANES)
        .map(g => g[0]));
    const from = r => often.has(r.rootPlaces.join(" + ")) ? r.rootPlaces.join(" + ") : "other places";
    const stages = [["Stores", from],
        ...(listGiven ? [["Root list", r => r.c.program ? "in the root list" : "not in the root list"]] : []),
        ["On the machine", r => overall(r)[1]]];
    box.append(flowPicture(stages), el("details", {}, el("summary", {}, "The same as a table"), table(
        [["Stores", g => el("button", { onclick: () => choose(g[0], r => r.rootPlaces.length &&
            from(r) === g[0]) }, g[0])],
        ["Certificates", g => g[1].length],
        ...(listGiven ? [["In the root list", g => g[1].filter(r => r.c.program).length]] : []),
        ["On the machine", g => counted(g[1], r => overall(r)[1]).map(
            o => o[1].length + " " + o[0]).join(", ")]],
        counted(rootRows, from))));
    const places = [...new Set(rootRows.flatMap(r => r.rootPlaces))].sort();
    box.append(el("dl", {}, places.map(p => [el("dt", {}, p), el("dd", {}, (WAYS.find(w => w[0].test(p)) || ["", ""])[1])])));
    const fetched = report.on_demand.length;
    if (fetched)
        box.append(el("p", { class: "quiet" }, plural(fetched, "more root"),
            " of the list: not installed, see Lists, policies and stores."));
}

/* Stages from left to right; every certificate runs through one node of each. */
function flowPicture(stages) {
    const W = 1000, NODE = 14, GAP = 14, TOP = 28;
    const columns = stages.map(([, key]) => counted(rootRows, key));
    const most = Math.max(...columns.map(c => c.length));
    const height = Math.max(140, most * 44);
    const unit = Math.min(...columns.map(c => (height - GAP * (c.length - 1) - 8 * c.length) / rootRows.length));
    const looks = new Map(rootRows.map(r => [overall(r)[1], overall(r)[0]]));
    const x = i => 250 + i * (W - 250 - 240 - NODE) / (stages.length - 1);
    const nodes = columns.map((groups, i) => {
        let y = TOP;
        return new Map(groups.map(([key, members]) => {
            const node = { key, members, x: x(i), y, h: 8 + unit * members.length, used: [4, 4] };
            y += node.h + GAP;
            return [key, node];
        }));
    });
    const flows = [], boxes = [];
    for (let i = 0; i + 1 < stages.length; i++)
        for (const a of nodes[i].values())
            for (const b of nodes[i + 1].values())
                for (const [look, members] of counted(a.members.filter(r => stages[i + 1][1](r) === b.key),
                    r => overall(r)[0])) {
                    const h = Math.max(1, unit * members.length), x0 = a.x + NODE, x1 = b.x;
                    const y0 = a.y + a.used[1], y1 = b.y + b.used[0], mid = (x0 + x1) / 2;
                    a.used[1] += unit * members.length;
                    b.used[0] += unit * members.length;
                    flows.push(svg("path", { class: "flow " + look, d: `M${x0},${y0}C${mid},${y0} ${mid},${y1} ` +
                        `${x1},${y1}V${y1 + h}C${mid},${y1 + h} ${mid},${y0 + h} ${x0},${y0 + h}Z` }));
                }
    nodes.forEach((column, i) => {
        const last = i === stages.length - 1, first = i === 0;
        boxes.push(svg("text", { class: "quiet-text", x: x(i) + (first ? NODE : 0), y: 14,
            "text-anchor": first ? "end" : "start" }, stages[i][0]));
        for (const n of column.values()) {
            const words = n.members.length + "  " + (n.key.length > 34 ? n.key.slice(0, 33) + "\u2026" : n.key);
            boxes.push(svg("rect", { class: "node " + (last ? looks.get(n.key) : ""), x: n.x, y: n.y, width: NODE,
                height: n.h, rx: 2 }, svg("title", {}, n.members.length + " " + n.key)),
            svg("text", { x: first ? n.x - 8 : n.x + NODE + 8, y: n.y + n.h / 2 + 4.5,
                "text-anchor": first ? "end" : "start" }, words));
        }
    });
    const bottom = Math.max(...nodes.flatMap(c => [...c.values()].map(n => n.y + n.h)));
    const summary = stages.map(([title], i) => title + ": " + columns[i].map(
        g => g[1].length + " " + g[0]).join(", ")).join(". ");
    return el("div", { class: "wide" }, svg("svg", { viewBox: `0 0 ${W} ${bottom + 6}`, role: "img",
        "aria-label": shown(summary) }, flows, boxes));
}

/* ---- timeline ---- */

/* { lane, time, names[], look, words } */
function storeEvents() {
    const writes = rows.flatMap(r => r.c.instances.filter(i => i.last_write).map(
        i => ({ r, lane: placeOf(i), root: isRootPlace(i), at: Date.parse(i.last_write), time: i.last_write })));
    return counted(writes, w => w.lane).flatMap(([lane, own]) => {
        const batches = [];
        for (const w of own.sort((a, b) => a.at - b.at)) {
            const last = batches[batches.length - 1];
            if (last && w.at - last[last.length - 1].at <= BATCH_SECONDS * 1000)
                last.push(w);
            else
                batches.push([w]);
        }
        return batches.map(b => {
            const stray = b.length === 1 && !b[0].r.c.program && b[0].root;
            return { lane, at: b[0].at, time: b[0].time, end: b[b.length - 1].time, rows: b.map(w => w.r),
                look: b.length > 1 ? "note" : stray ? "care" : "", stray,
                words: b.length > 1 ? "batch of " + b.length : b[0].r.name };
        });
    });
}

function otherEvents() {
    const event = (lane, time, look, words) => time ? [{ lane, at: Date.parse(time), time, end: time, rows: [],
        look, words }] : [];
    return [...report.lists.flatMap(l => event("Lists (issued)", l.this_update, "",
        l.kind + (l.in_force ? ", in force" : ", not in force"))),
    ...report.policies.flatMap(p => event("Policies", p.last_write, "", p.name + " = " + p.value))];
}

/* An entry of a transaction log has no date: that of the keys that it wrote stands for it. */
function logEvents() {
    const wrote = (of, what, r) => of.log_entry && of.last_write ? [{ of, what, r,
        key: (of.source || of.key).split(":")[0] + " " + of.log_entry.sequence }] : [];
    const all = [...rows.flatMap(r => r.c.instances.flatMap(i => wrote(i, r.name + " in " + placeOf(i), r))),
        ...report.policies.flatMap(p => wrote(p, p.name + " = " + p.value)),
        ...report.stores.flatMap(s => wrote(s, "the list of certificates of " + s.location + "/" + s.name))];
    return counted(all, w => w.key).map(([, own]) => {
        const time = own.map(w => w.of.last_write).sort().pop(), { log, sequence } = own[0].of.log_entry;
        const said = own.slice(0, 3).map(w => w.what).join("; ");
        return { lane: "Log entries", at: Date.parse(time), time, end: time, look: "", rows: [],
            words: log + ", entry " + sequence + ": " + said + (own.length > 3 ? " and " + (own.length - 3) + " more" : "") };
    });
}

/* The list of a store's certificates was written, and none that is left was written then. */
function goneEvents() {
    return report.stores.filter(s => s.last_write && (s.certificates || s.log_entry)).flatMap(s => {
        const lane = s.location + "/" + s.name, at = Date.parse(s.last_write);
        const near = rows.some(r => r.c.instances.some(i => placeOf(i) === lane && i.last_write &&
            Math.abs(Date.parse(i.last_write) - at) <= BATCH_SECONDS * 1000));
        return near ? [] : [{ lane, at, time: s.last_write, end: s.last_write, rows: [], gone: true, look: "",
            words: "one was added or removed, and none that is left was written then" }];
    });
}

function buildTimeline() {
    const box = section("timeline"), events = [...storeEvents(), ...otherEvents(), ...logEvents(), ...goneEvents()]
        .sort((a, b) => a.at - b.at);
    if (!events.length) {
        box.append(el("p", {}, "Nothing in the evidence has a time: exported stores carry none."));
        return;
    }
    const shape = (s, words) => el("li", {}, svg("svg", { viewBox: "-8 -8 16 16", "aria-hidden": "true" }, s), words);
    box.append(timelinePicture(events), el("ul", { class: "legend" },
        shape(svg("circle", { class: "dot note", r: 6 }), "batch, larger with its number"),
        shape(svg("circle", { class: "dot", r: 4 }), "one certificate"),
        shape(svg("path", { class: "dot care", d: "M0-7 7 0 0 7-7 0Z" }), listGiven ? "lone in a root store, not in the root list" :
            "lone in a root store (no root list is at hand)"),
        shape(svg("rect", { class: "dot", x: -5, y: -5, width: 10, height: 10 }), "list, policy or log entry"),
        shape(svg("circle", { class: "ring", r: 5 }), "a store changed, and nothing left is of that time")),
    el("details", {}, el("summary", {}, "The same as a table"), longTable(
        [["Time (UTC)", e => moment(e.time), "whole"], ["Where", e => e.lane],
            ["What", e => [e.stray && [badge("care", "lone"), " "], e.rows.length > 1 ?
                el("button", { onclick: () => choose(e.lane + ", " + moment(e.time),
                    r => e.rows.includes(r)) }, e.words) : e.words]],
            ["Until", e => e.end === e.time ? "" : moment(e.end), "whole"]], [...events].reverse())));
}

/* A time's place between 0 and 1.  Long stretches in which nothing happened are drawn short. */
function timeScale(times) {
    const DAY = 86400000, longest = Math.max((times[times.length - 1] - times[0]) / 10, 3 * DAY);
    const points = [times[0] - longest / 2, ...times, times[times.length - 1] + longest / 2];
    const at = [0], gaps = [];
    for (let i = 1; i < points.length; i++) {
        const length = points[i] - points[i - 1];
        at.push(at[i - 1] + Math.min(length, longest));
        if (length > longest * 1.5)
            gaps.push({ place: (at[i - 1] + at[i]) / 2, days: Math.round(length / DAY) });
    }
    const whole = at[at.length - 1], places = new Map(points.map((p, i) => [p, at[i] / whole]));
    return { place: time => places.get(time), gaps: gaps.map(g => ({ place: g.place / whole, days: g.days })) };
}

function timelinePicture(events) {
    const W = 1000, LEFT = 190, RIGHT = 26, ROW = 46, TOP = 20, DATE = 84;
    const known = counted(events, e => e.lane).map(g => g[0]);
    const order = l => (/root$/i.test(l) ? "0" : "1") + l;
    const notStores = /^(Lists \(issued\)|Policies|Log entries)$/;
    const stores = known.filter(l => !notStores.test(l)).sort((a, b) => order(a) < order(b) ? -1 : 1);
    const lanes = [...stores.slice(0, MOST_LANES), ...(stores.length > MOST_LANES ? ["other stores"] : []),
        ...known.filter(l => notStores.test(l))];
    const laneOf = e => lanes.includes(e.lane) ? e.lane : "other stores";
    const times = [...new Set(events.map(e => e.at))], scale = timeScale(times);
    const along = place => LEFT + place * (W - LEFT - RIGHT), x = at => along(scale.place(at));
    const y = lane => TOP + ROW / 2 + ROW * lanes.indexOf(lane), bottom = TOP + ROW * lanes.length;
    const parts = [];
    for (let last = -DATE, i = 0; i < times.length; i++) {
        const at = x(times[i]);
        if (at - last < DATE)
            continue;
        last = at;
        parts.push(svg("line", { class: "grid", x1: at, x2: at, y1: TOP, y2: bottom }), svg("text",
            { class: "quiet-text", x: at, y: bottom + 16, "text-anchor": "middle" },
            new Date(times[i]).toISOString().slice(0, 10)));
    }
    for (const lane of lanes)
        parts.push(svg("line", { class: "grid", x1: LEFT, x2: W - RIGHT, y1: y(lane), y2: y(lane) }),
            svg("text", { x: LEFT - 12, y: y(lane) + 4.5, "text-anchor": "end" },
                lane.length > 26 ? lane.slice(0, 25) + "\u2026" : lane));
    parts.push(...scale.gaps.flatMap(g => [svg("rect", { class: "gap", x: along(g.place) - 7, y: TOP, width: 14,
        height: bottom - TOP }, svg("title", {}, plural(g.days, "day") + " without an event, drawn short")),
    svg("text", { class: "quiet-text", x: along(g.place), y: TOP - 4, "text-anchor": "middle" },
        g.days < 700 ? plural(g.days, "day") : Math.round(g.days / 365.25) + " years")]));
    const labels = [];
    for (const e of [...events].sort((a, b) => b.rows.length - a.rows.length)) {
        const cx = x(e.at), cy = y(laneOf(e)), n = e.rows.length;
        const title = svg("title", {}, moment(e.time) + "  " + e.lane + ": " + e.words);
        if (e.gone)
            parts.push(svg("circle", { class: "ring", cx, cy, r: 6 }, title));
        else if (!n)
            parts.push(svg("rect", { class: "dot " + e.look, x: cx - 5, y: cy - 5, width: 10, height: 10 }, title));
        else if (e.stray)
            parts.push(svg("path", { class: "dot care", d: `M${cx},${cy - 7}l7,7-7,7-7-7Z` }, title));
        else
            parts.push(svg("circle", { class: "dot " + e.look, cx, cy, r: Math.min(20, n > 1 ? 5 + 1.6 * Math.sqrt(n) : 4) },
                title));
        if (n > 1 && !labels.some(([lane, at]) => lane === e.lane && Math.abs(at - cx) < 18)) {
            labels.push([e.lane, cx]);
            parts.push(svg("text", { class: "quiet-text", x: cx, y: cy - Math.min(20, 5 + 1.6 * Math.sqrt(n)) - 3,
                "text-anchor": "middle" }, n));
        }
    }
    const lone = events.filter(e => e.stray).length;
    return el("div", { class: "wide" }, svg("svg", { viewBox: `0 0 ${W} ${bottom + 26}`, role: "img", "aria-label":
        `${events.length} events from ${day(events[0].time)} to ${day(events[events.length - 1].time)}, ` +
        `${lone} of them lone writes of certificates that no list names` }, parts));
}
