"""docs/profile.schema.json says of profiles what the parser says.

    test_profile_schema.py WINROOTS FIXTURES

Every profile of the project is valid by it, and profiles with one thing wrong are not."""
import copy
import json
import pathlib
import sys

try:
    import jsonschema
except ImportError:
    print("SKIP: no jsonschema for Python")
    sys.exit(77)

ROOT = pathlib.Path(sys.argv[2]).parent
SCHEMA = json.loads((ROOT / "docs/profile.schema.json").read_text())

# Path of members into fixtures/fuzz/profile/every_kind.json, and what to put there (None: take it out).
WRONG = [
    (["schema"], "winroots.profile/2"),
    (["id"], "../x"),
    (["surprise"], 1),
    (["version"], None),
    (["sources", 0, "completeness"], "part"),
    (["certificates", "ca", "sha1"], "41" * 21),
    (["certificates", "ca"], {"subject": "CN=only a name"}),
    (["certificates", "ca"], {"identity": "issuer-only"}),
    (["certificates", "ca", "identity"], "issuer-only"),
    (["certificates", "ca", "key_id"], "0102"),
    (["certificates", "issuer", "identity"], "by-name"),
    (["certificates", "issuer", "key_id"], ""),
    (["requirements", 0, "kind"], "certificate"),
    (["requirements", 0, "severity"], None),
    (["requirements", 0, "source"], None),
    (["requirements", 0, "store"], "AuthRoot"),
    (["requirements", 0, "known_defects"], ["thumbprint"]),
    (["requirements", 0, "store"], "CA"),
    (["requirements", 0, "children"], [{"id": "x", "kind": "not-disallowed", "certificate": "ca"}]),
    (["requirements", 2, "store"], "Root"),
    (["requirements", 4, "min"], 0),
    (["requirements", 4, "children", 0, "severity"], "required"),
    (["requirements", 5, "registry", "key"], "HKLM\\SYSTEM\\Example"),
    (["requirements", 5, "registry", "data"], None),
    (["requirements", 5, "when"], {}),
    (["requirements", 6, "list", "min_sequence"], "0x12"),
    (["requirements", 7, "os_update", 1, "native"], False),
    (["requirements", 7, "os_update", 0, "native"], True),
]


def changed(profile, path, value):
    profile = copy.deepcopy(profile)
    at = profile
    for step in path[:-1]:
        at = at[step]
    if value is None:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return profile


def main():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    validator = jsonschema.Draft202012Validator(SCHEMA)
    faults = []
    paths = [*sorted((ROOT / "src/require/profiles").glob("*.json")),
             *sorted((ROOT / "fixtures/fuzz/profile").glob("*.json")),
             *sorted((ROOT / "fixtures/demo").glob("*.json"))]
    for path in paths:
        faults += [f"{path.name}: {'/'.join(map(str, e.path))}: {e.message}"
                   for e in validator.iter_errors(json.loads(path.read_text()))]
    every_kind = json.loads((ROOT / "fixtures/fuzz/profile/every_kind.json").read_text())
    for path, value in WRONG:
        if validator.is_valid(changed(every_kind, path, value)):
            faults.append(f"every_kind.json with {path} = {value!r} is valid")
    print("\n".join(faults) or f"{len(paths)} profiles are valid, {len(WRONG)} changed ones are not")
    return 1 if faults or len(paths) < 5 else 0


if __name__ == "__main__":
    sys.exit(main())
