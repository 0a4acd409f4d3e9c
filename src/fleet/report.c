#include "fleet/report.h"

#include "fleet/question.h"

typedef bool fleet_writer(const wr_survey *s, wr_out *out, wr_error *err);

static bool write_json(const wr_survey *s, wr_out *out, wr_error *err)
{
    return wr_fleet_json(s, false, out, err);
}

static bool write_report(const wr_survey *s, wr_fleet_format format, const char *output,
                         wr_error *err)
{
    static fleet_writer *const writers[] = { [WR_FLEET_TEXT] = wr_fleet_text,
                                             [WR_FLEET_JSON] = write_json,
                                             [WR_FLEET_CSV] = wr_fleet_csv,
                                             [WR_FLEET_HTML] = wr_fleet_html };
    wr_out *out;

    if (output ? !wr_out_file(output, &out, err) : !wr_out_stdout(&out, err))
        return false;
    if (!writers[format](s, out, err)) {
        wr_out_discard(out);
        return false;
    }
    return wr_out_finish(out, err);
}

bool wr_fleet_report(const char *database, const wr_fleet_report_options *options,
                     const char *output, wr_error *err)
{
    wr_question question;
    wr_database db;
    wr_arena arena;
    wr_survey survey;
    bool done;

    if (!wr_database_open(database, &db, err))
        return false;
    wr_arena_init(&arena, WR_LIMIT_ARENA);
    done = wr_question_read(&options->question, &arena, &question, err);
    if (done) {
        done = wr_question_survey(&question, &db, options->rare, &arena, &survey, err) &&
               write_report(&survey, options->format, output, err);
        wr_question_close(&question);
    }
    wr_arena_free(&arena);
    wr_database_close(&db);
    return done;
}
