#!/usr/bin/env python3
"""The files of docs/collect make KAPE, Velociraptor and CyLR take what is read of a host, and nothing else."""
import fnmatch
import re

from harness import FIXTURES, Case, main

ROOT = FIXTURES.parent
COLLECT = ROOT / "docs/collect"

# windows-trust: where Windows keeps what speaks of trust.
WANTED = [
    "Windows/System32/config/SOFTWARE", "Windows/System32/config/SOFTWARE.LOG1", "Windows/System32/config/SOFTWARE.LOG2",
    "Windows/System32/config/SYSTEM", "Windows/System32/config/SYSTEM.LOG", "Windows/System32/config/DEFAULT",
    "Windows/System32/config/DEFAULT.LOG2", "Windows/System32/config/RegBack/SOFTWARE",
    "Users/alice/NTUSER.DAT", "Users/alice/ntuser.dat.LOG1", "Users/Default/NTUSER.DAT",
    "Windows/ServiceProfiles/LocalService/NTUSER.DAT", "Windows/ServiceProfiles/NetworkService/NTUSER.DAT.LOG2",
    "Users/alice/AppData/Roaming/Microsoft/SystemCertificates/My/Certificates/0418AD6A71E814E588E285808D8A2F2AD98EE507",
    "Windows/System32/config/systemprofile/AppData/Roaming/Microsoft/SystemCertificates/Request/Certificates/00",
    "Users/alice/AppData/LocalLow/Microsoft/CryptnetUrlCache/Content/7423F88C7F265F0DEFC08EA88C3BDE45_AA1E8580D4EBC816148CE81268683776",
    "Windows/System32/config/systemprofile/AppData/LocalLow/Microsoft/CryptnetUrlCache/Content/00",
    "Windows/ServiceProfiles/NetworkService/AppData/LocalLow/Microsoft/CryptnetUrlCache/Content/00",
    "Windows/SysWOW64/config/systemprofile/AppData/LocalLow/Microsoft/CryptnetUrlCache/Content/00",
    "Windows/System32/GroupPolicy/Machine/Registry.pol", "Windows/System32/GroupPolicy/User/Registry.pol",
    "Windows/System32/GroupPolicyUsers/S-1-5-32-545/User/Registry.pol",
    "Windows/SYSVOL/domain/Policies/{31B2F340-016D-11D2-945F-00C04FB984F9}/Machine/Registry.pol",
    "Windows.old/Windows/System32/config/SOFTWARE", "Windows.old/Users/alice/NTUSER.DAT",
]
# What holds secrets, belongs to another question, or only looks alike.
UNWANTED = [
    "Windows/System32/config/SAM", "Windows/System32/config/SECURITY", "Windows/System32/config/SECURITY.LOG1",
    "Windows/System32/config/SOFTWARE{53b39e88-18c4-11ea-a811-000d3aa4692b}.TM.blf", "Windows/System32/config/SOFTWARE.bak",
    "Windows/System32/config/sub/SOFTWARE", "Users/alice/AppData/Roaming/Microsoft/Crypto/RSA/S-1-5-21-1/key",
    "Users/alice/AppData/Roaming/Microsoft/Protect/S-1-5-21-1/master", "Users/alice/Documents/NTUSER.DAT",
    "Users/alice/AppData/Roaming/Microsoft/SystemCertificates/My/Keys/00", "Users/alice/AppData/Local/Microsoft/Windows/UsrClass.dat",
    "Users/alice/AppData/LocalLow/Microsoft/CryptnetUrlCache/Content/sub/00", "Windows/System32/kernel32.dll",
]


def kape():
    text = (COLLECT / "Winroots.tkape").read_text()
    targets = re.findall(r'    -\n        Name: "[^"\n]+"\n        Category: \w+\n        Path: C:\\(\S.*)\\\n        FileMask: "(\S+)"\n', text)
    assert len(targets) == text.count("    -\n"), "a target that is not understood"
    return [f"{path}/{mask}".replace("%user%", "*").replace("\\", "/") for path, mask in targets]


def velociraptor():
    text = (COLLECT / "Custom.Windows.Winroots.yaml").read_text()
    return re.findall(r"^      (\S.*)$", text.split("      Glob\n")[1].split("\n\nsources:")[0], re.M)


def cylr():
    lines = (COLLECT / "winroots.cylr.txt").read_text().splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    assert all(kind == ("glob" if "*" in path else "static") and path.startswith("C:\\") for kind, path in rows)
    return [path.removeprefix("C:\\").replace("\\", "/") for _, path in rows]


def takes(patterns, path):
    """Whether one of the patterns, in which * is a part of one name, takes the path; case does not count."""
    names = path.lower().split("/")
    return any(len(names) == len(parts) and all(map(fnmatch.fnmatchcase, names, parts))
               for parts in (pattern.lower().split("/") for pattern in patterns))


def discovery():
    """Sample paths of the rows of the table of evidence that a running host of today can have."""
    source = (ROOT / "src/evidence/discovery.c").read_text()
    macros = dict(re.findall(r'#define (\w+) +("[^"]*")', source))
    rows = re.findall(r"\{ (true|false), ((?:\w+ )?\"[^}]*?\"(?: \w+)?(?: \"[^}\"]*\")*|[^,]+), WR_FIND", source)
    for of_profile, expression in rows:
        parts = re.findall(r'"[^"]*"|\w+', expression)
        pattern = "".join(macros.get(part, part).strip('"') for part in parts)
        sample = pattern.replace("*", "x")
        if of_profile == "true" and not pattern.startswith("Application Data/"):  # Windows XP
            for profile in re.findall(r'^    "((?:Users|Windows)/[^"]*)",$', source, re.M):
                yield f"{profile.replace('*', 'x')}/{sample}"
        elif pattern.startswith("Windows/"):
            yield sample


class Collect(Case):
    tools = {"KAPE": kape, "Velociraptor": velociraptor, "CyLR": cylr}

    def test_each_takes_what_is_read_and_nothing_else(self):
        for name, patterns_of in self.tools.items():
            patterns = patterns_of()
            self.assertEqual([path for path in WANTED if not takes(patterns, path)], [], name)
            self.assertEqual([path for path in UNWANTED if takes(patterns, path)], [], name)

    def test_all_take_the_same(self):
        self.assertEqual(sorted(kape()), sorted(velociraptor()))
        self.assertEqual(sorted(kape()), sorted(cylr()))
        self.assertEqual(len(set(kape())), len(kape()))

    def test_each_takes_every_row_of_the_table_and_has_no_row_of_its_own(self):
        samples = list(discovery())
        self.assertGreater(len(samples), 30)
        patterns = kape()
        self.assertEqual([path for path in samples if not takes(patterns, path)], [])
        idle = [pattern for pattern in patterns if not pattern.startswith("Windows.old/")
                and not any(takes([pattern], path) for path in samples)]
        self.assertEqual(idle, [])


if __name__ == "__main__":
    main()
