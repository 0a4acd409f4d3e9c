/* corpus_cab.c - Microsoft's cabinets, and the malformed ones that others collected.
 *
 * expected/cab.tsv says how cabextract, bsdtar, 7z and gcab ended and how many files each gave, and
 * the SHA-256 of what cabextract gave.  Where all four agree we agree, but for the files that
 * tests/interop/allowed.md lists with a reason. */
#include "support.h"

#include "base/digest.h"
#include "base/text.h"
#include "source/archive.h"
#include "winroots/limits.h"

#define ALLOWED FIXTURE("../tests/interop/allowed.md")

enum { TOOLS = 4, COLUMNS = 10, FIRST_TOOL = 5, HASHES = 9 };

struct row {
    char *columns[COLUMNS];
};

/* The next row of a table whose text is cut up; false at its end. */
static bool next_row(char **text, struct row *row)
{
    char *end = strchr(*text, '\n');

    if (!end)
        return false;
    *end = '\0';
    for (size_t i = 0; i < COLUMNS; i++) {
        char *tab = strchr(*text, '\t');
        row->columns[i] = *text;
        cr_assert(tab || i == COLUMNS - 1, "%s", row->columns[0]);
        if (!tab)
            break;
        *tab = '\0';
        *text = tab + 1;
    }
    *text = end + 1;
    return true;
}

static char *read_text(const char *path)
{
    size_t len;
    uint8_t *bytes = read_file(path, &len);
    char *text = realloc(bytes, len + 1);

    cr_assert(text);
    text[len] = '\0';
    return text;
}

struct tool {
    int result, files;
};

static struct tool tool_of(const struct row *row, size_t i)
{
    struct tool t;
    cr_assert_eq(sscanf(row->columns[FIRST_TOOL + i], "(%d, %d)", &t.result, &t.files), 2, "%s",
                 row->columns[0]);
    return t;
}

static bool tools_agree(const struct row *row)
{
    struct tool first = tool_of(row, 0);

    for (size_t i = 0; i < TOOLS; i++)
        if (tool_of(row, i).result != 0 || tool_of(row, i).files != first.files)
            return false;
    return true;
}

static bool is_microsofts(const struct row *row)
{
    return strncmp(row->columns[0], "cab/", 4) == 0;
}

static bool is_allowed(const char *allowed, const char *file)
{
    char cell[256];
    snprintf(cell, sizeof cell, "| %s |", file);
    return strstr(allowed, cell) != NULL;
}

/* Every member whose bytes cabextract did not give. */
static size_t strangers(const struct row *row, const wr_members *members)
{
    size_t n = 0;

    for (size_t i = 0; i < members->list.count; i++) {
        char hex[2 * WR_SHA256_LEN + 1];
        uint8_t sha256[WR_SHA256_LEN];
        wr_error e;

        cr_assert(wr_digest(WR_SHA256, members->list.items[i].bytes, sha256, &e));
        wr_text_hex_into(sha256, sizeof sha256, hex);
        n += strstr(row->columns[HASHES], hex) == NULL;
    }
    return n;
}

struct answer {
    bool done;
    size_t members, strangers, skipped;
    wr_error error;
};

static struct answer ask(const struct row *row)
{
    struct answer answer = { 0 };
    wr_members members = { 0 };
    wr_diags diags;
    wr_arena arena;
    char path[1024];
    uint8_t *bytes;
    size_t len;

    snprintf(path, sizeof path, "%s/%s", getenv("WINROOTS_CORPUS"), row->columns[0]);
    bytes = read_file(path, &len);
    wr_arena_init(&arena, WR_LIMIT_ARENA);
    wr_diags_init(&diags, &arena);
    answer.done = wr_archive_read_cab((wr_view){ bytes, len, 0, row->columns[0] }, &arena, &diags,
                                      &members, &answer.error);
    answer.members = members.list.count;
    answer.strangers = strangers(row, &members);
    answer.skipped = diags.num_skipped;
    wr_arena_free(&arena);
    free(bytes);
    return answer;
}

static void check(const struct row *row, const char *allowed)
{
    const char *file = row->columns[0];
    struct answer a = ask(row);
    bool as_they =
        a.done && a.skipped == 0 && a.strangers == 0 && a.members == (size_t)tool_of(row, 0).files;

    if (is_microsofts(row))
        cr_assert(as_they && a.members == 1, "%s: %s", file, a.error.message);
    else if (tools_agree(row))
        cr_assert_neq(as_they, is_allowed(allowed, file), "%s: %s", file,
                      as_they ? "listed, and does not differ" : "differs, and is not listed");
    else
        cr_assert_not(is_allowed(allowed, file), "%s is listed; the tools do not agree", file);

    cr_assert(a.done ? a.members > 0 : a.error.code != WR_E_BUG && a.error.message[0] != '\0', "%s",
              file);
    if (tool_of(row, 0).result == 0)
        cr_assert_eq(a.strangers, 0, "%s: bytes that cabextract does not give", file);
}

Test(corpus, cabinets)
{
    char path[1024], *table, *allowed, *p;
    size_t rows = 0, microsofts = 0, agreed = 0;
    struct row row;

    snprintf(path, sizeof path, "%s/expected/cab.tsv", getenv("WINROOTS_CORPUS"));
    table = p = read_text(path);
    allowed = read_text(ALLOWED);
    cr_assert(next_row(&p, &row) && strcmp(row.columns[0], "file") == 0);
    for (; next_row(&p, &row); rows++) {
        check(&row, allowed);
        microsofts += is_microsofts(&row);
        agreed += !is_microsofts(&row) && tools_agree(&row);
    }
    cr_assert_gt(rows, 100);
    cr_assert_gt(microsofts, 50);
    cr_assert_gt(agreed, 15);
    free(allowed);
    free(table);
}
