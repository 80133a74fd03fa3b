// What a discount takes off a cart, to the minor unit and line by line. Pure; any thread.
//
// Several codes are taken off one after the other, each from what the earlier ones left (`Rest`),
// so that no line and no total ever goes below zero. Percent: each line half away from zero, or
// once for all (`across`). Fixed: the least of value and rest, over the lines by the largest
// remainder, ties to the earlier line; or off each line (`each`). Free shipping: the shipping that
// is left. Buy X get Y: the cheapest units that are not themselves bought. A part that
// `amount_max_minor` cuts is split anew by the largest remainder. Without lines there is one part,
// the subtotal.
#pragma once

#include <string>
#include <vector>

#include "codes/terms.hpp"

namespace fairlead::codes {

struct Allocation {
  enum class Target : std::uint8_t { line, subtotal, shipping } target = Target::line;
  std::string line_id;  // of a line
  std::int64_t amount_minor = 0;
  bool is_of_same_place(const Allocation& other) const {
    return target == other.target && line_id == other.line_id;
  }
  bool operator==(const Allocation&) const = default;
};

struct Granted {
  std::int64_t amount_minor = 0;
  std::vector<Allocation> allocations;  // sum to amount_minor exactly; zero parts are left out
};

// What is left of a cart after earlier codes.
struct Rest {
  explicit Rest(const Cart& cart);
  // Takes allocations off; one that is larger than what is left takes all that is left.
  void take(const std::vector<Allocation>& allocations, const Cart& cart);

  std::vector<std::int64_t> lines_minor;  // of the cart's lines, in their order
  std::int64_t subtotal_minor = 0;        // of a cart without lines
  std::int64_t shipping_minor = 0;
};

// Currencies must be equal for fixed (the caller has checked).
Granted grant(const Terms& terms, const Cart& cart, const Rest& rest);

// The same parts, made smaller so that they sum to `amount_minor` ≤ granted.amount_minor.
Granted cut_to(const Granted& granted, std::int64_t amount_minor);

}  // namespace fairlead::codes
