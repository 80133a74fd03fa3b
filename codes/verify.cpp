#include <boost/json/parse.hpp>
#include <exception>

#include "codes/codes.hpp"
#include "codes/sql.hpp"
#include "codes/use_rows.hpp"
#include "codes/verify_making.hpp"

namespace fairlead::codes {

namespace {

void verify_counters(storage::Session& session, core::Differences& differences);
void verify_slots(storage::Session& session, core::Differences& differences);
void verify_rollbacks(storage::Session& session, core::Differences& differences);
void verify_allocations(storage::Session& session, core::Differences& differences);
void verify_owners(storage::Session& session, core::Differences& differences);

}  // namespace

core::Differences verify(storage::Session& session) {
  core::Differences differences;
  verify_counters(session, differences);
  verify_slots(session, differences);
  verify_rollbacks(session, differences);
  verify_allocations(session, differences);
  verify_owners(session, differences);
  verify_making(session, differences);
  return differences;
}

namespace {

std::string name_of_scope(const storage::Row& row) {
  return row.text(0) == "code" ? row.id<core::CodeId>(1).text()
                               : row.id<core::CampaignId>(1).text();
}

// Uses beyond the limit (orders that were paid all the same) are counted apart: the counter holds
// the others only.
void verify_counters(storage::Session& session, core::Differences& differences) {
  const auto amounts = [](const storage::Row& row, std::size_t column) {
    return "used " + std::to_string(row.integer(column)) + ", spent " +
           std::to_string(row.integer(column + 1)) + ", held " +
           std::to_string(row.integer(column + 2)) + " of " +
           std::to_string(row.integer(column + 3));
  };
  for (const auto& row : session.run(sql::list_wrong_counters)) {
    differences.push_back({.what = "counter " + name_of_scope(row),
                           .expected = row.integer(2) != 0 ? amounts(row, 3) : "missing",
                           .stored = row.is_null(7) ? "missing" : amounts(row, 7)});
  }
}

void verify_slots(storage::Session& session, core::Differences& differences) {
  for (const auto& row : session.run(sql::list_uses_without_slot)) {
    differences.push_back({.what = "customer slot of " + row.id<core::CodeUseId>(2).text() +
                                   " of " + name_of_scope(row),
                           .expected = "one slot",
                           .stored = "missing"});
  }
  for (const auto& row : session.run(sql::list_slots_without_use)) {
    differences.push_back({.what = "customer slot of " + row.id<core::CodeUseId>(3).text() +
                                   " of " + name_of_scope(row),
                           .expected = "missing",
                           .stored = "slot " + std::to_string(row.integer(2))});
  }
}

void verify_rollbacks(storage::Session& session, core::Differences& differences) {
  for (const auto& row : session.run(sql::list_wrong_rollbacks)) {
    differences.push_back({.what = "rolled back of " + row.id<core::CodeUseId>(0).text(),
                           .expected = "the sum of its parts, " + std::to_string(row.integer(2)),
                           .stored = std::to_string(row.integer(1))});
  }
}

// Nothing when the text is not what use_rows.cpp writes: damage is to be named, not to end us.
std::optional<std::int64_t> sum_of_allocations(const std::string& text) {
  try {
    std::int64_t sum_minor = 0;
    for (const auto& part : read_allocations(boost::json::parse(text)))
      sum_minor += part.amount_minor;
    return sum_minor;
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

// A discount is the sum of its allocations, in every row of the ledger of uses.
void verify_allocations(storage::Session& session, core::Differences& differences) {
  constexpr std::int64_t rows_max = 1'000;
  std::int64_t brand = 0;
  std::int64_t use = 0;
  for (;;) {
    const auto rows = session.run(sql::list_uses, brand, use, rows_max);
    for (const auto& row : rows) {
      brand = row.integer(0);
      use = row.integer(1);
      const auto sum_minor = sum_of_allocations(row.text(3));
      if (sum_minor == row.integer(2)) continue;
      const std::string expected = sum_minor ? std::to_string(*sum_minor) : "which are unreadable";
      differences.push_back({.what = "discount of " + core::CodeUseId{use}.text(),
                             .expected = "the sum of its allocations, " + expected,
                             .stored = std::to_string(row.integer(2))});
    }
    if (rows.size() < static_cast<std::size_t>(rows_max)) return;
  }
}

// A use and a counter belong to a code, and a use to the code's campaign; a code that an order
// named has a use.
void verify_owners(storage::Session& session, core::Differences& differences) {
  for (const auto& row : session.run(sql::list_stray_uses)) {
    const auto use = row.integer(3) == 0 ? "" : " " + row.id<core::CodeUseId>(3).text();
    differences.push_back({.what = row.text(0) + use + " of " + row.id<core::CodeId>(2).text(),
                           .expected = "missing, for there is no such code in that campaign",
                           .stored = "there"});
  }
  for (const auto& row : session.run(sql::list_orders_without_use)) {
    differences.push_back({.what = "use of " + row.id<core::CodeId>(1).text() + " by order " +
                                   row.id<core::OrderId>(2).text(),
                           .expected = "one",
                           .stored = "missing"});
  }
}

}  // namespace

}  // namespace fairlead::codes
