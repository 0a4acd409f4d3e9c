#include "output/bundle_file.h"

#include <string.h>

bool wr_bundle_put(wr_bundle *bundle, const char *name, wr_view bytes, wr_error *err)
{
    wr_bundle_file *file;

    for (size_t i = 0; i < bundle->files.count; i++)
        if (strcmp(bundle->files.items[i].name, name) == 0)
            return true;
    if (!(file = WR_APPEND(bundle->arena, &bundle->files, wr_bundle_file)) ||
        !(file->name = wr_arena_text(bundle->arena, name)))
        return wr_fail_memory(err);
    file->bytes = bytes.len;
    return wr_digest(WR_SHA256, bytes, file->sha256, err) &&
           (!bundle->folder || wr_out_folder_write(bundle->folder, name, bytes, err));
}

bool wr_bundle_put_sink(wr_bundle *bundle, const char *name, wr_out *sink, wr_error *err)
{
    bool done = wr_out_finish(sink, err) && wr_bundle_put(bundle, name, wr_out_bytes(sink), err);

    wr_out_discard(sink);
    return done;
}

static bool copy_with_crlf(wr_out *from, wr_out *to, wr_error *err)
{
    wr_reader r;
    uint8_t c;

    if (!wr_out_finish(from, err))
        return false;
    for (r = wr_reader_of(wr_out_bytes(from)); wr_read_u8(&r, &c);)
        if (c == '\n')
            wr_out_text(to, "\r\n");
        else
            wr_out_write(to, &c, 1);
    return true;
}

bool wr_bundle_put_text(wr_bundle *bundle, const char *name, wr_out *sink, wr_error *err)
{
    wr_out *text;
    bool done = wr_out_memory(&text, err);

    if (done && !(done = copy_with_crlf(sink, text, err)))
        wr_out_discard(text);
    wr_out_discard(sink);
    return done && wr_bundle_put_sink(bundle, name, text, err);
}

void wr_bundle_write_lines(const char *const *lines, wr_out *out)
{
    for (; *lines; lines++)
        wr_out_printf(out, "%s\n", *lines);
}
