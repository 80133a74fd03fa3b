// Runs a suite on both storage engines. In a test:
//   class Redeeming : public fairlead::test::OnEveryEngine {};
//   INSTANTIATE_ON_ENGINES(Redeeming);
//   TEST_P(Redeeming, CountsEachUseOnce) { database().transact([](storage::Session& s) { … }); }
// database() is Schema::main, migrated, empty, new for each test. Each engine that ran is named by
// the test's name ("…/sqlite", "…/postgres"). PostgreSQL that cannot start fails the test; it never
// skips it.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <ostream>
#include <string>

#include "storage/storage.hpp"
#include "tests/support/temporary_directory.hpp"

namespace fairlead::storage {

// How googletest names an engine in its messages.
void PrintTo(Engine engine, std::ostream* out);

}  // namespace fairlead::storage

namespace fairlead::test {

// A migrated, empty database that goes away with this object. Opening again by url() (after
// close()) finds what was committed.
class TestDatabase {
 public:
  explicit TestDatabase(storage::Engine engine);
  ~TestDatabase();
  TestDatabase(const TestDatabase&) = delete;
  TestDatabase& operator=(const TestDatabase&) = delete;

  storage::Database& operator*() const { return *database_; }
  storage::Database* operator->() const { return database_.get(); }
  const std::string& url() const { return url_; }
  void close() { database_.reset(); }
  void open();

 private:
  storage::Engine engine_;
  TemporaryDirectory directory_;
  std::string url_;
  std::unique_ptr<storage::Database> database_;
};

class OnEveryEngine : public testing::TestWithParam<storage::Engine> {
 public:
  storage::Database& database() { return *database_; }
  TestDatabase& test_database() { return database_; }

 private:
  TestDatabase database_{GetParam()};
};

std::string engine_name(const testing::TestParamInfo<storage::Engine>& info);

}  // namespace fairlead::test

// The one macro of the tests: googletest offers parameterised suites only as one.
#define INSTANTIATE_ON_ENGINES(Suite)                                                              \
  INSTANTIATE_TEST_SUITE_P(                                                                        \
      Engines, Suite,                                                                              \
      testing::Values(::fairlead::storage::Engine::sqlite, ::fairlead::storage::Engine::postgres), \
      ::fairlead::test::engine_name)
