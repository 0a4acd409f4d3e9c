"""schemas.py - holds documents of the program to docs/*.schema.json, where there is jsonschema for Python."""
import json
import pathlib
import warnings

try:
    import jsonschema
except ImportError:
    jsonschema = None

DOCS = pathlib.Path(__file__).resolve().parents[2] / "docs"
LARGE = 400_000  # bytes of a document that takes a validator seconds: the corpus' hosts
validators = {}


def validator(name):
    """Of "report", "inspect", ...; they refer to each other by file name."""
    if name not in validators:
        all_of_them = {path.name: json.loads(path.read_text()) for path in DOCS.glob("*.schema.json")}
        schema = all_of_them[f"{name}.schema.json"]
        with warnings.catch_warnings():  # newer versions have another way, which older ones lack
            warnings.simplefilter("ignore", DeprecationWarning)
            resolver = jsonschema.RefResolver(f"{name}.schema.json", schema, store=all_of_them)
        validators[name] = jsonschema.Draft202012Validator(schema, resolver=resolver)
    return validators[name]


def name_of(document):
    """winroots.report/1 is "report"."""
    return document["schema"].removeprefix("winroots.").removesuffix("/1")


def faults(document, name=None):
    """What its schema does not allow, as text."""
    name = name or name_of(document)
    return [f"{e.json_path}: {e.message[:300]}" for e in validator(name).iter_errors(document)]


def documents(text):
    """Those of several hosts stand in an array, or on a line each."""
    if text.startswith("["):
        return json.loads(text)
    return map(json.loads, text.splitlines()) if text.startswith('{"') else [json.loads(text)]


def check(text):
    """Fails where `text` holds documents of the program and one is not valid."""
    if not jsonschema or len(text) > LARGE or text[:1] not in ("{", "[") or '"winroots.' not in text[:60]:
        return
    found = [fault for document in documents(text) for fault in faults(document)]
    if found:
        raise AssertionError("not as docs/ has it:\n" + "\n".join(found[:10]))
