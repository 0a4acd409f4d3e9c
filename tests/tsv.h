/* tsv.h - the tables and files of the corpus. */
#ifndef TESTS_TSV_H
#define TESTS_TSV_H

#include "support.h"

#define TSV_FIELDS 16

typedef struct tsv {
    FILE *file;
    char line[8192];
    char *field[TSV_FIELDS];
    size_t num_fields;
} tsv;

static inline const char *corpus_path(char *path, size_t size, const char *name)
{
    const char *corpus = getenv("WINROOTS_CORPUS");

    cr_assert(corpus, "WINROOTS_CORPUS is not set");
    cr_assert((size_t)snprintf(path, size, "%s/%s", corpus, name) < size);
    return path;
}

/* The next row; false at the end. */
static inline bool tsv_next(tsv *t)
{
    if (!fgets(t->line, sizeof t->line, t->file)) {
        fclose(t->file);
        return false;
    }
    t->line[strcspn(t->line, "\r\n")] = '\0';
    t->num_fields = 0;
    for (char *at = t->line; at && t->num_fields < TSV_FIELDS;) {
        char *tab = strchr(at, '\t');
        t->field[t->num_fields++] = at;
        if (tab)
            *tab++ = '\0';
        at = tab;
    }
    return true;
}

/* Opens a table of the corpus and passes its heading, which must be `heading` up to its length. */
static inline void tsv_open(tsv *t, const char *name, const char *heading)
{
    char path[4096];

    t->file = fopen(corpus_path(path, sizeof path, name), "r");
    cr_assert(t->file, "%s cannot be opened", path);
    cr_assert(fgets(t->line, sizeof t->line, t->file));
    cr_assert_eq(strncmp(t->line, heading, strlen(heading)), 0, "%s begins with %s", name, t->line);
}

/* A whole file of the corpus, which the test frees. */
static inline uint8_t *corpus_file(const char *name, size_t *len)
{
    char path[4096];
    return read_file(corpus_path(path, sizeof path, name), len);
}

#endif
