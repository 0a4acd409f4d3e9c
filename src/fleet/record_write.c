#include "fleet/record.h"

#include "base/text.h"
#include "output/judgement.h"
#include "output/members.h"
#include "output/report.h"
#include "output/report_object.h"
#include "winroots/analysis.h"
#include "winroots/limits.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const char *wr_record_status_name(wr_record_status status)
{
    static const char *const names[] = { "ok", "partial", "failed" };
    return names[status];
}

static void begin(wr_json_writer *w, const char *schema)
{
    wr_json_object(w, NULL);
    wr_json_text(w, "schema", schema);
}

static void end(wr_json_writer *w)
{
    wr_json_end_object(w);
    wr_json_finish(w);
}

/* ---- objects --------------------------------------------------------------------------------- */

static bool write_object(const wr_report_object *object, wr_hash_set *written, wr_arena *arena,
                         wr_out *out, wr_error *err)
{
    wr_json_writer w;
    bool is_new = true;

    if (written && !wr_hash_set_add(written, arena, object->sha256, &is_new, err))
        return false;
    if (!is_new)
        return true;
    wr_json_start(&w, out, true);
    begin(&w, "winroots.object/1");
    wr_report_object_members(&w, object);
    end(&w);
    return true;
}

static bool write_objects(const wr_result_set *set, wr_view on_demand, wr_hash_set *written,
                          wr_arena *arena, wr_out *out, wr_error *err)
{
    wr_report_objects objects = { .list = { 0 } };
    wr_report_object *copies;
    wr_arena own;
    bool ok;

    wr_arena_init(&own, WR_LIMIT_ARENA);
    ok = wr_report_copies_of(set->model, &own, &copies, err) &&
         wr_report_objects_of(set, copies, &own, &objects, err) &&
         wr_report_object_add(&objects, &own, "on_demand", on_demand, err);
    for (size_t i = 0; ok && i < objects.list.count; i++)
        ok = write_object(&objects.list.items[i], written, arena, out, err);
    wr_arena_free(&own);
    return ok;
}

/* ---- a host ---------------------------------------------------------------------------------- */

/* A name that is longer than any of Windows' names nothing. */
static bool is_name(const char *text)
{
    return *text && strlen(text) < WR_LIMIT_HOST_NAME / 2;
}

/* Windows takes names of computers for equal whatever their case. */
static const char *key_of(const wr_record_head *head, const wr_host *host, wr_arena *arena)
{
    char id[2 * WR_SHA256_LEN + 1];
    char *key;

    if (host && *host->machine_guid)
        return wr_arena_format(arena, "machine_guid:%s", host->machine_guid);
    if (host && is_name(host->computer_name)) {
        key = wr_arena_format(arena, "computer_name:%s", host->computer_name);
        for (char *p = key; p && *p; p++)
            if (*p >= 'A' && *p <= 'Z')
                *p = (char)(*p - 'A' + 'a');
        return key;
    }
    wr_text_hex_into(head->id, sizeof head->id, id);
    return head->hosts > 1 ? wr_arena_format(arena, "evidence:%s/%zu", id, head->host)
                           : wr_arena_format(arena, "evidence:%s", id);
}

static void write_head(wr_json_writer *w, const wr_record_head *head, const char *version,
                       const wr_host *host, const char *key)
{
    begin(w, "winroots.host/1");
    wr_json_object(w, "tool");
    wr_json_text(w, "name", "winroots");
    wr_json_text(w, "version", version);
    wr_json_end_object(w);
    wr_json_object(w, "host");
    wr_json_text(w, "key", key);
    if (host && is_name(host->computer_name))
        wr_json_text(w, "name", host->computer_name);
    wr_json_end_object(w);
    if (host && host->observed)
        wr_json_time(w, "observed", host->observed);
    wr_json_object(w, "evidence");
    wr_json_text(w, "path", head->path);
    wr_json_hex(w, "id", head->id, sizeof head->id);
    wr_json_uint(w, "host", head->host);
    wr_json_uint(w, "hosts", head->hosts);
    wr_json_end_object(w);
}

wr_record_status wr_record_status_of(const wr_result_set *set)
{
    bool partial = set->model->machine_incomplete || set->diags->num_skipped;

    for (size_t i = 0; i < wr_evidence_count(set->evidence); i++)
        partial |= !wr_evidence_item(set->evidence, i)->readable;
    return partial ? WR_RECORD_PARTIAL : WR_RECORD_OK;
}

static bool write_host(const wr_record_head *head, const wr_result_set *set, const char *key,
                       wr_out *out, wr_error *err)
{
    wr_json_writer w;

    wr_json_start(&w, out, true);
    write_head(&w, head, set->version, &set->model->host, key);
    wr_json_text(&w, "status", wr_record_status_name(wr_record_status_of(set)));
    if (!wr_report_json_member(&w, "report", set, WR_REPORT_SHARED, err))
        return false;
    end(&w);
    return true;
}

bool wr_record_write(const wr_record_head *head, const wr_result_set *set, wr_hash_set *written,
                     wr_arena *arena, wr_out *out, wr_error *err)
{
    wr_out *on_demand;
    wr_arena own;
    const char *key;
    bool ok;

    if (!wr_report_json_on_demand(set, &on_demand, err))
        return false;
    wr_arena_init(&own, WR_LIMIT_ARENA);
    key = key_of(head, &set->model->host, &own);
    ok = (key || wr_fail_memory(err)) &&
         write_objects(set, wr_out_bytes(on_demand), written, arena, out, err) &&
         write_host(head, set, key, out, err);
    wr_arena_free(&own);
    wr_out_discard(on_demand);
    return ok;
}

bool wr_record_write_hosts(const wr_analysis *a, const char *path, const uint8_t id[WR_SHA256_LEN],
                           wr_hash_set *written, wr_arena *arena, wr_out *out, wr_error *err)
{
    for (size_t i = 0; i < wr_analysis_num_hosts(a); i++) {
        wr_record_head head = { .path = path,
                                .hosts = wr_evidence_num_hosts(wr_analysis_evidence(a)) };
        const wr_result_set set = wr_analysis_host_results(a, i, &head.host);

        memcpy(head.id, id, WR_SHA256_LEN);
        if (!wr_record_write(&head, &set, written, arena, out, err))
            return false;
    }
    return true;
}

/* The message of an error with its place, as people see it. */
static const char *message_of(const wr_error *why, char *text, size_t size)
{
    char offset[24] = "";

    if (why->offset != WR_NO_OFFSET)
        snprintf(offset, sizeof offset, "0x%" PRIx64 ": ", why->offset);
    snprintf(text, size, "%s%s%s%s", offset, why->path, *why->path ? ": " : "", why->message);
    return text;
}

bool wr_record_write_failure(const wr_record_head *head, const wr_error *why, wr_out *out,
                             wr_error *err)
{
    char message[sizeof why->path + sizeof why->message + 32];
    wr_json_writer w;
    wr_arena arena;
    const char *key;

    wr_arena_init(&arena, WR_LIMIT_ARENA);
    if ((key = key_of(head, NULL, &arena))) {
        wr_json_start(&w, out, true);
        write_head(&w, head, wr_version(), NULL, key);
        wr_json_text(&w, "status", wr_record_status_name(WR_RECORD_FAILED));
        wr_json_object(&w, "error");
        wr_json_text(&w, "code", wr_code_name(why->code));
        wr_json_text(&w, "message", message_of(why, message, sizeof message));
        wr_json_end_object(&w);
        end(&w);
    }
    wr_arena_free(&arena);
    return key || wr_fail_memory(err);
}
