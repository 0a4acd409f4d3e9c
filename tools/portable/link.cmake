# How programs are linked that need nothing beside them, and those for Windows.
if(WINROOTS_STATIC AND WIN32)
    target_link_options(winroots_flags INTERFACE -static)
elseif(WINROOTS_STATIC)
    # In place of -pie, which CMake adds last and which makes a program that needs the system's loader.
    if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(i.86|s390x)$") # whose static glibc 2.36 cannot be moved
        set(CMAKE_C_LINK_OPTIONS_PIE -static)
    else()
        set(CMAKE_C_LINK_OPTIONS_PIE -static-pie)
    endif()
    # libarchive's names are UTF-8 without a locale of the system: src/source/libarchive.c
    target_compile_definitions(winroots_flags INTERFACE WR_STATIC)
    target_link_options(winroots_flags INTERFACE -Wl,--wrap=nl_langinfo)
endif()
if(MINGW) # the stack protector is a library there, and no program is to tell when it was linked
    target_link_options(winroots_flags INTERFACE -fstack-protector-strong -Wl,--no-insert-timestamp)
endif()
