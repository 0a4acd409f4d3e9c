/* test_finding.c - each finding whole, as docs/findings.md has it: where it fits, at its bound, and
 * nowhere else. */
#include "made.h"

#include "trust/finding.h"
#include "trust/watchlist.h"

static host h;

static void start(void)
{
    start_host(&h);
    h.options.expiring_days = 90;
}

static void stop(void)
{
    stop_host(&h);
}

static void again(void)
{
    stop();
    start();
}

TestSuite(finding, .init = start, .fini = stop);

/* The lines of findings_text that are of one id. */
static const char *told(const char *id)
{
    const char *text = findings_text(&h), *out = "";
    size_t len = strlen(id);

    for (; *text; text += strcspn(text, "\n") + 1)
        if (!strncmp(text, id, len) && text[len] == ' ')
            out = wr_arena_format(&h.arena, "%s%.*s\n", out, (int)strcspn(text, "\n"), text);
    return out;
}

#define EXPECT(id, text) cr_expect_str_eq(told(id), text, "%s", told(id))

static const wr_certificate *root(const char *name)
{
    return make_certificate(&h, (made){ .name = name, .ca = 'y' });
}

/* ---- of a certificate in a root store ----------------------------------------------------------
 */

#define ROOT(name) name " [hive LM\\Root] "

/* Expires in 2030; --as-of is the tick before or after, or 90 days before. */
Test(finding, expired_and_expiring_at_their_bounds)
{
    static const struct {
        int64_t moved;
        const char *expired, *expiring;
    } rows[] = {
        { 1,
          "expired info - " ROOT(
              "c") "Installed root has expired: expired on 2030-01-01T00:00:00Z; benign where only "
                   "what was signed before is checked\n",
          "" },
        { 0, "",
          "expiring low - " ROOT(
              "c") "Installed root expires soon: expires on 2030-01-01T00:00:00Z\n" },
        { -90 * (int64_t)WR_TIME_DAY, "",
          "expiring low - " ROOT(
              "c") "Installed root expires soon: expires on 2030-01-01T00:00:00Z\n" },
        { -90 * (int64_t)WR_TIME_DAY - 1, "", "" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        again();
        h.options.as_of += (wr_time)rows[i].moved;
        place(&h, make_certificate(&h, (made){ .name = "c", .until = 2030 }), WR_LM, NULL, "Root",
              "");
        judge(&h);
        EXPECT("expired", rows[i].expired);
        EXPECT("expiring", rows[i].expiring);
        cr_expect_str_eq(findings_text(&h), i < 1 ? rows[i].expired : rows[i].expiring,
                         "row %zu: nothing else", i);
    }
}

/* The first copy in a root store is the place that is named. */
Test(finding, is_about_roots_and_not_about_other_stores)
{
    static const struct {
        wr_location location;
        const char *owner, *store;
        bool root;
    } rows[] = {
        { WR_LM, NULL, "Root", true },
        { WR_LM, NULL, "AuthRoot", true },
        { WR_LM_GROUP_POLICY, NULL, "Root", true },
        { WR_LM_ENTERPRISE, NULL, "Root", true },
        { WR_LM_SERVICE, "NTDS", "Root", true },
        { WR_CU, "Users/a", "Root", true },
        { WR_CU_GROUP_POLICY, "Users/a", "Root", true },
        { WR_LM_WCOS, NULL, "Root", false },
        { WR_LM_WOW64, NULL, "Root", false },
        { WR_LM_ENTERPRISE, NULL, "AuthRoot", false },
        { WR_LM_GROUP_POLICY, NULL, "AuthRoot", false },
        { WR_LM, NULL, "CA", false },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const wr_certificate *c;
        const char *text;

        again();
        c = make_certificate(&h, (made){ .name = "c", .issuer = "x" });
        place(&h, c, WR_LM, NULL, "My", "");
        place(&h, c, rows[i].location, rows[i].owner, rows[i].store, "");
        place(&h, c, WR_LM, NULL, "CA", "");
        judge(&h);
        text = wr_arena_format(
            &h.arena,
            "not_self_signed_root medium T1553.004 c [hive %s\\%s] Certificate in a root store is "
            "not "
            "self-issued: its issuer is not its subject; an intermediate belongs into CA\n",
            h.model.stores.items[1].location_text, rows[i].store);
        EXPECT("not_self_signed_root", rows[i].root ? text : "");
    }
}

Test(finding, not_in_the_program)
{
    place(&h, root("c"), WR_LM, NULL, "Root", "");
    place(&h, root("d"), WR_LM, NULL, "Root", "");
    judge(&h);
    EXPECT("not_in_program", "");
    enter(&h, named(&h, "d"), "");
    judge(&h);
    EXPECT("not_in_program",
           "not_in_program medium T1553.004 " ROOT(
               "c") "Trusted root is not in Microsoft's root program: no entry in the "
                    "root list; benign for a root of the organisation's own or of a "
                    "product that is known to install it\n");
}

Test(finding, no_ca_and_a_private_key)
{
    place(&h, make_certificate(&h, (made){ .name = "c", .ca = 'n' }), WR_LM, NULL, "Root", "2=x");
    place(&h, make_certificate(&h, (made){ .name = "d", .ca = 'y' }), WR_LM, NULL, "Root", "");
    place(&h, make_certificate(&h, (made){ .name = "e" }), WR_LM, NULL, "Root", "");
    place(&h, make_certificate(&h, (made){ .name = "f", .ca = 'n' }), WR_LM, NULL, "My", "2=x");
    judge(&h);
    EXPECT("leaf_in_root", "leaf_in_root medium T1553.004 " ROOT(
                               "c") "Root store holds a certificate that is no CA: its basic "
                                    "constraints say it is no CA; "
                                    "benign for a self-signed server certificate\n");
    EXPECT("private_key_beside_root",
           "private_key_beside_root high T1553.004 " ROOT(
               "c") "The host holds the private key of a root: property 2 names a key container: "
                    "who has this host can "
                    "issue certificates that it trusts; benign on the CA itself\n");
}

Test(finding, a_name_or_hash_that_is_not_the_certificates)
{
    place(&h, root("c"), WR_LM, NULL, "My", "3=other")->name_mismatch = true;
    place(&h, root("d"), WR_LM, NULL, "Root", "3=own");
    place(&h, root("e"), WR_LM, NULL, "Root", "");
    place(&h, root("f"), WR_LM, NULL, "Root", "3=other");
    h.model.instances.items[3].deleted = true;
    judge(&h);
    EXPECT(
        "key_name_mismatch",
        "key_name_mismatch high T1553.004 c [hive LM\\My] Registry key is not named by the hash of "
        "its certificate: Windows names the key by the SHA-1 of the certificate\n");
    EXPECT("hash_property_mismatch",
           "hash_property_mismatch high T1553.004 c [hive LM\\My] Stored hash is not that of the "
           "certificate: property 3 has another value than the SHA-1 of the certificate\n");
}

/* ---- the watch list ----------------------------------------------------------------------------
 */

/* No certificate of these hashes is at hand: the rows are found by hash, each by its own. */
Test(finding, each_class_of_the_watch_list_has_a_name_and_a_meaning)
{
    static const struct {
        const char *sha256;
        const char *name, *class, *meaning;
    } rows[] = {
        /* the first, the last and one of each class between */
        { "ddd8ab9178c99cbd9685ea4ae66dc28bfdc9a5a8a166f7f69ad0b5042ad6eb28",
          "127.0.0.1 (Sennheiser HeadSetup)", "leaked-key",
          "its private key is public: anybody can issue below it" },
        { "00309c736dd661da6f1eb24173aa849944c168a43a15bffd192eecfdb6f8dbd2",
          "Qaznet Trust Network", "state-mitm", "it was made to read the traffic of a nation" },
        { "0d136e439f0ab6e97f3a02a540da9f0641aa554e1d66ea51ae2920d51b2f7217", "DigiNotar Root CA",
          "compromised-ca", "intruders had certificates issued by it" },
        { "750236db03de897f0a1c61d43105f0b5410d39366a7471972208712a7b6377f9", "Alpha Networks Inc.",
          "microsoft-disallowed", "Microsoft's disallowed list names it" },
        { "e28393773da845a679f2080cc7fb44a3b7a1c3792cb7eb7729fdcb6a8d99aea7", "CNNIC ROOT",
          "distrusted-ca", "root programs removed it for what it did" },
        { "73c176434f1bc6d5adf45b0e76e727287c8de57616c1e6e6141a2b2cbc7d8e4c",
          "Entrust Root Certification Authority", "partial-distrust",
          "some root programs refuse what it issues from a date on" },
        { "bbbde2103e790b999ec62bd03cf625a5a2e7c316e10afe6a490eedead8b3fd9b",
          "Russian Trusted Sub CA", "state-root", "a state's root that is in no root program" }
    };
    uint8_t sha256[WR_SHA256_LEN];

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const wr_watch *w;

        cr_assert(wr_text_unhex(rows[i].sha256, sha256, sizeof sha256));
        w = wr_watch_find(sha256);
        cr_assert(w, "%s", rows[i].name);
        cr_expect_str_eq(w->name, rows[i].name);
        cr_expect_str_eq(wr_watch_class_name(w->class), rows[i].class);
        cr_expect_str_eq(wr_watch_class_meaning(w->class), rows[i].meaning);
        sha256[31] ^= 1;
        cr_expect_null(wr_watch_find(sha256));
    }
}

/* The hash is the model's own, so that any certificate can stand for one of the list. */
Test(finding, how_bad_it_is_to_be_watched)
{
    static const struct {
        const char *sha256, *severity, *says;
    } rows[] = {
        { "ec30c9c3065a06bb07dc5b1c6b497f370c1ca65c0f30c08e042ba6bcecc78f2c", "high",
          "eDellRoot: its private key is public: anybody can issue below it (leaked-key)" },
        { "00309c736dd661da6f1eb24173aa849944c168a43a15bffd192eecfdb6f8dbd2", "high",
          "Qaznet Trust Network: it was made to read the traffic of a nation (state-mitm)" },
        { "0d136e439f0ab6e97f3a02a540da9f0641aa554e1d66ea51ae2920d51b2f7217", "high",
          "DigiNotar Root CA: intruders had certificates issued by it (compromised-ca)" },
        { "750236db03de897f0a1c61d43105f0b5410d39366a7471972208712a7b6377f9", "high",
          "Alpha Networks Inc.: Microsoft's disallowed list names it (microsoft-disallowed)" },
        { "e28393773da845a679f2080cc7fb44a3b7a1c3792cb7eb7729fdcb6a8d99aea7", "medium",
          "CNNIC ROOT: root programs removed it for what it did (distrusted-ca)" },
        { "73c176434f1bc6d5adf45b0e76e727287c8de57616c1e6e6141a2b2cbc7d8e4c", "info",
          "Entrust Root Certification Authority: some root programs refuse what it issues from a "
          "date on "
          "(partial-distrust)" },
        { "d26d2d0231b7c39f92cc738512ba54103519e4405d68b5bd703e9788ca8ecf31", "info",
          "Russian Trusted Root CA: a state's root that is in no root program (state-root)" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (int listed = 0; listed < 2; listed++) {
            const char *text;

            again();
            place(&h, root("before"), WR_LM, NULL, "Root", "");
            place(&h, root("c"), WR_LM, NULL, "Root", "");
            cr_assert(
                wr_text_unhex(rows[i].sha256, h.model.certificates.items[1].sha256, WR_SHA256_LEN));
            if (listed)
                enter(&h, named(&h, "c"), "");
            judge(&h);
            text = wr_arena_format(&h.arena,
                                   "watch_list %s T1553.004 ? [hive LM\\Root] Trusted root is on "
                                   "the watch list: %s%s\n",
                                   rows[i].severity, rows[i].says,
                                   listed ? "; benign as far as the root list in force restricts it"
                                          : "");
            EXPECT("watch_list", text);
        }
}

/* ---- clones ------------------------------------------------------------------------------------
 */

/* An entry of the list for a certificate, with the MD5 of a name and a key identifier. */
static void enter_marks(const wr_certificate *cert, const wr_certificate *name, const char *key_id)
{
    octets attributes = { .len = 0 }, value = { .len = 0 };
    uint8_t md5[WR_MD5_LEN];
    wr_error e;

    if (name) {
        cr_assert(wr_digest(WR_MD5, name->x509.subject, md5, &e));
        add_octets(&value, md5, sizeof md5);
        add_attribute(&attributes, 29, &value);
        value.len = 0;
    }
    if (key_id) {
        add_octets(&value, key_id, strlen(key_id));
        add_attribute(&attributes, 20, &value);
    }
    add_entry(&h, list_of(&h, WR_CTL_AUTHROOT, &h.authroot), cert->sha1, WR_SHA1_LEN, &attributes);
}

static const char *clone_line(const char *what, const wr_certificate *of)
{
    return wr_arena_format(
        &h.arena,
        "clone_of_program_root high T1553.004 c [hive LM\\Root] Trusted root has the name or key "
        "identifier of a program root and another key: the %s of the program root %s; benign where "
        "a "
        "CA renewed its root with a new key under the old name\n",
        what, wr_text_hex(&h.arena, of->sha1, WR_SHA1_LEN));
}

Test(finding, a_clone_has_the_name_or_the_identifier_and_another_key)
{
    enum { NAME = 1, ID = 2, HELD = 4, SAME_KEY = 8, LISTED = 16 };
    static const struct {
        int what;
        const char *clone; /* NULL: it is none */
    } rows[] = {
        { 0, NULL },
        { NAME, "name" },
        { ID,
          NULL }, /* the identifier is of the key: whether another one stands there nobody knows */
        { NAME | ID, NULL },
        { NAME | HELD, "name" },
        { ID | HELD, "key identifier" },
        { NAME | ID | HELD, "name" },
        { NAME | HELD | SAME_KEY, NULL },
        { ID | HELD | SAME_KEY, NULL },
        { HELD, NULL },
        { NAME | LISTED, NULL },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const wr_certificate *real, *c, *another;
        int what = rows[i].what;

        again();
        real = make_certificate(
            &h, (made){ .name = "real", .ca = 'y', .key = what & SAME_KEY ? "c" : NULL });
        another = root("another");
        c = make_certificate(&h, (made){ .name = "c", .ca = 'y', .key_id = "its key" });
        place(&h, c, WR_LM, NULL, "Root", "");
        if (what & HELD)
            place(&h, real, WR_LM, NULL, "CA", "");
        enter_marks(another, another, "another key");
        enter_marks(real, what & NAME ? c : real, what & ID ? "its key" : "real's");
        if (what & LISTED)
            enter_marks(c, c, "its key");
        judge(&h);
        EXPECT("clone_of_program_root", rows[i].clone ? clone_line(rows[i].clone, real) : "");
    }
}

/* Whichever entry of the list it is. */
Test(finding, each_clone_is_found)
{
    const char *lines = "";
    size_t found = 0;

    for (int i = 0; i < 5; i++) {
        const wr_certificate *real = root(wr_arena_format(&h.arena, "real %d", i)),
                             *clone = root(wr_arena_format(&h.arena, "clone %d", i));

        place(&h, clone, WR_LM, NULL, "Root", "");
        enter_marks(real, clone, "another");
    }
    judge(&h);
    lines = told("clone_of_program_root");
    for (const char *c = lines; *c; c++)
        found += *c == '\n';
    cr_expect_eq(found, 5, "%s", lines);
}

/* Without the extension it is the SHA-1 of the key. */
Test(finding, a_clone_without_a_key_identifier_is_known_by_its_key)
{
    const wr_certificate *real = root("real"), *c = root("c");
    octets attributes = { .len = 0 }, value = { .len = 0 };
    uint8_t sha1[WR_SHA1_LEN];
    wr_error e;

    cr_assert(wr_digest(WR_SHA1, c->x509.spki, sha1, &e));
    add_octets(&value, sha1, sizeof sha1);
    add_attribute(&attributes, 20, &value);
    place(&h, real, WR_LM, NULL, "CA", "");
    place(&h, c, WR_LM, NULL, "Root", "");
    add_entry(&h, list_of(&h, WR_CTL_AUTHROOT, &h.authroot), real->sha1, WR_SHA1_LEN, &attributes);
    judge(&h);
    EXPECT("clone_of_program_root", clone_line("key identifier", real));
}

/* ---- weak keys ---------------------------------------------------------------------------------
 */

Test(finding, keys_within_reach)
{
    static const struct {
        const char *file; /* of fixtures/certs */
        unsigned rsa_bits;
        const char *key; /* NULL: it is strong */
    } rows[] = {
        { NULL, 2047, "rsa key of 2047 bits" },
        { NULL, 2048, NULL },
        { "root_dsa", 0, "dsa key of 1024 bits" },
        { "root_pss", 0, NULL },
        { "root_P-256", 0, NULL },
        { "root_ed25519", 0, NULL },
        { "root_ed448", 0, NULL },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *text;
        wr_view der;

        again();
        if (rows[i].file) {
            size_t len;
            char path[512];
            uint8_t *bytes;

            snprintf(path, sizeof path, "%s%s.der", FIXTURE("certs/"), rows[i].file);
            bytes = read_file(path, &len);
            cr_assert(wr_arena_copy(&h.arena, view_of(bytes, len), &der));
            free(bytes);
            know(&h, "c", der);
        } else {
            make_certificate(&h, (made){ .name = "c", .rsa_bits = rows[i].rsa_bits });
        }
        place(&h, named(&h, "c"), WR_LM, NULL, "Root", "");
        judge(&h);
        text = wr_arena_format(&h.arena,
                               "weak_key low - c [hive LM\\Root] Trusted root has a weak key: %s; "
                               "benign for a root that "
                               "only old time-stamped signatures need\n",
                               rows[i].key);
        EXPECT("weak_key", rows[i].key ? text : "");
    }
}

/* ---- copies beside the list --------------------------------------------------------------------
 */

Test(finding, a_copy_that_allows_more_than_the_list)
{
    static const struct {
        const char *stored, *listed;
        const char *widened; /* NULL: it does not */
        bool dropped;
    } rows[] = {
        { "", "", NULL, false },
        { "9=s", "", NULL, false },
        { "", "9=s", "is absent, which allows every purpose", false },
        { "9=sc", "9=s", "names purposes that the list does not", false },
        { "9=cs", "9=s", "names purposes that the list does not", false },
        { "9=s", "9=sc", NULL, false },
        { "9=", "9=s", NULL, false },
        { "9=s", "9=", "names purposes that the list does not", false },
        { "", "104=2028", NULL, true },
        { "104=", "104=2028", NULL, true },
        { "104=2029", "104=2028", NULL, false },
        { "104=2028", "104=", NULL, false },
        { "", "126=2028", NULL, true },
        { "126=", "126=2028", NULL, true },
        { "126=2028", "126=2028", NULL, false },
        { "126=2028", "104=2028", NULL, true },
        { "", "122=s", NULL, true },
        { "122=c", "122=s", NULL, false },
        { "", "122= 9=s", "is absent, which allows every purpose", true },
        { "", "127=s 128=2028 84=x", NULL, false },
    };
    static const struct {
        wr_location location;
        const char *owner, *store;
        bool counts;
    } places[] = {
        { WR_LM, NULL, "Root", true },
        { WR_LM, NULL, "AuthRoot", true },
        { WR_LM_GROUP_POLICY, NULL, "Root", true },
        { WR_LM_ENTERPRISE, NULL, "Root", true },
        { WR_LM_SERVICE, "NTDS", "Root", false },
        { WR_CU, "Users/a", "Root", false },
        { WR_LM, NULL, "CA", false },
        { WR_LM_ENTERPRISE, NULL, "AuthRoot", false },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (size_t j = 0; j < sizeof places / sizeof *places; j++) {
            const char *where, *widened, *dropped;

            again();
            place(&h, root("before"), WR_LM, NULL, "Root", "");
            place(&h, root("c"), places[j].location, places[j].owner, places[j].store,
                  rows[i].stored);
            enter(&h, named(&h, "c"), rows[i].listed);
            judge(&h);
            where = wr_arena_format(
                &h.arena, "c [hive %s\\%s]",
                h.model.stores.items[h.model.instances.items[1].store].location_text,
                places[j].store);
            widened = wr_arena_format(
                &h.arena,
                "purposes_widened medium T1553.004 %s Installed copy allows more than the root "
                "list: "
                "its property 9 %s; Windows unites the purposes of all copies; benign where an "
                "administrator imported the root for every purpose\n",
                where, rows[i].widened);
            dropped = wr_arena_format(
                &h.arena,
                "restriction_dropped low - %s Installed copy lacks a restriction of the root list: "
                "the list in force disables it or limits it by date or purpose, its stored "
                "properties do not; benign where the list is newer than the copy\n",
                where);
            EXPECT("purposes_widened", rows[i].widened && places[j].counts ? widened : "");
            EXPECT("restriction_dropped", rows[i].dropped && places[j].counts ? dropped : "");
        }
}

Test(finding, a_third_party_root_that_the_list_gave_up)
{
    place(&h, root("c"), WR_LM, NULL, "AuthRoot", "");
    place(&h, root("d"), WR_LM, NULL, "AuthRoot", "");
    place(&h, root("e"), WR_LM, NULL, "Root", "");
    place(&h, root("f"), WR_LM_ENTERPRISE, NULL, "AuthRoot", "");
    judge(&h);
    EXPECT("removed_from_list", "");
    enter(&h, named(&h, "d"), "");
    judge(&h);
    EXPECT("removed_from_list",
           "removed_from_list low - c [hive LM\\AuthRoot] Third-party root is no longer in the "
           "root list: Windows deletes it "
           "when it next updates; benign where the list was updated after this root was fetched\n");
    set_policy(&h, "DisableRootAutoUpdate", "key", 1);
    judge(&h);
    EXPECT("removed_from_list", "removed_from_list low - c [hive LM\\AuthRoot] Third-party root is "
                                "no longer in the root list: it stays for ever, "
                                "since root auto-update is off; benign where the list was updated "
                                "after this root was fetched\n");
}

Test(finding, a_users_root_without_consent)
{
    static const wr_consent consents[] = { WR_CONSENT_UNKNOWN, WR_CONSENT_UNUSED, WR_CONSENT_LIST };

    for (size_t i = 0; i < 3; i++) {
        const wr_certificate *yes, *no;

        again();
        yes = root("yes");
        no = root("no");
        place(&h, yes, WR_CU, "Users/a", "Root", "");
        place(&h, no, WR_CU, "Users/a", "CA", "");
        place(&h, no, WR_CU_GROUP_POLICY, "Users/a", "Root", "");
        place(&h, no, WR_LM, NULL, "Root", "");
        place(&h, no, WR_CU, "Users/b", "Root", "");
        place(&h, no, WR_CU, "Users/a", "Root", "");
        consent_to(&h, add_user(&h, "Users/a", consents[i]), &yes, 1);
        judge(&h);
        EXPECT("user_root_without_consent",
               i < 2 ? ""
                     : "user_root_without_consent medium T1553.004 no [hive CU:Users/a\\Root] Root "
                       "was written to a user's "
                       "store without the user's consent: not on the user's list of protected "
                       "roots, so Windows drops it: it "
                       "was written past the dialog; benign where the machine's Root had it when "
                       "the user's copy was made\n");
    }
}

/* A word of a name, not a part of one. */
Test(finding, security_vendors_that_are_refused)
{
    static const struct {
        const char *name, *vendor;
    } rows[] = {
        { "Trend Micro", "Trend Micro" },
        { "Symantec", "Symantec" },
        { "McAfee, Inc.", "McAfee" },
        { "(Trellix)", "Trellix" },
        { "AO Kaspersky Lab", "Kaspersky" },
        { "ESET, spol. s r.o.", "ESET" },
        { "Sophos Ltd", "Sophos" },
        { "Bitdefender SRL", "Bitdefender" },
        { "Avast Software", "Avast" },
        { "AVG", "AVG" },
        { "Avira GmbH", "Avira" },
        { "F-Secure", "F-Secure" },
        { "Panda Security", "Panda" },
        { "Malwarebytes", "Malwarebytes" },
        { "CrowdStrike", "CrowdStrike" },
        { "SentinelOne", "SentinelOne" },
        { "Palo Alto Networks", "Palo Alto Networks" },
        { "Cylance", "Cylance" },
        { "Check Point", "Check Point" },
        { "Comodo Security", "Comodo Security" },
        { "Doctor Web", "Doctor Web" },
        { "Fortinet", "Fortinet" },
        { "G DATA", "G DATA" },
        { "Emsisoft", "Emsisoft" },
        { "Webroot", "Webroot" },
        { "Cybereason", "Cybereason" },
        { "RESET Inc.", NULL },
        { "ESETA", NULL },
        { "9AVG", NULL },
        { "AVG9", NULL },
        { "RESET and ESET", "ESET" },
        { "eset", NULL },
        { "Comodo", NULL },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *text;

        again();
        place(&h, make_certificate(&h, (made){ .name = rows[i].name, .issuer = "x" }), WR_LM, NULL,
              "Disallowed", "");
        place(&h, named(&h, rows[i].name), WR_LM, NULL, "CA", "");
        judge(&h);
        text = wr_arena_format(
            &h.arena,
            "security_vendor_disallowed high T1562.001 %s [hive LM\\Disallowed] A security "
            "vendor's "
            "certificate is refused: %s: its programs cannot be verified or started; benign for a "
            "certificate that the vendor itself revoked\n",
            rows[i].name, rows[i].vendor);
        EXPECT("security_vendor_disallowed", rows[i].vendor ? text : "");
    }
}

Test(finding, where_windows_reads_no_store_and_what_a_log_brought)
{
    place(&h, root("c"), WR_LM_WOW64, NULL, "CA", "");
    place(&h, root("d"), WR_LM, NULL, "Root", "")->added_by_log = true;
    place(&h, root("e"), WR_LM, NULL, "AuthRoot", "")->added_by_log = true;
    place(&h, root("f"), WR_LM, NULL, "CA", "")->added_by_log = true;
    place(&h, root("g"), WR_LM, NULL, "Root", "");
    judge(&h);
    EXPECT("wow6432node_copy", "wow6432node_copy medium T1553.004 c [hive LM-Wow6432Node\\CA] "
                               "Certificate stands where Windows reads no store: the "
                               "keys of stores are shared between 32 and 64 bit, so this copy has "
                               "no effect; benign where an installer wrote it "
                               "by mistake\n");
    EXPECT("added_by_log", "added_by_log info T1553.004 d [hive LM\\Root] Root was added by a "
                           "transaction log of the hive: the hive's file "
                           "alone does not have it: it was written shortly before the evidence was "
                           "taken; benign where Windows fetched it "
                           "then\n"
                           "added_by_log info T1553.004 e [hive LM\\AuthRoot] Root was added by a "
                           "transaction log of the hive: the hive's file "
                           "alone does not have it: it was written shortly before the evidence was "
                           "taken; benign where Windows fetched it "
                           "then\n");
}

Test(finding, registered_physical_stores)
{
    static const struct {
        const char *store, *provider, *target;
        uint32_t flags;
        const char *says; /* NULL: as Windows has it */
    } rows[] = {
        { "Root", "#0", "", 2, "Acme of Root is switched off" },
        { "CA", "", "", 3, "Acme of CA is switched off" },
        { "Disallowed", "#0", "", 2, "Acme of Disallowed is switched off" },
        { "Root", "File", "C:\\a.sst", 0, "Acme of Root comes from provider File, C:\\a.sst" },
        { "Root", "File", "", 2, "Acme of Root is switched off" },
        { "Root", "#1", "", 1, "Acme of Root comes from provider #1" },
        { "Root", "#0", "", 1, NULL },
        { "Root", "", "", 0, NULL },
        { "ACRS", "#0", "", 2, NULL },
        { "My", "File", "", 0, NULL },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *text;

        again();
        register_member(&h, WR_LM, NULL, "Root", ".Default", "#0", 0);
        register_member(&h, WR_LM, NULL, rows[i].store, "Acme", rows[i].provider, rows[i].flags)
            ->target = rows[i].target;
        judge(&h);
        text = wr_arena_format(&h.arena,
                               "physical_store medium T1553.004 - [hive PhysicalStores\\Acme] A "
                               "member of a root store is "
                               "switched off or leads elsewhere: %s\n",
                               rows[i].says);
        EXPECT("physical_store", rows[i].says ? text : "");
    }
}

/* ---- lists and policies ------------------------------------------------------------------------
 */

#define DAYS(n) ((wr_time)(n)*WR_TIME_DAY)

Test(finding, lists_that_do_not_verify_or_are_old)
{
    static const struct {
        int64_t moved; /* from the date of the list */
        const char *stale;
    } rows[] = {
        { -1, "" },
        { (int64_t)DAYS(60), "" },
        { (int64_t)DAYS(60) + 1, "list_stale low - - [list EncodedCtl] Trust list is older than 60 "
                                 "days: authroot list in force is of "
                                 "2026-04-22T00:00:00Z, 60 days before the time of judgement\n" },
        { (int64_t)DAYS(1000), "list_stale low - - [list EncodedCtl] Trust list is older than 60 "
                               "days: authroot list in force is of "
                               "2026-04-22T00:00:00Z, 1000 days before the time of judgement\n" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        again();
        enter(&h, root("c"), "");
        h.options.as_of = h.authroot->this_update + (wr_time)rows[i].moved;
        judge(&h);
        EXPECT("list_stale", rows[i].stale);
        EXPECT("list_not_verified", "list_not_verified high T1553.004 - [list EncodedCtl] Trust "
                                    "list does not verify: authroot list of "
                                    "2026-04-22T00:00:00Z: unsigned: the list has no signer\n");
        h.trust.lists[0].signature.status = WR_SIGNATURE_VALID;
        h.trust.lists[0].in_force = false;
        h.trust.findings.count = 0;
        cr_assert(wr_findings_make(&h.trust, &h.arena, &(wr_error){ 0 }));
        cr_expect_str_eq(findings_text(&h), "", "a list that verifies and is not in force");
    }
}

static wr_list *add_list(wr_ctl_kind kind, const char *sequence, bool from_host, const char *owner,
                         const char *path)
{
    wr_ctl *ctl = NULL;
    wr_list *list;

    list_of(&h, kind, &ctl);
    list = &h.model.lists.items[h.model.lists.count - 1];
    cr_assert(wr_time_from_civil(2020 + sequence[0], 1, 1, 0, 0, 0, &ctl->this_update));
    ctl->sequence = view_of(sequence, 1);
    list->from_host = from_host;
    list->owner = owner;
    list->path = path;
    return list;
}

#define HOST_LIST "Microsoft\\SystemCertificates\\AuthRoot\\AutoUpdate\\EncodedCtl"

/* The host's own list, and others of the host's that are newer and verify: the newest is named. */
Test(finding, a_list_that_is_older_than_one_the_host_had)
{
    static const struct {
        wr_ctl_kind kind;
        const char *sequence;
        bool from_host, valid;
        const char *path;
        const char *had; /* year of the list that is told; NULL = none */
    } rows[] = {
        { WR_CTL_AUTHROOT, "\x09", true, true, "cache", "2029" },
        { WR_CTL_AUTHROOT, "\x06", true, true, "cache", "2026" },
        { WR_CTL_AUTHROOT, "\x05", true, true, "cache", NULL },
        { WR_CTL_AUTHROOT, "\x04", true, true, "cache", NULL },
        { WR_CTL_AUTHROOT, "\x09", false, true, "given", NULL },
        { WR_CTL_AUTHROOT, "\x09", true, false, "cache", NULL },
        { WR_CTL_DISALLOWED, "\x09", true, true, "cache", NULL },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (int more = 0; more < 3;
             more++) { /* an older one of the host before it, a newer one behind it */
            const char *had = rows[i].had, *text;

            again();
            if (more)
                add_list(WR_CTL_AUTHROOT, more == 1 ? "\x01" : "\x07", true, NULL, "cache");
            add_list(rows[i].kind, rows[i].sequence, rows[i].from_host, NULL, rows[i].path);
            add_list(WR_CTL_AUTHROOT, "\x05", true, NULL, HOST_LIST);
            judge(&h);
            for (size_t j = 0; j < h.model.lists.count; j++)
                h.trust.lists[j].signature.status = WR_SIGNATURE_VALID;
            if (!rows[i].valid)
                h.trust.lists[more ? 1 : 0].signature.status = WR_SIGNATURE_INVALID;
            h.trust.findings.count = 0;
            cr_assert(wr_findings_make(&h.trust, &h.arena, &(wr_error){ 0 }));
            if (more == 2 && (!had || strcmp(had, "2027") < 0))
                had = "2027";
            text = wr_arena_format(
                &h.arena,
                "list_rollback high T1562 - [list " HOST_LIST
                "] The host's trust list is older than one "
                "it had: the authroot list is of 2025-01-01T00:00:00Z, and the host had one of "
                "%s-01-01T00:00:00Z; benign after a backup was restored\n",
                had);
            EXPECT("list_rollback", had ? text : "");
        }
}

/* Wherever it stands among the lists; of two that are as new the first is named. */
Test(finding, the_hosts_list_may_be_the_first_of_them)
{
    add_list(WR_CTL_AUTHROOT, "\x05", true, NULL, HOST_LIST);
    add_list(WR_CTL_AUTHROOT, "\x09", true, NULL, "cache");
    add_list(WR_CTL_AUTHROOT, "\x09", true, NULL, "another");
    ((wr_ctl *)(uintptr_t)h.model.lists.items[2].ctl)->this_update++;
    judge(&h);
    for (size_t j = 0; j < 3; j++)
        h.trust.lists[j].signature.status = WR_SIGNATURE_VALID;
    h.trust.findings.count = 0;
    cr_assert(wr_findings_make(&h.trust, &h.arena, &(wr_error){ 0 }));
    EXPECT("list_rollback", "list_rollback high T1562 - [list " HOST_LIST
                            "] The host's trust list is older than one it had: "
                            "the authroot list is of 2025-01-01T00:00:00Z, and the host had one of "
                            "2029-01-01T00:00:00Z; benign "
                            "after a backup was restored\n");
}

Test(finding, only_the_hosts_own_list_can_be_rolled_back)
{
    static const struct {
        bool from_host;
        const char *owner, *path;
    } rows[] = { { false, NULL, HOST_LIST },
                 { true, "Users/a", HOST_LIST },
                 { true, NULL, "cache" } };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        again();
        add_list(WR_CTL_AUTHROOT, "\x09", true, NULL, "newest");
        add_list(WR_CTL_AUTHROOT, "\x05", rows[i].from_host, rows[i].owner, rows[i].path);
        judge(&h);
        h.trust.lists[0].signature.status = h.trust.lists[1].signature.status = WR_SIGNATURE_VALID;
        h.trust.findings.count = 0;
        cr_assert(wr_findings_make(&h.trust, &h.arena, &(wr_error){ 0 }));
        EXPECT("list_rollback", "");
    }
}

Test(finding, policies)
{
    static const struct {
        uint64_t flags;
        const char *says;
    } rows[] = { { 0, NULL },    { 0x20, NULL }, { 1, "1" },
                 { 0x21, "21" }, { 0x1f, "1f" }, { 0x40, "40" } };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *text;

        again();
        set_policy(&h, "ProtectedRoots\\Flags", "key", rows[i].flags);
        judge(&h);
        text = wr_arena_format(&h.arena,
                               "protected_roots_flags info - - [hive key] Policy changes which "
                               "root stores are opened: "
                               "Flags is 0x%s\n",
                               rows[i].says);
        EXPECT("protected_roots_flags", rows[i].says ? text : "");
        h.model.policies.items[0].is_number = false;
        judge(&h);
        EXPECT("protected_roots_flags", "");
    }
    again();
    judge(&h);
    cr_expect_str_eq(findings_text(&h), "");
    set_policy(&h, "RootDirUrl", "key", 0);
    h.model.policies.items[0].text = "file://x";
    set_policy(&h, "DisableRootAutoUpdate", "other key", 1);
    judge(&h);
    EXPECT("update_redirected", "update_redirected low T1553.004 - [hive key] Trust lists come "
                                "from another place than Microsoft's: RootDirUrl is "
                                "file://x; benign in a network that distributes its own list\n");
    EXPECT("root_update_disabled", "root_update_disabled low T1562 - [hive other key] Automatic "
                                   "root update is turned off: DisableRootAutoUpdate is 1: "
                                   "program roots that are not installed cannot be fetched; benign "
                                   "in a network that distributes its own list\n");
    h.model.policies.items[0].text = "";
    h.model.policies.items[1].number = 0;
    judge(&h);
    cr_expect_str_eq(findings_text(&h), "");
}

/* ---- what was deleted --------------------------------------------------------------------------
 */

static wr_deleted deleted;

/* One of the deleted, found where its trace says. */
static void lose(const wr_certificate *cert, const char *location, const char *store)
{
    wr_trace *trace = WR_NEW(&h.arena, wr_trace, 1);
    wr_instance copy = { .path = "freed", .trace = trace };
    wr_error e;

    cr_assert(trace);
    *trace = (wr_trace){ .location = location,
                         .store = store,
                         .source = "hive",
                         .place = WR_REGF_FREE,
                         .confidence = WR_REGF_MEDIUM,
                         .reason = "its owner is gone" };
    copy.element.object = cert->x509.der;
    if (!deleted.model.arena)
        wr_model_init(&deleted.model, &h.arena, &h.diags, NULL);
    cr_assert(wr_model_store(&deleted.model, WR_LM, NULL, "none", "", "", &copy.store, &e));
    cr_assert(wr_model_certificate(&deleted.model, cert->x509.der, &copy.certificate, &e));
    cr_assert(wr_model_place(&deleted.model, &copy, &e));
}

#define LOST(name, where)                                                                          \
    "deleted_certificate low T1070 " name                                                          \
    " [hive freed] Deleted certificate recovered: it was in " where                                \
    " and is there no more; confidence medium (free: its owner is gone); benign where Windows' "   \
    "own update or an "                                                                            \
    "administrator removed it\n"

Test(finding, what_a_store_has_lost)
{
    static const struct {
        const char *location, *store, *text;
    } rows[] = {
        { "LM", "Root", LOST("c", "LM/Root") }, /* it stands in LM/CA alone */
        { "LM", "CA", "" },
        { "CU", "CA", LOST("c", "CU/CA") },
        { "", "Root", LOST("c", "a store named Root") },
        { "", "CA", "" },
        { "", "", "" },
        { "LM", "", "" },
        { "CU", "", LOST("c", "CU/") },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (int order = 0; order < 2; order++) {
            again();
            deleted = (wr_deleted){ .num_keys = 0 };
            place(&h, root("c"), WR_LM, NULL, "CA", "");
            place(&h, named(&h, "c"), WR_LM, NULL, "Root", "");
            h.model.instances.items[1].deleted = true;
            if (order) /* another place of it comes first, where it still is */
                lose(named(&h, "c"), "LM", "CA");
            lose(named(&h, "c"), rows[i].location, rows[i].store);
            lose(root("gone"), "", "");
            h.model.deleted = &deleted;
            judge(&h);
            EXPECT("deleted_certificate",
                   wr_arena_format(&h.arena, "%s%s", rows[i].text,
                                   LOST("gone", "a store that is not known")));
        }
}

static bool make_findings(wr_arena *arena, wr_error *err)
{
    wr_trust again = h.trust;

    again.findings.items = NULL;
    again.findings.count = again.findings.room = 0;
    return wr_findings_make(&again, arena, err);
}

/* One of each, so that each can be the one that has no memory. */
Test(finding, every_allocation_that_fails_ends_it)
{
    size_t kinds = 0;

    deleted = (wr_deleted){ .num_keys = 0 };
    place(
        &h,
        make_certificate(
            &h, (made){ .name = "old", .rsa_bits = 1500, .until = 2029, .issuer = "x", .ca = 'n' }),
        WR_LM, NULL, "Root", "2=x 3=other")
        ->name_mismatch = true;
    place(&h, make_certificate(&h, (made){ .name = "soon", .until = 2030 }), WR_LM, NULL, "Root",
          "");
    place(&h, make_certificate(&h, (made){ .name = "strange", .strange_key = true }), WR_LM, NULL,
          "Root", "");
    place(&h, root("listed"), WR_LM, NULL, "Root", "");
    place(&h, root("gone"), WR_LM, NULL, "AuthRoot", "")->added_by_log = true;
    place(&h, root("real"), WR_LM, NULL, "CA", "");
    place(&h, make_certificate(&h, (made){ .name = "clone", .ca = 'y', .key_id = "id" }), WR_LM,
          NULL, "Root", "");
    place(&h, make_certificate(&h, (made){ .name = "AVG", .issuer = "x" }), WR_LM, NULL,
          "Disallowed", "");
    place(&h, named(&h, "listed"), WR_LM_WOW64, NULL, "CA", "");
    place(&h, named(&h, "gone"), WR_CU, "Users/a", "Root", "");
    consent_to(&h, add_user(&h, "Users/a", WR_CONSENT_LIST), NULL, 0);
    enter(&h, named(&h, "listed"), "9=s 104=2028 122=c");
    enter_marks(named(&h, "real"), named(&h, "real"), "id");
    add_list(WR_CTL_DISALLOWED, "\x05", true, NULL, HOST_LIST);
    add_list(WR_CTL_DISALLOWED, "\x09", true, NULL, "cache");
    add_list(WR_CTL_PINRULES, "\x05", true, NULL, "");
    set_policy(&h, "RootDirUrl", "key", 1);
    set_policy(&h, "DisableRootAutoUpdate", "key", 1);
    set_policy(&h, "ProtectedRoots\\Flags", "key", 4);
    register_member(&h, WR_LM, NULL, "Root", "Acme", "File", 0);
    lose(root("lost"), "LM", "Root");
    h.model.deleted = &deleted;
    cr_assert(wr_text_unhex("ec30c9c3065a06bb07dc5b1c6b497f370c1ca65c0f30c08e042ba6bcecc78f2c",
                            h.model.certificates.items[1].sha256, WR_SHA256_LEN));
    judge(&h);
    for (size_t i = 1; i < 3; i++)
        h.trust.lists[i].signature.status = WR_SIGNATURE_VALID;
    h.trust.findings.count = 0;
    cr_assert(wr_findings_make(&h.trust, &h.arena, &(wr_error){ 0 }));
    for (size_t i = 0; wr_finding_kind_at(i); i++) {
        bool found = *told(wr_finding_kind_at(i)->id) != 0;

        cr_expect(found, "%s is not among them", wr_finding_kind_at(i)->id);
        kinds += found;
    }
    cr_expect_eq(kinds, 26);
    every_failing_allocation_is_told(make_findings);
}

/* ---- order -------------------------------------------------------------------------------------
 */

/* By certificate, then by copy, then lists, policies, stores. */
Test(finding, stand_in_one_order)
{
    static const char *const order[] = { "weak_key",         "expired",
                                         "weak_key",         "key_name_mismatch",
                                         "wow6432node_copy", "list_not_verified",
                                         "list_stale",       "update_redirected",
                                         "physical_store" };
    size_t n = 0;

    place(&h, make_certificate(&h, (made){ .name = "c", .rsa_bits = 1500 }), WR_LM, NULL, "Root",
          "");
    place(&h, make_certificate(&h, (made){ .name = "d", .rsa_bits = 1500, .until = 2029 }), WR_LM,
          NULL, "Root", "");
    place(&h, named(&h, "c"), WR_LM, NULL, "My", "")->name_mismatch = true;
    place(&h, named(&h, "c"), WR_LM_WOW64, NULL, "My", "");
    enter(&h, named(&h, "c"), "");
    enter(&h, named(&h, "d"), "");
    set_policy(&h, "RootDirUrl", "key", 1);
    register_member(&h, WR_LM, NULL, "Root", "Acme", "File", 0);
    judge(&h);
    cr_assert_eq(h.trust.findings.count, sizeof order / sizeof *order, "%s", findings_text(&h));
    for (; n < h.trust.findings.count; n++)
        cr_expect_str_eq(h.trust.findings.items[n].id, order[n]);
    for (n = 0; wr_finding_kind_at(n); n++)
        ;
    cr_expect_eq(n, 26);
}

/* Of a trial nobody asks for findings. */
Test(finding, a_trial_has_none)
{
    wr_trust_options options = h.options;
    wr_trust trial;
    wr_error e;

    place(&h, make_certificate(&h, (made){ .name = "c", .until = 2029 }), WR_LM, NULL, "Root", "");
    judge(&h);
    cr_assert_gt(h.trust.findings.count, 0);
    options.before = &h.trust;
    cr_assert(wr_trust_evaluate(&h.model, &options, &h.arena, &trial, &e));
    cr_expect_eq(trial.findings.count, 0);
}
