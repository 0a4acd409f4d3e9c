# The same tests for another machine: what stands for Criterion, which has no package for it, and which tests say
# nothing there.  Programs run under CMAKE_CROSSCOMPILING_EMULATOR.
if(CMAKE_CROSSCOMPILING)
    add_library(winroots_criterion STATIC portable/criterion.c portable/main.c)
    target_include_directories(winroots_criterion SYSTEM PUBLIC portable)
    target_link_libraries(winroots_criterion PRIVATE winroots_flags PUBLIC $<$<BOOL:${WIN32}>:pthread>)
    target_compile_options(winroots_criterion PRIVATE -Wno-format-nonliteral)

    # A test that is left out has no properties.
    function(set_tests_properties name)
        if(TEST ${name})
            _set_tests_properties(${ARGV})
        endif()
    endfunction()
else()
    find_package(PkgConfig REQUIRED)
    pkg_check_modules(CRITERION REQUIRED IMPORTED_TARGET criterion)
    add_library(winroots_criterion INTERFACE)
    target_link_libraries(winroots_criterion INTERFACE PkgConfig::CRITERION)
endif()

# Each list with the reason.
set(left_out)
function(winroots_without reason folder extension)
    list(JOIN ARGN "|" names)
    set(left_out ${left_out} "/${folder}/(${names})\\.${extension}$" PARENT_SCOPE)
endfunction()

if(WIN32)
    winroots_without("about rights, links, pipes, signals and shells of POSIX" tests c test_bundle test_component test_fault
        test_file test_fleet_list test_folder test_image test_image_bde test_outfile test_sandbox test_tree)
    winroots_without("its files have names that Windows refuses" cli py test_injection)
    winroots_without("their input is in a folder of POSIX" fuzz c fuzz_analyze fuzz_archive fuzz_convert fuzz_readback)
else()
    winroots_without("about Windows" tests c test_os_windows)
endif()
if(WINROOTS_STATIC)
    winroots_without("nothing is loaded, and every library's memory would end with ours" tests c test_component test_fault)
endif()
if(CMAKE_CROSSCOMPILING)
    winroots_without("about images, terminals, signals, processes or shells of this machine" cli py test_completions
        test_containers test_corpus_bounds "test_fleet_[a-z]+" test_instructions test_recipes
        test_root_histories test_sandbox test_terminal test_trust_oracle)
    winroots_without("compares with other tools" interop py ".*")
endif()
if(CMAKE_CROSSCOMPILING_EMULATOR MATCHES "qemu")
    winroots_without("QEMU ends where the kernel sends SIGBUS, and has no Landlock" tests c test_file test_sandbox)
endif()

# Takes them from the list of that name.
function(winroots_leave_out name)
    set(kept ${${name}})
    foreach(pattern IN LISTS left_out)
        list(FILTER kept EXCLUDE REGEX ${pattern})
    endforeach()
    set(${name} ${kept} PARENT_SCOPE)
endfunction()
