#include "codes/cart.hpp"

#include "core/crypto.hpp"

namespace fairlead::codes {

std::vector<std::string> Cart::customer_names() const {
  std::vector<std::string> names;
  for (const auto& name : {customer.key, customer.email_sha256}) {
    const bool is_new = names.empty() || names.front() != name;
    if (!name.empty() && is_new) names.push_back(name);
  }
  return names;
}

std::optional<std::int64_t> line_minor(const core::Item& item) {
  const auto line = core::multiply_minor(item.unit_price_minor, item.quantity);
  if (!line || *line > amount_minor_max) return std::nullopt;
  return *line;
}

std::vector<CartLine> lines_of(const std::vector<core::Item>& items) {
  std::vector<CartLine> lines;
  for (const auto& item : items)
    lines.push_back({item.line_id, line_minor(item).value_or(0), item.quantity, item.product_id,
                     item.sku, item.category_ids, item.is_on_sale});
  return lines;
}

std::optional<Cart> cart_of(const core::Order& order) {
  Cart cart{.currency = order.currency,
            .lines = lines_of(order.items),
            .subtotal_minor = 0,
            .shipping_minor = order.shipping_minor,
            .customer = order.customer};
  for (const auto& item : order.items) {
    const auto line = line_minor(item);
    if (!line || *line < 0) return std::nullopt;
    cart.subtotal_minor += *line;
    if (cart.subtotal_minor > amount_minor_max) return std::nullopt;
  }
  return cart;
}

std::string cart_sha256(const Cart& cart) {
  std::string text(cart.currency.code());
  text += ' ' + std::to_string(cart.subtotal_minor) + ' ' + std::to_string(cart.shipping_minor);
  for (const auto& line : cart.lines) {
    // The length in front keeps two different lists from having one text.
    text += ' ' + std::to_string(line.line_id.size()) + ':' + line.line_id + '=' +
            std::to_string(line.amount_minor);
    if (line.quantity != 1) text += '*' + std::to_string(line.quantity);
  }
  return core::hex(core::as_text(core::sha256(text)));
}

}  // namespace fairlead::codes
