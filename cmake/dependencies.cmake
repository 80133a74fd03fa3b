# Debian 12's packages, as targets. scripts/packages.txt lists them; a build fetches nothing but the
# lists of redirect/lists and the minifier of redirect/track.
find_package(Threads REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(SQLite3 3.40 REQUIRED)
find_package(PostgreSQL 15 REQUIRED)
find_package(date REQUIRED)
find_package(prometheus-cpp CONFIG REQUIRED)
find_package(CLI11 REQUIRED)
find_package(PNG REQUIRED)
find_package(ICU 72 REQUIRED COMPONENTS uc i18n)
find_package(PkgConfig REQUIRED)
pkg_check_modules(tomlplusplus REQUIRED IMPORTED_TARGET tomlplusplus)
# By name: what pkg-config says of RE2 has -pthread, which no other file is compiled with.
find_library(FAIRLEAD_RE2 re2 REQUIRED)
find_library(FAIRLEAD_MAXMINDDB maxminddb REQUIRED)
find_program(FAIRLEAD_NODE node REQUIRED)
pkg_check_modules(qrcodegencpp REQUIRED IMPORTED_TARGET qrcodegencpp)
# Debian's own interpreter, whatever else is on the PATH: python3-yaml belongs to it.
set(Python3_EXECUTABLE /usr/bin/python3 CACHE FILEPATH "The Python that runs the generators")
find_package(Python3 REQUIRED COMPONENTS Interpreter)

find_path(FAIRLEAD_BOOST_INCLUDE boost/version.hpp REQUIRED)
file(STRINGS ${FAIRLEAD_BOOST_INCLUDE}/boost/version.hpp boost_version
     REGEX "define BOOST_VERSION ")
if(NOT boost_version MATCHES "1081")
  message(FATAL_ERROR "Boost 1.81 is needed (package libboost1.81-dev); found: ${boost_version}")
endif()

# Boost is used as headers. What is slow to build is compiled once: Asio and Beast in net/, JSON in
# core/, URL in redirect/. Boost's asserts are off everywhere, because Beast 1.81 has one that a
# remote client can reach (boostorg/beast#2861); one setting for all avoids two versions of the same
# inline function.
add_library(fairlead_boost INTERFACE)
target_include_directories(fairlead_boost SYSTEM INTERFACE ${FAIRLEAD_BOOST_INCLUDE})
target_compile_definitions(fairlead_boost INTERFACE
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED
  BOOST_DISABLE_ASSERTS BOOST_JSON_STATIC_LINK BOOST_URL_STATIC_LINK BOOST_ALL_NO_LIB)
if(FAIRLEAD_SANITIZE MATCHES "thread")
  # ThreadSanitizer does not know fences; Asio's queues are guarded by mutexes as well.
  target_compile_definitions(fairlead_boost INTERFACE BOOST_ASIO_DISABLE_FENCED_BLOCK)
endif()
