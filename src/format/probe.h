/* probe.h - what a file is, by its content and never by its name. */
#ifndef WR_FORMAT_PROBE_H
#define WR_FORMAT_PROBE_H

#include "base/reader.h"

typedef enum wr_kind {
    WR_KIND_UNKNOWN,
    WR_KIND_EMPTY,       /* no bytes                                     */
    WR_KIND_ZEROS,       /* nothing but zero bytes in what was looked at */
    WR_KIND_REGF,        /* a registry hive                              */
    WR_KIND_REGF_LOG,    /* a transaction log of one                     */
    WR_KIND_HBIN,        /* a fragment of one, without base block        */
    WR_KIND_SST,         /* serialized store                             */
    WR_KIND_CTL,         /* signed list: authroot, disallowed, pin rules */
    WR_KIND_CATALOGUE,   /* signed list of files                         */
    WR_KIND_PKCS7,       /* certificate bag, or another PKCS#7 message   */
    WR_KIND_CERTIFICATE, /* one DER certificate                          */
    WR_KIND_PEM,         /* text with certificates, or bare base64       */
    WR_KIND_ELEMENT,     /* one serialized element: a Blob in a file     */
    WR_KIND_CAB,         /* cabinet                                      */
    WR_KIND_REG,         /* .reg text                                    */
    WR_KIND_POL,         /* Registry.pol                                 */
    WR_KIND_PE,          /* program                                      */
    WR_KIND_ARCHIVE,     /* zip, 7z, tar, gz, zst, xz, rar, iso          */
    WR_KIND_IMAGE,       /* disk image: E01, VMDK, VHD, VHDX, qcow2, raw */
    WR_KIND_REPORT,      /* a saved JSON report of winroots              */
    WR_KIND_RECORD,      /* lines of records of a fleet                  */
    WR_KIND_TEXT         /* other text                                   */
} wr_kind;

/* Looks at the first 64 KiB of `v` and, where DER or a property says how long it is, at what stands
 * behind that; true content is established by the parser of that kind.  What was cut keeps its kind
 * as long as the bytes that tell it are there. */
wr_kind wr_probe(wr_view v);

/* Stable lower-case name, as in JSON: unknown, empty, zeros, regf, regf_log, hbin, sst, ctl,
 * catalogue, pkcs7, certificate, pem, element, cab, reg, pol, pe, archive, image, report, text. */
const char *wr_kind_name(wr_kind kind);

#endif
