/* learn.h - which roots and intermediates signed files need, by the chains of their signers.
 *
 * Chains are followed by name and by signature of the certificates.  Whether a signature fits the
 * file that carries it is not asked.  docs/profile.md, "Learned from files". */
#ifndef WR_REQUIRE_LEARN_H
#define WR_REQUIRE_LEARN_H

#include "format/authenticode.h"
#include "format/ctl.h"

/* How a needed certificate is known, best first. */
typedef enum wr_need_from {
    WR_NEED_FROM_FILE,   /* a file that needs it carries it */
    WR_NEED_FROM_OTHERS, /* the supply or another file has it, and its key made the signature */
    WR_NEED_FROM_LIST,   /* a root list has its name and its key identifier */
    WR_NEED_BY_NAME      /* nobody has it: no hash is known */
} wr_need_from;

typedef struct wr_need {
    bool root; /* ends a chain; else an intermediate */
    wr_need_from from;
    bool lacking; /* some file that needs it does not carry it */
    bool has_sha256;
    uint8_t sha1[WR_SHA1_LEN], sha256[WR_SHA256_LEN]; /* no meaning by name */
    const char *subject, *issuer, *serial;            /* "" where not known or not readable */
    const char *key_id;                               /* by name: hex, "" where not known */
    const char *short_name;                           /* of the subject, for people */
    bool code_signing, time_stamping;
    bool time_stamped;           /* every signature that needs it is a time stamp or has one */
    WR_LIST(const char *) files; /* the first WR_LIMIT_LEARNED_SOURCES that need it */
    size_t num_files, last_file; /* how many; the number of the last */
} wr_need;

typedef struct wr_learned_certificate {
    wr_x509 cert;
    size_t file; /* the last file that carries it, counted from 1; 0 = none */
} wr_learned_certificate;

typedef struct wr_learning {
    wr_arena *arena;
    wr_diags *diags;
    WR_LIST(wr_learned_certificate) known;
    WR_LIST(const wr_ctl *) lists; /* root lists that verify */
    WR_LIST(wr_need *) needs;
    size_t num_files;
} wr_learning;

/* Certificates that chains may go through: those of the supply, and those of every file before the
 * first is learned.  What cannot be parsed is left out.  Fails: NO_MEMORY. */
WR_MUST_USE bool wr_learn_certificates(wr_learning *l, const wr_ders *certificates, wr_error *err);

/* Adds what the signatures of one file need.  `path` is borrowed.  A signature whose signer's
 * certificate is nowhere is SKIPPED.  Fails: NO_MEMORY. */
WR_MUST_USE bool wr_learn_file(wr_learning *l, const char *path, const wr_authenticodes *signatures,
                               wr_error *err);

/* Roots first, then those known by name, then intermediates; each by subject and hash. */
void wr_learn_sort(wr_learning *l);

#endif
