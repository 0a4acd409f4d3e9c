# What one system promises beside what all do.
if(WIN32)
    add_test(NAME imports COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/portable/test_imports.py
             $<TARGET_FILE:winroots> ${CMAKE_OBJDUMP})
    winroots_test(imports unit)
    set(name bundle_end_to_end) # on one machine: the program, its bundle and the program again
    add_test(NAME ${name} COMMAND ${Python3_EXECUTABLE}
             ${CMAKE_CURRENT_SOURCE_DIR}/interop/test_${name}_wine.py $<TARGET_FILE:winroots> ${CMAKE_SOURCE_DIR}/fixtures)
    winroots_test(${name} cli)
endif()

if(WINROOTS_STATIC AND NOT WIN32)
    add_test(NAME static COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/portable/test_static.py
             $<TARGET_FILE:winroots> ${CMAKE_READELF})
    winroots_test(static unit)
endif()

# What macOS and the BSDs are given.
if(CMAKE_SYSTEM_NAME STREQUAL "Linux" AND NOT CMAKE_CROSSCOMPILING)
    add_test(NAME source_posix COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/portable/test_posix.py
             ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR})
    winroots_test(source_posix slow)
endif()
