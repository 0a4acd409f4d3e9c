/* libarchive.h - the calls of libarchive, which is loaded when an archive is given; private to this
 * room. docs/adr/0012-what-starts-the-program-is-small.md */
#ifndef WR_SOURCE_LIBARCHIVE_H
#define WR_SOURCE_LIBARCHIVE_H

#include "winroots/error.h"

#include <archive.h>
#include <archive_entry.h>

#define WR_LIBARCHIVE_CALLS(X)                                                                     \
    X(archive_entry_filetype)                                                                      \
    X(archive_entry_hardlink)                                                                      \
    X(archive_entry_is_data_encrypted)                                                             \
    X(archive_entry_mtime)                                                                         \
    X(archive_entry_mtime_is_set)                                                                  \
    X(archive_entry_pathname)                                                                      \
    X(archive_entry_pathname_utf8)                                                                 \
    X(archive_entry_pathname_w)                                                                    \
    X(archive_entry_size)                                                                          \
    X(archive_entry_size_is_set)                                                                   \
    X(archive_errno)                                                                               \
    X(archive_error_string)                                                                        \
    X(archive_filter_code)                                                                         \
    X(archive_format)                                                                              \
    X(archive_read_data)                                                                           \
    X(archive_read_free)                                                                           \
    X(archive_read_has_encrypted_entries)                                                          \
    X(archive_read_new)                                                                            \
    X(archive_read_next_header)                                                                    \
    X(archive_read_open_memory)                                                                    \
    X(archive_read_support_filter_bzip2)                                                           \
    X(archive_read_support_filter_gzip)                                                            \
    X(archive_read_support_filter_xz)                                                              \
    X(archive_read_support_filter_zstd)                                                            \
    X(archive_read_support_format_7zip)                                                            \
    X(archive_read_support_format_iso9660)                                                         \
    X(archive_read_support_format_tar)                                                             \
    X(archive_read_support_format_zip)

typedef struct wr_libarchive {
#define WR_LIBARCHIVE_MEMBER(call) __typeof__(&call) call;
    WR_LIBARCHIVE_CALLS(WR_LIBARCHIVE_MEMBER)
#undef WR_LIBARCHIVE_MEMBER
} wr_libarchive;

/* Fails: UNSUPPORTED (it is not installed; the message says what to install), NO_MEMORY. */
WR_MUST_USE bool wr_libarchive_load(wr_libarchive *calls, const char *source, wr_error *err);

#endif
