#include "tests/support/test_statement.hpp"

#include <algorithm>
#include <cstdlib>

namespace fairlead::test {

TestStatement::TestStatement(std::string_view text)
    : postgres_(text), sqlite_(text), statement_{"test.statement", {}, {}, 0} {
  for (std::size_t i = 0; i < sqlite_.size(); ++i) {
    if (sqlite_[i] != '$') continue;
    statement_.parameters = std::max(statement_.parameters, std::atoi(sqlite_.c_str() + i + 1));
    sqlite_[i] = '?';
  }
  statement_.sqlite = sqlite_;
  statement_.postgres = postgres_;
}

}  // namespace fairlead::test
