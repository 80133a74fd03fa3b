// Lists read page by page: each row once, and no page more than it takes.
#include "storage/each_row.hpp"

#include <gtest/gtest.h>

namespace fairlead::storage {
namespace {

constexpr Statement list_numbers_after{"test.list_numbers_after", "", "", 2};

// A table of the numbers 1 … count.
class Numbers final : public Session {
 public:
  explicit Numbers(std::int64_t count) : count_(count) {}
  Rows run_values(const Statement&, std::span<const Value> values) override {
    ++asked;
    Rows rows;
    const std::int64_t after = std::get<std::int64_t>(values[0].cell());
    const std::int64_t rows_max = std::get<std::int64_t>(values[1].cell());
    for (std::int64_t i = after + 1; i <= std::min(count_, after + rows_max); ++i)
      rows.rows.push_back(Row({Value(i)}));
    return rows;
  }
  void prepare(const Statement&) override {}
  int asked = 0;

 private:
  const std::int64_t count_;
};

TEST(EachRow, TakesEveryRowOnceWhateverThePageHolds) {
  struct Case {
    std::int64_t rows;
    int asked;
  };
  for (const Case& one : {Case{0, 1}, {1, 1}, {2, 1}, {3, 2}, {4, 2}, {6, 3}, {7, 3}}) {
    Numbers numbers(one.rows);
    std::vector<std::int64_t> taken;
    std::int64_t last = 0;
    const auto take = [&](const Row& row) { taken.push_back(last = row.integer(0)); };
    each_row(numbers, list_numbers_after, 3, take, last);
    EXPECT_EQ(std::ssize(taken), one.rows);
    for (std::size_t i = 0; i < taken.size(); ++i)
      EXPECT_EQ(taken[i], static_cast<std::int64_t>(i) + 1);
    EXPECT_EQ(numbers.asked, one.asked) << one.rows;
  }
}

}  // namespace
}  // namespace fairlead::storage
