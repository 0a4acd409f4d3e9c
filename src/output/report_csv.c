/* report_csv.c - one table (RFC 4180): a row for each copy of a certificate, then one for each item
 * of a profile; the column "record" tells which.  WR_CSV_HEAD has the columns.  docs/report.md. */
#include "output/csv_text.h"
#include "output/report_part.h"

#include <string.h>

enum {
    RECORD,
    HOST,
    PROFILE,
    ID,
    RESULT,
    STATE,
    SEVERITY,
    DETAIL,
    LOCATION,
    STORE,
    SHA1,
    SHA256,
    SUBJECT,
    ISSUER,
    SERIAL,
    NOT_BEFORE,
    NOT_AFTER,
    LAST_WRITE,
    DELETED,
    SCOPE,
    FIRST_PURPOSE,
    SOURCE = FIRST_PURPOSE + WR_NUM_STANDARD_PURPOSES,
    NUM_COLUMNS
};

/* NULL is an empty field. */
typedef struct csv_row {
    const char *field[NUM_COLUMNS];
} csv_row;

static void write_row(wr_report *r, csv_row *row)
{
    row->field[HOST] = r->set->model->host.computer_name;
    for (size_t i = 0; i < NUM_COLUMNS; i++) {
        if (i)
            wr_out_text(r->out, ",");
        r->no_memory |= !wr_csv_text(r->out, r->arena, row->field[i] ? row->field[i] : "");
    }
    wr_out_text(r->out, "\r\n");
}

static void add_facts(wr_report *r, const wr_certificate *c, csv_row *row)
{
    row->field[SHA1] = wr_report_hex(r, c->sha1, sizeof c->sha1);
    row->field[SHA256] = wr_report_hex(r, c->sha256, sizeof c->sha256);
    row->field[SUBJECT] = wr_report_name(r, c->x509.subject);
    row->field[ISSUER] = wr_report_name(r, c->x509.issuer);
    row->field[SERIAL] = wr_report_hex(r, c->x509.serial.data, c->x509.serial.len);
    row->field[NOT_BEFORE] = wr_report_time(r, c->x509.not_before);
    row->field[NOT_AFTER] = wr_report_time(r, c->x509.not_after);
}

static void add_statuses(const wr_verdict_list *rows, csv_row *row)
{
    for (size_t i = 0; i < rows->count; i++)
        for (size_t p = 0; p < WR_NUM_STANDARD_PURPOSES; p++)
            if (!strcmp(rows->items[i].purpose->name, wr_purpose_standard(p)->name))
                row->field[FIRST_PURPOSE + p] = wr_status_name(rows->items[i].status);
}

/* The verdicts for whom the store is: the machine's, and what differs from them for the user or
 * service whose it is. */
static void add_trust(const wr_trust *trust, const wr_instance *instance, csv_row *row)
{
    const wr_certificate_trust *t = &trust->certificates[instance->certificate];
    const size_t of = trust->scopes.of[instance->store];
    const wr_scope_trust *different =
        of == SIZE_MAX ? NULL : wr_trust_in_scope(t, &trust->scopes.list.items[of]);

    row->field[SCOPE] = wr_scope_machine.text;
    add_statuses(&t->machine, row);
    if (different) {
        row->field[SCOPE] = different->scope->text;
        add_statuses(&different->different, row);
    }
}

static void write_instance(wr_report *r, const wr_model *m, const wr_instance *instance)
{
    const wr_trace *t = instance->trace;
    const wr_store *s = t ? NULL : &m->stores.items[instance->store];
    csv_row row = { .field = { [RECORD] = "instance" } };

    row.field[LOCATION] = t ? t->location : s->location_text;
    row.field[STORE] = t ? t->store : s->name;
    add_facts(r, &m->certificates.items[instance->certificate], &row);
    if (instance->last_write)
        row.field[LAST_WRITE] = wr_report_time(r, instance->last_write);
    row.field[DELETED] = instance->deleted ? "yes" : "";
    if (s && !instance->deleted)
        add_trust(r->set->trust, instance, &row);
    row.field[SOURCE] =
        wr_report_place(r, t ? t->source : s->source, instance->path, instance->offset);
    write_row(r, &row);
}

static void write_instances(wr_report *r, const wr_model *m)
{
    for (size_t i = 0; i < m->instances.count; i++)
        write_instance(r, m, &m->instances.items[i]);
}

static void write_check(wr_report *r, const wr_check *check)
{
    const wr_requirement *q = check->requirement;
    csv_row row = { .field = { [RECORD] = "requirement" } };

    row.field[PROFILE] = check->profile->id;
    row.field[ID] = q->id;
    row.field[RESULT] = wr_result_name(check->result);
    row.field[STATE] = check->state;
    row.field[SEVERITY] = q->required ? "required" : "recommended";
    row.field[DETAIL] = check->detail;
    row.field[STORE] = q->store;
    if (check->certificate != SIZE_MAX) {
        add_facts(r, &r->set->model->certificates.items[check->certificate], &row);
    } else if (q->certificate) {
        const wr_identity *id = q->certificate;
        if (id->has_sha1)
            row.field[SHA1] = wr_report_hex(r, id->sha1, sizeof id->sha1);
        if (id->has_sha256)
            row.field[SHA256] = wr_report_hex(r, id->sha256, sizeof id->sha256);
        row.field[SUBJECT] = id->subject;
    }
    row.field[SOURCE] = wr_report_place(r, check->source, check->path, WR_NO_OFFSET);
    write_row(r, &row);
}

static void write_report(wr_report *r)
{
    const wr_model *m = r->set->model;

    write_instances(r, m);
    if (m->deleted)
        write_instances(r, &m->deleted->model);
    for (size_t i = 0; i < r->set->num_comparisons; i++) {
        const wr_comparison *c = &r->set->comparisons[i];
        for (size_t j = 0; j < c->checks.count; j++)
            write_check(r, &c->checks.items[j]);
    }
}

bool wr_report_csv(const wr_result_set *set, wr_out *out, wr_error *err)
{
    return wr_report_write(set, out, write_report, err);
}
