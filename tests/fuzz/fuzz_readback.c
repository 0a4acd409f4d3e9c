/* fuzz_readback.c - any text as a bundle's manifest and, behind a NUL, as what came of it on a
 * host: an answer that is written as JSON, and is never clean for a bundle that was not read. */
#include "fuzz_folder.h"

#include "base/json.h"
#include "winroots/bundle.h"
#include "winroots/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check_answer(wr_bundle_check *check, const wr_error *err)
{
    static const wr_json_limits limits = { (size_t)1 << 24, 16 };
    static char text[1 << 20];
    wr_json_document *document;
    wr_error failed;
    size_t len;
    FILE *f;

    if (!check) {
        must(err->code != WR_OK && err->code != WR_E_BUG && err->message[0]);
        return;
    }
    must(wr_bundle_check_report(check, true, no_file_in_folder("answer.json"), &failed));
    f = fopen(in_folder("answer.json"), "rb");
    must(f != NULL);
    len = fread(text, 1, sizeof text, f);
    fclose(f);
    if (len < sizeof text) {
        must(wr_json_parse((wr_view){ (const uint8_t *)text, len, 0, "answer" }, limits, &document,
                           &failed));
        wr_json_free(document);
    }
    wr_bundle_check_free(check);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    const uint8_t *nul = len ? memchr(data, 0, len) : NULL;
    size_t first = nul ? (size_t)(nul - data) : len;
    size_t second = nul ? len - first - 1 : 0;
    wr_error err = { 0 };

    folder_in_folder("bundle");
    file_in_folder("bundle/manifest.json", (wr_view){ data, first, 0, "manifest" });
    file_in_folder("result.json", (wr_view){ second ? nul + 1 : data, second, 0, "result" });
    check_answer(wr_bundle_verify(in_folder("bundle"), &err), &err);
    err = (wr_error){ 0 };
    check_answer(wr_bundle_readback(in_folder("bundle"), in_folder("result.json"), NULL, 0, &err),
                 &err);
    return 0;
}
