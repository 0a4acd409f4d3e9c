# What static libraries need behind them, which their CMake packages do not say.
find_package(ZLIB REQUIRED)
find_package(BZip2 REQUIRED)
find_package(LibLZMA REQUIRED)
find_library(ZSTD_LIBRARY zstd REQUIRED)
find_library(SQLITE_LIBRARY sqlite3 REQUIRED)
find_path(SQLITE_INCLUDE sqlite3.h REQUIRED)
find_library(NETTLE_LIBRARY nettle) # Debian's libarchive opens encrypted archives with it
set_property(TARGET LibArchive::LibArchive APPEND PROPERTY INTERFACE_LINK_LIBRARIES
    LibLZMA::LibLZMA BZip2::BZip2 ${ZSTD_LIBRARY} ZLIB::ZLIB $<$<BOOL:${NETTLE_LIBRARY}>:${NETTLE_LIBRARY}>)
set_property(TARGET LibArchive::LibArchive APPEND PROPERTY INTERFACE_COMPILE_DEFINITIONS LIBARCHIVE_STATIC)
if(WIN32)
    set_property(TARGET OpenSSL::Crypto APPEND PROPERTY INTERFACE_LINK_LIBRARIES advapi32 bcrypt)
endif()
