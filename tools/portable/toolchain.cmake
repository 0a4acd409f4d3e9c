# The machines that tools/cross builds for: -D WINROOTS_TARGET=windows|linux-x86_64|linux-i386|linux-aarch64|linux-s390x
# -D WINROOTS_LIBRARIES=the folder that `tools/portable/libraries TARGET` prints.
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES WINROOTS_TARGET WINROOTS_LIBRARIES)

set(triplet_windows x86_64-w64-mingw32)
set(triplet_linux-x86_64 x86_64-linux-gnu)
set(triplet_linux-i386 i686-linux-gnu)
set(triplet_linux-aarch64 aarch64-linux-gnu)
set(triplet_linux-s390x s390x-linux-gnu)
set(emulator_windows wine)
set(emulator_linux-aarch64 qemu-aarch64)
set(emulator_linux-s390x qemu-s390x)

if(NOT DEFINED triplet_${WINROOTS_TARGET})
    message(FATAL_ERROR "WINROOTS_TARGET is \"${WINROOTS_TARGET}\", which tools/portable/toolchain.cmake does not know")
endif()
set(triplet ${triplet_${WINROOTS_TARGET}})
string(REGEX REPLACE "^.*-" "" CMAKE_SYSTEM_PROCESSOR x86_64-${WINROOTS_TARGET})
if(WINROOTS_TARGET STREQUAL "windows")
    set(CMAKE_SYSTEM_NAME Windows)
    set(CMAKE_SYSTEM_PROCESSOR x86_64)
    set(CMAKE_RC_COMPILER ${triplet}-windres)
    set(CMAKE_C_FLAGS_INIT -D_WIN32_WINNT=0x0601) # what Windows 7 has
else()
    set(CMAKE_SYSTEM_NAME Linux)
endif()
set(CMAKE_C_COMPILER ${triplet}-gcc)
if(DEFINED emulator_${WINROOTS_TARGET})
    # CMake 3.25 crashes where it would run what it compiled and has nothing to run it with.
    set(CMAKE_CROSSCOMPILING_EMULATOR ${emulator_${WINROOTS_TARGET}})
endif()

set(CMAKE_FIND_ROOT_PATH ${WINROOTS_LIBRARIES})
foreach(what IN ITEMS LIBRARY INCLUDE PACKAGE)
    set(CMAKE_FIND_ROOT_PATH_MODE_${what} ONLY)
endforeach()
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
