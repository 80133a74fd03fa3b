// Writes rows that other modules own straight into a test's database, and damages rows that nothing
// in the program may change. One thread; inside the caller's transaction.
#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "storage/storage.hpp"

namespace fairlead::test {

// Runs SQL written with $1, $2, … that is not part of the program. A statement is known by its
// address, so each text gets one that stays.
template <class... Args>
storage::Rows run_sql(storage::Session& session, const std::string& text, Args&&... args) {
  struct Kept {
    std::string postgres;
    std::string sqlite;
    storage::Statement statement;
  };
  static std::map<std::string, std::unique_ptr<Kept>> all;
  auto& kept = all[text];
  if (!kept) {
    kept = std::make_unique<Kept>();
    kept->postgres = text;
    kept->sqlite = text;
    std::replace(kept->sqlite.begin(), kept->sqlite.end(), '$', '?');
    kept->statement = {"test", kept->sqlite, kept->postgres, static_cast<int>(sizeof...(Args))};
  }
  return session.run(kept->statement, std::forward<Args>(args)...);
}

}  // namespace fairlead::test
