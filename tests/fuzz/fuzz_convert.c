/* fuzz_convert.c - any bytes as a store in some format: as a serialized store it is what it was
 * through every format that holds as much, and a bag and PEM keep its certificates. */
#include "fuzz_folder.h"

#include "source/tree.h"
#include "winroots/convert.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static bool convert(const char *from, const char *to, wr_convert_format format,
                    wr_convert_result *result)
{
    const wr_convert_options options = { .format = format };
    const char *output = no_file_in_folder(to);
    wr_error err = { 0 };

    if (wr_convert(in_folder(from), output, &options, result, &err))
        return true;
    must(err.code != WR_OK && err.code != WR_E_BUG && err.message[0]);
    return false;
}

static size_t read_all(const char *name, uint8_t *bytes, size_t room)
{
    FILE *f = fopen(in_folder(name), "rb");
    size_t len;

    must(f != NULL);
    len = fread(bytes, 1, room, f);
    fclose(f);
    return len;
}

static bool same_bytes(const char *a, const char *b)
{
    static uint8_t first[1 << 20], second[1 << 20];
    size_t len = read_all(a, first, sizeof first);

    return len == read_all(b, second, sizeof second) && !memcmp(first, second, len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static const struct {
        const char *name;
        wr_convert_format format;
    } whole[] = { { "a.reg", WR_CONVERT_REG }, { "a.pol", WR_CONVERT_POL } },
      part[] = { { "a.pem", WR_CONVERT_PEM }, { "a.p7b", WR_CONVERT_P7B } };
    wr_view input = { data, len, 0, "fuzz" };
    wr_convert_result first, there, back;

    if (wr_tree_kind_of(input) == WR_TREE_IMAGE)
        return 0; /* read by The Sleuth Kit, which leaks; told by fuzz_image_kind */
    file_in_folder("input", input);
    if (!convert("input", "a.sst", WR_CONVERT_SST, &first) || !first.num_elements)
        return 0;
    must(convert("a.sst", "b.sst", WR_CONVERT_SST, &back) && same_bytes("a.sst", "b.sst"));
    for (size_t i = 0; i < 2; i++) {
        must(convert("a.sst", whole[i].name, whole[i].format, &there));
        must(there.num_elements + there.num_left_out == first.num_elements);
        if (!there.num_elements)
            continue; /* a key's identifier alone */
        must(convert(whole[i].name, "b.sst", WR_CONVERT_SST, &back));
        /* A registry has a key once: copies of one certificate in a store are one there. */
        must(back.num_elements && back.num_elements <= there.num_elements);
        if (back.num_elements == first.num_elements) {
            must(convert("b.sst", whole[i].name, whole[i].format, &there));
            must(convert(whole[i].name, "a.sst", WR_CONVERT_SST, &back));
            must(same_bytes("a.sst", "b.sst"));
            must(convert("input", "a.sst", WR_CONVERT_SST, &first));
        }
    }
    for (size_t i = 0; i < 2; i++)
        if (convert("a.sst", part[i].name, part[i].format, &there) && there.num_elements) {
            must(there.num_elements + there.num_left_out == first.num_elements);
            must(convert(part[i].name, "b.sst", WR_CONVERT_SST, &back));
            must(back.num_elements == there.num_elements);
        }
    return 0;
}
