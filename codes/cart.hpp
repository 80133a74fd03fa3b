// What a shopper is about to buy: the cart that codes are held against. Pure; any thread.
//
// Amounts are in minor units of `currency`, 0 … amount_minor_max.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/events.hpp"
#include "core/money.hpp"

namespace fairlead::codes {

using core::amount_minor_max;  // of one price, one line, a subtotal or shipping
inline constexpr std::size_t items_max = 500;

struct CartLine {
  std::string line_id;
  std::int64_t amount_minor = 0;  // unit price × quantity; a line's own discount is not taken off
  std::int64_t quantity = 1;
  std::string product_id = {};
  std::string sku = {};
  std::vector<std::string> category_ids = {};
  bool is_on_sale = false;
};
struct Cart {
  core::Currency currency;
  std::vector<CartLine> lines;  // empty: only the subtotal is known
  std::int64_t subtotal_minor = 0;
  std::int64_t shipping_minor = 0;
  core::Customer customer = {};

  // What limits per customer count by: the shop's key, and the e-mail hash beside it. Each has its
  // own allowance, so that a guest who logs in does not get a second one. Both the same are one.
  // Empty = unknown.
  std::vector<std::string> customer_names() const;
};

// Unit price × quantity; nullopt beyond amount_minor_max.
std::optional<std::int64_t> line_minor(const core::Item& item);
// Each item is a line; one beyond amount_minor_max counts as 0, its reader has refused it.
std::vector<CartLine> lines_of(const std::vector<core::Item>& items);
// The cart of an order as it was paid. nullopt when its lines do not fit these limits.
std::optional<Cart> cart_of(const core::Order& order);

// Two carts with the same digest ask for the same amounts: currency, subtotal, shipping, and each
// line's id, amount and quantity. What a line's item is called does not count.
std::string cart_sha256(const Cart& cart);

}  // namespace fairlead::codes
