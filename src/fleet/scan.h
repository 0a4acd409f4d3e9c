/* scan.h - a JSON text walked where it stands: no tree, no copies.
 *
 * A merge reads gigabytes of records of which most bytes were seen before, in the record of another
 * host.  The walk gives each value as the bytes it consists of, so that known ones are told by
 * their digest, and only new ones go through the reader of base/json.h. */
#ifndef WR_FLEET_SCAN_H
#define WR_FLEET_SCAN_H

#include "base/reader.h"

typedef struct wr_scan {
    wr_view text;
    size_t at;
    unsigned depth; /* levels below the outermost value that are open */
    bool failed;    /* from here on every call gives false */
    const char *expected;
} wr_scan;

wr_scan wr_scan_of(wr_view text);

/* Steps into the object or array that begins here; false, and failed, where none does. */
bool wr_scan_enter_object(wr_scan *s);
bool wr_scan_enter_array(wr_scan *s);

/* The next member: its name as it is written, without the quotes; the value begins behind it.
 * False behind the last one, the scan then being behind the object, and on damage. */
bool wr_scan_member(wr_scan *s, wr_view *name);

/* The same for an array's next item, which begins here. */
bool wr_scan_item(wr_scan *s);

/* The value that begins here, whole and checked: it is JSON, within WR_LIMIT_REPORT_DEPTH.  Escapes
 * in strings are not looked at, and UTF-8 is not. */
bool wr_scan_value(wr_scan *s, wr_view *out);

/* Nothing but white space is left. */
bool wr_scan_end(wr_scan *s);

/* Fails with MALFORMED at the place where the scan stands; always false. */
bool wr_scan_fail(const wr_scan *s, wr_error *err);

/* The text of a string value without its quotes; false where it is none, or where an escape stands
 * in it. */
bool wr_scan_plain(wr_view value, wr_view *out);

#endif
