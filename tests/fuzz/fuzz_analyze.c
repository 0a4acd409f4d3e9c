/* fuzz_analyze.c - a host's hives, logs, lists, certificates and a profile in one input
 * (tests/analyze_case.h): the whole way from files to reports and a bundle. */
#include "analyze_case.h"

#ifdef WINROOTS_FUZZ
#include "fuzz/analyze_mutator.h"
#endif

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    case_holds(data, len);
    return 0;
}
