"""trust.py - an oracle: what windows-trust sections 4.4, 4.5, 5.1 and 5.4 say of a root, written from the
text, with a DER reader of its own and nothing of winroots.

    entries = read_list(bytes of a .stl)          {SHA-1: {property id: bytes}}
    root = Certificate(der)
    judge(root, [(store, stored properties)], entry, True, as_of)   {purpose: (status, [{reason codes}])}

Section 4.5 is the table ROWS: a row has a condition on the properties, and what it says of a purpose."""
import datetime
import functools
import hashlib
import struct

# ---- DER ------------------------------------------------------------------------------------------


def value(der, at=0):
    """(tag, begin of contents, end)"""
    tag, n, at = der[at], der[at + 1], at + 2
    if n & 0x80:
        size = n & 0x7F
        n, at = int.from_bytes(der[at:at + size], "big"), at + size
    return tag, at, at + n


def inside(der, begin=0, end=None):
    """[(tag, whole, contents)] of the values one behind the other."""
    out, at = [], begin
    end = len(der) if end is None else end
    while at < end:
        tag, begin, stop = value(der, at)
        out.append((tag, der[at:stop], der[begin:stop]))
        at = stop
    return out


def dotted(contents):
    numbers, n = [], 0
    for octet in contents:
        n = n << 7 | octet & 0x7F
        if not octet & 0x80:
            numbers.append(n)
            n = 0
    first = min(numbers[0] // 40, 2)
    return ".".join(map(str, [first, numbers[0] - 40 * first, *numbers[1:]]))


def oids(der):
    """A SEQUENCE OF OBJECT IDENTIFIER; the empty one is an answer too."""
    return frozenset(dotted(contents) for _, _, contents in inside(inside(der)[0][2]))


EPOCH = datetime.datetime(1601, 1, 1)


def filetime(time):
    since = time - EPOCH
    return (since.days * 86400 + since.seconds) * 10_000_000


def asn1_time(tag, contents):
    text = contents.decode()
    if tag == 0x17:  # UTCTime: 1950 to 2049
        text = ("19" if text[:2] >= "50" else "20") + text
    form = "%Y%m%d%H%M%SZ" if len(text) == 15 else "%Y%m%d%H%MZ"
    return filetime(datetime.datetime.strptime(text, form))


# ---- Certificates and lists -----------------------------------------------------------------------

HASH_OF_SIGNATURE = {"1.2.840.113549.1.1.2": None, "1.2.840.113549.1.1.4": "md5", "1.2.840.113549.1.1.5": "sha1",
                     "1.2.840.113549.1.1.11": "sha256", "1.2.840.113549.1.1.12": "sha384",
                     "1.2.840.113549.1.1.13": "sha512", "1.2.840.10045.4.3.2": "sha256",
                     "1.2.840.10045.4.3.3": "sha384", "1.2.840.10045.4.3.4": "sha512"}
RSA = "1.2.840.113549.1.1.1"


class Certificate:
    def __init__(self, der):
        self.der = der
        self.sha1 = hashlib.sha1(der).hexdigest()
        self.tbs, algorithm, _ = (whole for _, whole, _ in inside(inside(der)[0][2]))
        parts = inside(inside(self.tbs)[0][2])
        extensions = [contents for tag, _, contents in parts if tag == 0xA3]
        if parts[0][0] == 0xA0:  # version
            del parts[0]
        _, _, (_, issuer, _), (_, _, validity), (_, subject, _), (_, key, _) = parts[:6]
        self.self_issued = issuer == subject
        begin, end = inside(validity)
        self.not_before, self.not_after = asn1_time(begin[0], begin[2]), asn1_time(end[0], end[2])
        key_algorithm, bits = inside(inside(key)[0][2])
        self.key_bits = bits[2][1:]  # without the octet that counts unused bits
        self.is_rsa = dotted(inside(key_algorithm[2])[0][2]) == RSA
        self.rsa_bits = int.from_bytes(inside(inside(self.key_bits)[0][2])[0][2], "big").bit_length() \
            if self.is_rsa else 0
        self.signature_hash = HASH_OF_SIGNATURE.get(dotted(inside(inside(algorithm)[0][2])[0][2]))
        self.eku = None  # no extension
        for extension in inside(inside(extensions[0])[0][2]) if extensions else ():
            fields = inside(extension[2])
            if dotted(fields[0][2]) == "2.5.29.37":
                self.eku = oids(fields[-1][2])

    def disallowed_by(self, identifiers):
        """Section 4.6: how a disallowed list names it."""
        if hashlib.md5(self.key_bits).digest() in identifiers:
            return "key_md5"
        names = [hashlib.sha256(self.tbs).digest()]
        if self.signature_hash:
            names.append(hashlib.new(self.signature_hash, self.tbs).digest())
        return "tbs_hash" if identifiers.intersection(names) else None


PROPERTY = "1.3.6.1.4.1.311.10.11."


def list_content(stl):
    """[(tag, whole, contents)] of the CTL inside the signed message: section 4.1."""
    _, signed = inside(inside(stl)[0][2])
    encapsulated = inside(inside(signed[2])[0][2])[2]
    return inside(inside(inside(encapsulated[2])[1][2])[0][2])


def this_update(stl):
    return next(asn1_time(tag, contents) for tag, _, contents in list_content(stl) if tag in (0x17, 0x18))


def read_list(stl):
    """{id as hex: {property id: bytes}}; an entry of other attributes only is there and empty."""
    fields = list_content(stl)
    times = [i for i, (tag, _, _) in enumerate(fields) if tag in (0x17, 0x18)]
    subjects = fields[times[-1] + 2]  # the algorithm stands between
    entries = {}
    for _, _, subject in inside(subjects[2]):
        identifier, *attributes = inside(subject)
        properties = entries.setdefault(identifier[2].hex(), {})
        for _, _, attribute in inside(attributes[0][2]) if attributes else ():
            name, values = inside(attribute)
            if dotted(name[2]).startswith(PROPERTY):
                properties[int(dotted(name[2])[len(PROPERTY):])] = inside(values[2])[0][2]
    return entries


# ---- The rules ------------------------------------------------------------------------------------

ORDER = ["trusted", "conditional", "unknown", "not_trusted", "distrusted"]
PURPOSES = {"server_auth": "1.3.6.1.5.5.7.3.1", "client_auth": "1.3.6.1.5.5.7.3.2",
            "code_signing": "1.3.6.1.5.5.7.3.3", "email": "1.3.6.1.5.5.7.3.4", "time_stamping": "1.3.6.1.5.5.7.3.8"}
NAMED = {"1.3.6.1.5.5.7.3.5": "ipsec_end_system", "1.3.6.1.5.5.7.3.6": "ipsec_tunnel",
         "1.3.6.1.5.5.7.3.7": "ipsec_user", "1.3.6.1.5.5.7.3.9": "ocsp_signing",
         "1.3.6.1.5.5.8.2.2": "ike_intermediate", "1.3.6.1.4.1.311.10.3.4": "efs",
         "1.3.6.1.4.1.311.10.3.4.1": "efs_recovery", "1.3.6.1.4.1.311.10.3.12": "document_signing",
         "1.3.6.1.4.1.311.20.2.2": "smart_card_logon", "1.3.6.1.4.1.311.10.3.5": "driver_signing",
         "1.3.6.1.4.1.311.10.3.13": "lifetime_signing", "1.3.6.1.4.1.311.61.1.1": "kernel_code_signing",
         "1.3.6.1.4.1.311.10.3.1": "trust_list_signing", "1.3.6.1.4.1.311.10.3.9": "root_list_signer",
         "1.3.6.1.4.1.311.10.3.11": "key_recovery", "1.3.6.1.4.1.311.67.1.1": "disk_encryption",
         "1.3.6.1.5.2.3.5": "kdc_authentication", "2.5.29.37.0": "any",
         **{oid: name for name, oid in PURPOSES.items()}}
ANY = "2.5.29.37.0"
STAMPED = {"1.3.6.1.5.5.7.3.3", "1.3.6.1.5.5.7.3.8"}  # earlier time stamps count: DESIGN section 5

ABSENT = object()


def worst(statuses):
    return max(statuses, key=ORDER.index, default="trusted")


def date(data):
    """Section 9, pitfall 32: absent, empty and zero are three things."""
    if data is None:
        return ABSENT
    return struct.unpack("<Q", data)[0] if data else None


@functools.lru_cache(None)
def purposes_of(data):
    return ABSENT if data is None else oids(data)


@functools.lru_cache(None)
class Facts:
    """The properties of one copy, decoded."""

    def __init__(self, frozen):
        properties = dict(frozen)
        self.purposes, self.removed, self.late = (purposes_of(properties.get(n)) for n in (9, 122, 127))
        self.disabled, self.not_before, self.ca_disabled = (date(properties.get(n)) for n in (104, 126, 128))
        self.constrained = 84 in properties


def facts(*layers):
    """Section 4.4: what is present in a later layer replaces, what is absent leaves."""
    return Facts(tuple(sorted({n: data for layer in layers if layer for n, data in layer.items()
                               if n in (9, 84, 104, 122, 126, 127, 128)}.items())))


def named(purposes, oid):
    return oid in purposes or ANY in purposes


def is_date(x):
    return x is not ABSENT and x is not None


# (reason, whether the row speaks of it: facts, oid, now) -> status at best.  Section 4.5, top to bottom.
ROWS = [
    ("purpose_not_in_property", lambda f, oid, now: f.purposes is not ABSENT and not named(f.purposes, oid),
     lambda f, oid: "not_trusted"),
    ("purpose_removed", lambda f, oid, now: f.removed is not ABSENT and named(f.removed, oid),
     lambda f, oid: "distrusted"),
    ("disabled", lambda f, oid, now: is_date(f.disabled) and f.disabled <= now,
     lambda f, oid: "conditional" if f.disabled and oid in STAMPED else "distrusted"),
    ("disable_scheduled", lambda f, oid, now: is_date(f.disabled) and f.disabled > now, lambda f, oid: "trusted"),
    ("disable_scope_uncertain", lambda f, oid, now: is_date(f.disabled) and f.removed is not ABSENT,
     lambda f, oid: "trusted"),
    ("not_before", lambda f, oid, now: is_date(f.not_before) and f.not_before <= now and concerned(f, oid),
     lambda f, oid: "conditional" if f.not_before else "distrusted"),
    ("not_before_scheduled", lambda f, oid, now: is_date(f.not_before) and f.not_before > now and concerned(f, oid),
     lambda f, oid: "trusted"),
    ("not_before_without_date",
     lambda f, oid, now: f.not_before is ABSENT and f.late is not ABSENT and named(f.late, oid),
     lambda f, oid: "conditional"),
    ("ca_disabled", lambda f, oid, now: is_date(f.ca_disabled) and f.ca_disabled <= now,
     lambda f, oid: "conditional"),
    ("name_constraints", lambda f, oid, now: f.constrained, lambda f, oid: "conditional"),
]
DATED = {"disabled", "disable_scheduled", "disable_scope_uncertain", "not_before", "not_before_scheduled",
         "not_before_without_date", "ca_disabled"}


def concerned(f, oid):
    return f.late is ABSENT or named(f.late, oid)


@functools.lru_cache(None)
def by_properties(f, oid, now, old_windows):
    out = [(code, status(f, oid)) for code, speaks, status in ROWS
           if not (old_windows and code in DATED) and speaks(f, oid, now)]
    if old_windows and (is_date(f.disabled) or is_date(f.not_before)):
        out.append(("os_ignores_dates", "trusted"))
    return out


@functools.lru_cache(None)
def by_certificate(root, oid, now):
    """Section 5.1, steps 2 and 5, and the extension of 5.4.  Section 2.5: a smaller RSA key than 1023 bits is
    refused unless what it signed was time-stamped before 2010."""
    out = []
    stamped = "conditional" if oid in STAMPED else "not_trusted"
    if now < root.not_before:
        out.append(("not_yet_valid", "not_trusted"))
    if now > root.not_after:
        out.append(("expired", stamped))
    if root.is_rsa and root.rsa_bits < 1023:
        out.append(("weak_key", stamped))
    if root.eku is not None and not named(root.eku, oid):
        out.append(("purpose_not_in_extension", "not_trusted"))
    return out


def judge_copy(root, store, stored, entry, listed, oid, now, old_windows):
    overlay = facts(stored, entry)
    out = [("installed", "trusted")]
    if entry is not None:
        out.append(("listed", "trusted"))
    elif listed and store == "AuthRoot":
        out.append(("not_listed", "trusted"))  # 5.3: still trusted until it is deleted
    if not root.self_issued:
        out.append(("not_self_issued", "conditional"))
    out += by_certificate(root, oid, now) + by_properties(overlay, oid, now, old_windows)
    status = worst(s for _, s in out)
    if entry is not None:
        alone = by_certificate(root, oid, now) + by_properties(facts(stored), oid, now, old_windows)
        if ORDER.index(worst(s for _, s in alone)) > ORDER.index(status):
            out.append(("stored_property_stricter", "conditional"))
            status = worst([status, "conditional"])
    return status, {code for code, _ in out}


def judge(root, copies, entry, listed, now, old_windows=False):
    """{purpose: (status, {reason codes} of each copy that gives it)} of a root that has copies [(store, stored properties)] in anchor stores;
    `entry` is None where the list in force, if there is one (`listed`), does not name it."""
    asked = set(PURPOSES.values())
    for _, stored in copies:
        overlay = facts(stored, entry)
        for purposes in (overlay.purposes, overlay.removed):
            asked |= purposes if purposes is not ABSENT else set()
    verdicts = {}
    for oid in asked:
        if copies:  # 5.4: the best of the copies
            one = [judge_copy(root, store, stored, entry, listed, oid, now, old_windows) for store, stored in copies]
            best = min((status for status, _ in one), key=ORDER.index)
            verdict = best, [codes for status, codes in one if status == best]
        elif entry is None:
            verdict = "not_trusted", [{"not_installed"}]
        else:  # 5.2: to be fetched
            out = [("on_demand", "conditional")] + by_certificate(root, oid, now) + \
                by_properties(facts(entry), oid, now, old_windows)
            verdict = worst(s for _, s in out), [{code for code, _ in out}]
        verdicts[NAMED.get(oid, oid)] = verdict
    return verdicts


def fetched(entry, now):
    """The standard purposes that an entry allows once its certificate is fetched."""
    limits = facts(entry)
    return [name for name, oid in PURPOSES.items()
            if ORDER.index(worst(s for _, s in by_properties(limits, oid, now, False))) <= 1]
