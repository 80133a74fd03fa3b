// A statement written in a test, with $1, $2, … for both engines. Lives as long as the object: keep
// it static or beside the database. Immutable; any thread.
#pragma once

#include <string>
#include <string_view>

#include "storage/storage.hpp"

namespace fairlead::test {

class TestStatement {
 public:
  // Finds the number of parameters by itself. SQLite would number $2 by first appearance, so it
  // gets ?2.
  explicit TestStatement(std::string_view text);
  TestStatement(const TestStatement&) = delete;
  TestStatement& operator=(const TestStatement&) = delete;

  operator const storage::Statement&() const { return statement_; }

 private:
  std::string postgres_;
  std::string sqlite_;
  storage::Statement statement_;
};

}  // namespace fairlead::test
