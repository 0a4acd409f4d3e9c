/* winroots/export.h - the certificates that a host trusts for a purpose, for programs that take a
 * file of them.
 *
 *     wr_analysis_add(a, WR_INPUT_EVIDENCE, "SOFTWARE", NULL, NULL, &err) &&
 *     wr_analysis_export(a, &judge, &(wr_export_options){ .purpose = "server_auth" }, "roots.pem",
 *                        &result, &err); */
#ifndef WINROOTS_EXPORT_H
#define WINROOTS_EXPORT_H

#include "winroots/analysis.h"

typedef enum wr_export_format {
    WR_EXPORT_PEM, /* what is known of each stands before it in lines that begin with '#' */
    WR_EXPORT_SST  /* property 9 of each is the purpose, so that none is good for more    */
} wr_export_format;

typedef struct wr_export_options {
    const char *purpose; /* "server_auth", "serverAuth" or a dotted OID                       */
    const char *scope;   /* "machine", "user:S-1-5-21-1", "user:Users/alice", "service:NTDS";
                            NULL: machine                                                     */
    wr_export_format format;
    bool with_conditional; /* those that are trusted under a condition, too */
    /* Called for what the file lacks and why; NULL: not.  The text lives for the call. */
    void (*tell)(const wr_error *what, void *data);
    void *data;
} wr_export_options;

typedef struct wr_export_result {
    size_t num_written;
    size_t num_conditional; /* of those: conditional                                   */
    size_t num_supplied;    /* of those: named by the root list, taken from the supply */
    size_t num_left_out;    /* conditional, and not asked for                          */
    size_t num_on_demand;   /* named by the root list; nobody has the certificate      */
    size_t num_unknown;     /* status unknown: not written                             */
    bool incomplete;        /* evidence that was given could not be read               */
} wr_export_result;

/* Judges, in place of wr_analysis_run, and writes each certificate whose status for the purpose is
 * trusted: of the evidence, and of the supply where the root list in force names it and the host
 * may fetch it (`assume_connected`; else that is a condition).  The file appears whole or not at
 * all; `path` NULL = standard output.
 * True does NOT promise that the set is complete: see *out.
 * Fails: as wr_analysis_run; USAGE (no such purpose or scope), IO, NO_MEMORY. */
WR_MUST_USE bool wr_analysis_export(wr_analysis *a, const wr_analysis_options *judge,
                                    const wr_export_options *options, const char *path,
                                    wr_export_result *out, wr_error *err);

#endif
