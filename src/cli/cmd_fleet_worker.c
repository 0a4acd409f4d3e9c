/* cmd_fleet_worker.c - one of the processes that `fleet run` starts: the records of one evidence to
 * standard output.  Without evidence it only says whether the options can be followed. */
#include "cli/host_options.h"
#include "fleet/host_record.h"
#include "fleet/run.h"

#include <stdio.h>
#include <string.h>

enum { BECAUSE = WR_CLI_OWN_OPTIONS };

static const struct option own[] = {
    { "because", required_argument, NULL, BECAUSE },
    { NULL, 0, NULL, 0 },
};

typedef struct worker {
    wr_host_options host;
    wr_analysis *analysis;
    const char *because;
    wr_out *out;
} worker;

static int parse_own(void *context, int c, const char *value)
{
    (void)c;
    ((worker *)context)->because = value;
    return EXIT_MET;
}

static int not_written(const wr_error *err)
{
    wr_message(err);
    return err->code == WR_E_NO_MEMORY ? WR_WORKER_AGAIN : WR_WORKER_OUTPUT;
}

/* What the machine refuses, another day or another machine may give. */
static bool may_pass(wr_code code)
{
    return code == WR_E_IO || code == WR_E_NO_MEMORY;
}

static int fail(const char *path, const wr_error *why, wr_out *out)
{
    wr_error err;

    wr_message(why);
    if (!wr_host_record_failure(path, false, why, out, &err))
        return not_written(&err);
    return may_pass(why->code) ? WR_WORKER_AGAIN : WR_WORKER_FAILED;
}

/* "limit:it took more than 60 seconds" */
static int write_because(const worker *w, const char *path)
{
    wr_error why = { .code = WR_E_BUG, .offset = WR_NO_OFFSET };
    const char *colon = strchr(w->because, ':');
    const size_t len = colon ? (size_t)(colon - w->because) : 0;

    for (wr_code code = WR_OK; code <= WR_E_BUG; code++)
        if (strlen(wr_code_name(code)) == len && !strncmp(wr_code_name(code), w->because, len))
            why.code = code;
    snprintf(why.message, sizeof why.message, "%s", colon ? colon + 1 : w->because);
    return fail(path, &why, w->out);
}

static int judge(const worker *w, const char *path)
{
    static const int codes[] = { [WR_RECORD_OK] = WR_WORKER_OK,
                                 [WR_RECORD_PARTIAL] = WR_WORKER_PARTIAL,
                                 [WR_RECORD_FAILED] = WR_WORKER_FAILED };
    wr_record_status status;
    wr_out *records;
    wr_error err;
    bool done;

    if (!wr_analysis_add(w->analysis, WR_INPUT_EVIDENCE, path, NULL, &w->host.input, &err))
        return fail(path, &err, w->out);
    if (!wr_analysis_num_read(w->analysis)) {
        (void)wr_fail(&err, WR_E_UNSUPPORTED, path, WR_NO_OFFSET, "nothing in it could be read");
        return fail(path, &err, w->out);
    }
    if (!wr_out_memory(&records, &err)) /* one that is begun must not stand before another */
        return fail(path, &err, w->out);
    done = wr_analysis_run(w->analysis, &w->host.judge, &err) &&
           wr_host_records_write(w->analysis, path, records, &status, &err) &&
           wr_out_finish(records, &err);
    if (done)
        wr_out_write(w->out, wr_out_bytes(records).data, wr_out_bytes(records).len);
    wr_out_discard(records);
    return done ? codes[status] : fail(path, &err, w->out);
}

static int run(worker *w, int argc, char **argv)
{
    wr_error err;
    int code = wr_host_options_parse(&w->host, argc, argv);

    if (code != EXIT_MET)
        return code;
    if (w->host.help || argc - optind > 1)
        return wr_usage("fleet", "worker is started by `winroots fleet run`");
    wr_host_options_confine(&w->host, argc, argv, NULL);
    code = wr_host_options_inputs(&w->host, argc, argv, w->analysis);
    if (code != EXIT_MET || optind == argc)
        return code == EXIT_OUTPUT ? WR_WORKER_AGAIN : code;
    if (!wr_out_stdout(&w->out, &err))
        return not_written(&err);
    code = w->because ? write_because(w, argv[optind]) : judge(w, argv[optind]);
    if (!wr_out_finish(w->out, &err))
        return not_written(&err);
    return code;
}

int wr_cmd_fleet_worker(int argc, char **argv)
{
    worker w = { .analysis = wr_analysis_new() };
    int code = WR_WORKER_AGAIN;

    if (!w.analysis) {
        wr_message_text("out of memory");
    } else {
        w.host = wr_host_options_new("fleet", own, parse_own, &w);
        code = run(&w, argc, argv);
    }
    wr_analysis_free(w.analysis);
    return code;
}
