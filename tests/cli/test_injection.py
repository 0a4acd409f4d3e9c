#!/usr/bin/env python3
"""No name out of evidence changes the shape of what is written.

The same host is made of innocent names and of hostile ones; each command and each format must give documents of the same
structure for both: the same elements, columns, members, lines of scripts and files.  What a terminal obeys is in none."""
import collections
import csv
import hashlib
import html.parser
import io
import json
import os
import random
import re
import tarfile
import xml.etree.ElementTree as ElementTree

from harness import FIXTURES, Case, main, run
from registry import CERTIFICATES, POLICIES, blob, element, hive, sha1, store

import ctl  # registry.py has put the recipes' folder on the path
import pki

# What means something to a shell, a browser, a spreadsheet, a reader of XML, of JSON, of Markdown, a terminal or a file system.
PIECES = (
    "&calc&", "%PATH%", "%~dp0", "^", "!x!", "`", "$(calc)", "'", '"', "|more", ";", ",", "\n", "\r\nREM", "\r\n[HKEY_USERS\\x]", "@echo on",
    "<script>alert(1)</script>", "</script>", "<!--", "-->", "]]>", "&lt;", "&#60;", '"><img src=x onerror=y>', "' onclick='x", "javascript:x",
    "=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\uff1d1", "  =1", '","b', "a;=1", "{0}", "}", "[x](http://y)", "\\u0041", '"}', '"],', "%n%s",
    "\x1b[2J", "\x1b]0;x\x07", "\x9b31m", "\x08", "\x7f", "\u202e", "\u2066", "\u200b", "\u2028", "\ufeff", "\ufffe", "\U000e0041",
    "../../../x", "..\\..\\x", "C:\\x", "CON", "nul.txt", "a:b", "/", "\\", "*", "?", "~", "-----BEGIN CERTIFICATE-----", "# status: trusted",
    "A" * 300)
CONTROL = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
FORMULA = re.compile("^[ \u00a0\u3000]*[=+\\-@\t\r\uff1d\uff0b\uff0d\uff20]")
HEX = re.compile("[0-9A-Fa-f]{16,}")
AT, UNVERIFIED = ("--as-of", "2026-11-22"), ("--allow-unverified-lists",)
SYSTEM = ("ControlSet001\\Control\\ComputerName\\ComputerName", "Select")


class Names:
    """A text for each place, the same for the same seed; an innocent one has as many characters."""

    def __init__(self, seed, hostile):
        self.chance, self.hostile, self.told = random.Random(seed), hostile, []

    def __call__(self, forbidden="", most=400):
        text = "".join(self.chance.choice(PIECES) for _ in range(self.chance.randint(1, 3)))
        text = "".join("_" if c in forbidden + "\0" else c for c in text)[:most]
        text = f"n{len(self.told)}" if text in (".", "..") or text in self.told else text
        self.told.append(text)
        return text if self.hostile else f"{len(self.told):03}" + "n" * len(text)

    def file(self, least=""):
        """A file's name.  A backslash in one leads into a folder, whichever system wrote it."""
        return least + self("/\\", 60)


def root(name):
    return pki.certificate(name, name, key_of="key", issuer_key="key", ca=True)


def utf16(text):
    return text.encode("utf-16-le", "surrogatepass") + b"\0\0"


def host(case, folder, names):
    """A host, a profile that it fails, and what would mend it: (arguments of analyze, a certificate of the host)"""
    case.folder = folder
    wanted, there, bad = root(names()), root(names()), root(names())
    stores = (
        store(CERTIFICATES + "\\ROOT", element(there, (11, utf16(names()))), element(root(names()), name=names("\\")),
              {names("\\"): {"values": {"Blob": b"no blob", names(): 1}}}),
        store(CERTIFICATES + "\\Disallowed", element(bad, (11, utf16(names())))),
        store(CERTIFICATES + "\\" + names("\\"), there),
        store(POLICIES + "\\Root", bad),
        ("Microsoft\\Windows NT\\CurrentVersion", {"values": {"ProductName": names(), "CurrentBuildNumber": names(), "InstallationType": names()}}))
    case.file("host/Windows/System32/config/SOFTWARE", hive(*stores))
    case.file("host/Windows/System32/config/SYSTEM", hive(
        (SYSTEM[0], {"values": {"ComputerName": names()}}), (SYSTEM[1], {"values": {"Current": 1}}), name="SYSTEM"))
    case.file(f"host/Users/{names.file('u')}/NTUSER.DAT", hive(store("Software\\" + CERTIFICATES + "\\Root", root(names())), name="NTUSER"))
    case.file(f"supply/{names.file('s')}", wanted)
    entry = ctl.subject(hashlib.sha1(wanted).digest(), ctl.property_(11, utf16(names())))
    trusted = case.file(names.file("l"), ctl.signed(ctl.trust_list(list_id=utf16(names()), subjects=[entry])))
    kinds = [{"id": "i1", "kind": "certificate-present", "store": "Root", "certificate": "c", "basis": "inferred", "severity": "required"},
             {"id": "i2", "kind": "not-disallowed", "certificate": "d", "basis": "inferred", "severity": "required"}]
    profile = case.file(names.file("p") + ".json", json.dumps({
        "schema": "winroots.profile/1", "id": "nasty", "title": text_of_profile(names), "version": text_of_profile(names),
        "product": {"vendor": text_of_profile(names), "name": text_of_profile(names), "versions": text_of_profile(names)},
        "certificates": {"c": {"sha1": sha1(wanted), "subject": text_of_profile(names)}, "d": {"sha1": sha1(bad), "subject": text_of_profile(names)}},
        "requirements": kinds}))
    return (folder / "host", "--require", profile, "--supply", folder / "supply", "--ctl", trusted, *UNVERIFIED, *AT), there


def text_of_profile(names):
    """A profile with a control character is refused."""
    return CONTROL.sub("_", names().replace("\n", "_").replace("\t", "_"))


def shape(value):
    """Members and kinds of a JSON value; of a list, how often each shape is in it."""
    if isinstance(value, dict):
        return tuple(sorted((key, shape(v)) for key, v in value.items() if key != "diagnostics"))
    if isinstance(value, list):
        return tuple(sorted(collections.Counter(map(shape, value)).items(), key=repr))
    return type(value).__name__


class Page(html.parser.HTMLParser):
    """Tags with the names of their attributes, as often as they are there; what runs or leads somewhere, whole."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.whole, self.inside = collections.Counter(), collections.Counter(), None
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags[tag, tuple(sorted(name for name, _ in attrs))] += 1
        if tag in ("script", "style"):
            self.inside = "data" if dict(attrs).get("type") == "application/json" else tag
        for name, value in attrs:
            if name.startswith("on") or name in ("href", "src", "action", "style", "srcdoc"):
                self.whole[tag, name, HEX.sub("#", value or "")] += 1

    def handle_endtag(self, tag):
        self.inside = None

    def handle_comment(self, data):
        self.tags["comment"] += 1

    def handle_data(self, data):
        if self.inside:
            self.whole[self.inside, shape(json.loads(data)) if self.inside == "data" else data] += 1


def page(text):
    read = Page(text)
    return sorted(read.tags.items(), key=repr), sorted(read.whole.items(), key=repr)


def table(text):
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    for cell in (cell for row in rows for cell in row):
        assert not FORMULA.match(cell), cell
    return len(rows), {len(row) for row in rows}


def tree(element_):
    return element_.tag, tuple(sorted(element_.attrib)), tuple(sorted(map(tree, element_), key=repr))


def json_lines(text):
    return tuple(sorted(collections.Counter(shape(json.loads(line)) for line in text.splitlines()).items(), key=repr))


def body(text):
    return sorted(collections.Counter(len(line.split("|")) for line in text.splitlines()).items())


def same_words(text):
    """A script or a file of the registry says nothing of the host but hashes, and numbers of what it has."""
    return sorted(HEX.sub("#", line) for line in text.splitlines())


def pem(text):
    """The lines that begin something, and how many of each."""
    return sorted(collections.Counter(re.sub(r"\W.*", "", line.lstrip("# -")) if line[:1] in "#-" else "data" for line in text.splitlines()
                                      if line[:1] in "#-").items())


FORMATS = {"json": lambda text: shape(json.loads(text)), "ndjson": json_lines, "html": page, "csv": table,
           "junit": lambda text: tree(ElementTree.fromstring(text.encode())), "sarif": lambda text: shape(json.loads(text)),
           "timeline": json_lines, "bodyfile": body, "text": lambda text: None}


class Injection(Case):
    SEEDS = range(int(os.environ.get("WINROOTS_INJECTION_SEEDS", "3")))

    def both(self, write, see):
        """`write` writes for the names of a host; what `see` makes of both is alike."""
        top = self.folder
        for seed in self.SEEDS:
            seen = []
            for hostile in (False, True):
                names = Names(seed, hostile)
                args, der = host(self, top / f"{seed}{'hostile' if hostile else 'innocent'}", names)
                seen.append([see(text) for text in write(args, der)])
                if hostile:
                    self.assertTrue(seen[1])
            self.assertEqual(*seen, f"seed {seed}: {names.told}")
        self.folder = top

    def printed(self, *args, codes=(0, 1, 4)):
        code, out, err = run(*args)
        self.assertIn(code, codes, err)
        for text in (out, err):
            self.assertNotRegex(text.replace("\r\n", "\n"), CONTROL)
        return out

    def test_every_format_of_a_report(self):
        for form, see in FORMATS.items():
            with self.subTest(form):
                self.both(lambda args, der: [self.printed("analyze", *args, "--format", form)], see)

    def test_explanations_and_comparisons(self):
        for form, see in (("json", FORMATS["json"]), ("text", FORMATS["text"])):
            def write(args, der):
                cert = self.file("one.der", der)
                other = self.folder.parent / "other"
                self.file("../other/SOFTWARE", hive(store(CERTIFICATES + "\\ROOT", root("another"))))
                yield self.printed("explain", cert, *args, "--format", form)
                yield self.printed("diff", args[0], other, *args[1:], "--format", form)
                yield self.printed("inspect", self.folder, "--entries", "--format", form)
            with self.subTest(form):
                self.both(write, see)

    def test_names_in_archives(self):
        def write(args, der):
            path = self.folder / "host.tar"
            with tarfile.open(path, "w") as archive:
                archive.add(args[0], ".")
            for form in FORMATS:
                yield form, self.printed("analyze", path, *args[1:], "--format", form)
        self.both(write, lambda told: (told[0], FORMATS[told[0]](told[1])))

    def test_scripts_of_a_bundle(self):
        def write(args, der):
            bundle = self.folder / "bundle"
            self.printed("analyze", *args, "--bundle", bundle, codes=(1,))
            self.printed("bundle", "verify", bundle, codes=(0,))
            files = sorted(path.relative_to(bundle) for path in bundle.rglob("*") if path.is_file())
            for path in files:
                self.assertRegex(str(path), r"^[\w./-]+$")
            self.assertIn("install.cmd", map(str, files))
            yield "files", [HEX.sub("#", str(path)) for path in files]
            for path in files:
                data = (bundle / path).read_bytes()
                if path.suffix in (".cmd", ".ps1", ".reg"):
                    text = data.decode("utf-16" if data[:2] == b"\xff\xfe" else "ascii")
                    yield path.suffix, same_words(text)
                elif path.suffix == ".json":
                    yield path.name, shape(json.loads(data))
                elif path.suffix in (".txt", ".md"):
                    self.assertNotRegex(data.decode().replace("\r\n", "\n"), CONTROL)
        self.both(write, lambda told: told)

    def test_stores_that_are_written(self):
        def write(args, der):
            for name in ("roots.pem", "roots.sst"):
                self.printed("export", *args, "--purpose", "server_auth", "-o", self.folder / name)
            yield pem((self.folder / "roots.pem").read_text())
            software = args[0] / "Windows/System32/config/SOFTWARE"
            for name, see in (("one.pem", pem), ("one.reg", same_parts)):
                self.printed("convert", software, self.folder / name, "--store", "LM/ROOT")
                data = (self.folder / name).read_bytes()
                yield see(data.decode("utf-16" if data[:2] == b"\xff\xfe" else "utf-8"))
        self.both(write, lambda told: told)

    def test_fleets(self):
        def write(args, der):
            records, database = self.folder / "records", self.folder / "fleet.sqlite"
            self.printed("fleet", "run", *args, "-o", records)
            self.printed("fleet", "merge", records, "-o", database)
            for form in ("text", "json", "csv", "html"):
                yield FORMATS[form](self.printed("fleet", "report", database, "--format", form))
        self.both(write, lambda told: told)


def same_parts(text):
    """Lines of a .reg file by their first character, data without its bytes."""
    return sorted(collections.Counter(line[:1] for line in text.splitlines() if line[:2] != "  ").items())


if __name__ == "__main__":
    main()
