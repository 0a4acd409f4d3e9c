# What `cmake --install` puts where.  Two components: `program`, which needs nothing of the other, and
# `library`, for those who build on libwinroots.
include(CMakePackageConfigHelpers)

# Debian's zsh looks in share/zsh/vendor-completions for what a package brings.
set(WINROOTS_ZSH_COMPLETIONS share/zsh/site-functions CACHE STRING "Where zsh looks for completions")

install(TARGETS winroots RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT program)
install(DIRECTORY docs/man/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT program FILES_MATCHING PATTERN "*.1")
install(FILES src/cli/completions/winroots.bash DESTINATION share/bash-completion/completions
    RENAME winroots COMPONENT program)
install(FILES src/cli/completions/_winroots DESTINATION ${WINROOTS_ZSH_COMPLETIONS} COMPONENT program)
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME copyright COMPONENT program)
install(FILES README.md DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT program)
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT program
    PATTERN "man" EXCLUDE PATTERN "adr" EXCLUDE)

# What the recipes work on; their pages name it as `fixtures`.
install(DIRECTORY fixtures/demo fixtures/pe fixtures/triage DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples COMPONENT program)
install(DIRECTORY fixtures/hives/dirty_adds DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples/hives COMPONENT program)

if(TARGET winroots_shared)
    install(TARGETS winroots_shared EXPORT winroots LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT library)
    set(config_dir ${CMAKE_INSTALL_LIBDIR}/cmake/winroots)
    install(EXPORT winroots DESTINATION ${config_dir} NAMESPACE winroots:: FILE winrootsConfig.cmake COMPONENT library)
    write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/winrootsConfigVersion.cmake
        COMPATIBILITY SameMinorVersion)
    install(FILES ${CMAKE_CURRENT_BINARY_DIR}/winrootsConfigVersion.cmake DESTINATION ${config_dir} COMPONENT library)

    # Found from its own place, so that the installed tree can be moved.
    set(pc_dir ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
    file(RELATIVE_PATH pc_to_prefix /prefix/${pc_dir} /prefix)
    configure_file(tools/package/winroots.pc.in ${CMAKE_CURRENT_BINARY_DIR}/winroots.pc @ONLY)
    install(FILES ${CMAKE_CURRENT_BINARY_DIR}/winroots.pc DESTINATION ${pc_dir} COMPONENT library)
else()
    install(TARGETS winroots_lib ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT library)
endif()
install(DIRECTORY include/winroots DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT library)
