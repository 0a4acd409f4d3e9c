/* small_limits.h - bounds that a test can meet, in place of those that would take gigabytes.  Of the
 * sources that know one of them the program winroots_small has another copy, compiled with this
 * before anything else; all else it shares with winroots.  cli/test_limits.py */
#ifndef TESTS_SMALL_LIMITS_H
#define TESTS_SMALL_LIMITS_H

#include "winroots/limits.h"

#undef WR_LIMIT_PRIMARY_KEPT
#undef WR_LIMIT_KEYS_PASSED
#undef WR_LIMIT_VALUE_BYTES
#undef WR_LIMIT_DELETED_PATH
#undef WR_LIMIT_TRUST_STEPS
#undef WR_LIMIT_CONSENT_BYTES
#undef WR_LIMIT_CTL_ENTRIES
#undef WR_LIMIT_PKCS7_CERTIFICATES
#undef WR_LIMIT_PE_CERTIFICATES
#undef WR_LIMIT_ISSUER_CHECKS
#undef WR_LIMIT_FOLDER_FILES
#undef WR_LIMIT_TREE_FILE_BYTES
#undef WR_LIMIT_TREE_BYTES
#undef WR_LIMIT_VOLUMES
#undef WR_LIMIT_SEARCH_BYTES
#undef WR_LIMIT_SNAPSHOTS
#undef WR_LIMIT_PROFILE_BYTES
#undef WR_LIMIT_PROFILE_SOURCES
#undef WR_LIMIT_DIFF_STATES
#undef WR_LIMIT_REPORT_BYTES
#undef WR_LIMIT_MANIFEST_BYTES
#undef WR_LIMIT_FLEET_CHUNKS
#undef WR_LIMIT_TEXT_BYTES

#define WR_LIMIT_PRIMARY_KEPT       ((size_t)8192)
#define WR_LIMIT_KEYS_PASSED        ((size_t)3)
#define WR_LIMIT_VALUE_BYTES        ((size_t)40000)
#define WR_LIMIT_DELETED_PATH       ((size_t)87)
#define WR_LIMIT_TRUST_STEPS        ((size_t)100)
#define WR_LIMIT_CONSENT_BYTES      ((size_t)100)
#define WR_LIMIT_CTL_ENTRIES        4
#define WR_LIMIT_PKCS7_CERTIFICATES 4
#define WR_LIMIT_PE_CERTIFICATES    1
#define WR_LIMIT_ISSUER_CHECKS      4
#define WR_LIMIT_FOLDER_FILES       16
#define WR_LIMIT_TREE_FILE_BYTES    ((uint64_t)32768)
#define WR_LIMIT_TREE_BYTES         ((uint64_t)65536)
#define WR_LIMIT_VOLUMES            2
#define WR_LIMIT_SEARCH_BYTES       ((uint64_t)8 << 20)
#define WR_LIMIT_SNAPSHOTS          1
#define WR_LIMIT_PROFILE_BYTES      ((size_t)20000)
#define WR_LIMIT_PROFILE_SOURCES    16
#define WR_LIMIT_DIFF_STATES        1
#define WR_LIMIT_REPORT_BYTES       ((size_t)100000)
#define WR_LIMIT_MANIFEST_BYTES     ((size_t)8192)
#define WR_LIMIT_FLEET_CHUNKS       4
#define WR_LIMIT_TEXT_BYTES         ((size_t)10000)

#endif
