"""The formats of analyze in programs that read them.

    test_formats.py WINROOTS FIXTURES

SQLite imports the table, xmllint and a JSON Schema validator hold documents to their schemas, mactime of The Sleuth
Kit reads the body file.  A program that is not there is said; the test then counts as skipped."""
import csv
import io
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

try:
    import jsonschema
except ImportError:
    jsonschema = None

PROGRAM, FIXTURES = (pathlib.Path(a).resolve() for a in sys.argv[1:3])
SCHEMAS = pathlib.Path(__file__).resolve().parent / "schema"
DEMO = (FIXTURES / "demo/SOFTWARE", "--require", FIXTURES / "demo/profile.json")
HOST = (FIXTURES / "hives/host", "--require", "A1", "--require", "V1")
DELETED = (FIXTURES / "regf_recover/SOFTWARE", "--recover", "--hash")
missing = []


def needs(name, there):
    if not there:
        missing.append(name)
    return unittest.skipUnless(there, f"no {name}")


class Formats(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def written(self, form, *args):
        path = self.folder / f"report.{form}"
        done = subprocess.run([PROGRAM, "analyze", *args, "--as-of", "2026-11-22", "--format", form, "-o", path], timeout=120)
        self.assertIn(done.returncode, (0, 1, 4))
        return path

    @needs("sqlite3", shutil.which("sqlite3"))
    def test_sqlite_imports_the_table(self):
        for args in (DEMO, HOST, DELETED):
            table, report = self.written("csv", *args), json.loads(self.written("json", *args).read_text())
            query = "SELECT record, count(*) FROM t GROUP BY record ORDER BY record"
            done = subprocess.run(["sqlite3", ":memory:", ".mode csv", f".import {table} t", query], capture_output=True,
                                  text=True, timeout=60, check=True)
            counts = [("instance", sum(len(c["instances"]) for c in report["certificates"])),
                      ("requirement", sum(len(r["items"]) for r in report["requirements"]))]
            self.assertEqual((done.stdout, done.stderr), ("".join(f"{k},{n}\n" for k, n in counts if n), ""))

    @needs("xmllint", shutil.which("xmllint"))
    def test_junit_is_valid(self):
        for args in (DEMO, HOST, DELETED):
            done = subprocess.run(["xmllint", "--noout", "--schema", SCHEMAS / "junit.xsd", self.written("junit", *args)],
                                  capture_output=True, text=True, timeout=60)
            self.assertEqual(done.returncode, 0, done.stderr)

    @needs("jsonschema for Python", jsonschema)
    def test_sarif_is_valid(self):
        schema = json.loads((SCHEMAS / "sarif-2.1.0.json").read_text())
        validator = jsonschema.validators.validator_for(schema)(schema)
        for args in (DEMO, HOST, DELETED):
            document = json.loads(self.written("sarif", *args).read_text())
            self.assertEqual([e.message for e in validator.iter_errors(document)], [])
            document["runs"][0]["results"][0]["kind"] = "bad"
            self.assertFalse(validator.is_valid(document))

    @needs("mactime", shutil.which("mactime"))
    def test_mactime_reads_the_body_file(self):
        for args in (DEMO, HOST, DELETED):
            body = self.written("bodyfile", *args)
            done = subprocess.run(["mactime", "-b", body, "-d", "-y", "-z", "UTC", "1970-01-02"], capture_output=True,
                                  text=True, timeout=60, check=True)
            found = sorted((row["Date"], row["File Name"]) for row in csv.DictReader(io.StringIO(done.stdout)))
            lines = self.written("timeline", *args).read_text().splitlines()
            times = sorted(json.loads(line)["datetime"][:19] + "Z" for line in lines)
            self.assertTrue(times)
            self.assertEqual([date for date, _ in found], times)


if __name__ == "__main__":
    done = unittest.main(argv=[sys.argv[0]], exit=False)
    if missing:
        print("SKIP: no " + ", ".join(missing))
    sys.exit(0 if done.result.wasSuccessful() and not missing else 77 if done.result.wasSuccessful() else 1)
