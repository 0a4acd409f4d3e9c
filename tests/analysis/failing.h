/* failing.h - before every source that an analyzer reads.  It sees one source at a time, and takes
 * what is only there to fail for a call that might succeed and leave its output alone. */
#include "base/json.h"
#include "base/reader.h"
#include "format/regf_internal.h"

#define wr_error_at(...)         (wr_error_at(__VA_ARGS__), false)
#define wr_fail(...)             (wr_fail(__VA_ARGS__), false)
#define wr_fail_memory(...)      (wr_fail_memory(__VA_ARGS__), false)
#define wr_fail_reader(...)      (wr_fail_reader(__VA_ARGS__), false)
#define wr_fail_view(...)        (wr_fail_view(__VA_ARGS__), false)
#define wr_json_fail(...)        (wr_json_fail(__VA_ARGS__), false)
#define wr_regf_fail_record(...) (wr_regf_fail_record(__VA_ARGS__), false)
#define wr_regf_fail_work(...)   (wr_regf_fail_work(__VA_ARGS__), false)
