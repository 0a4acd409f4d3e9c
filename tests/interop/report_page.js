/* report_page.js - the HTML report as people use it: report_page.js CHROMIUM demo.html hostile.html large.html dirty.html
 *
 * What is expected of demo.html and dirty.html is what fixtures/recipes/demo.py and diff.py made; of the others, what test_report_html.py made. */
"use strict";
const assert = require("node:assert/strict");
const { chromium } = require("playwright-core");
const [executablePath, demo, hostile, large, dirty] = process.argv.slice(2);
const WITHIN_MS = 1000; /* to open, and to filter, 5,000 certificates: what a reader takes for "at once" */
const tests = {};
let browser;

/* A page that may not ask for anything but itself, nor complain. */
async function open(file, options = {}) {
    const context = await browser.newContext({ offline: true, viewport: { width: 1280, height: 900 }, ...options });
    const page = await context.newPage();
    const asked = [], said = [];
    page.on("request", r => asked.push(r.url()));
    page.on("console", m => said.push(m.text()));
    page.on("pageerror", e => said.push(e.message));
    await page.goto("file://" + file);
    page.done = async () => {
        assert.deepEqual(asked, ["file://" + file]);
        assert.deepEqual(said, []);
        await context.close();
    };
    return page;
}

const NAME = "#certificates tbody tr:not(.inside) > td:first-child button";
const names = page => page.locator(NAME).allTextContents();

tests["the answer, its fix and the findings are there without script"] = async () => {
    const page = await open(demo, { javaScriptEnabled: false });
    const text = await page.locator("main").innerText();
    for (const part of ["FAIL: this host does not meet Demo product", "1 of 4 required items met", "JavaScript is off",
        "DigiCert Trusted Root G4 is missing in Root", "ddfb16cd4931c973a2037d3fc83a4d7d775d05e4", "key_name_mismatch",
        "T1553.004", "--require", "e1"])
        assert.ok(text.includes(part), part);
    assert.equal(await page.locator("#certificates").isVisible(), false);
    await page.done();
};

tests["search finds by name, hash and store; every word counts"] = async () => {
    const page = await open(demo), search = page.getByLabel("Search");
    assert.equal((await names(page)).length, 7);
    for (const [words, expected] of [["entrust", ["Entrust Root Certification Authority - G2"]],
        ["FAB7EE36972662FB2DB02AF6BF03FDE87C4B2F9B", ["certSIGN ROOT CA"]],
        ["grouppolicy", ["ACCVRAIZ1"]], ["digicert authroot", ["DigiCert Global Root G2"]], ["digicert disallowed", []]]) {
        await search.fill(words);
        assert.deepEqual(await names(page), expected, words);
        assert.match(await page.getByRole("status").innerText(), new RegExp("^" + expected.length + " certificate"));
    }
    await page.done();
};

tests["columns sort, and say so"] = async () => {
    const page = await open(demo), heading = page.getByRole("columnheader", { name: "Valid until" });
    const dates = () => page.locator("#certificates tbody td[data-label='Valid until']").allTextContents();
    await heading.getByRole("button").click();
    const rising = ["2029-03-18", "2030-12-07", "2030-12-31", "2031-07-04", "2035-06-04", "2038-01-15", "2038-01-18"];
    assert.deepEqual(await dates(), rising);
    assert.equal(await heading.getAttribute("aria-sort"), "ascending");
    await heading.getByRole("button").click();
    assert.deepEqual(await dates(), rising.reverse());
    assert.equal(await heading.getAttribute("aria-sort"), "descending");
    await page.done();
};

tests["the keyboard reaches and opens everything"] = async () => {
    const page = await open(demo);
    const focused = () => page.evaluate(() => document.activeElement.textContent.trim());
    await page.keyboard.press("Tab");
    assert.equal(await focused(), "To the answer");
    await page.getByLabel("Search").focus();
    await page.keyboard.type("isrg");
    for (let i = 0; await focused() !== "ISRG Root X1"; i++) {
        assert.ok(i < 20, "Tab leads from the search to the first certificate");
        await page.keyboard.press("Tab");
    }
    await page.keyboard.press("Enter");
    assert.equal(await focused(), "ISRG Root X1");
    const inside = await page.locator("#certificates tr.inside").innerText();
    assert.ok(inside.includes("96bcec06264976f37460779acf28c5a7cfe8a3c0aae11a8ffcee05c0bddf08c6"), inside);
    await page.keyboard.press("Enter");
    assert.equal(await page.locator("#certificates tr.inside").count(), 0);
    await page.getByRole("button", { name: "Stores" }).focus();
    await page.keyboard.press("Enter");
    assert.equal(await focused(), "Stores");
    await page.done();
};

tests["numbers and findings lead to certificates"] = async () => {
    const page = await open(demo);
    await page.getByRole("button", { name: "1: Server authentication, distrusted" }).click();
    assert.deepEqual(await names(page), ["certSIGN ROOT CA"]);
    await page.locator("#findings a", { hasText: "GlobalSign" }).click();
    assert.deepEqual(await names(page), ["GlobalSign"]);
    assert.ok((await page.locator("tr.inside").innerText()).includes("key name is not its hash"));
    await page.getByRole("button", { name: "Show again all" }).click();
    assert.equal((await names(page)).length, 7);
    await page.done();
};

tests["the pictures tell batches from lone installs"] = async () => {
    const page = await open(demo);
    const titles = await page.locator("#timeline svg title").allTextContents();
    assert.equal(titles.filter(t => /^2024-03-04 09:30:00 {2}LM\/(AuthRoot|Root): batch of 3$/.test(t)).length, 2);
    assert.ok(titles.includes("2025-06-17 22:05:12  LM-GroupPolicy/Root: ACCVRAIZ1"), titles.join("\n"));
    assert.equal(await page.locator("#timeline .wide path.dot").count(), 1);
    const label = await page.locator("#origins svg").getAttribute("aria-label");
    assert.match(label, /Stores: 3 LM\/AuthRoot, 3 LM\/Root, 1 LM-GroupPolicy\/Root/);
    await page.done();
};

tests["entries of the logs, and what is gone, are on the timeline"] = async () => {
    const page = await open(dirty);
    const titles = await page.locator("#timeline svg title").allTextContents();
    for (const title of ["2025-06-17 22:05:12  Log entries: SOFTWARE.LOG1, entry 8: root_b in LM/Root",
        "2025-06-17 22:06:40  Log entries: SOFTWARE.LOG2, entry 9: the list of certificates of LM/AuthRoot",
        "2025-06-17 22:07:03  Log entries: SOFTWARE.LOG2, entry 10: DisableRootAutoUpdate = 1",
        "2025-06-17 22:06:40  LM/AuthRoot: one was added or removed, and none that is left was written then"])
        assert.ok(titles.includes(title), title + " in\n" + titles.join("\n"));
    await page.locator(NAME).first().click();
    assert.ok((await page.locator("tr.inside").innerText()).includes("SOFTWARE.LOG1, entry 8"));
    await page.done();
};

tests["headings are in order, and everything that is used has a name"] = async () => {
    const page = await open(demo);
    const levels = await page.locator("h1, h2, h3, h4").evaluateAll(all => all.map(h => +h.tagName[1]));
    assert.equal(levels.filter(l => l === 1).length, 1);
    levels.reduce((before, level) => {
        assert.ok(level <= before + 1, levels.join(" "));
        return level;
    }, 0);
    const nameless = await page.locator("button, a, input, select, svg[role=img]").evaluateAll(all => all.filter(e =>
        !(e.textContent.trim() || e.getAttribute("aria-label") || (e.labels && e.labels.length))).length);
    assert.equal(nameless, 0);
    await page.done();
};

/* WCAG 2.2, 1.4.3: 4.5 to 1, computed from what the browser painted. */
function badContrast() {
    const rgb = text => text.match(/[\d.]+/g).map(Number);
    const light = color => {
        const [r, g, b] = rgb(color).map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
        return .2126 * r + .7152 * g + .0722 * b;
    };
    const behind = e => {
        for (; e; e = e.parentElement) {
            const color = rgb(getComputedStyle(e).backgroundColor);
            if (color.length < 4 || color[3] > 0)
                return getComputedStyle(e).backgroundColor;
        }
        return "rgb(255, 255, 255)";
    };
    const bad = [];
    for (const e of document.body.querySelectorAll("*")) {
        const own = [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim());
        if (!own || !e.checkVisibility() || e.closest("script, noscript, title"))
            continue;
        const style = getComputedStyle(e);
        const [a, b] = [light(e.closest("svg") ? style.fill : style.color), light(behind(e))].sort();
        if ((b + .05) / (a + .05) < 4.5)
            bad.push(e.outerHTML.slice(0, 80) + " " + (b + .05) / (a + .05));
    }
    return bad;
}

tests["text stands out in light and dark"] = async () => {
    for (const colorScheme of ["light", "dark"]) {
        const page = await open(demo, { colorScheme });
        await page.locator(NAME).nth(3).click();
        await page.locator("summary").evaluateAll(all => all.forEach(s => s.click()));
        assert.deepEqual(await page.evaluate(badContrast), [], colorScheme);
        await page.done();
    }
    const dark = await open(demo, { colorScheme: "dark" });
    const paper = () => dark.evaluate(() => getComputedStyle(document.body).backgroundColor);
    assert.equal(await paper(), "rgb(13, 17, 23)");
    await dark.emulateMedia({ media: "print", colorScheme: "dark" });
    assert.equal(await paper(), "rgb(255, 255, 255)");
    await dark.done();
};

tests["it prints whole"] = async () => {
    const page = await open(large);
    await page.getByLabel("Search").fill("number-00");
    assert.equal((await names(page)).length, 100);
    await page.getByLabel("Search").fill("number-0");
    assert.equal((await names(page)).length, 200);
    await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
    assert.equal((await names(page)).length, 1000);
    await page.done();
    const small = await open(demo);
    const pdf = await small.pdf({ format: "A4" });
    assert.equal(pdf.subarray(0, 5).toString(), "%PDF-");
    assert.ok((pdf.toString("latin1").match(/\/Type \/Page\b/g) || []).length >= 3);
    await small.done();
};

tests["a phone needs no scrolling sideways"] = async () => {
    for (const file of [demo, hostile]) {
        const page = await open(file, { viewport: { width: 390, height: 844 } });
        await page.locator(NAME).first().click();
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390);
        await page.done();
    }
};

tests["hostile names stay text"] = async () => {
    const page = await open(hostile);
    await page.evaluate(() => document.querySelectorAll("details").forEach(d => { d.open = true; }));
    for (let i = 0; i < 9; i++)
        await page.locator(NAME).nth(i).click();
    assert.equal(await page.evaluate(() => window.pwned), undefined);
    assert.equal(await page.locator("img, iframe, object, #pwned, h1 i, p i").count(), 0);
    assert.equal(await page.locator("script").count(), 2);
    const found = await names(page);
    for (const name of ["</script><script>window.pwned = 1</script>", "<img src=x onerror=window.pwned=1>", "\"><b id=pwned>",
        "{{report}}", "moc.elpmaxe\\u{202E}example.com", "<!--<script>", "a\\u{2028}b", "javascript:window.pwned=1"])
        assert.ok(found.includes(name), name + " in\n" + found.join("\n"));
    const body = await page.evaluate(() => document.querySelector("main").innerText);
    assert.ok(!/[\u202e\u2028]/.test(body));
    assert.ok((await page.locator("header").innerText()).includes("<i>Windows</i>"));
    await page.done();
};

tests["5,000 certificates open and filter at once"] = async () => {
    const page = await (await browser.newContext({ offline: true })).newPage();
    const tools = await page.context().newCDPSession(page);
    /* Time that the page's thread worked, so that a busy machine fails nothing. */
    await tools.send("Performance.enable", { timeDomain: "threadTicks" });
    const worked = async () => 1000 * (await tools.send("Performance.getMetrics")).metrics.find(
        m => m.name === "TaskDuration").value;
    const search = words => page.evaluate(w => {
        document.getElementById("search").value = w;
        document.getElementById("search").dispatchEvent(new Event("input"));
        return new Promise(done => requestAnimationFrame(() => setTimeout(done)));
    }, words);
    let before = await worked();
    await page.goto("file://" + large);
    assert.match(await page.getByRole("status").innerText(), /^5,000 certificates/);
    const opened = Math.round(await worked() - before);
    before = await worked();
    await search("number-4");
    const filtered = Math.round(await worked() - before);
    await search("number-4242");
    assert.deepEqual(await names(page), ["Root number-4242"]);
    await page.context().close();
    console.log(`     opened in ${opened} ms, filtered in ${filtered} ms`);
    assert.ok(opened < WITHIN_MS && filtered < WITHIN_MS);
};

(async () => {
    browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
    let failed = 0;
    for (const [name, test] of Object.entries(tests)) {
        try {
            await test();
            console.log("ok   " + name);
        } catch (e) {
            failed++;
            console.log("FAIL " + name + "\n" + e.stack);
        }
    }
    await browser.close();
    process.exit(failed ? 1 : 0);
})();
