/* bundle_read.c - a manifest, read back. */
#include "output/bundle_check.h"

#include "require/field.h"

#include <string.h>

#define SCHEMA "winroots.bundle/1"

/* Below the folder, whatever system reads it. */
static bool is_inside(const char *name)
{
    if (!*name || *name == '/' || strpbrk(name, "\\:"))
        return false;
    for (const char *part = name; part; part = strchr(part, '/') ? strchr(part, '/') + 1 : NULL)
        if (*part == '/' || !*part || !strncmp(part, "./", 2) || !strncmp(part, "../", 3) ||
            !strcmp(part, ".") || !strcmp(part, ".."))
            return false;
    return true;
}

static bool read_file(const wr_json *object, wr_arena *arena, wr_bundle_file *out, wr_error *err)
{
    wr_json path = wr_json_member(object, "path"), bytes = wr_json_member(object, "bytes");
    bool has_sha256;

    if (!wr_field_text(&path, arena, &out->name, err) ||
        !wr_json_get_uint(&bytes, &out->bytes, err) ||
        !wr_field_hash(object, "sha256", out->sha256, sizeof out->sha256, &has_sha256, err))
        return false;
    if (!has_sha256)
        return wr_json_fail(object, err, "a file without a SHA-256");
    return is_inside(out->name) || wr_json_fail(&path, err, "no path below the bundle");
}

static bool read_files(const wr_json *root, wr_arena *arena, wr_manifest *out, wr_error *err)
{
    wr_json files = wr_json_member(root, "files");

    if (!wr_json_is_array(&files))
        return wr_json_fail(&files, err, "expected the files of a bundle");
    for (size_t i = 0; i < wr_json_count(&files); i++) {
        wr_json item = wr_json_item(&files, i);
        wr_bundle_file *file = WR_APPEND(arena, &out->files, wr_bundle_file);

        if (!file)
            return wr_fail_memory(err);
        if (!read_file(&item, arena, file, err))
            return false;
    }
    return true;
}

/* As the evidence had it: a host may be called anything, and what prints it makes it printable. */
static bool read_computer(const wr_json *root, wr_arena *arena, const char **out, wr_error *err)
{
    wr_json computer = wr_json_member(root, "computer");
    const char *text = "";

    if (computer.node && !wr_json_get_text(&computer, &text, err))
        return false;
    return (*out = wr_arena_text(arena, text)) || wr_fail_memory(err);
}

static bool read_members(wr_bundle_check *check, wr_manifest *out, wr_error *err)
{
    wr_json root = wr_json_root(out->document), tool = wr_json_member(&root, "tool");
    wr_json steps = wr_json_member(&root, "steps"), schema = wr_json_member(&root, "schema");
    const char *text;

    if (!wr_json_get_text(&schema, &text, err))
        return false;
    if (strcmp(text, SCHEMA) != 0)
        return wr_json_fail(&schema, err, "\"%.40s\", expected \"" SCHEMA "\"", text);
    return wr_field_member(&root, "bundle", &check->arena, &check->id, err) &&
           wr_field_member(&tool, "version", &check->arena, &out->version, err) &&
           read_computer(&root, &check->arena, &out->computer, err) &&
           wr_steps_read(&steps, &check->arena, &out->steps, err) &&
           read_files(&root, &check->arena, out, err);
}

bool wr_manifest_read(wr_bundle_check *check, wr_manifest *out, wr_error *err)
{
    const char *path = wr_arena_format(&check->arena, "%s/manifest.json", check->folder);
    wr_manifest made = { .document = NULL };

    if (!path)
        return wr_fail_memory(err);
    if (!wr_bundle_json(path, &made.document, err))
        return false;
    if (!read_members(check, &made, err)) {
        wr_json_free(made.document);
        return false;
    }
    *out = made;
    return true;
}
