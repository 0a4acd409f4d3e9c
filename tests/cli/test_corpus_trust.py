#!/usr/bin/env python3
"""Verdicts on Microsoft's own data: the disallowed list against the certificates beside it, and a list that the host
holds against the same list given."""
import base64
import collections
import pathlib
import struct
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "oracle"), str(HERE.parents[1] / "fixtures" / "recipes")]
import regf  # noqa: E402
import trust  # noqa: E402
from harness import CORPUS, Case, analyze, main  # noqa: E402

C = pathlib.Path(CORPUS or ".")
DISALLOWED = C / "stl/harvester57/e13fbc7-out_disallowedcert.stl"
DISALLOWED_STORE = C / "sst/harvester57/e13fbc7-out_disallowedcert.sst"
AUTO_UPDATE = r"Microsoft\SystemCertificates\AuthRoot\AutoUpdate"
AS_OF = "2025-07-01T00:00:00Z"


def certificates_of(sst):
    """The certificates of a serialized store: section 3.4."""
    at, found = 8, []
    while at < len(sst):
        number, _, size = struct.unpack_from("<III", sst, at)
        if number == 32:
            found.append(sst[at + 12:at + 12 + size])
        at += 12 + size
    return found


class Disallowed(Case):
    def test_every_certificate_that_microsoft_disallows_is_disallowed(self):
        identifiers = {bytes.fromhex(i) for i in trust.read_list(DISALLOWED.read_bytes())}
        expected = {c.sha1: c.disallowed_by(identifiers)
                    for c in map(trust.Certificate, certificates_of(DISALLOWED_STORE.read_bytes()))}
        self.assertEqual(collections.Counter(expected.values()), {"key_md5": 74, "tbs_hash": 6})
        for place in ("LM/CA", "LM/Root"):
            _, report, _ = analyze("--store", f"{place}={DISALLOWED_STORE}", "--ctl", DISALLOWED, "--as-of", AS_OF)
            self.assertEqual([(l["kind"], l["in_force"]) for l in report["lists"]], [("disallowed", True)])
            self.assertEqual({c["sha1"]: c["disallowed"]["by"] for c in report["certificates"]}, expected)
            self.assertEqual({t["status"] for c in report["certificates"] for t in c["trust"]}, {"distrusted"})

    def test_no_program_root_is_disallowed(self):
        # Section 4.6: no entry of the list of 2020 hits a root of the program of 2020.
        identifiers = {bytes.fromhex(i) for i in trust.read_list(DISALLOWED.read_bytes())}
        roots = [trust.Certificate(p.read_bytes()) for p in C.glob("crt/harvester57/*.crt")]
        self.assertEqual(len(roots), 417)
        self.assertEqual([r.sha1 for r in roots if r.disallowed_by(identifiers)], [])


class HostsOwnList(Case):
    """EncodedCtl and --ctl are two ways to the same list."""

    def hive(self, name, values):
        machine = {}
        for path in sorted(C.glob("crt/robstradling/*.crt"))[::3]:
            der = base64.b64decode(path.read_bytes().split(b"-----")[2])
            key = regf.at_path(machine, rf"Microsoft\SystemCertificates\AuthRoot\Certificates\{path.stem.upper()}")
            key["values"] = {"Blob": struct.pack("<III", 32, 1, len(der)) + der}
        regf.at_path(machine, AUTO_UPDATE)["values"] = values
        return self.file(name, regf.hive(machine))

    @staticmethod
    def verdicts(report):
        return {c["sha1"]: ({k: v for k, v in c.items() if k in ("program", "disallowed")}.keys(), [
            (t["scope"], t["purpose"], t["status"], [(r["code"], r["detail"]) for r in t["reasons"]])
            for t in c["trust"]]) for c in report["certificates"]}

    def test_both_ways_to_a_list_give_the_same_verdicts(self):
        newest = C / "stl/robstradling-authroot/authroot-commit2025-07-03-4b898eb.stl"
        old = C / "stl/robstradling-authroot/authroot-commit2018-05-30-ce50c02.stl"
        bare = self.hive("bare", {"Flags": 0})
        for stl in (newest, old):
            hive = self.hive(f"of_{stl.stem}", {"EncodedCtl": stl.read_bytes(),
                                                "DisallowedCertEncodedCtl": DISALLOWED.read_bytes()})
            _, held, _ = analyze(hive, "--as-of", AS_OF)
            _, given, _ = analyze(bare, "--ctl", stl, "--ctl", DISALLOWED, "--as-of", AS_OF)
            self.assertEqual({(l["kind"], l["sequence"], l["entries"], l["in_force"]) for l in held["lists"]},
                             {(l["kind"], l["sequence"], l["entries"], l["in_force"]) for l in given["lists"]})
            self.assertTrue(all(l["in_force"] and l["signature"]["status"] == "valid" for l in held["lists"]))
            self.assertTrue(all(l["source"].endswith("EncodedCtl") for l in held["lists"]))
            self.assertEqual(self.verdicts(held), self.verdicts(given))
            self.assertEqual(held["on_demand"], given["on_demand"])
            self.assertGreater(len(self.verdicts(held)), 150)
            self.assertTrue(held["on_demand"])

    def test_an_older_list_than_the_host_had_is_a_rollback(self):
        """The newer one stands in a cache of what was fetched; both are Microsoft's, and their signatures hold."""
        def list_of(name):
            return C / f"stl/robstradling-authroot/authroot-commit{name}.stl"

        newest, old = list_of("2025-07-03-4b898eb"), list_of("2018-05-30-ce50c02")
        for held, cached, rolled_back in ((old, newest, True), (newest, old, False), (newest, newest, False)):
            host = self.hive("SOFTWARE", {"EncodedCtl": held.read_bytes()})
            cache = self.file("Users/a/AppData/LocalLow/Microsoft/CryptnetUrlCache/Content/X", cached.read_bytes())
            _, report, _ = analyze(host, cache, "--as-of", AS_OF)
            found = [f for f in report["findings"] if f["id"] == "list_rollback"]
            self.assertEqual(bool(found), rolled_back)
            if found:
                self.assertIn("the authroot list is of 2018-", found[0]["detail"])
                self.assertIn("and the host had one of 2025-", found[0]["detail"])


if __name__ == "__main__":
    main(needs_corpus=True)
