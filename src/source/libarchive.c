#include "source/libarchive.h"

#ifdef WR_ARCHIVE_LIBRARY

#include "source/component.h"

#include <stddef.h>

bool wr_libarchive_load(wr_libarchive *calls, const char *source, wr_error *err)
{
#define CALL(call) { #call, offsetof(wr_libarchive, call) },
    static const wr_component_call names[] = { WR_LIBARCHIVE_CALLS(CALL) };
#undef CALL
    static const wr_component component = { "libarchive", WR_ARCHIVE_LIBRARY, "libarchive13", names,
                                            sizeof names / sizeof *names };

    return wr_component_load(&component, calls, source, err);
}

#else /* linked: where nothing can be loaded, or nothing may be */

bool wr_libarchive_load(wr_libarchive *calls, const char *source, wr_error *err)
{
    (void)source;
    (void)err;
#define CALL(call) .call = call,
    *calls = (wr_libarchive){ WR_LIBARCHIVE_CALLS(CALL) };
#undef CALL
    return true;
}

#endif
