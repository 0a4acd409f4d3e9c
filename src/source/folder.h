/* folder.h - the files below a folder, in a stable order. */
#ifndef WR_SOURCE_FOLDER_H
#define WR_SOURCE_FOLDER_H

#include "base/diag.h"

typedef enum wr_path_kind {
    WR_PATH_ABSENT,
    WR_PATH_FILE,
    WR_PATH_FOLDER,
    WR_PATH_OTHER /* device, socket, or what may not be looked at: opening it tells */
} wr_path_kind;

/* What is at `path`; follows a link given by the user. */
wr_path_kind wr_path_kind_of(const char *path);

typedef struct wr_folder_files {
    /* Relative to the folder, with '/', sorted by bytes.  They are what opens the file, and so what
     * the filesystem says, which need not be UTF-8: wr_text_utf8 makes labels of them. */
    WR_LIST(const char *) paths;
    WR_LIST(const char *) left_out; /* links, devices and the like, in no order */
} wr_folder_files;

/* Regular files below `path`, at any depth up to WR_LIMIT_FOLDER_DEPTH.  Links inside are not
 * followed, and one note tells how many there are; so for devices and the like.  Folders that are
 * unreadable or too deep are a diagnostic (SKIPPED) and the rest is listed.
 * Fails: IO (the folder itself), LIMIT (WR_LIMIT_FOLDER_FILES, folders and what is left out
 * counting too), NO_MEMORY. */
WR_MUST_USE bool wr_folder_list(const char *path, wr_arena *arena, wr_diags *diags,
                                wr_folder_files *out, wr_error *err);

#endif
