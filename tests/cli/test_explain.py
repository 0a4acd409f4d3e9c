#!/usr/bin/env python3
"""explain: where a certificate stands, and every rule with what it read, for each scope and purpose."""
import hashlib
import json

from harness import AS_OF, FIXTURES, Case, main, run
from registry import CERTIFICATES, POLICIES, certificate, element, hive, sha1, store

import ctl  # registry.py has put the recipes' folder on the path
import pki

RSA, P256 = map(certificate, ("root_rsa", "root_P-256"))
ROOT = CERTIFICATES + "\\ROOT"
LATER = "2030-06-01T00:00:00Z"


def explain(*args):
    code, out, err = run("explain", *args)
    return code, out, err


class Explain(Case):
    def host(self, *branches):
        return self.file("SOFTWARE", hive((ROOT, {}), *branches))

    def rows(self, *args):
        """{(scope, purpose): {step: code or what passed}} of the JSON form"""
        code, out, err = explain(*args, "--as-of", LATER, "--format", "json")
        self.assertEqual(code, 0, err)
        self.report = json.loads(out)
        return {(r["scope"], r["purpose"]): (r["status"], {s["step"]: s.get("code") or s["passed"] for s in r["steps"]})
                for r in self.report["derivation"]}

    def test_installed(self):
        host = self.host(store(ROOT, RSA))
        for name in sha1(RSA), sha1(RSA).upper(), hashlib.sha256(RSA).hexdigest(), FIXTURES / "certs/root_rsa.der":
            status, steps = self.rows(name, host)["machine", "server_auth"]
            self.assertEqual(status, "trusted")
            self.assertEqual(steps["present?"], "installed")
            self.assertEqual(steps["property 9"], "absent: every purpose")
            self.assertEqual(self.report["certificate"]["sha1"], sha1(RSA))

    def test_not_in_the_evidence(self):
        """A file is judged; of a bare hash nothing is known."""
        host = self.host(store(ROOT, P256))
        status, steps = self.rows(FIXTURES / "certs/root_rsa.der", host)["machine", "server_auth"]
        self.assertEqual((status, steps["present?"]), ("not_trusted", "not_installed"))
        self.assertEqual(self.rows(sha1(RSA), host), {})
        _, text, _ = explain(sha1(RSA), host)
        self.assertIn("Nothing in the evidence names it", text)

    def test_file_that_is_refused(self):
        host = self.host(store(CERTIFICATES + "\\Disallowed", RSA))
        status, steps = self.rows(FIXTURES / "certs/root_rsa.der", host)["machine", "code_signing"]
        self.assertEqual((status, steps["refused?"]), ("distrusted", "disallowed_store"))

    def test_entry_of_the_list_alone(self):
        server = pki.seq(pki.oid("1.3.6.1.5.5.7.3.1"))
        path = self.file("list.stl", ctl.signed(ctl.trust_list(
            subjects=[ctl.subject(hashlib.sha1(RSA).digest(), ctl.property_(9, server))])))
        _, text, _ = explain(sha1(RSA), self.host(), "--ctl", path, "--allow-unverified-lists", "--as-of", LATER)
        self.assertIn("property 9, purposes: server_auth", text)
        self.assertIn("not in the evidence: fetchable", text)
        self.assertRegex(text, r"machine: server_auth: trusted")
        self.assertRegex(text, r"machine: client_auth, code_signing, email, time_stamping: not_trusted")
        self.assertIn("purpose_not_in_property", text)

    def test_text_names_the_places(self):
        host = self.host(store(ROOT, element(RSA, (11, "Acme\0".encode("utf-16-le")))),
                         (POLICIES + "\\AuthRoot", {"values": {"DisableRootAutoUpdate": 1}}))
        _, text, _ = explain(sha1(RSA), host, "--as-of", LATER)
        for part in (f"LM/Root\n    e1:{ROOT}\\Certificates\\{sha1(RSA).upper()}", "friendly name: Acme",
                     "DisableRootAutoUpdate = 1", "machine: server_auth, client_auth, code_signing, email, "
                     "time_stamping: trusted"):
            self.assertIn(part, text)

    def test_what_would_change_it(self):
        _, text, _ = explain(FIXTURES / "certs/root_rsa.der", self.host(), "--as-of", LATER)
        self.assertIn("would change it    adding it to LM/Root", text)

    def test_user_scope(self):
        user = self.file("Users/eve/NTUSER.DAT", hive(store("Software\\" + CERTIFICATES + "\\Root", RSA), name=""))
        rows = self.rows(sha1(RSA), self.host(), user)
        self.assertEqual(rows["user:Users/eve", "server_auth"][1]["consent"], "consent_not_recorded")

    def test_bad_input(self):
        host = self.host()
        self.assertEqual(explain()[0], 2)
        self.assertEqual(explain("no/such/file.cer", host)[0], 3)
        self.assertEqual(explain(self.file("junk.cer", b"junk"), host)[0], 3)
        self.assertEqual(explain(sha1(RSA), self.folder / "none")[0], 3)
        self.assertEqual(explain(sha1(RSA), host, "--format", "csv")[0], 2)

    def test_demo(self):
        code, text, _ = explain("8cf427fd790c3ad166068de81e57efbb932272d4", FIXTURES / "demo/SOFTWARE", "--as-of", AS_OF)
        self.assertEqual(code, 0)
        self.assertIn("Entrust Root Certification Authority - G2", text)


if __name__ == "__main__":
    main()
