/* winroots/convert.h - a certificate store in another format.
 *
 *     wr_convert_options options = { .format = WR_CONVERT_REG };
 *     wr_convert("roots.sst", "roots.reg", &options, &result, &err); */
#ifndef WINROOTS_CONVERT_H
#define WINROOTS_CONVERT_H

#include "winroots/error.h"

typedef enum wr_convert_format {
    WR_CONVERT_SST, /* sst, reg and pol hold properties and every kind of element  */
    WR_CONVERT_PEM, /* certificates alone                                          */
    WR_CONVERT_DER, /* one certificate                                             */
    WR_CONVERT_P7B, /* certificates and CRLs                                       */
    WR_CONVERT_REG,
    WR_CONVERT_POL
} wr_convert_format;

/* The format of a name (sst, pem, der, cer, p7b, p7c, reg, pol), or of a file name that ends with
 * '.' and one of them, in either case; false for any other. */
bool wr_convert_format_of(const char *name, wr_convert_format *out);

typedef struct wr_convert_options {
    wr_convert_format format;
    const char *store; /* "LM/Root": which store of a hive, reg or pol is read, else where one of
                          the reg or pol that is written stands; NULL: the only one of the input,
                          else LM/Root in a reg and LM-GroupPolicy/Root in a pol */
    bool force;        /* replace the output where it exists */
    /* Called for what the output cannot hold and what is damaged; NULL: not.  The text lives for
     * the call. */
    void (*tell)(const wr_error *what, void *data);
    void *data;
} wr_convert_options;

typedef struct wr_convert_result {
    size_t num_elements;   /* written                                                     */
    size_t num_left_out;   /* CRLs and CTLs that the format cannot hold                   */
    size_t num_properties; /* the same of properties                                      */
    size_t num_skipped;    /* what could not be read of the input: the output may lack it */
    bool read;             /* on failure: the input was read, so the output is at fault   */
} wr_convert_result;

/* Reads the store of a file of any known kind and writes it to another, whole or not at all.  True
 * does NOT promise that all of the input is in the output: see *out.
 * Fails: USAGE (no such store, several and none chosen, more than one certificate for a DER, the
 * output exists), IO, TRUNCATED, MALFORMED, UNSUPPORTED, LIMIT (the input), NO_MEMORY. */
WR_MUST_USE bool wr_convert(const char *input, const char *output,
                            const wr_convert_options *options, wr_convert_result *out,
                            wr_error *err);

#endif
