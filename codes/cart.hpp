// A shop's question as it comes over the wire: which code, for which order, with what in the cart.
// Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "codes/rules.hpp"
#include "core/answer.hpp"
#include "core/events.hpp"
#include "core/result.hpp"

namespace fairlead::codes {

// The most that one price, one line, a subtotal or shipping may be: far above any real cart, and
// far below the point where sums of many of them could overflow.
inline constexpr std::int64_t amount_minor_max = 1'000'000'000'000'000;
inline constexpr std::size_t items_max = 500;
inline constexpr std::size_t body_bytes_max = 512 * 1024;  // 500 lines with long ids fit

struct Question {
  std::string code;       // as typed
  std::string order_ref;  // "" when a validate names none
  Cart cart;
};

enum class OrderRef { required, optional };

// The question, or the answer that says what is wrong with the body: 400 for its form, 422
// `amounts_inconsistent` when the items do not add up to the subtotal.
boost::system::result<Question, core::Answer> read_question(std::string_view body,
                                                            OrderRef order_ref);

// The cart of an order as it was paid. nullopt when its lines do not fit the limits above.
std::optional<Cart> cart_of(const core::Order& order);

// Two carts with the same digest ask for the same amounts: currency, lines, subtotal and shipping.
std::string cart_sha256(const Cart& cart);

}  // namespace fairlead::codes
