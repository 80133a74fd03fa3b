// SQLite finds rows by their keys, not by reading all of a brand's.
#include <gtest/gtest.h>

#include "storage/storage.hpp"
#include "tests/storage/notes.hpp"
#include "tests/support/temporary_directory.hpp"

namespace fairlead {

TEST(Plans, TheRefundsOfAnOrderAreLookedUpByTheOrder) {
  static const test::TestStatement explain(
      "EXPLAIN QUERY PLAN SELECT l.line_id FROM refund_lines l"
      " JOIN refunds r ON r.brand_id = l.brand_id AND r.refund_id = l.refund_id"
      " WHERE r.brand_id = $1 AND r.order_id = $2 ORDER BY l.refund_id, l.line_id LIMIT 10");
  const test::TemporaryDirectory directory;
  const auto database = test::open_file(directory.file("fairlead.db"));
  const auto plan = database->read([](storage::Session& s) {
    std::string lines;
    for (const auto& row : s.run(explain, 1, 2))
      lines += row.text(3) + "\n";
    return lines;
  });
  EXPECT_NE(plan.value().find("(brand_id=? AND order_id=?)"), std::string::npos) << plan.value();
  EXPECT_NE(plan.value().find("(brand_id=? AND refund_id=?)"), std::string::npos) << plan.value();
}

}  // namespace fairlead
