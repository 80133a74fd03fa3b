#include "codes/cart.hpp"

#include <set>

#include "codes/codes.hpp"
#include "core/crypto.hpp"
#include "net/json.hpp"
#include "net/problem.hpp"

namespace fairlead::codes {

namespace {

std::string read_code_text(net::Fields& body);
std::vector<CartLine> lines_of(const std::vector<core::Item>& items);
std::optional<core::Answer> refuse_inconsistent(std::int64_t subtotal_minor,
                                                std::int64_t items_minor);
std::optional<std::int64_t> line_minor(const core::Item& item);
bool is_sha256_text(std::string_view text);

}  // namespace

boost::system::result<Question, core::Answer> read_question(std::string_view text,
                                                            OrderRef order_ref) {
  net::Fields body(text);
  auto code = read_code_text(body);
  auto reference = order_ref == OrderRef::required
                       ? body.text("order_ref", {.min = 1, .max = 128})
                       : body.maybe_text("order_ref", {.min = 1, .max = 128}).value_or("");
  const auto currency = body.currency("currency");
  const auto items = read_items(body);
  const auto subtotal = body.maybe_integer("subtotal_minor", 0, amount_minor_max);
  const auto shipping = body.maybe_integer("shipping_minor", 0, amount_minor_max).value_or(0);
  const auto customer = read_customer(body);
  if (items.empty() && !body.has("subtotal_minor")) {
    body.refuse("subtotal_minor", "required", "subtotal_minor is needed when there are no items");
  }
  if (auto refusal = body.refusal()) return *refusal;

  Question question{.code = std::move(code),
                    .order_ref = std::move(reference),
                    .cart = {.currency = *currency,
                             .lines = lines_of(items),
                             .subtotal_minor = 0,
                             .shipping_minor = shipping,
                             .customer = customer.identity()}};
  for (const auto& line : question.cart.lines)
    question.cart.subtotal_minor += line.amount_minor;
  if (question.cart.subtotal_minor > amount_minor_max) {
    return net::problem(400, "invalid_request", "The items add up to more than a cart can hold.",
                        {{"/items", "out_of_range",
                          "items: the sum of unit_price_minor x quantity must not exceed " +
                              std::to_string(amount_minor_max)}});
  }
  if (items.empty()) {
    question.cart.subtotal_minor = *subtotal;
  } else if (subtotal) {
    if (auto refusal = refuse_inconsistent(*subtotal, question.cart.subtotal_minor))
      return *refusal;
  }
  return question;
}

std::vector<core::Item> read_items(net::Fields& body) {
  std::vector<core::Item> items;
  std::set<std::string> line_ids;
  body.objects("items", 0, items_max, [&](net::Fields& fields) {
    core::Item item;
    item.line_id = fields.text("line_id", {.min = 1, .max = 128});
    item.sku = fields.maybe_text("sku", {.min = 0, .max = 128}).value_or("");
    item.product_id = fields.maybe_text("product_id", {.min = 0, .max = 128}).value_or("");
    item.category_ids = fields.texts("category_ids", 50, {.min = 1, .max = 128});
    item.quantity = fields.integer("quantity", 1, 1'000'000);
    item.unit_price_minor = fields.integer("unit_price_minor", 0, amount_minor_max);
    item.discount_minor = fields.maybe_integer("discount_minor", 0, amount_minor_max).value_or(0);
    item.tax_minor = fields.maybe_integer("tax_minor", 0, amount_minor_max).value_or(0);
    const auto line = line_minor(item);
    if (!line) {
      fields.refuse(
          "unit_price_minor", "out_of_range",
          "unit_price_minor x quantity must not exceed " + std::to_string(amount_minor_max));
    } else if (item.discount_minor > *line) {
      fields.refuse("discount_minor", "out_of_range",
                    "discount_minor must not exceed unit_price_minor x quantity, here " +
                        std::to_string(*line));
    }
    if (!item.line_id.empty() && !line_ids.insert(item.line_id).second) {
      fields.refuse("line_id", "duplicate", "line_id must differ from line to line");
    }
    items.push_back(std::move(item));
  });
  return items;
}

core::Customer read_customer(net::Fields& body) {
  core::Customer customer;
  body.object("customer", false, [&](net::Fields& fields) {
    customer.key = fields.maybe_text("key", {.min = 1, .max = 128}).value_or("");
    auto email = fields.maybe_text("email_sha256", {.min = 64, .max = 64});
    if (email && email->size() == 64) {
      if (!is_sha256_text(*email)) {
        fields.refuse(
            "email_sha256", "invalid_value",
            "email_sha256 must be the 64 hex digits of the SHA-256 of the address, trimmed "
            "and in lower case");
      }
      for (char& c : *email)
        c = c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
      customer.email_sha256 = std::move(*email);
    }
    customer.is_new = fields.maybe_boolean("is_new");
    customer.groups = fields.texts("groups", 50, {.min = 1, .max = 128});
  });
  return customer;
}

std::optional<Cart> cart_of(const core::Order& order) {
  Cart cart{.currency = order.currency,
            .lines = lines_of(order.items),
            .subtotal_minor = 0,
            .shipping_minor = order.shipping_minor,
            .customer = order.customer.identity()};
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
  }
  return core::hex(core::as_text(core::sha256(text)));
}

namespace {

// `code`, or `codes` with one entry: carts of protocols that send a list.
std::string read_code_text(net::Fields& body) {
  constexpr net::TextRule rule{.min = 1, .max = 255};
  if (!body.has("codes")) return body.text("code", rule);
  auto codes = body.texts("codes", 1, rule);
  if (body.has("code")) {
    body.refuse("codes", "invalid_value", "either code or codes may be given, not both");
  }
  body.raw("code");
  if (codes.empty()) {
    body.refuse("codes", "out_of_range", "codes must hold exactly one code");
    return "";
  }
  return codes.front();
}

std::vector<CartLine> lines_of(const std::vector<core::Item>& items) {
  std::vector<CartLine> lines;
  for (const auto& item : items)
    lines.push_back({item.line_id, line_minor(item).value_or(0)});
  return lines;
}

std::optional<core::Answer> refuse_inconsistent(std::int64_t subtotal_minor,
                                                std::int64_t items_minor) {
  if (subtotal_minor == items_minor) return std::nullopt;
  const auto difference = subtotal_minor - items_minor;
  const auto detail = "subtotal_minor is " + std::to_string(subtotal_minor) +
                      ", but the items add up to " + std::to_string(items_minor) +
                      " (unit_price_minor x quantity): a difference of " +
                      std::to_string(difference) + ".";
  return net::problem(422, "amounts_inconsistent", detail,
                      {{"/subtotal_minor", "amounts_inconsistent", detail}});
}

// Unit price × quantity; nullopt beyond amount_minor_max.
std::optional<std::int64_t> line_minor(const core::Item& item) {
  const auto line = core::multiply_minor(item.unit_price_minor, item.quantity);
  if (!line || *line > amount_minor_max) return std::nullopt;
  return *line;
}

bool is_sha256_text(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdefABCDEF") == text.npos;
}

}  // namespace

}  // namespace fairlead::codes
