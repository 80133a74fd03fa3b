#include "codes/question.hpp"

#include <set>

#include "codes/codes.hpp"
#include "net/json.hpp"
#include "net/problem.hpp"

namespace fairlead::codes {

namespace {

constexpr net::TextRule code_rule{.min = 1, .max = 255};
constexpr net::TextRule order_ref_rule{.min = 1, .max = 128};

void read_codes(net::Fields& body, Action action, Question& question);
void refuse_both(net::Fields& body);
std::optional<core::CodeUseId> read_reservation(net::Fields& body);
std::optional<core::Answer> read_cart(net::Fields& body, Cart& cart);
std::optional<core::Answer> refuse_inconsistent(std::int64_t subtotal_minor,
                                                std::int64_t items_minor);
bool is_sha256_text(std::string_view text);

}  // namespace

boost::system::result<Question, core::Answer> read_question(std::string_view text, Action action) {
  net::Fields body(text);
  Question question{.action = action, .cart = {.currency = core::Currency::of("EUR")}};
  read_codes(body, action, question);
  question.order_ref = action == Action::validate
                           ? body.maybe_text("order_ref", order_ref_rule).value_or("")
                           : body.text("order_ref", order_ref_rule);
  question.click_ids = body.texts("click_ids", click_ids_max, {.min = 1, .max = 255});
  if (action == Action::reserve)
    question.ttl_s = body.maybe_integer("ttl_s", ttl_s_min, ttl_s_max).value_or(ttl_s_default);
  if (action == Action::redeem) {
    question.is_paid = body.maybe_boolean("paid").value_or(false);
    question.reservation = read_reservation(body);
  }
  const auto refusal = read_cart(body, question.cart);
  if (auto malformed = body.refusal()) return *malformed;
  if (refusal) return *refusal;
  return question;
}

boost::system::result<GiveBack, core::Answer> read_give_back(std::string_view text, Action action) {
  net::Fields body(text);
  GiveBack asked{
      .action = action, .order_ref = body.text("order_ref", order_ref_rule), .codes = {}};
  if (body.has("code")) {
    asked.codes.push_back(body.text("code", code_rule));
    if (body.raw("codes")) refuse_both(body);
  } else {
    body.raw("code");
    asked.codes = body.texts("codes", codes_max, code_rule);
  }
  if (action == Action::release) {
    asked.reservation = read_reservation(body);
  } else {
    asked.amount_minor = body.maybe_integer("amount_minor", 1, amount_minor_max);
    body.objects("items", 0, items_max, [&](net::Fields& fields) {
      auto line = fields.text("line_id", {.min = 1, .max = 128});
      asked.items.push_back({std::move(line), fields.integer("amount_minor", 1, amount_minor_max)});
    });
    if (asked.amount_minor && !asked.items.empty())
      body.refuse("items", "invalid_value", "either amount_minor or items may be given, not both");
    if (asked.is_partial() && asked.codes.size() != 1)
      body.refuse("code", "required", "a part of a discount is rolled back for one code: name it");
  }
  if (auto refusal = body.refusal()) return *refusal;
  return asked;
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
    item.is_on_sale = fields.maybe_boolean("on_sale").value_or(false);
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

namespace {

// `code`, or `codes`: the list of protocols that send all codes of a cart at once.
void read_codes(net::Fields& body, Action action, Question& question) {
  if (!body.has("codes")) {
    question.codes.push_back(body.text("code", code_rule));
    body.raw("codes");
    return;
  }
  question.form = Form::list;
  question.codes = body.texts("codes", codes_max, code_rule);
  if (body.has("code")) refuse_both(body);
  body.raw("code");
  const auto* const list = body.raw("codes");
  if (action == Action::redeem && list->is_array() && list->get_array().empty())
    body.refuse("codes", "out_of_range", "codes must hold 1 to 10 codes");
}

void refuse_both(net::Fields& body) {
  body.refuse("codes", "invalid_value", "either code or codes may be given, not both");
}

std::optional<core::CodeUseId> read_reservation(net::Fields& body) {
  const auto text = body.maybe_text("reservation_id", {.min = 1, .max = 64});
  if (!text) return std::nullopt;
  const auto id = core::CodeUseId::parse(*text);
  if (id) return *id;
  body.refuse("reservation_id", "invalid_value",
              "reservation_id must be the reservation.id of a reserve");
  return std::nullopt;
}

// The refusal is of a cart that is well formed but cannot be.
std::optional<core::Answer> read_cart(net::Fields& body, Cart& cart) {
  if (const auto currency = body.currency("currency")) cart.currency = *currency;
  const auto items = read_items(body);
  const auto subtotal = body.maybe_integer("subtotal_minor", 0, amount_minor_max);
  cart.shipping_minor = body.maybe_integer("shipping_minor", 0, amount_minor_max).value_or(0);
  cart.customer = read_customer(body);
  if (items.empty() && !body.has("subtotal_minor"))
    body.refuse("subtotal_minor", "required", "subtotal_minor is needed when there are no items");

  cart.lines = lines_of(items);
  for (const auto& line : cart.lines)
    cart.subtotal_minor += line.amount_minor;
  if (cart.subtotal_minor > amount_minor_max) {
    return net::problem(400, "invalid_request", "The items add up to more than a cart can hold.",
                        {{"/items", "out_of_range",
                          "items: the sum of unit_price_minor x quantity must not exceed " +
                              std::to_string(amount_minor_max)}});
  }
  if (items.empty()) {
    cart.subtotal_minor = subtotal.value_or(0);
  } else if (subtotal) {
    return refuse_inconsistent(*subtotal, cart.subtotal_minor);
  }
  return std::nullopt;
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

bool is_sha256_text(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdefABCDEF") == text.npos;
}

}  // namespace

}  // namespace fairlead::codes
