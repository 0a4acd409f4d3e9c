# What CPack makes: winroots_*.deb (program, man pages, completions, the demo host) and libwinroots-dev_*.deb.
# `tools/dev package` makes them, and the tarball, so that the same source gives the same bytes; CPack's own
# tarball has its members in the order of the file system.
set(CPACK_GENERATOR DEB)
set(CPACK_VERBATIM_VARIABLES ON)
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGE_VENDOR "The winroots authors")
set(CPACK_PACKAGE_CHECKSUM SHA256)
set(CPACK_RESOURCE_FILE_LICENSE ${CMAKE_CURRENT_SOURCE_DIR}/LICENSE)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_COMPONENTS_ALL program library)
set(CPACK_COMPONENTS_GROUPING IGNORE)

set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_MAINTAINER "The winroots authors <authors@winroots.invalid>")
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_NAME winroots)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_PROGRAM_DESCRIPTION "Reconstructs from registry hives, certificate stores and Microsoft's trust
lists, without the host running, what a Windows host trusts, compares that
with what a product requires, and writes what would fix it.")
set(CPACK_DEBIAN_LIBRARY_PACKAGE_NAME libwinroots-dev)
set(CPACK_DEBIAN_LIBRARY_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_LIBRARY_DESCRIPTION "The functions of winroots for other programs: headers, library, pkg-config
file and CMake package.")

# Libraries that are loaded when they are needed are nothing that shlibdeps can see.
function(packages_of variable)
    set(packages)
    foreach(component IN LISTS ARGN)
        if(${component}_FILE)
            file(REAL_PATH ${${component}_FILE} file)
            execute_process(COMMAND dpkg-query -S ${file} OUTPUT_VARIABLE owner ERROR_QUIET)
            if(owner MATCHES "^([^:,]+)[^,\n]*: ")
                list(APPEND packages ${CMAKE_MATCH_1})
            endif()
        endif()
    endforeach()
    list(JOIN packages ", " joined)
    set(${variable} ${joined} PARENT_SCOPE)
endfunction()
packages_of(CPACK_DEBIAN_PROGRAM_PACKAGE_DEPENDS ARCHIVE)
packages_of(CPACK_DEBIAN_LIBRARY_PACKAGE_DEPENDS ARCHIVE)
packages_of(CPACK_DEBIAN_PROGRAM_PACKAGE_RECOMMENDS TSK QCOW VSS BDE)
include(CPack)
