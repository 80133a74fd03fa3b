// Numbered rows of any size in a real table, for the tests of files: brand 1's audit events.
#pragma once

#include "storage/storage.hpp"
#include "tests/support/test_statement.hpp"

namespace fairlead::test {

inline const TestStatement insert_note(
    "INSERT INTO audit_events (brand_id, event_id, at, actor, verb, subject, change)"
    " VALUES (1, $1, 0, '', '', '', $2)");
inline const TestStatement list_notes(
    "SELECT event_id FROM audit_events WHERE brand_id = 1 ORDER BY event_id");

inline core::Result<void> write_note(storage::Database& database, int number,
                                     std::size_t bytes = 1) {
  const std::string text(bytes, 'x');
  return database.transact([&](storage::Session& s) { s.run(insert_note, number, text); });
}

inline std::vector<int> notes(storage::Database& database) {
  return database
      .read([](storage::Session& s) {
        std::vector<int> numbers;
        for (const auto& row : s.run(list_notes))
          numbers.push_back(static_cast<int>(row.integer(0)));
        return numbers;
      })
      .value();
}

inline std::unique_ptr<storage::Database> open_file(const std::string& file) {
  storage::OpenOptions options;
  options.url = "sqlite:" + file;
  return storage::open(options).value();
}

}  // namespace fairlead::test
