/* json_array.c - long arrays of winroots.report/1, which are most of it.  Items are written a
 * stretch at a time, into pieces in memory that several threads fill, and then in their order. */
#include "output/json_report.h"

#include "base/parallel.h"

enum { STRETCH = 32 }; /* pieces */

struct stretch {
    const wr_json_report *report;
    wr_json_item_fn *write;
    size_t piece;      /* items of one */
    size_t begin, end; /* items        */
};

static bool write_piece(void *context, size_t i, wr_arena *arena, wr_error *err)
{
    struct stretch *s = context;
    wr_json_report r = *s->report;
    size_t at = s->begin + i * s->piece, end = at + s->piece < s->end ? at + s->piece : s->end;

    if (!r.pieces[i] && !wr_out_memory(&r.pieces[i], err))
        return false;
    r.arena = arena;
    r.w.out = r.pieces[i];
    r.w.first = true; /* what joins the pieces writes the comma */
    for (; at < end; at++)
        if (!s->write(&r, at, err))
            return false;
    return r.no_memory ? wr_fail_memory(err) : wr_out_finish(r.w.out, err);
}

static bool write_stretch(struct stretch *s, wr_json_writer *w, wr_error *err)
{
    size_t count = (s->end - s->begin + s->piece - 1) / s->piece;
    wr_arena arena;
    bool done;

    wr_arena_init(&arena, s->report->arena->cap);
    done = wr_parallel(count, 2, write_piece, s, &arena, err);
    for (size_t i = 0; done && i < count; i++) {
        wr_json_piece(w, wr_out_bytes(s->report->pieces[i]));
        wr_out_clear(s->report->pieces[i]);
    }
    wr_arena_free(&arena);
    return done;
}

/* Two threads with two pieces each are the least that pays. */
bool wr_json_report_array(wr_json_report *r, const char *key, size_t count, size_t piece,
                          wr_json_item_fn *write, wr_error *err)
{
    struct stretch s = { .report = r, .write = write, .piece = piece };
    const bool few = count < 4 * piece;
    bool done = true;

    wr_json_array(&r->w, key);
    if (!few && !r->pieces && !(r->pieces = WR_NEW(r->arena, wr_out *, STRETCH)))
        return wr_fail_memory(err);
    for (; done && few && s.begin < count; s.begin++)
        done = write(r, s.begin, err);
    for (; done && s.begin < count; s.begin = s.end) {
        s.end = s.begin + piece * STRETCH;
        if (s.end > count)
            s.end = count;
        done = write_stretch(&s, &r->w, err);
    }
    wr_json_end_array(&r->w);
    return done;
}

void wr_json_report_done(wr_json_report *r)
{
    for (size_t i = 0; r->pieces && i < STRETCH; i++)
        wr_out_discard(r->pieces[i]);
}
