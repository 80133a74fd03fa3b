#include "redirect/literal_scan.hpp"

#include "core/check.hpp"

namespace fairlead::redirect {

LiteralScan::LiteralScan(std::span<const std::string_view> literals) {
  for (const std::string_view text : literals) {
    CHECK(!text.empty());
    for (const char c : text) {
      std::uint8_t& column = column_of_[static_cast<unsigned char>(c)];
      if (column == 0) column = static_cast<std::uint8_t>(columns_++);
    }
  }
  CHECK(columns_ <= 256);
  add_row();
  for (std::uint32_t i = 0; i < literals.size(); ++i)
    add(i, literals[i]);
  link();
}

std::uint32_t LiteralScan::add_row() {
  const std::size_t row = cells_.size();
  CHECK(row < ends_here);
  cells_.resize(row + columns_ + 1, 0);
  cells_.back() = none;
  return static_cast<std::uint32_t>(row);
}

// While the trie grows, 0 stands for "no child": no child leads back to the start.
void LiteralScan::add(std::uint32_t literal, std::string_view text) {
  std::uint32_t row = 0;
  for (const char c : text) {
    const std::size_t cell = row + column_of_[static_cast<unsigned char>(c)];
    if (cells_[cell] == 0) {
      const std::uint32_t added = add_row();
      cells_[cell] = added;
    }
    row = cells_[cell];
  }
  std::uint32_t& first = cells_[row + columns_];
  endings_.push_back({literal, static_cast<std::uint32_t>(text.size()), first});
  first = static_cast<std::uint32_t>(endings_.size() - 1);
}

// Breadth first: a state's missing children are those of the longest other state that its text
// ends in, and what ends there ends here too.
void LiteralScan::link() {
  const std::size_t width = columns_ + 1;
  std::vector<std::uint32_t> suffix_of(cells_.size() / width, 0);
  std::vector<std::uint32_t> order = {0};
  for (std::size_t i = 0; i < order.size(); ++i) {
    const std::uint32_t row = order[i];
    const std::uint32_t suffix = suffix_of[row / width];
    if (row != 0) {
      std::uint32_t* last = &cells_[row + columns_];
      while (*last != none)
        last = &endings_[*last].next;
      *last = cells_[suffix + columns_];
    }
    for (std::size_t column = 1; column < columns_; ++column) {
      std::uint32_t& child = cells_[row + column];
      const std::uint32_t of_suffix = row == 0 ? 0 : cells_[suffix + column];
      if (child == 0) {
        child = of_suffix;
      } else {
        suffix_of[child / width] = of_suffix;
        order.push_back(child);
      }
    }
  }
  for (std::size_t row = 0; row < cells_.size(); row += width)
    for (std::size_t column = 0; column < columns_; ++column)
      if (cells_[cells_[row + column] + columns_] != none) cells_[row + column] |= ends_here;
}

}  // namespace fairlead::redirect
