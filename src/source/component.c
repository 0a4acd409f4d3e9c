#include "source/component.h"

#include "base/reader.h"

#include <string.h>

#ifndef _WIN32

#include <dlfcn.h>

/* ISO C has no cast from an object's address to a call's; POSIX says that the bytes are the same.
 */
static bool find_call(void *library, const wr_component_call *call, void *table)
{
    void *address = dlsym(library, call->name);

    memcpy((char *)table + call->at, &address, sizeof address);
    return address != NULL;
}

bool wr_component_load(const wr_component *component, void *table, const char *source,
                       wr_error *err)
{
    void *library;

    wr_watch_memory();
    library = dlopen(component->library, RTLD_NOW | RTLD_LOCAL);
    if (!library && wr_memory_ended())
        return wr_fail_memory(err);
    if (!library)
        return wr_fail(err, WR_E_UNSUPPORTED, source, WR_NO_OFFSET,
                       "needs %s, which is not installed here: the package %s has it (%s)",
                       component->name, component->package, component->library);
    for (size_t i = 0; i < component->num_calls; i++)
        if (!find_call(library, &component->calls[i], table))
            return wr_fail(err, WR_E_UNSUPPORTED, source, WR_NO_OFFSET,
                           "%s is here of another version: %s lacks %s", component->name,
                           component->library, component->calls[i].name);
    return true;
}

#endif
