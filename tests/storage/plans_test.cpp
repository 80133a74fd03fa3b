// SQLite finds rows by their keys, not by reading all of a brand's.
#include <gtest/gtest.h>

#include "storage/storage.hpp"
#include "tests/storage/notes.hpp"
#include "tests/support/temporary_directory.hpp"

namespace fairlead {

namespace {

std::string plan_of(const storage::Statement& explain, auto... values) {
  const test::TemporaryDirectory directory;
  const auto database = test::open_file(directory.file("fairlead.db"));
  return database
      ->read([&](storage::Session& s) {
        std::string lines;
        for (const auto& row : s.run(explain, values...))
          lines += row.text(3) + "\n";
        return lines;
      })
      .value();
}

}  // namespace

TEST(Plans, TheVariantsOfACodeAreLookedUpByTheCode) {
  static const test::TestStatement list(
      "EXPLAIN QUERY PLAN SELECT code_id, code FROM codes"
      " WHERE brand_id = $1 AND variant_of = $2 AND code_id > $3 ORDER BY code_id LIMIT 10");
  static const test::TestStatement find(
      "EXPLAIN QUERY PLAN SELECT code_id FROM codes WHERE brand_id = $1 AND variant_of = $2"
      " AND placement = $3 AND is_enabled = 1 AND archived_at IS NULL LIMIT 1");
  const std::string listed = plan_of(list, 1, 2, 0);
  EXPECT_NE(listed.find("(brand_id=? AND variant_of=?)"), std::string::npos) << listed;
  const std::string found = plan_of(find, 1, 2, "bio");
  EXPECT_NE(found.find("(brand_id=? AND variant_of=? AND placement=?)"), std::string::npos)
      << found;
}

TEST(Plans, TheRefundsOfAnOrderAreLookedUpByTheOrder) {
  static const test::TestStatement explain(
      "EXPLAIN QUERY PLAN SELECT l.line_id FROM refund_lines l"
      " JOIN refunds r ON r.brand_id = l.brand_id AND r.refund_id = l.refund_id"
      " WHERE r.brand_id = $1 AND r.order_id = $2 ORDER BY l.refund_id, l.line_id LIMIT 10");
  const std::string plan = plan_of(explain, 1, 2);
  EXPECT_NE(plan.find("(brand_id=? AND order_id=?)"), std::string::npos) << plan;
  EXPECT_NE(plan.find("(brand_id=? AND refund_id=?)"), std::string::npos) << plan;
}

}  // namespace fairlead
