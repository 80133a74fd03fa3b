// Finds every one of many literals in a text in one pass, whatever their number: the automaton of
// Aho and Corasick (1975) as one dense table. A byte that no literal has leads back to the start,
// so the table has a column per byte that occurs instead of 256.
//
// Immutable after construction; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace fairlead::redirect {

class LiteralScan {
 public:
  // No literal may be empty. Equal literals are each found.
  explicit LiteralScan(std::span<const std::string_view> literals);

  // Calls hit(index of the literal, where it begins) for every occurrence, ordered by its end.
  template <class Hit>
  void each(std::string_view text, Hit&& hit) const {
    std::uint32_t row = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
      const std::uint32_t next = cells_[row + column_of_[static_cast<unsigned char>(text[i])]];
      row = next & ~ends_here;
      if ((next & ends_here) == 0) continue;
      for (std::uint32_t at = cells_[row + columns_]; at != none; at = endings_[at].next)
        hit(endings_[at].literal, i + 1 - endings_[at].size);
    }
  }

 private:
  static constexpr std::uint32_t none = 0xffffffff;
  static constexpr std::uint32_t ends_here = 0x80000000;
  // The literals that end in a state, longest first: those spelled by it, then those it ends in.
  struct Ending {
    std::uint32_t literal;
    std::uint32_t size;
    std::uint32_t next;
  };
  void add(std::uint32_t literal, std::string_view text);
  std::uint32_t add_row();
  void link();

  std::array<std::uint8_t, 256> column_of_{};  // 0: no literal has this byte
  std::uint32_t columns_ = 1;
  // A row per state, the start first: for each column where the state's row of the next one begins,
  // marked when literals end there; behind them the state's own first ending.
  std::vector<std::uint32_t> cells_;
  std::vector<Ending> endings_;
};

}  // namespace fairlead::redirect
