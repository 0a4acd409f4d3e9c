#!/usr/bin/env python3
"""One host in every kind of container gives one report, and several hosts one each; what cannot be read stops nothing else.

The containers are made here, by other people's tools; a kind whose tool is missing is skipped."""
import hashlib
import importlib.util
import json
import os
import pathlib
import re
import shutil
import signal
import struct
import subprocess
import sys
import unittest
import zipfile

from harness import AS_OF, EMULATOR, FIXTURES, PROGRAM, WINDOWS, Case, analyze, main, run
from images import MAKE_NTFS, has_images, mbr, ntfs, shell, tool
from registry import hive

CONFIG = "Windows/System32/config"
MY = "AppData/Roaming/Microsoft/SystemCertificates/My/Certificates"
DER = (FIXTURES / "certs/root_rsa.der").read_bytes()
SHA1 = hashlib.sha1(DER).hexdigest().upper()
ELEMENT = struct.pack("<III", 32, 1, len(DER)) + DER  # SPEC windows-trust 3: an element without properties


def make_host(folder, dirty=True):
    """A Windows volume: machine, users, a store in files, and a hive whose logs hold a root more."""
    shutil.copytree(FIXTURES / "hives/host", folder)
    if dirty:
        for end in "", ".LOG1":
            shutil.copy(FIXTURES / f"hives/dirty_adds/SOFTWARE{end}", folder / CONFIG / f"SOFTWARE{end.lower()}")
    my = folder / "Users/alice" / MY
    my.mkdir(parents=True)
    (my / SHA1).write_bytes(ELEMENT)
    (folder / "Users/bob/Documents").mkdir()
    shutil.copy(FIXTURES / "certs/root_P-256.der", folder / "Users/bob/Documents/mine.cer")
    return folder


def gpt(path, volume):
    size = volume.stat().st_size
    with open(path, "wb") as f:
        f.seek(1 << 20)
        f.write(volume.read_bytes())
        f.truncate(size + (2 << 20))
    shell("sgdisk", "-o", "-n", f"1:2048:+{size // 512}", "-t", "1:0700", path)
    return path


def rest(report):
    return {key: value for key, value in report.items() if key != "evidence"}


class Containers(Case):
    maxDiff = 2000

    def judged(self, path):
        code, report, err = analyze(path, "--as-of", AS_OF)
        self.assertEqual((code, err), (0, ""), path)
        return report

    def same(self, path):
        report = self.judged(path)
        self.assertEqual(rest(report), rest(self.wanted), path)
        self.assertEqual([(e["role"], e["bytes"]) for e in report["evidence"]],
                         [(e["role"], e["bytes"]) for e in self.wanted["evidence"]], path)

    def same_as(self, wanted, path, *but):
        report = self.judged(path)
        self.assertEqual({**rest(report), **{b: 0 for b in but}}, {**rest(wanted), **{b: 0 for b in but}}, path)

    def setUp(self):
        super().setUp()
        self.host = make_host(self.folder / "host")
        self.wanted = self.judged(self.host)

    def test_bitlocker(self):
        """Opened by a key it is the volume that it was; else the message says how to open it."""
        recipe, key = FIXTURES.parent / "tests/images/make_bde.py", "111111-222222-333333-444444-555555-666666-110000-000011"
        if not has_images() or ", libbde" not in run("--version")[1] or importlib.util.find_spec("cryptography") is None:
            self.skipTest("no images, libbde or python3-cryptography here")
        plain, closed = ntfs(self.folder / "plain", self.host), self.folder / "closed"
        shell(sys.executable, recipe, plain, closed, "xts", "recovery:" + key, "password:Zoë 7")
        for option in ("--recovery-key", key), ("--bitlocker-password", "Zoë 7"):
            code, report, err = analyze(closed, "--as-of", AS_OF, *option)
            self.assertEqual((code, err), (0, ""), option)
            self.assertEqual(rest(report), rest(self.wanted))
        for options, said in ((), "give its key with --bitlocker-password P or --recovery-key K"), \
                (("--bitlocker-password", "Zoë 8"), "the password does not open it"), \
                (("--recovery-key", key[:-1]), "a digit is wrong or missing"):
            code, _, err = analyze(closed, "--as-of", AS_OF, *options)
            self.assertEqual(code, 2 if "missing" in said else 3, err)
            self.assertIn(said, err)

    def test_what_is_found(self):
        roles = [e["role"] for e in self.wanted["evidence"]]
        self.assertEqual(roles, ["software", "user", "user", "user", "store"])
        self.assertEqual(self.wanted["evidence"][0]["logs_applied"], 2)
        mine = [s for s in self.wanted["stores"] if s["name"] == "My" and s["certificates"]]
        self.assertEqual([s["location"] for s in mine], ["CU:Users/alice"])
        held = [i for c in self.wanted["certificates"] if c["sha1"] == SHA1.lower() for i in c["instances"]
                if i["store"] == "My"]
        self.assertEqual([i["source"] for i in held], [f"e5:0x{12:x}"])
        self.assertNotIn("name_mismatch", held[0])
        self.assertEqual(self.wanted["diagnostics"], [])

    def test_lists_and_policies(self):
        """What a host fetched counts as its own list; policy files are what is asked for; other cached files are left."""
        cache = self.host / "Windows/System32/config/systemprofile/AppData/LocalLow/Microsoft/CryptnetUrlCache/Content"
        policy = self.host / "Windows/System32/GroupPolicy"
        for folder in cache, policy / "Machine", policy / "User", self.host / "Windows/SYSVOL/domain/Policies/{1}/Machine":
            folder.mkdir(parents=True)
        shutil.copy(FIXTURES / "ctl/list.stl", cache / "77EC63BDA74BD0D0E0426DC8F8008506")
        shutil.copy(FIXTURES / "certs/root_rsa.der", cache / "AAAA")
        for folder in policy / "Machine", policy / "User", self.host / "Windows/SYSVOL/domain/Policies/{1}/MACHINE":
            folder.mkdir(exist_ok=True)
            (folder / "Registry.pol").write_bytes(b"PReg\1\0\0\0")
        report = self.judged(self.host)
        roles = [e["role"] for e in report["evidence"]]
        self.assertEqual((roles.count("policy"), roles.count("list"), roles.count("store")), (3, 1, 1))
        self.assertEqual(len(report["lists"]), 1)
        self.same_as(report, shutil.make_archive(self.folder / "l", "tar", self.host))

    def test_folders_without_a_windows(self):
        """certutil -syncWithWU, a GPO backup: every file of a known kind counts."""
        folder = self.folder / "sync"
        (folder / "{1}/DomainSysvol/GPO/Machine").mkdir(parents=True)
        (folder / "{1}/DomainSysvol/GPO/Machine/registry.pol").write_bytes(b"PReg\1\0\0\0")
        shutil.copy(FIXTURES / "ctl/list.stl", folder / "authroot.stl")
        shutil.copy(FIXTURES / "certs/root_rsa.der", folder / f"{SHA1}.crt")
        (folder / "note.txt").write_text("nothing")
        report = self.judged(folder)
        self.assertEqual([e["role"] for e in report["evidence"]], ["policy", "list", "store"])
        self.same_as(report, shutil.make_archive(folder, "zip", folder), "diagnostics")

    def test_names(self):
        """The computer by SYSTEM's current control set, users by ProfileList, files of a user too."""
        host, sid = make_host(self.folder / "named", False), "S-1-5-21-1-2-3-1001"
        name = "Control\\ComputerName\\ComputerName"
        (host / CONFIG / "SYSTEM").write_bytes(hive(
            ("Select", {"values": {"Current": 2}}), (f"ControlSet001\\{name}", {"values": {"ComputerName": "OLD"}}),
            (f"ControlSet002\\{name}", {"values": {"ComputerName": "DESK7"}}), name="SYSTEM"))
        (host / CONFIG / "SOFTWARE").write_bytes(hive(
            ("Microsoft\\SystemCertificates\\ROOT", {}), ("Microsoft\\Windows NT\\CurrentVersion\\ProfileList\\" + sid,
                                                         {"values": {"ProfileImagePath": "C:\\Users\\Alice"}})))
        report = self.judged(host)
        self.assertEqual(report["host"]["computer_name"], "DESK7")
        mine = [s["location"] for s in report["stores"] if s["name"] == "My" and s["certificates"]]
        self.assertEqual(mine, [f"CU:{sid}"])
        self.same_as(report, shutil.make_archive(host, "zip", host))

    def test_archives(self):
        for kind in "zip", "tar", "gztar", "bztar", "xztar":
            self.same(shutil.make_archive(self.folder / f"a.{kind}", kind, self.host))

    def test_7z(self):
        if not tool("7z"):
            self.skipTest("7z is not here")
        shell("7z", "a", self.folder / "a.7z", ".", cwd=self.host)
        self.same(self.folder / "a.7z")

    def test_collectors(self):
        """KAPE and CyLR, Velociraptor, UAC: folders of their own before the path."""
        for i, before in enumerate(["C", "kape/C", "uploads/auto/C%3A", "[root]/mnt/c", "x/uploads/ntfs/%5C%5C.%5CC%3A"]):
            folder = self.folder / str(i)
            shutil.copytree(self.host, folder / before)
            (folder / "note.txt").write_text("made by a collector")
            self.same(folder)
            self.same(shutil.make_archive(folder, "zip", folder))

    def test_two_accessors(self):
        """Velociraptor keeps hives, which are locked, apart from other files."""
        folder = self.folder / "v"
        shutil.copytree(self.host / "Windows", folder / "uploads/ntfs/%5C%5C.%5CC%3A/Windows")
        shutil.copytree(self.host / "Users", folder / "uploads/auto/C%3A/Users")
        self.same(folder)

    def test_images(self):
        if not has_images():
            self.skipTest("no disk images in this build, or no mkntfs")
        volume = ntfs(self.folder / "volume.raw", self.host)
        self.same(volume)
        disk = mbr(self.folder / "mbr.raw", volume)
        self.same(disk)
        if tool("sgdisk"):
            self.same(gpt(self.folder / "gpt.raw", volume))
        if tool("ewfacquirestream"):
            with open(disk, "rb") as f:
                shell("ewfacquirestream", "-q", "-t", self.folder / "disk", stdin=f)
            self.same(self.folder / "disk.E01")
        if tool("qemu-img"):
            for name, kind, *more in [("s.vmdk", "vmdk"), ("o.vmdk", "vmdk", "-o", "subformat=streamOptimized"),
                                      ("f.vmdk", "vmdk", "-o", "subformat=monolithicFlat"), ("d.vhd", "vpc"),
                                      ("f.vhd", "vpc", "-o", "subformat=fixed"), ("d.vhdx", "vhdx"), ("d.qcow2", "qcow2")]:
                shell("qemu-img", "convert", "-f", "raw", "-O", kind, *more, disk, self.folder / name)
                self.same(self.folder / name)



class Reads(Case):
    def test_only_what_the_answer_needs(self):
        """Of an image that is full, less than a twentieth is read, as Linux counts it."""
        if not has_images() or not tool("ewfacquirestream") or not pathlib.Path("/proc/self/io").exists():
            self.skipTest("no disk images in this build, no maker of E01, or no /proc")
        host = make_host(self.folder / "host", False)
        (host / "pagefile.sys").write_bytes(os.urandom(1 << 20) * 100)
        with open(ntfs(self.folder / "v.raw", host, 128), "rb") as f:
            shell("ewfacquirestream", "-q", "-t", self.folder / "v", stdin=f)
        image = self.folder / "v.E01"
        done = subprocess.Popen([PROGRAM, "analyze", image, "-o", self.folder / "report"])
        os.waitid(os.P_PID, done.pid, os.WEXITED | os.WNOWAIT)
        counted = dict(line.split(": ") for line in pathlib.Path(f"/proc/{done.pid}/io").read_text().splitlines())
        self.assertEqual(done.wait(), 0)
        self.assertGreater(int(counted["rchar"]), 100000)
        self.assertLess(int(counted["rchar"]), image.stat().st_size / 20)


class Several(Case):
    """Two installations, a triage of many machines, shadow copies."""

    def judged(self, *args):
        code, report, err = analyze(*args, "--as-of", AS_OF)
        self.assertEqual((code, err), (0, ""), args)
        return report

    def alone(self, folder, dirty=False):
        return rest(self.judged(make_host(self.folder / folder, dirty)))

    def reports(self, path, *wanted):
        reports = self.judged(path)
        self.assertIsInstance(reports, list)
        self.assertEqual([rest(r) for r in reports], list(wanted))
        return reports

    def test_many_machines(self):
        clean, dirty = self.alone("all/PC1/C"), self.alone("all/PC2/C", True)
        path = shutil.make_archive(self.folder / "all", "zip", self.folder / "all")
        for given in self.folder / "all", path:
            reports = self.reports(given, clean, dirty)
            self.assertIn("PC2", reports[1]["evidence"][0]["path"])
            self.assertEqual(rest(self.judged(given, "--host", 2)), dirty)
        code, out, _ = run("analyze", path, "--as-of", AS_OF, "--format", "ndjson")
        self.assertEqual((code, [rest(json.loads(line)) for line in out.splitlines()]), (0, [clean, dirty]))
        text = run("analyze", path, "--as-of", AS_OF)[1]
        self.assertRegex(text, r"(?s)\A==== Host 1 of 2: \S+all\.zip/PC1/C\n.*\n==== Host 2 of 2: \S+all\.zip/PC2/C\n")

    def test_archives_in_a_folder(self):
        """A folder of what collectors sent: each archive and image is opened, whatever else lies there; files of a Windows' users
        are not."""
        clean, dirty = self.alone("PC1/C"), self.alone("PC2/C", True)
        given = self.folder / "all"
        given.mkdir()
        for name, kind in ("PC1", "zip"), ("PC2", "gztar"):
            shutil.make_archive(given / name, kind, self.folder / name)
        self.reports(given, clean, dirty)
        self.reports(shutil.make_archive(self.folder / "all", "tar", given), clean, dirty)
        shutil.copytree(self.folder / "PC1", given / "PC0")
        shutil.copy(given / "PC2.tar.gz", given / "PC0/C/Users/bob/Documents/mine.tar.gz")
        self.reports(given, clean, clean, dirty)
        (given / "PC3.zip").write_bytes(b"PK\3\4 and no more")
        with zipfile.ZipFile(given / "photos.zip", "w") as z:
            z.writestr("note.txt", "no evidence")
        code, reports, _ = analyze(given, "--as-of", AS_OF)
        self.assertEqual(len(reports), 3)
        self.assertTrue(all(any("PC3.zip" in d["source"] for d in r["diagnostics"]) for r in reports), reports[0]["diagnostics"])

    def test_images_in_a_folder(self):
        """An image in parts is one; a second look at its parts would be another host."""
        if not has_images() or not tool("qemu-img") or not tool("ewfacquirestream"):
            self.skipTest("no disk images in this build, or no makers of them")
        clean, dirty = self.alone("c"), self.alone("d", True)
        (self.folder / "all").mkdir()
        shell("qemu-img", "convert", "-O", "vmdk", "-o", "subformat=monolithicFlat", ntfs(self.folder / "c.raw", self.folder / "c"),
              self.folder / "all/c.vmdk")
        with open(ntfs(self.folder / "d.raw", self.folder / "d"), "rb") as f:
            shell("ewfacquirestream", "-q", "-S", "1048576", "-t", self.folder / "all/d", stdin=f)
        self.reports(self.folder / "all", clean, dirty)
        shell("qemu-img", "convert", "-O", "vmdk", self.folder / "d.raw", self.folder / "all/c-2.vmdk")  # another machine
        self.reports(self.folder / "all", dirty, clean, dirty)

    def test_flat_folders(self):
        """Hives taken out of their folders: one machine a top folder; what lies beside them counts for each."""
        for name in "a", "b":
            (self.folder / "all" / name).mkdir(parents=True)
            shutil.copy(FIXTURES / "demo/SOFTWARE", self.folder / "all" / name)
        shutil.copy(FIXTURES / "hives/host/Users/alice/NTUSER.DAT", self.folder / "all/b")
        shutil.copy(FIXTURES / "ctl/list.stl", self.folder / "all")
        reports = self.judged(self.folder / "all")
        self.assertEqual([[e["role"] for e in r["evidence"]] for r in reports],
                         [["software", "list"], ["software", "user", "list"]])

    def test_old_windows(self):
        new, old = self.alone("c"), self.alone("old", True)
        shutil.copytree(self.folder / "old", self.folder / "c/Windows.old")
        self.reports(self.folder / "c", new, old)
        if has_images():
            self.reports(ntfs(self.folder / "c.raw", self.folder / "c"), new, old)

    def test_two_volumes(self):
        if not has_images():
            self.skipTest("no disk images in this build, or no mkntfs")
        one, two = self.alone("c"), self.alone("d", True)
        disk = mbr(self.folder / "disk.raw", *(ntfs(self.folder / f"{x}.raw", self.folder / x) for x in "cd"))
        reports = self.reports(disk, one, two)
        self.assertTrue(reports[1]["evidence"][0]["path"].endswith("disk.raw/p2/Windows/System32/config/SOFTWARE"))

    def test_shadow_copies(self):
        if not has_images() or "libvshadow" not in run("--version")[1]:
            self.skipTest("no shadow copies in this build, or no mkntfs")
        before = self.alone("c")
        volume = ntfs(self.folder / "c.raw", self.folder / "c")
        shutil.copy(volume, self.folder / "old.raw")
        shell(MAKE_NTFS, volume, "delete", "Users/bob/NTUSER.DAT")
        (self.folder / "c/Users/bob/NTUSER.DAT").unlink()
        now = rest(self.judged(self.folder / "c"))
        shell("python3", pathlib.Path(__file__).parent.parent / "images/make_vss.py", volume, self.folder / "old.raw")
        reports = [rest(r) for r in self.judged(volume)]
        self.assertEqual(reports[1]["host"].pop("snapshot_taken"), "2026-01-02T00:00:00Z")
        for report in reports:
            self.assertRegex(report.pop("diagnostics")[0]["message"], "^1 deleted files? ")
        self.assertEqual([{**r, "diagnostics": []} for r in reports], [now, before])
        code, out, _ = run("diff", volume, volume, "--host", "2,1", "--as-of", AS_OF)
        self.assertEqual((code, "bob" in out), (1, True), out)

    def test_deleted_hives(self):
        """With --recover what a deleted hive held is found again; nothing rests on it, also where it is the only one."""
        if not has_images():
            self.skipTest("no disk images in this build, or no mkntfs")
        host = make_host(self.folder / "host", False)
        wanted = rest(self.judged(host))
        (host / CONFIG / "RegBack").mkdir()
        shutil.copy(FIXTURES / "demo/SOFTWARE", host / CONFIG / "RegBack")
        given = self.judged(FIXTURES / "demo/SOFTWARE", "--no-logs")
        lost = {c["sha1"] for c in given["certificates"]}
        volume = ntfs(self.folder / "v.raw", host)
        shell(MAKE_NTFS, volume, "delete", CONFIG + "/RegBack/SOFTWARE")
        report = self.judged(volume)
        self.assertRegex(report["diagnostics"][0]["message"], "^1 deleted file .*--recover reads the hives")
        self.assertEqual({**rest(report), "diagnostics": []}, wanted)
        report = self.judged(volume, "--recover")
        self.assertEqual([e["role"] for e in report["evidence"] if e.get("deleted")], ["hive"])
        found = {c["sha1"]: i for c in report["certificates"] for i in c["instances"] if i.get("place") == "file"}
        self.assertEqual(set(found), lost)
        self.assertTrue(all(i["deleted"] for i in found.values()))
        places = {(i["location"], i["store"], i["last_write"]) for c in given["certificates"] for i in c["instances"]}
        self.assertEqual({(i["location"], i["store"], i["last_write"]) for i in found.values()} - places, set())
        self.assertEqual({c["sha1"]: c["trust"] for c in report["certificates"] if "trust" in c},
                         {c["sha1"]: c["trust"] for c in wanted["certificates"]})
        for key in "host", "coverage", "stores", "policies", "requirements":
            self.assertEqual(report.get(key), wanted.get(key), key)
        shell(MAKE_NTFS, volume, "delete", CONFIG + "/SOFTWARE")
        report = self.judged(volume, "--recover")
        self.assertEqual(report["coverage"]["machine_hive"], "absent")
        self.assertLessEqual(lost, {c["sha1"] for c in report["certificates"]})

    def test_one_is_to_be_chosen(self):
        self.alone("all/PC1"), self.alone("all/PC2", True)
        given = self.folder / "all"
        out = self.folder / "out"
        profile = FIXTURES / "demo/profile.json"
        for more in ["analyze", given, "--require", profile, "--bundle", out], ["explain", SHA1, given], \
                ["diff", given, given], ["analyze", given, "--format", "html"]:
            code, _, err = run(*more)
            self.assertEqual(code, 2, more)
            self.assertRegex(err, r"2 hosts .*--host N")
        self.assertFalse(out.exists())
        self.assertEqual(run("analyze", given, "--require", profile, "--bundle", out, "--host", 2)[0], 1)
        self.assertTrue((out / "install.cmd").exists())
        self.assertEqual(run("explain", SHA1, given, "--host", 1)[0], 0)
        self.assertEqual(run("analyze", given, "--host", 3)[0], 2)
        self.assertEqual(run("analyze", given, "--host", 0)[0], 2)
        code, out, _ = run("diff", given, given, "--host", "1,2", "--as-of", AS_OF)
        self.assertEqual(code, 1)
        self.assertIn("Rogue Root", out)
        self.assertEqual(run("diff", given, given, "--host", "2", "--as-of", AS_OF)[0], 0)

    def test_one_that_cannot_be_read(self):
        good = self.alone("all/PC2")
        bad = self.folder / "all/PC1" / CONFIG
        bad.mkdir(parents=True)
        (bad / "SOFTWARE").write_bytes(b"")
        code, reports, _ = analyze(self.folder / "all", "--as-of", AS_OF)
        self.assertEqual(code, 4)
        self.assertEqual(rest(reports[1]), good)
        self.assertEqual([e["role"] for e in reports[0]["evidence"]], ["unreadable"])
        self.assertIn("the file is empty", reports[0]["diagnostics"][0]["message"])



class Bad(Case):
    """Damage is said with its place, and the rest is analyzed."""

    def setUp(self):
        super().setUp()
        self.host = make_host(self.folder / "host", False)
        self.wanted = rest(analyze(self.host, "--as-of", AS_OF)[1])

    def judged(self, path, code=0):
        got, report, err = analyze(path, "--as-of", AS_OF)
        self.assertEqual(got, code, (path, err))
        return report

    def said(self, path, *wanted, code=0):
        """The report of a host that is whole but for what is said."""
        report = self.judged(path, code)
        paths = {e["id"]: e["path"] for e in report["evidence"]}
        lines = [re.sub(r"^e\d+", lambda m: paths[m[0]], d["source"]) + ": " + d["message"] for d in report["diagnostics"]]
        for pattern in wanted:
            self.assertTrue(any(re.search(pattern, line) for line in lines), (pattern, lines))
        return report

    def whole(self, report):
        self.assertEqual({**rest(report), "diagnostics": []}, self.wanted)

    def nothing(self, path, pattern):
        code, out, err = run("analyze", path)
        self.assertEqual((code, out), (3, ""))
        self.assertRegex(err, pattern)

    @unittest.skipIf(WINDOWS, "links are this machine's")
    def test_links_in_a_folder(self):
        (self.host / "Windows/loop").symlink_to("..")
        (self.host / "Users/All Users").symlink_to("/nowhere")
        self.whole(self.said(self.host, "2 links"))

    def test_empty_and_damaged_hives(self):
        (self.host / "Users/alice/NTUSER.DAT").write_bytes(b"")
        (self.host / "Users/bob/NTUSER.DAT").write_bytes(b"none" * 500)
        report = self.said(self.host, "alice/NTUSER.DAT:0x0: the file is empty", "bob/NTUSER.DAT")
        self.assertEqual([e["role"] for e in report["evidence"]].count("unreadable"), 2)
        self.assertEqual(report["host"], self.wanted["host"])
        self.assertEqual(report["coverage"]["machine_hive"], "given")
        self.assertEqual(report["coverage"]["user_hives"], self.wanted["coverage"]["user_hives"] - 2)

    def test_older_copies(self):
        back = self.host / CONFIG / "RegBack"
        back.mkdir()
        shutil.copy(self.host / CONFIG / "SOFTWARE", back)
        (back / "SYSTEM").write_bytes(b"")
        self.whole(self.said(self.host, "RegBack/SOFTWARE: an older copy"))
        self.said(self.host / CONFIG, "RegBack/SOFTWARE: an older copy")
        (self.host / CONFIG / "SOFTWARE").write_bytes(b"")
        report = self.said(self.host, "RegBack/SOFTWARE: the hive itself cannot be read", "the file is empty")
        self.assertEqual(report["host"], self.wanted["host"])
        self.assertEqual(report["coverage"]["machine_hive"], "incomplete")

    def test_archives(self):
        path = pathlib.Path(shutil.make_archive(self.folder / "a", "zip", self.host))
        with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as z:
            z.writestr("../../Windows/System32/config/DEFAULT", b"regf")
        self.whole(self.said(path, r"\.\./"))
        with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as z:
            z.writestr("Users/zero/NTUSER.DAT", bytes(300 << 20))
        report = self.said(path, "200 times|bytes of this archive")
        self.assertEqual(report["host"], self.wanted["host"])
        (self.folder / "cut.zip").write_bytes(path.read_bytes()[:-100])
        tar = pathlib.Path(shutil.make_archive(self.folder / "t", "gztar", self.host))
        (self.folder / "cut.tar.gz").write_bytes(tar.read_bytes()[:tar.stat().st_size * 9 // 10])
        self.assertTrue(self.judged(self.folder / "cut.tar.gz")["diagnostics"])

    def test_nothing_in_it(self):
        with zipfile.ZipFile(self.folder / "empty.zip", "w") as z:
            z.writestr("note.txt", "no evidence")
        self.nothing(self.folder / "empty.zip", "empty.zip: an archive that holds nothing of a kind that is read")
        self.nothing(self.file("cut.zip", b"PK\3\4 and no more"), "cut.zip")
        if has_images():
            (self.folder / "other").mkdir()
            self.nothing(ntfs(self.folder / "other.raw", self.folder / "other"), "a disk image in which no Windows was found")

    @unittest.skipIf(EMULATOR, "rights are this machine's")
    def test_a_folder_that_may_not_be_read(self):
        (self.host / "Users/bob").chmod(0)
        self.addCleanup((self.host / "Users/bob").chmod, 0o700)
        self.folder.chmod(0o755)
        more = {"user": 65534} if os.geteuid() == 0 else {}  # root reads every folder
        if more and subprocess.run(["test", "-x", PROGRAM], **more).returncode:
            self.skipTest("nobody but root runs the program here")
        done = subprocess.run([PROGRAM, "analyze", self.host, "--format", "json", "--as-of", AS_OF], capture_output=True, **more)
        report = json.loads(done.stdout)
        self.assertEqual(done.returncode, 0)
        self.assertEqual(report["host"], self.wanted["host"])
        said = [d for d in report["diagnostics"] if "cannot be listed" in d["message"]]
        self.assertEqual([d["source"].endswith("Users/bob") for d in said], [True], report["diagnostics"])

    def test_images(self):
        if not has_images():
            self.skipTest("no disk images in this build, or no mkntfs")
        volume = ntfs(self.folder / "v.raw", self.host)
        whole = volume.read_bytes()
        (self.folder / "cut.raw").write_bytes(whole[:len(whole) * 3 // 4])
        report = self.said(self.folder / "cut.raw", r"cut.raw:0x\w+: the image ends here")
        self.assertEqual(report["host"], self.wanted["host"])
        self.nothing(self.file("bad.raw", whole[:0x1000] + bytes(len(whole) - 0x1000)), "bad.raw")
        self.nothing(self.file("locked.raw", whole[:3] + b"-FVE-FS-" + whole[11:]), "BitLocker")
        shell(MAKE_NTFS, volume, "reparse", "Users/bob/NTUSER.DAT")
        report = self.said(volume, "bob/NTUSER.DAT: .*reparse point")
        self.assertEqual(sorted(e["role"] for e in report["evidence"]), ["software", "store", "unreadable", "user", "user"])
        disk = mbr(self.folder / "disk.raw", volume)
        table = bytearray(disk.read_bytes())
        struct.pack_into("<II", table, 446 + 16 + 8, 0xFFFF0000, 0xFFFF)  # a second partition, beyond the end
        table[446 + 16 + 4] = 7
        self.file("table.raw", bytes(table))
        again = self.said(self.folder / "table.raw", "table.raw:0x0: a disk without partitions that can be read")
        self.assertEqual({**rest(again), "diagnostics": []}, {**rest(report), "diagnostics": []})

    @unittest.skipIf(EMULATOR, "signals are this machine's")
    def test_interrupted(self):
        """Nothing half-written is left of a run that is stopped."""
        os.mkfifo(self.folder / "never")
        (self.folder / "out").mkdir()
        done = subprocess.Popen([PROGRAM, "analyze", self.folder / "never", "-o", self.folder / "out/report"],
                                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
        self.addCleanup(done.kill)
        with self.assertRaises(subprocess.TimeoutExpired):
            done.wait(0.5)
        done.send_signal(2)
        self.assertEqual(done.wait(10), -2)
        self.assertEqual(list((self.folder / "out").iterdir()), [])

    def test_progress(self):
        self.assertIn("reading Windows/System32/config/SOFTWARE\n", run("analyze", self.host, "-v")[2])
        self.assertEqual(run("analyze", self.host, "-q")[2], "")


if __name__ == "__main__":
    main()
