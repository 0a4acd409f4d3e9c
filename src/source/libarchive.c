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

#ifdef WR_STATIC

#include <langinfo.h>

char *__wrap_nl_langinfo(nl_item item);

/* What libarchive asks to know which letters names are to be made of.  Locales are files of the
 * system, of its C library's version and byte order, and what a static program finds of them is
 * chance.  The linker gives libarchive this answer; what it then does with names is its own code.
 */
char *__wrap_nl_langinfo(nl_item item)
{
    static char utf8[] = "UTF-8", none[] = "";
    return item == CODESET ? utf8 : none;
}

#endif
