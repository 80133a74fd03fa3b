# The catalogue: every folder with a sql/ has its statements prepared on both engines, and at the
# end of a whole run each of them must have been executed by some test.
set(includes "")
set(spans "")
set(modules "")
file(GLOB statements CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/*/sql/*.sql)
foreach(statement ${statements})
  cmake_path(GET statement PARENT_PATH module)
  cmake_path(GET module PARENT_PATH module)
  cmake_path(GET module FILENAME module)
  list(APPEND modules ${module})
endforeach()
list(REMOVE_DUPLICATES modules)
foreach(module ${modules})
  string(APPEND includes "#include \"${module}/sql.hpp\"\n")
  string(APPEND spans "  add(statements, fairlead::${module}::sql::all());\n")
endforeach()
configure_file(${CMAKE_CURRENT_SOURCE_DIR}/contract/catalogue/statements.cpp.in
               ${CMAKE_BINARY_DIR}/generated/catalogue/statements.cpp @ONLY)
fairlead_tests(catalogue FOLDER contract/catalogue LINK ${modules})
target_sources(test_catalogue PRIVATE ${CMAKE_BINARY_DIR}/generated/catalogue/statements.cpp)

# Runs after all the others, and only in a run of all of them: nothing else asks for it.
add_test(NAME sql_coverage
  COMMAND ${CMAKE_COMMAND} -E env FAIRLEAD_SQL_COVERED=${coverage_file}
          $<TARGET_FILE:test_catalogue> --gtest_also_run_disabled_tests
          --gtest_filter=Coverage.DISABLED_*)
get_property(names GLOBAL PROPERTY fairlead_test_names)
set_tests_properties(sql_coverage PROPERTIES DEPENDS "${names}" FIXTURES_REQUIRED engines
  ENVIRONMENT "FAIRLEAD_TEST_POSTGRES=${postgres_state}")
