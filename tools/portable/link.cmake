# How programs are linked that need nothing beside them, and those for Windows.
if(WINROOTS_STATIC)
    if(WIN32 OR CMAKE_SYSTEM_PROCESSOR MATCHES "^(i.86|s390x)$") # whose static glibc 2.36 cannot be moved
        target_link_options(winroots_flags INTERFACE -static)
    else()
        target_link_options(winroots_flags INTERFACE -static-pie)
    endif()
    if(NOT WIN32) # libarchive's names are UTF-8 without a locale of the system: src/source/libarchive.c
        target_compile_definitions(winroots_flags INTERFACE WR_STATIC)
        target_link_options(winroots_flags INTERFACE -Wl,--wrap=nl_langinfo)
    endif()
endif()
if(MINGW) # the stack protector is a library there, and no program is to tell when it was linked
    target_link_options(winroots_flags INTERFACE -fstack-protector-strong -Wl,--no-insert-timestamp)
endif()
