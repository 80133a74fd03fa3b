# fairlead_flags(target): warnings, sanitizers and the include root, the same everywhere.
function(fairlead_flags target)
  target_include_directories(${target} PUBLIC ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR}/generated)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Werror
                         -Wno-missing-field-initializers) # they keep their defaults
  if(NOT FAIRLEAD_SANITIZE MATCHES "address")
    # GCC 12.2 sees overlaps and overflows in std::string that are not there (bug 105329; remove
    # with GCC 13). The builds with ASan keep these warnings.
    target_compile_options(${target} PRIVATE -Wno-restrict -Wno-stringop-overflow -Wno-array-bounds)
  endif()
  if(CMAKE_BUILD_TYPE STREQUAL "Release")
    target_compile_options(${target} PRIVATE -O3 -march=x86-64-v2 -fstack-protector-strong
                           -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
    target_link_options(${target} INTERFACE -Wl,-z,relro,-z,now)
  else()
    # Not optimised: GCC spends half of a sanitised file's time on optimising the checks. libFuzzer
    # lives from executions per second.
    target_compile_options(${target} PRIVATE $<IF:$<BOOL:${FAIRLEAD_FUZZ}>,-O1,-O0> -g1
                           -fno-omit-frame-pointer)
  endif()
  if(FAIRLEAD_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=${FAIRLEAD_SANITIZE}
                           -fno-sanitize-recover=all)
    target_link_options(${target} PUBLIC -fsanitize=${FAIRLEAD_SANITIZE})
  endif()
  if(FAIRLEAD_FUZZ)
    # Clang 14 cannot assemble coroutines with it ("difference across sections").
    target_compile_options(${target} PRIVATE -fsanitize=fuzzer-no-link -fno-sanitize=function)
  endif()
endfunction()

# fairlead_module(name LINK targets… SYSTEM targets…): one folder, one static library. Every .cpp of
# the folder and below belongs to it, so that a new plan or platform is one new file.
function(fairlead_module name)
  cmake_parse_arguments(ARG "" "" "LINK;SYSTEM" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
  add_library(fairlead_${name} STATIC ${sources})
  fairlead_flags(fairlead_${name})
  list(TRANSFORM ARG_LINK PREPEND fairlead_)
  target_link_libraries(fairlead_${name} PUBLIC ${ARG_LINK} PRIVATE ${ARG_SYSTEM})
  target_precompile_headers(fairlead_${name} REUSE_FROM fairlead_precompiled)
  if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/sql)
    fairlead_sql(${name})
  endif()
endfunction()

# fairlead_sql(name): makes <name>/sql.hpp with one storage::Statement per file of <name>/sql/.
function(fairlead_sql name)
  file(GLOB statements CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/sql/*.sql)
  set(out ${CMAKE_BINARY_DIR}/generated/${name}/sql)
  add_custom_command(
    OUTPUT ${out}.hpp ${out}.cpp
    COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/scripts/embed_sql.py statements
            --module ${name} --out ${out} ${CMAKE_CURRENT_SOURCE_DIR}/sql
    DEPENDS ${statements} ${CMAKE_SOURCE_DIR}/scripts/embed_sql.py
    COMMENT "Embedding ${name}/sql")
  target_sources(fairlead_${name} PRIVATE ${out}.cpp ${out}.hpp)
endfunction()

# Owns the precompiled header. It defines nothing of its own, because GCC accepts a precompiled
# header only where everything it was made with is defined too.
file(WRITE ${CMAKE_BINARY_DIR}/generated/precompiled.cpp "// Owns the precompiled header.\n")
add_library(fairlead_precompiled STATIC ${CMAKE_BINARY_DIR}/generated/precompiled.cpp)
fairlead_flags(fairlead_precompiled)
target_link_libraries(fairlead_precompiled PUBLIC fairlead_boost)
target_precompile_headers(fairlead_precompiled PRIVATE ${CMAKE_SOURCE_DIR}/cmake/precompiled.hpp)
