// Runs SQL of a test's own: to write rows that other modules own, and to damage rows that nothing
// in the program may change. One thread; inside the caller's transaction.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "storage/storage.hpp"
#include "tests/support/test_statement.hpp"

namespace fairlead::test {

// `text` takes $1, $2, …. Connections know a statement by its address, so each text gets one that
// stays.
template <class... Args>
storage::Rows run_sql(storage::Session& session, const std::string& text, Args&&... args) {
  static std::map<std::string, std::unique_ptr<TestStatement>> all;
  auto& statement = all[text];
  if (!statement) statement = std::make_unique<TestStatement>(text);
  return session.run(*statement, std::forward<Args>(args)...);
}

}  // namespace fairlead::test
