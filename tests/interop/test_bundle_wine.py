#!/usr/bin/env python3
"""The scripts of a bundle, each outcome of them, run for real by Wine's cmd.exe on Wine's registry.

    test_bundle_wine.py PROGRAM FIXTURES"""
import hashlib
import re
import shutil
import subprocess

from wine import FIXTURES, PROGRAM, windows
from wine_host import LOGS, POLICIES, RECORDS, STORES, SYSTEM, USERS, Host, main, sha1

MAKE_BUNDLE = PROGRAM.parent.parent / "tests" / "make_bundle"

# What tests/bundle_plan.h plans, in its order.
LEAF, DISTRUSTED, HOSTILE, RSA = map(sha1, ("leaf_sha1", "root_v1", "name_script", "root_rsa"))
PLAN = [("delete", "CA", LEAF), ("disallow", "Disallowed", DISTRUSTED), ("add", "Root", HOSTILE), ("add", "Root", RSA)]


class Script(Host):
    OURS = (HOSTILE, RSA)

    def setUp(self):
        super().setUp()
        self.make("every", "bundle")

    def make(self, plan, name):
        folder = self.folder / name
        subprocess.run([MAKE_BUNDLE, folder, plan], check=True, timeout=60)
        return folder

    def certificates(self, key):
        """{(store, sha1)} below a key, each with a Blob that ends with the certificate of that hash."""
        held = set()
        for name, values in self.registry(key).items():
            found = re.search(r"\\([^\\]+)\\CERTIFICATES\\([0-9A-F]{40})$", name)
            if found and found[2].lower() in (LEAF, DISTRUSTED, HOSTILE, RSA):
                blob = bytes.fromhex(values['"Blob"'].removeprefix("hex:").replace(",", ""))
                size = int.from_bytes(blob[blob.index(b"\x20\0\0\0\1\0\0\0") + 8:][:4], "little")
                self.assertEqual(hashlib.sha1(blob[-size:]).hexdigest(), found[2].lower())
                held.add((found[1].title() if found[1] != "CA" else "CA", found[2].lower()))
        return held

    def policy(self):
        values = self.registry(POLICIES).get(
            r"HKEY_LOCAL_MACHINE\SOFTWARE\POLICIES\MICROSOFT\SYSTEMCERTIFICATES\AUTHROOT", {})
        return values.get('"DisableRootAutoUpdate"')

    INSTALLED = {("Disallowed", DISTRUSTED), ("Root", HOSTILE), ("Root", RSA)}

    def test_install_does_what_the_plan_says_from_any_path(self):
        self.bundle = self.make("every", "my bundle! (x) & ^y \u00e9")
        code, result, outcomes = self.run_script()
        self.assertEqual((code, outcomes), (0, ["deleted", "added", "added", "added", "set", "not_fixed"]))
        self.assertEqual(self.certificates(STORES), self.INSTALLED)
        self.assertEqual(self.policy(), "dword:00000000")
        self.assertEqual([(a["action"], a["store"], a["sha1"]) for a in result["actions"][:4]], PLAN)
        self.assertEqual([a["before"] for a in result["actions"][:5]], ["LM", "absent", "absent", "absent", "absent"])
        self.assertEqual((result["in_place"], result["failed"], result["manual"]), (5, 0, 1))
        self.assertEqual(result["actions"][5], {"action": "manual", "requirement": "demo/os-update",
                                                "outcome": "not_fixed"})
        self.assertEqual(sorted(p.name for p in LOGS.iterdir()), ["result.json", "winroots.log"])

    def test_a_second_run_changes_nothing(self):
        self.run_script()
        before, calls = self.registry(STORES, POLICIES, RECORDS), self.folder / "calls"
        code, _, outcomes = self.run_script(DOUBLE_CALLS=windows(calls))
        self.assertEqual((code, outcomes), (0, ["absent", "present", "present", "present", "present", "not_fixed"]))
        self.assertNotRegex(calls.read_text(), "-addstore|-delstore")
        self.assertIn("-hashfile", calls.read_text())
        self.assertEqual(self.registry(STORES, POLICIES, RECORDS), before)

    def test_rollback_undoes_exactly_what_install_did(self):
        before = self.registry(STORES, POLICIES)
        self.run_script()
        self.assertNotEqual(self.registry(STORES, POLICIES), before)
        code, _, outcomes = self.run_script("rollback.cmd")
        self.assertEqual((code, outcomes), (0, ["restored", "deleted", "deleted", "deleted", "restored", "not_fixed"]))
        after = self.registry(STORES, POLICIES)
        self.assertEqual({k: v for k, v in after.items() if v}, {k: v for k, v in before.items() if v})
        self.assertEqual([k for k in self.registry(RECORDS) if "BUNDLES\\" in k], [], "no record is left")
        code, _, outcomes = self.run_script("rollback.cmd")
        self.assertEqual((code, set(outcomes[:5])), (0, {"not_ours"}))

    def test_rollback_leaves_what_was_there_or_was_changed_since(self):
        self.host(f'certutil -f -addstore Root "{windows(FIXTURES / "certs/name_script.der")}"',
                  f'reg add "{POLICIES}\\AuthRoot" /v DisableRootAutoUpdate /t REG_DWORD /d 1 /f')
        code, result, _ = self.run_script()
        self.assertEqual((code, result["actions"][2]["before"], result["actions"][4]["before"]), (0, "LM", "0x1"))
        self.host(f'reg add "{POLICIES}\\AuthRoot" /v DisableRootAutoUpdate /t REG_DWORD /d 2 /f')
        code, _, outcomes = self.run_script("rollback.cmd")
        self.assertEqual((code, outcomes[2], outcomes[4]), (0, "not_ours", "changed_since"))
        self.assertEqual(self.certificates(STORES), {("CA", LEAF), ("Root", HOSTILE)})
        self.assertEqual(self.policy(), "dword:00000002")

    def test_rollback_restores_the_number_that_a_policy_had(self):
        self.host(f'reg add "{POLICIES}\\AuthRoot" /v DisableRootAutoUpdate /t REG_DWORD /d 1 /f')
        self.run_script()
        self.assertEqual(self.policy(), "dword:00000000")
        self.run_script("rollback.cmd")
        self.assertEqual(self.policy(), "dword:00000001")

    def test_verify_tells_and_changes_nothing(self):
        before, calls = self.registry(STORES, POLICIES, RECORDS), self.folder / "calls"
        code, _, outcomes = self.run_script("verify.cmd", DOUBLE_CALLS=windows(calls))
        self.assertEqual((code, outcomes), (1, ["present", "absent", "absent", "absent", "absent", "not_fixed"]))
        self.assertEqual(self.registry(STORES, POLICIES, RECORDS), before)
        self.assertNotRegex(calls.read_text(), "-addstore|-delstore")
        self.run_script()
        code, _, outcomes = self.run_script("verify.cmd")
        self.assertEqual((code, outcomes), (0, ["absent", "present", "present", "present", "present", "not_fixed"]))

    def test_a_changed_or_missing_file_is_not_installed(self):
        changed = self.bundle / f"certs/Root/{HOSTILE}.cer"
        changed.write_bytes(changed.read_bytes()[:-1] + b"\0")
        (self.bundle / f"certs/Root/{RSA}.cer").unlink()
        code, _, outcomes = self.run_script()
        self.assertEqual((code, outcomes[1:4]), (5, ["added", "hash_mismatch", "file_missing"]))
        self.assertEqual(self.certificates(STORES), {("Disallowed", DISTRUSTED)})

    def test_hashes_are_read_as_windows_7_prints_them(self):
        code, _, outcomes = self.run_script(DOUBLE_HASH="spaced")
        self.assertEqual((code, outcomes[1:4]), (0, ["added"] * 3))

    def test_access_denied_is_told_apart(self):
        code, result, outcomes = self.run_script(DOUBLE_DENIED="1")
        self.assertEqual((code, outcomes[:4]), (2, ["denied"] * 4))
        self.assertEqual({a["code"] for a in result["actions"][:4]}, {-2147024891})
        self.assertEqual(self.certificates(STORES), {("CA", LEAF)})

    def test_a_root_that_group_policy_holds_is_in_place(self):
        key = f"{POLICIES}\\Root\\Certificates\\{HOSTILE.upper()}"
        self.host(f'reg add "{key}" /v Blob /t REG_BINARY /d 00 /f')
        code, result, outcomes = self.run_script()
        self.assertEqual((code, outcomes[2], result["actions"][2]["before"]), (0, "present", "LM-GroupPolicy"))
        self.assertNotIn(("Root", HOSTILE), self.certificates(STORES))

    def test_denied_because_a_read_only_member_holds_it_is_in_place(self):
        key = rf"HKLM\SOFTWARE\Microsoft\EnterpriseCertificates\Root\Certificates\{HOSTILE.upper()}"
        self.addCleanup(self.host, f'reg delete "{key}" /f')
        self.host(f'reg add "{key}" /v Blob /t REG_BINARY /d 00 /f')
        code, _, outcomes = self.run_script(DOUBLE_BLIND="1")
        self.assertEqual((code, outcomes[2]), (0, "held_by_policy"))

    def test_what_was_added_is_read_back(self):
        code, _, outcomes = self.run_script(DOUBLE_LOST="1")
        self.assertEqual((code, outcomes[1:4]), (5, ["absent_after_add"] * 3))

    def test_a_log_folder_that_cannot_be_written_stops_nothing(self):
        LOGS.parent.mkdir(exist_ok=True)
        LOGS.write_bytes(b"in the way")
        self.addCleanup(LOGS.unlink)
        code, _, _ = self.run_script()
        self.assertEqual(code, 0)
        found = USERS.glob("*/Temp/winroots/winroots.log")
        self.assertEqual([p.read_bytes() for p in found], [(self.bundle / "log/winroots.log").read_bytes()])

    def test_a_host_without_certutil(self):
        (SYSTEM / "certutil.exe").unlink()
        code, result, outcomes = self.run_script()
        self.assertEqual((code, outcomes, result["in_place"]), (3, [], 0))

    def test_what_the_program_writes_for_the_demo_host(self):
        demo, self.bundle = FIXTURES / "demo", self.folder / "demo"
        done = subprocess.run([PROGRAM, "analyze", demo / "SOFTWARE", "--require", demo / "profile.json", "--supply",
                               demo / "supply", "--as-of", "2026-11-22T00:00:00Z", "--bundle", self.bundle],
                              capture_output=True, timeout=120)
        self.assertEqual(done.returncode, 1, done.stderr)
        code, result, outcomes = self.run_script()
        self.assertEqual((code, result["in_place"], outcomes[1:]), (0, 1, ["not_fixed"] * 2))
        # A root that the machine below has too may be there already: Wine mirrors those.
        self.assertIn(outcomes[0], ("added", "present"))
        self.assertEqual(result["actions"][0]["sha1"], next((self.bundle / "certs/Root").iterdir()).stem)
        self.assertEqual(self.run_script("verify.cmd")[0], 0)

    def test_a_bundle_without_actions_is_in_place(self):
        self.bundle = self.make("none", "empty")
        self.assertEqual(self.run_script()[::2], (0, []))


if __name__ == "__main__":
    main()
