"""sources.py - the real files that mutants are made of: of the corpus where it is at hand, and of the fixtures."""
import collections
import gzip
import io
import pathlib
import shutil
import subprocess
import tarfile
import zipfile

TOP = pathlib.Path(__file__).resolve().parents[2]
PROFILES = TOP / "src/require/profiles"
LOGS = (".log", ".log1", ".log2")

# kind: one of KINDS.  files: paths, that of the evidence first, those found beside it behind; which of them is changed
# is chosen for each mutant.  host: what a profile is asked of.
Source = collections.namedtuple("Source", "kind files host", defaults=(None,))

# How many of a hundred mutants each kind has.
KINDS = {"hive": 40, "list": 14, "store": 14, "cab": 10, "archive": 12, "profile": 10}


def with_logs(path):
    names = {path.name.lower() + ending for ending in LOGS}
    return [path, *sorted(p for p in path.parent.iterdir() if p.name.lower() in names)]


def hives(folder, most):
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        if path.suffix.lower() in LOGS or not 4096 < path.stat().st_size <= most:
            continue
        with path.open("rb") as file:
            if file.read(4) == b"regf":
                yield Source("hive", with_logs(path))


def files(kind, folder, pattern, host=None):
    return [Source(kind, [p], host) for p in sorted(folder.glob(pattern)) if p.is_file() and p.stat().st_size]


def archives(folder, members):
    """The same files in each kind of archive."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for name, method in (("stored.zip", zipfile.ZIP_STORED), ("deflated.zip", zipfile.ZIP_DEFLATED)):
        with zipfile.ZipFile(folder / name, "w", method) as archive:
            for member, path in members.items():
                archive.writestr(zipfile.ZipInfo(member), path.read_bytes(), method)
        made.append(name)
    with tarfile.open(folder / "plain.tar", "w", format=tarfile.PAX_FORMAT) as archive:
        for member, path in members.items():
            data = path.read_bytes()
            info = tarfile.TarInfo(member)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    (folder / "packed.tar.gz").write_bytes(gzip.compress((folder / "plain.tar").read_bytes(), mtime=0))
    made += ["plain.tar", "packed.tar.gz"]
    if shutil.which("7z"):
        tree = folder / "tree"
        for member, path in members.items():
            (tree / member).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, tree / member)
        (folder / "packed.7z").unlink(missing_ok=True)
        subprocess.run(["7z", "a", "-bd", "-mtm=off", "../packed.7z", "."], cwd=tree, check=True,
                       stdout=subprocess.DEVNULL)
        shutil.rmtree(tree)
        made.append("packed.7z")
    return [Source("archive", [folder / name]) for name in made]


def of_fixtures(fixtures, work):
    small = {"Windows/System32/config/SOFTWARE": fixtures / "demo/SOFTWARE",
             "Users/a/NTUSER.DAT": fixtures / "hives/user_software.hive",
             "lists/authroot.stl": fixtures / "ctl/list.stl"}
    return [*hives(fixtures / "demo", 1 << 20), *hives(fixtures / "hives", 1 << 20), *hives(fixtures / "diff", 1 << 20),
            *hives(fixtures / "regf_log", 1 << 20), *files("list", fixtures / "ctl", "*.stl"),
            *[s for s in files("store", fixtures / "fuzz/sst", "*") if s.files[0].stat().st_size > 200],
            *files("store", fixtures / "fuzz/reg_text", "*"), *files("cab", fixtures / "cab", "*.cab"),
            *archives(work / "small", small), *files("profile", PROFILES, "*.json", fixtures / "demo/SOFTWARE"),
            Source("profile", [fixtures / "demo/profile.json"], fixtures / "demo/SOFTWARE")]


def of_corpus(corpus, fixtures, work):
    roots = corpus / "sst/harvester57/2a8bafb-sst_roots.sst"
    hive = corpus / "hive"
    user = {"Users/a/NTUSER.DAT": hive / "plaso/NTUSER-WIN7.DAT",
            "Windows/System32/config/SECURITY": hive / "dfir-museum/Windows_Registry_Win10_RathbunVM_SECURITY",
            "Windows/System32/config/SECURITY.LOG1":
                hive / "dfir-museum/Windows_Registry_Win10_RathbunVM_SECURITY.LOG1",
            "Windows/System32/config/DEFAULT":
                hive / "dfir-museum/Windows_Registry_Win10_BelkasoftCTF_InsiderThreat_DEFAULT"}
    lists = {"authroot.stl": max((corpus / "stl/robstradling-authroot").glob("*.stl")),
             "disallowedcert.stl": corpus / "stl/harvester57/e13fbc7-out_disallowedcert.stl",
             "Windows/System32/config/SOFTWARE": fixtures / "demo/SOFTWARE"}
    return [*hives(hive, 64 << 20), *files("list", corpus / "stl", "*/*"), *files("store", corpus / "sst", "*/*"),
            *files("store", corpus / "certblob", "**/*"), *files("store", corpus / "reg", "*/*.reg"),
            *files("cab", corpus / "cab", "*/*.cab"), *files("cab", corpus / "cab-malformed", "*/*.cab"),
            *archives(work / "user", user), *archives(work / "lists", lists),
            *files("profile", PROFILES, "*.json", roots)]


def rich(corpus):
    """Hives of the corpus that hold certificates."""
    table = corpus / "expected/hive-certs.tsv"
    return {corpus / line.split("\t")[0] for line in table.read_text().splitlines()} if table.exists() else set()


def weight(source, rich_ones, corpus):
    """How often a source is taken: small real ones with certificates mostly, big ones now and then."""
    size = sum(path.stat().st_size for path in source.files)
    by_size = 1 if size < 1 << 20 else 0.3 if size < 8 << 20 else 0.02
    by_place = 1 if not corpus or corpus in source.files[0].parents or source.kind in ("archive", "profile") else 0.3
    return by_size * by_place * (8 if source.files[0] in rich_ones else 1)
