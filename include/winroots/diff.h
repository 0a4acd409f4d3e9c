/* winroots/diff.h - what two hosts, lists, stores or times do not have alike, and what the
 * transaction logs of a dirty hive change. */
#ifndef WINROOTS_DIFF_H
#define WINROOTS_DIFF_H

#include "winroots/analysis.h"

/* One side: an analysis that has run, or a report that was saved by one. */
typedef struct wr_diff_side {
    const char *label;     /* for people: what the user typed                     */
    wr_analysis *analysis; /* borrowed; NULL = `report`                           */
    const char *report;    /* path of a winroots.report/1                         */
} wr_diff_side;

/* True when the file at `path` is a saved report; also false when it cannot be read. */
bool wr_diff_is_report(const char *path);

/* Compares and writes to a file, whole or not at all, or to standard output (output NULL).  Sides
 * that hold nothing but lists are compared by their entries, sides that hold nothing but
 * certificate stores without a place by their elements, all others as hosts.
 * WR_FORMAT_NDJSON is the JSON in one line.  *equal is false where anything differs; what could not
 * be read on a side is in the output and does not make it differ.
 * Fails: USAGE (an analysis has not run; sides of two kinds), MALFORMED, UNSUPPORTED, LIMIT or IO
 * (a report; its path in err->source), IO (the output), NO_MEMORY. */
WR_MUST_USE bool wr_diff(const wr_diff_side *a, const wr_diff_side *b, wr_format format,
                         const char *output, bool *equal, wr_error *err);

/* The dirty hive of an analysis that has not run, and whose inputs were added with `hold_logs`:
 * compares it before and after its logs, and each of their entries with the one before.  A hive
 * that is clean, or whose logs do not apply, is equal.  The analysis is used up.
 * Fails: USAGE (it has run; no hive in it, or several dirty ones), IO, NO_MEMORY. */
WR_MUST_USE bool wr_diff_replay(wr_analysis *a, const char *label,
                                const wr_analysis_options *options, wr_format format,
                                const char *output, bool *equal, wr_error *err);

#endif
