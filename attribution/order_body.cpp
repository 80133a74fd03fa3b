#include "attribution/order_body.hpp"

#include <set>

#include "codes/codes.hpp"
#include "core/crypto.hpp"
#include "core/money.hpp"
#include "net/json.hpp"
#include "net/problem.hpp"

namespace fairlead::attribution {

namespace {

constexpr std::size_t codes_max = 10;
constexpr std::size_t click_ids_max = 20;
constexpr std::size_t refund_lines_max = 500;
constexpr net::TextRule ref_rule{.min = 1, .max = 128};

core::Instant read_placed_at(net::Fields& body, core::Instant now) {
  const core::Instant placed_at = body.instant("placed_at");
  if (placed_at > now.plus_seconds(placed_ahead_seconds_max)) {
    body.refuse(
        "placed_at", "out_of_range",
        "placed_at is more than a day ahead: the server's time is " + core::format_instant(now));
  }
  return placed_at;
}

core::Answer inconsistent(const std::string& pointer, const std::string& detail) {
  return net::problem(422, "amounts_inconsistent", detail,
                      {{pointer, "amounts_inconsistent", detail}});
}

core::Answer out_of_range(const std::string& pointer, const std::string& detail) {
  return net::problem(400, "invalid_request", detail, {{pointer, "out_of_range", detail}});
}

std::string item_pointer(std::size_t index, std::string_view field) {
  return "/items/" + std::to_string(index) + "/" + std::string(field);
}

// Unit price × quantity; nullopt beyond the limit.
std::optional<std::int64_t> gross_of(const core::Item& item) {
  const auto gross = core::multiply_minor(item.unit_price_minor, item.quantity);
  if (!gross || *gross > amount_minor_max) return std::nullopt;
  return *gross;
}

std::optional<core::Answer> check_item(const core::Item& item, std::size_t index) {
  if (item.quantity < 1)
    return out_of_range(item_pointer(index, "quantity"), "quantity must be at least 1");
  const auto gross = gross_of(item);
  if (item.unit_price_minor < 0 || !gross) {
    return out_of_range(
        item_pointer(index, "unit_price_minor"),
        "unit_price_minor x quantity must be from 0 to " + std::to_string(amount_minor_max));
  }
  if (item.discount_minor < 0 || item.discount_minor > *gross) {
    return out_of_range(item_pointer(index, "discount_minor"),
                        "discount_minor is " + std::to_string(item.discount_minor) +
                            ", but the line is worth " + std::to_string(*gross) +
                            " (unit_price_minor x quantity): a difference of " +
                            std::to_string(item.discount_minor - *gross));
  }
  if (item.tax_minor < 0 || item.tax_minor > amount_minor_max) {
    return out_of_range(item_pointer(index, "tax_minor"),
                        "tax_minor must be from 0 to " + std::to_string(amount_minor_max));
  }
  return std::nullopt;
}

// A list of fields with their lengths, so that two different lists never have one text.
class Canonical {
 public:
  Canonical& add(std::string_view text) {
    text_ += std::to_string(text.size()) + ':';
    text_ += text;
    return *this;
  }
  Canonical& add(std::int64_t number) { return add(std::string_view(std::to_string(number))); }
  Canonical& add(const std::vector<std::string>& texts) {
    add(static_cast<std::int64_t>(texts.size()));
    for (const std::string& text : texts)
      add(text);
    return *this;
  }
  std::string sha256() const { return core::hex(core::as_text(core::sha256(text_))); }

 private:
  std::string text_;
};

std::optional<core::Answer> check_subtotal(const core::Order& order,
                                           std::optional<std::int64_t> subtotal) {
  if (!subtotal) return std::nullopt;
  std::int64_t gross = 0;
  for (const core::Item& item : order.items)
    gross += gross_of(item).value_or(0);
  if (*subtotal == gross) return std::nullopt;
  return inconsistent("/subtotal_minor", "subtotal_minor is " + std::to_string(*subtotal) +
                                             ", but the items add up to " + std::to_string(gross) +
                                             " (unit_price_minor x quantity): a difference of " +
                                             std::to_string(*subtotal - gross));
}

}  // namespace

boost::system::result<core::Order, core::Answer> read_order(std::string_view text,
                                                            core::BrandId brand,
                                                            core::Instant now) {
  net::Fields body(text);
  auto order_ref = body.text("order_ref", ref_rule);
  const core::Instant placed_at = read_placed_at(body, now);
  const auto currency = body.currency("currency");
  auto items = codes::read_items(body);
  const auto subtotal = body.maybe_integer("subtotal_minor", 0, amount_minor_max);
  const auto shipping = body.maybe_integer("shipping_minor", 0, amount_minor_max);
  const auto tax = body.maybe_integer("tax_minor", 0, amount_minor_max);
  auto codes = body.texts("codes", codes_max, {.min = 1, .max = 255});
  auto click_ids = body.texts("click_ids", click_ids_max, {.min = 1, .max = 255});
  auto customer = codes::read_customer(body);
  if (auto refusal = body.refusal()) return *refusal;
  if (items.empty()) {
    const std::string detail = "items must hold at least one line";
    return net::problem(400, "invalid_request", detail, {{"/items", "required", detail}});
  }

  core::Order order{.brand = brand,
                    .order_ref = std::move(order_ref),
                    .placed_at = placed_at,
                    .currency = *currency,
                    .items = std::move(items),
                    .shipping_minor = shipping.value_or(0),
                    .tax_minor = tax.value_or(0),
                    .codes = std::move(codes),
                    .click_ids = std::move(click_ids),
                    .customer = std::move(customer)};
  if (!tax) {
    for (const core::Item& item : order.items)
      order.tax_minor += item.tax_minor;
  }
  if (auto refusal = check_order(order)) return *refusal;
  if (auto refusal = check_subtotal(order, subtotal)) return *refusal;
  return order;
}

boost::system::result<core::Refund, core::Answer> read_refund(std::string_view text,
                                                              core::BrandId brand,
                                                              std::string order_ref,
                                                              core::Instant now) {
  net::Fields body(text);
  core::Refund refund{.brand = brand,
                      .order_ref = std::move(order_ref),
                      .refund_ref = body.text("refund_ref", ref_rule),
                      .placed_at = read_placed_at(body, now),
                      .items = {},
                      .amount_minor = std::nullopt,
                      .reason = {}};
  std::set<std::string> line_ids;
  const bool has_items = body.has("items");
  body.objects("items", has_items ? 1 : 0, refund_lines_max, [&](net::Fields& fields) {
    core::Refund::Line line;
    line.line_id = fields.text("line_id", ref_rule);
    line.quantity = fields.maybe_integer("quantity", 1, 1'000'000);
    line.amount_minor = fields.integer("amount_minor", 0, amount_minor_max);
    if (!line.line_id.empty() && !line_ids.insert(line.line_id).second)
      fields.refuse("line_id", "duplicate", "line_id must differ from line to line");
    refund.items.push_back(std::move(line));
  });
  refund.amount_minor = body.maybe_integer("amount_minor", 1, amount_minor_max);
  refund.reason = body.maybe_text("reason", {.min = 0, .max = 500}).value_or("");
  if (has_items && refund.amount_minor)
    body.refuse("amount_minor", "invalid_value", "send either items or amount_minor, not both");
  if (!has_items && !body.has("amount_minor")) {
    body.refuse(
        "items", "required",
        "send items [{line_id, quantity?, amount_minor}] or one amount_minor for the order");
  }
  if (auto refusal = body.refusal()) return *refusal;
  return refund;
}

std::optional<core::Answer> check_order(const core::Order& order) {
  std::set<std::string_view> line_ids;
  std::int64_t gross = 0;
  std::int64_t line_tax = 0;
  for (std::size_t i = 0; i < order.items.size(); ++i) {
    const core::Item& item = order.items[i];
    if (auto refusal = check_item(item, i)) return refusal;
    if (!line_ids.insert(item.line_id).second) {
      return net::problem(400, "invalid_request", "line_id must differ from line to line",
                          {{item_pointer(i, "line_id"), "duplicate",
                            "line_id \"" + item.line_id + "\" is used by an earlier line"}});
    }
    // Kept below the limit at every step, so that no number of lines can overflow.
    gross += gross_of(item).value_or(0);
    line_tax += item.tax_minor;
    if (gross > amount_minor_max || line_tax > amount_minor_max) {
      return out_of_range("/items", "the items add up to more than an order can hold, " +
                                        std::to_string(amount_minor_max));
    }
  }
  if (order.shipping_minor < 0 || order.shipping_minor > amount_minor_max)
    return out_of_range("/shipping_minor",
                        "shipping_minor must be from 0 to " + std::to_string(amount_minor_max));
  if (order.tax_minor < line_tax) {
    return inconsistent("/tax_minor", "tax_minor is " + std::to_string(order.tax_minor) +
                                          ", but the items' tax_minor add up to " +
                                          std::to_string(line_tax) + ": a difference of " +
                                          std::to_string(order.tax_minor - line_tax));
  }
  return std::nullopt;
}

std::int64_t base_of(const core::Item& item) {
  return item.unit_price_minor * item.quantity - item.discount_minor;
}

std::int64_t base_of(const core::Order& order) {
  if (order.is_test) return 0;
  std::int64_t base = 0;
  for (const core::Item& item : order.items)
    base += base_of(item);
  return base;
}

std::string fingerprint_of(const core::Order& order) {
  Canonical text;
  text.add("order 1").add(order.order_ref).add(order.placed_at.micros);
  text.add(order.currency.code()).add(static_cast<std::int64_t>(order.items.size()));
  for (const core::Item& item : order.items) {
    text.add(item.line_id).add(item.sku).add(item.product_id).add(item.category_ids);
    text.add(item.quantity).add(item.unit_price_minor).add(item.discount_minor);
    text.add(item.tax_minor);
  }
  text.add(order.shipping_minor).add(order.tax_minor).add(order.codes).add(order.click_ids);
  const core::Customer& customer = order.customer;
  text.add(customer.key).add(customer.email_sha256).add(customer.groups);
  text.add(customer.is_new ? (*customer.is_new ? "new" : "known") : "");
  text.add(order.source).add(order.is_test ? "test" : "live");
  return text.sha256();
}

std::string fingerprint_of(const core::Refund& refund) {
  Canonical text;
  text.add("refund 1").add(refund.refund_ref).add(refund.placed_at.micros);
  text.add(static_cast<std::int64_t>(refund.items.size()));
  for (const core::Refund::Line& line : refund.items)
    text.add(line.line_id).add(line.quantity.value_or(0)).add(line.amount_minor);
  text.add(refund.amount_minor.value_or(-1)).add(refund.reason);
  return text.sha256();
}

}  // namespace fairlead::attribution
