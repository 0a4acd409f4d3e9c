#!/usr/bin/env python3
"""Makes the built-in profiles a part of the program: the same input gives the same bytes.

    embed_profiles.py OUTPUT.inc PROFILE.json...

Bytes and not string literals, because C11 promises only 4095 characters of those.  The text is
embedded as it is; whether it is a valid profile is tested with the parser that reads it."""
import json
import pathlib
import sys


def array(name, data):
    lines = (", ".join(str(b) for b in data[i:i + 24]) for i in range(0, len(data), 24))
    return f"static const uint8_t {name}[] = {{\n    " + ",\n    ".join(lines) + "\n};\n"


def main():
    output, paths = pathlib.Path(sys.argv[1]), map(pathlib.Path, sys.argv[2:])
    profiles = sorted((json.loads(p.read_bytes())["id"], p) for p in paths)
    known, rows, text = set(), [], "/* Made by tools/embed_profiles.py. */\n"
    for n, (profile_id, path) in enumerate(profiles):
        data = path.read_bytes()
        aliases = json.loads(data).get("aliases", [])
        for name in (profile_id, *aliases):
            if name.lower() in known or path.stem != profile_id:
                sys.exit(f"{path}: {name}: a name for two profiles, or a file not called as its id")
            known.add(name.lower())
        names = "".join(f"{json.dumps(a)}, " for a in aliases)
        text += array(f"profile_{n}", data)
        text += f"static const char *const aliases_{n}[] = {{ {names}NULL }};\n"
        rows.append(f'    {{ "{profile_id}", "built-in {profile_id}", aliases_{n}, profile_{n}, '
                    f"sizeof profile_{n} }},\n")
    text += f"static const struct builtin builtins[] = {{\n{''.join(rows)}}};\n"
    output.write_text(text)


if __name__ == "__main__":
    main()
