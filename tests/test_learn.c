/* test_learn.c - which certificates the chains of fixtures/pe need, from what is at hand. */
#include "support.h"

#include "base/text.h"
#include "format/pe.h"
#include "require/learn.h"
#include "winroots/limits.h"

typedef struct lesson {
    wr_arena arena;
    wr_diags diags;
    wr_learning learning;
    wr_ctl list;
    void *files[32];
    size_t num_files;
} lesson;

static wr_view file(lesson *l, const char *name)
{
    char path[512];
    size_t len;
    uint8_t *bytes;

    snprintf(path, sizeof path, "%s%s", FIXTURE("pe/"), name);
    bytes = read_file(path, &len);
    l->files[l->num_files++] = bytes;
    return view_of(bytes, len);
}

static void start(lesson *l)
{
    memset(l, 0, sizeof *l);
    wr_arena_init(&l->arena, (size_t)16 << 20);
    wr_diags_init(&l->diags, &l->arena);
    l->learning = (wr_learning){ .arena = &l->arena, .diags = &l->diags };
}

static void stop(lesson *l)
{
    wr_arena_free(&l->arena);
    while (l->num_files)
        free(l->files[--l->num_files]);
}

static bool know(lesson *l, wr_view der, wr_error *err)
{
    wr_ders one = { { 0 } };
    wr_view *item = WR_APPEND(&l->arena, &one.list, wr_view);

    if (!item)
        return wr_fail_memory(err);
    *item = der;
    return wr_learn_certificates(&l->learning, &one, err);
}

static void supply(lesson *l, const char *name)
{
    wr_error err;

    cr_assert(know(l, file(l, name), &err), "%s", err.message);
}

static void use_list(lesson *l)
{
    const wr_ctl **slot = WR_APPEND(&l->arena, &l->learning.lists, const wr_ctl *);
    wr_error err;

    cr_assert(wr_ctl_parse(file(l, "roots.ctl"), &l->arena, &l->list, &err), "%s", err.message);
    *slot = &l->list;
}

static bool read_program(lesson *l, wr_view v, wr_authenticodes *out, wr_error *err)
{
    wr_pkcs7 message;
    wr_pe pe;

    if (!wr_pe_parse(v, &l->arena, &l->diags, &pe, err))
        return false;
    for (size_t i = 0; i < pe.certificates.count; i++)
        if (pe.certificates.items[i].type == WR_PE_PKCS_SIGNED_DATA &&
            (!wr_pkcs7_parse(pe.certificates.items[i].bytes, &l->arena, &l->diags, &message, err) ||
             !wr_authenticode_read(&message, &l->arena, &l->diags, out, err)))
            return false;
    return true;
}

static bool try_to_learn(lesson *l, wr_view v, wr_error *err)
{
    wr_authenticodes signatures = { { 0 } };

    if (!read_program(l, v, &signatures, err))
        return false;
    for (size_t i = 0; i < signatures.list.count; i++)
        if (!wr_learn_certificates(&l->learning, &signatures.list.items[i].message.certificates,
                                   err))
            return false;
    if (!wr_learn_file(&l->learning, "a file", &signatures, err))
        return false;
    wr_learn_sort(&l->learning);
    return true;
}

static void learn(lesson *l, const char *name)
{
    wr_error err;

    cr_assert(try_to_learn(l, file(l, name), &err), "%s", err.message);
}

static const wr_need *need(const lesson *l, const char *short_name)
{
    for (size_t i = 0; i < l->learning.needs.count; i++)
        if (strcmp(l->learning.needs.items[i]->short_name, short_name) == 0)
            return l->learning.needs.items[i];
    return NULL;
}

static bool is_certificate(lesson *l, const wr_need *n, const char *name)
{
    uint8_t sha1[WR_SHA1_LEN], sha256[WR_SHA256_LEN];
    wr_view der = file(l, name);
    wr_error err;

    cr_assert(wr_digest(WR_SHA1, der, sha1, &err) && wr_digest(WR_SHA256, der, sha256, &err));
    return n->has_sha256 && memcmp(n->sha1, sha1, sizeof sha1) == 0 &&
           memcmp(n->sha256, sha256, sizeof sha256) == 0;
}

Test(learn, a_list_names_a_root_by_name_and_key_together)
{
    const wr_need *root;
    lesson l;

    start(&l);
    use_list(&l);
    learn(&l, "signed.exe");
    root = need(&l, "Test Code Root");
    cr_assert(root && root->root && root->from == WR_NEED_FROM_LIST);
    cr_assert(is_certificate(&l, root, "code_root.cer"), "not the one of another key before it");
    cr_assert_str_eq(root->subject, "CN=Test Code Root, O=winroots tests");
    cr_assert(root->lacking && root->code_signing && !root->time_stamping && root->time_stamped);
    stop(&l);
}

Test(learn, the_supply_comes_before_the_list_and_the_file_before_both)
{
    lesson l;

    start(&l);
    use_list(&l);
    supply(&l, "code_root.cer");
    learn(&l, "signed.exe");
    cr_assert_eq(need(&l, "Test Code Root")->from, WR_NEED_FROM_OTHERS);
    learn(&l, "nested.exe");
    cr_assert_eq(need(&l, "Test Code Root")->from, WR_NEED_FROM_FILE);
    cr_assert(need(&l, "Test Code Root")->lacking, "the first file still lacks it");
    cr_assert_eq(need(&l, "Test Code Root")->num_files, 2);
    cr_assert_not(need(&l, "Test Code CA")->lacking);
    stop(&l);
}

Test(learn, a_certificate_of_the_right_name_and_another_key_is_no_issuer)
{
    const wr_need *root;
    lesson l;

    start(&l);
    supply(&l, "other_ca.cer");
    supply(&l, "other_root.cer");
    learn(&l, "signed.exe");
    root = need(&l, "Test Code Root");
    cr_assert_eq(root->from, WR_NEED_BY_NAME);
    cr_assert_not(root->has_sha256);
    cr_assert_eq(strlen(root->key_id), 40);
    cr_assert_null(need(&l, "Test Other Root"));
    stop(&l);
}

Test(learn, a_root_is_taken_before_its_cross_certificate)
{
    lesson l;

    start(&l);
    supply(&l, "cross.cer");
    supply(&l, "cross_root.cer");
    learn(&l, "signed.exe");
    cr_assert(need(&l, "Test Cross Root")->root, "no other way is known");
    cr_assert_not(need(&l, "Test Code Root")->root);
    cr_assert(is_certificate(&l, need(&l, "Test Code Root"), "cross.cer"));
    stop(&l);

    start(&l);
    supply(&l, "cross.cer");
    supply(&l, "cross_root.cer");
    supply(&l, "code_root.cer");
    learn(&l, "signed.exe");
    cr_assert_null(need(&l, "Test Cross Root"));
    cr_assert(is_certificate(&l, need(&l, "Test Code Root"), "code_root.cer"));
    stop(&l);
}

Test(learn, roots_come_first_then_names_then_intermediates)
{
    static const char *const order[] = { "Test Code Root", "Test Time Root", "Test Other Root",
                                         "Test Code CA",   "Test Other CA",  "Test Time CA" };
    lesson l;

    start(&l);
    learn(&l, "nested.exe");
    cr_assert_eq(l.learning.needs.count, sizeof order / sizeof *order);
    for (size_t i = 0; i < l.learning.needs.count; i++)
        cr_assert_str_eq(l.learning.needs.items[i]->short_name, order[i]);
    stop(&l);
}

Test(learn, names_the_first_files_and_counts_all)
{
    wr_error err;
    wr_view v;
    lesson l;

    start(&l);
    v = file(&l, "nested.exe");
    for (int i = 0; i < 20; i++)
        cr_assert(try_to_learn(&l, v, &err));
    cr_assert_eq(need(&l, "Test Code Root")->num_files, 20);
    cr_assert_eq(need(&l, "Test Code Root")->files.count, WR_LIMIT_LEARNED_SOURCES);
    cr_assert_eq(l.learning.known.count, 8, "of equal certificates one is kept");
    stop(&l);
}

Test(learn, a_signer_without_certificate_is_told)
{
    lesson l;

    start(&l);
    learn(&l, "without_signer.exe");
    cr_assert_eq(l.learning.needs.count, 0);
    cr_assert_eq(l.diags.num_skipped, 1);
    stop(&l);
}

/* ---- all that is learned -----------------------------------------------------------------------
 */

static void learn_as(lesson *l, const char *name, const char *path)
{
    wr_authenticodes signatures = { { 0 } };
    wr_error err = { .code = WR_E_NO_MEMORY }; /* what it held before means nothing */

    cr_assert(read_program(l, file(l, name), &signatures, &err), "%s", err.message);
    for (size_t i = 0; i < signatures.list.count; i++)
        cr_assert(wr_learn_certificates(&l->learning,
                                        &signatures.list.items[i].message.certificates, &err));
    cr_assert(wr_learn_file(&l->learning, path, &signatures, &err), "%s", err.message);
}

/* A line for each need, in the order of the sort: name, what it is, whence, texts, uses, files. */
static const char *needs_text(lesson *l)
{
    static const char *const from[] = { "file", "others", "list", "name" };
    const char *text = "";

    wr_learn_sort(&l->learning);
    for (size_t i = 0; i < l->learning.needs.count; i++) {
        const wr_need *n = l->learning.needs.items[i];

        text = wr_arena_format(&l->arena, "%s%s: %s%s%s [%s] [%s] [%s] [%s]%s%s%s", text,
                               n->short_name, n->root ? "root " : "", from[n->from],
                               n->lacking ? " lacking" : "", n->subject, n->issuer, n->serial,
                               n->key_id, n->code_signing ? " code" : "",
                               n->time_stamping ? " time" : "", n->time_stamped ? " stamped" : "");
        for (size_t f = 0; f < n->files.count; f++)
            text = wr_arena_format(&l->arena, "%s %s", text, n->files.items[f]);
        text = wr_arena_format(&l->arena, "%s (%zu)\n", text, n->num_files);
        cr_assert(text);
    }
    return text;
}

static const char *hex_of(lesson *l, const char *name, bool serial)
{
    wr_x509 cert;
    wr_error err;
    wr_view v;

    cr_assert(wr_x509_parse(file(l, name), &cert, &err));
    v = serial ? cert.serial : cert.subject_key_id;
    return wr_text_hex(&l->arena, v.data, v.len);
}

#define NAME(of) "CN=Test " of ", O=winroots tests"

static void expect_needs(lesson *l, const char *expected)
{
    cr_assert_str_eq(needs_text(l), expected, "%s\nexpected\n%s", needs_text(l), expected);
}

Test(learn, a_signed_file_whole)
{
    lesson l;

    start(&l);
    learn_as(&l, "signed.exe", "x");
    expect_needs(
        &l,
        wr_arena_format(
            &l.arena,
            "Test Time Root: root file [" NAME("Time Root") "] [" NAME(
                "Time Root") "] [%s] [] time "
                             "stamped x (1)\n"
                             "Test Code Root: root name lacking [" NAME(
                                 "Code Root") "] [] [] [%s] code stamped x (1)\n"
                                              "Test Code CA: file [" NAME("Code CA") "] [" NAME(
                                                  "Code Root") "] [%s] [] code stamped x "
                                                               "(1)\n"
                                                               "Test Time CA: file [" NAME(
                                                                   "Time CA") "] [" NAME("Time "
                                                                                         "Root") "]"
                                                                                                 " "
                                                                                                 "["
                                                                                                 "%"
                                                                                                 "s"
                                                                                                 "]"
                                                                                                 " "
                                                                                                 "["
                                                                                                 "]"
                                                                                                 " "
                                                                                                 "t"
                                                                                                 "i"
                                                                                                 "m"
                                                                                                 "e"
                                                                                                 " "
                                                                                                 "s"
                                                                                                 "t"
                                                                                                 "a"
                                                                                                 "m"
                                                                                                 "p"
                                                                                                 "e"
                                                                                                 "d"
                                                                                                 " "
                                                                                                 "x"
                                                                                                 " "
                                                                                                 "("
                                                                                                 "1"
                                                                                                 ")"
                                                                                                 "\n",
            hex_of(&l, "time_root.cer", true), hex_of(&l, "code_root.cer", false),
            hex_of(&l, "code_ca.cer", true), hex_of(&l, "time_ca.cer", true)));
    stop(&l);
}

/* It carries nothing but the certificate of its signer, and has no time stamp. */
Test(learn, a_bare_file_whole)
{
    const char *ca_key;
    lesson l;

    start(&l);
    ca_key = hex_of(&l, "code_ca.cer", false);
    learn_as(&l, "two_entries.exe", "x");
    expect_needs(&l, wr_arena_format(&l.arena,
                                     "Test Code CA: root name lacking [" NAME(
                                         "Code CA") "] [] [] [%s] code x (1)\n",
                                     ca_key));
    stop(&l);

    start(&l); /* from the supply, up to what a list names */
    supply(&l, "code_ca.cer");
    use_list(&l);
    learn_as(&l, "two_entries.exe", "x");
    expect_needs(&l, wr_arena_format(
                         &l.arena,
                         "Test Code Root: root list lacking [" NAME(
                             "Code Root") "] [] [] [] code x (1)\n"
                                          "Test Code CA: others lacking [" NAME(
                                              "Code CA") "] [" NAME("Code Root") "] [%s] [] code "
                                                                                 "x (1)\n",
                         hex_of(&l, "code_ca.cer", true)));
    cr_assert(is_certificate(&l, need(&l, "Test Code Root"), "code_root.cer"));
    cr_assert(is_certificate(&l, need(&l, "Test Code CA"), "code_ca.cer"));
    stop(&l);
}

/* Two files: what one says is added to what the other said, whichever came first. */
Test(learn, what_several_files_say_is_united)
{
    static const char *const orders[][2] = { { "signed.exe", "two_entries.exe" },
                                             { "two_entries.exe", "signed.exe" } };

    for (size_t i = 0; i < 2; i++) {
        const char *files = i ? "two_entries.exe signed.exe" : "signed.exe two_entries.exe";
        lesson l;

        start(&l);
        supply(&l, "code_ca.cer");
        supply(&l, "code_root.cer");
        learn_as(&l, orders[i][0], orders[i][0]);
        learn_as(&l, orders[i][1], orders[i][1]);
        expect_needs(
            &l, wr_arena_format(
                    &l.arena,
                    "Test Code Root: root others lacking [" NAME("Code Root") "] [" NAME(
                        "Code Root") "] [%s] "
                                     "[] code %s (2)\n"
                                     "Test Time Root: root file [" NAME("Time Root") "] [" NAME(
                                         "Time Root") "] [%s] [] time "
                                                      "stamped signed.exe (1)\n"
                                                      "Test Code CA: file lacking [" NAME("Code CA") "] [" NAME(
                                                          "Code Root") "] [%s] [] code %s "
                                                                       "(2)\n"
                                                                       "Test Time CA: file [" NAME(
                                                                           "Time CA") "] [" NAME("T"
                                                                                                 "i"
                                                                                                 "m"
                                                                                                 "e"
                                                                                                 " "
                                                                                                 "R"
                                                                                                 "o"
                                                                                                 "o"
                                                                                                 "t") "] [%s] [] time stamped "
                                                                                                      "signed.exe (1)\n",
                    hex_of(&l, "code_root.cer", true), files, hex_of(&l, "time_root.cer", true),
                    hex_of(&l, "code_ca.cer", true), files, hex_of(&l, "time_ca.cer", true)));
        stop(&l);
    }
}

Test(learn, a_nested_file_whole)
{
    lesson l;

    start(&l);
    supply(&l, "other_root.cer");
    learn_as(&l, "nested.exe", "x");
    expect_needs(
        &l,
        wr_arena_format(
            &l.arena,
            "Test Code Root: root file [" NAME("Code Root") "] [" NAME(
                "Code Root") "] [%s] [] code stamped x (1)\n"
                             "Test Other Root: root others lacking [" NAME(
                                 "Other "
                                 "Root") "] [" NAME("Other Root") "] [%s] [] code "
                                                                  "stamped x (1)\n"
                                                                  "Test Time Root: root file "
                                                                  "[" NAME("Time Root") "] [" NAME(
                                                                      "Time Root") "] [%s] [] time "
                                                                                   "stamped x (1)\n"
                                                                                   "Test Code CA: "
                                                                                   "file [" NAME(
                                                                                       "Code"
                                                                                       " CA") "] "
                                                                                              "[" NAME(
                                                                                                  "Code Root") "]"
                                                                                                               " "
                                                                                                               "["
                                                                                                               "%"
                                                                                                               "s"
                                                                                                               "]"
                                                                                                               " "
                                                                                                               "["
                                                                                                               "]"
                                                                                                               " "
                                                                                                               "c"
                                                                                                               "o"
                                                                                                               "d"
                                                                                                               "e"
                                                                                                               " "
                                                                                                               "s"
                                                                                                               "t"
                                                                                                               "a"
                                                                                                               "m"
                                                                                                               "p"
                                                                                                               "e"
                                                                                                               "d"
                                                                                                               " "
                                                                                                               "x"
                                                                                                               " "
                                                                                                               "("
                                                                                                               "1"
                                                                                                               ")"
                                                                                                               "\n"
                                                                                                               "T"
                                                                                                               "e"
                                                                                                               "s"
                                                                                                               "t"
                                                                                                               " "
                                                                                                               "O"
                                                                                                               "t"
                                                                                                               "h"
                                                                                                               "e"
                                                                                                               "r"
                                                                                                               " "
                                                                                                               "C"
                                                                                                               "A"
                                                                                                               ":"
                                                                                                               " "
                                                                                                               "f"
                                                                                                               "i"
                                                                                                               "l"
                                                                                                               "e"
                                                                                                               " "
                                                                                                               "[" NAME("Other CA") "] [" NAME(
                                                                                                                   "Other Root") "] [%s] [] code stamped x (1)\n"
                                                                                                                                 "Test Time CA: file [" NAME(
                                                                                                                                     "Time CA") "] [" NAME("Time Root") "] [%s] [] time stamped x (1)\n",
            hex_of(&l, "code_root.cer", true), hex_of(&l, "other_root.cer", true),
            hex_of(&l, "time_root.cer", true), hex_of(&l, "code_ca.cer", true),
            hex_of(&l, "other_ca.cer", true), hex_of(&l, "time_ca.cer", true)));
    stop(&l);
}

/* The certificate of its signer stands in another file. */
Test(learn, a_signer_of_another_file)
{
    lesson l;

    start(&l);
    learn_as(&l, "signed.exe", "x");
    learn_as(&l, "without_signer.exe", "y");
    cr_assert_eq(l.diags.num_skipped, 0);
    cr_assert_eq(need(&l, "Test Code CA")->num_files, 2);
    cr_assert_str_eq(need(&l, "Test Code CA")->files.items[1], "y");
    cr_assert_not(need(&l, "Test Code CA")->lacking);
    cr_assert_not(need(&l, "Test Code CA")->time_stamped, "the second has no time stamp");
    stop(&l);
}

/* By name alone they are one where name and key are. */
Test(learn, issuers_that_nobody_has_are_told_once)
{
    lesson l;

    start(&l);
    learn_as(&l, "signed.exe", "x");
    learn_as(&l, "two_entries.exe", "y");
    learn_as(&l, "signed.exe", "z");
    cr_assert_eq(l.learning.needs.count, 4);
    cr_assert_eq(need(&l, "Test Code Root")->num_files, 3,
                 "the second goes through the CA of the first");
    stop(&l);

    start(&l);
    learn_as(&l, "two_entries.exe", "x");
    learn_as(&l, "signed.exe", "y");
    learn_as(&l, "two_entries.exe", "z");
    cr_assert_eq(l.learning.needs.count, 5, "%s", needs_text(&l));
    stop(&l);
}

/* The list's entry gives no SHA-256; a file that carries the root does. */
Test(learn, what_a_file_says_replaces_what_a_list_says)
{
    wr_ctl_entry *entry;
    lesson l;

    start(&l);
    use_list(&l);
    entry = &l.list.entries.items[1];
    entry->attributes.len -= 50; /* its last attribute, 98 */
    supply(&l, "code_ca.cer");
    learn_as(&l, "two_entries.exe", "x");
    cr_assert_eq(need(&l, "Test Code Root")->from, WR_NEED_FROM_LIST);
    cr_assert_not(need(&l, "Test Code Root")->has_sha256);
    learn_as(&l, "nested.exe", "y");
    cr_assert_eq(need(&l, "Test Code Root")->from, WR_NEED_FROM_FILE);
    cr_assert(is_certificate(&l, need(&l, "Test Code Root"), "code_root.cer"));
    cr_assert_eq(need(&l, "Test Code Root")->num_files, 2);
    stop(&l);
}

/* The certificates of a list's message, as if a file were signed by the first of them. */
static void learn_message(lesson *l, const char *name, wr_signature_kind kind, bool stamped)
{
    wr_authenticodes signatures = { { 0 } };
    wr_authenticode *signature = WR_APPEND(&l->arena, &signatures.list, wr_authenticode);
    char path[64];
    wr_error err;

    snprintf(path, sizeof path, "../ctl/%s", name);
    cr_assert(signature &&
              wr_pkcs7_parse(file(l, path), &l->arena, &l->diags, &signature->message, &err));
    signature->has_signer = true;
    signature->kind = kind;
    signature->time_stamped = stamped;
    cr_assert(
        wr_x509_parse(signature->message.certificates.list.items[0], &signature->signer, &err));
    cr_assert(wr_learn_certificates(&l->learning, &signature->message.certificates, &err));
    cr_assert(wr_learn_file(&l->learning, "x", &signatures, &err), "%s", err.message);
}

/* Two CAs that certify each other: each once, and then nobody has the issuer. */
Test(learn, a_circle_ends)
{
    static const char *const told[] = { "Test List CA: root name lacking", "Test List CA: file",
                                        "Other CA: file" };
    const char *text;
    size_t lines = 0;
    lesson l;

    start(&l);
    learn_message(&l, "loop.stl", WR_SIGNATURE_FIRST, false);
    text = needs_text(&l);
    for (size_t i = 0; i < 3; i++)
        cr_assert(strstr(text, told[i]), "%s\n%s", told[i], text);
    for (const char *c = text; *c; c++)
        lines += *c == '\n';
    cr_assert_eq(lines, 3, "%s", text);
    stop(&l);
}

/* One CA below which there is everything: what each signature says is added, in any order. */
Test(learn, what_signatures_say_of_one_certificate_is_added)
{
    static const wr_signature_kind kinds[] = { WR_SIGNATURE_FIRST, WR_SIGNATURE_TIME_STAMP,
                                               WR_SIGNATURE_NESTED, WR_SIGNATURE_COUNTERSIGNED };

    for (size_t first = 0; first < 4; first++)
        for (size_t second = 0; second < 4; second++)
            for (int stamped = 0; stamped < 4; stamped++) {
                const wr_need *root;
                lesson l;

                start(&l);
                learn_message(&l, "list.stl", kinds[first], stamped & 1);
                learn_message(&l, "list.stl", kinds[second], stamped & 2);
                cr_assert_eq(l.learning.needs.count, 2);
                root = need(&l, "Test Root");
                cr_expect_eq(root->code_signing, first % 2 == 0 || second % 2 == 0, "%zu %zu",
                             first, second);
                cr_expect_eq(root->time_stamping, first % 2 == 1 || second % 2 == 1, "%zu %zu",
                             first, second);
                cr_expect_eq(root->time_stamped,
                             (first % 2 || stamped & 1) && (second % 2 || stamped & 2),
                             "%zu %zu %d", first, second, stamped);
                stop(&l);
            }
}

/* WR_LIMIT_ISSUER_CHECKS: CAs of the right name and other keys stand before the one that signed. */
Test(learn, no_more_than_4096_issuers_are_tried)
{
    for (size_t more = 0; more < 2; more++) {
        wr_x509 real;
        wr_error err;
        lesson l;

        start(&l);
        cr_assert(wr_x509_parse(file(&l, "code_ca.cer"), &real, &err));
        for (size_t i = 0; i < 4095 + more; i++) {
            wr_learned_certificate *known =
                WR_APPEND(&l.arena, &l.learning.known, wr_learned_certificate);
            const size_t key = (size_t)(real.key_bits.data - real.der.data);
            wr_view copy;

            cr_assert(known && wr_arena_copy(&l.arena, real.der, &copy));
            ((uint8_t *)(uintptr_t)copy.data)[key + 20 + i % 64] ^= (uint8_t)(1 + i / 64);
            cr_assert(wr_x509_parse(copy, &known->cert, &err));
        }
        supply(&l, "code_ca.cer");
        learn_as(&l, "two_entries.exe", "x");
        cr_assert_eq(need(&l, "Test Code CA")->from, more ? WR_NEED_BY_NAME : WR_NEED_FROM_OTHERS);
        stop(&l);
    }
}

static bool learn_all(wr_arena *arena, wr_error *err)
{
    static const char *const names[] = { "signed.exe", "nested.exe", "two_entries.exe" };
    lesson l = { .arena = *arena };
    wr_ders supplied = { { 0 } };
    const wr_ctl **slot;
    wr_view *der;
    bool done;

    wr_diags_init(&l.diags, &l.arena);
    l.learning = (wr_learning){ .arena = &l.arena, .diags = &l.diags };
    done = (slot = WR_APPEND(&l.arena, &l.learning.lists, const wr_ctl *)) &&
           (der = WR_APPEND(&l.arena, &supplied.list, wr_view));
    if (!done)
        wr_fail_memory(err);
    if (done) {
        *slot = &l.list;
        *der = file(&l, "other_root.cer");
        done = wr_ctl_parse(file(&l, "roots.ctl"), &l.arena, &l.list, err) &&
               wr_learn_certificates(&l.learning, &supplied, err);
    }
    for (size_t i = 0; done && i < 3; i++)
        done = try_to_learn(&l, file(&l, names[i]), err);
    *arena = l.arena;
    while (l.num_files)
        free(l.files[--l.num_files]);
    return done;
}

Test(learn, every_allocation_that_fails_ends_it)
{
    every_failing_allocation_is_told(learn_all);
}

static void learn_from(wr_view v, wr_arena *arena)
{
    lesson l = { .arena = *arena };
    wr_error err;

    wr_diags_init(&l.diags, &l.arena);
    l.learning = (wr_learning){ .arena = &l.arena, .diags = &l.diags };
    if (!try_to_learn(&l, v, &err))
        cr_assert(err.message[0]);
    for (size_t i = 0; i < l.learning.needs.count; i++) {
        const wr_need *n = l.learning.needs.items[i];
        if (n->num_files)
            cr_assert(n->from == WR_NEED_BY_NAME ? *n->subject && !n->has_sha256 : n->has_sha256);
    }
    *arena = l.arena;
}

Test(learn, survives_every_flip)
{
    size_t len;
    uint8_t *bytes = read_file(FIXTURE("pe/two_entries.exe"), &len);

    for_every_flip(bytes, len, learn_from);
    free(bytes);
}
