#include "codes/term_fields.hpp"

#include "codes/term_json.hpp"
#include "core/check.hpp"

namespace fairlead::codes {

namespace {

constexpr std::int64_t quantity_max = 1'000'000;
constexpr std::int64_t set_quantity_max = 1'000;

// What a body says about one value: nothing, null (take it away), or a value.
template <class T, class Read>
void change(net::Fields& fields, std::string_view name, std::optional<T>& value, Read read) {
  const auto* given = fields.raw(name);
  if (!given) return;
  value = given->is_null() ? std::nullopt : read();
}

void change_integer(net::Fields& fields, std::string_view name, std::optional<std::int64_t>& value,
                    std::int64_t max, std::int64_t min = 0) {
  change(fields, name, value, [&] { return fields.maybe_integer(name, min, max); });
}

// An object that is replaced whole, or emptied by null.
template <class T, class Read>
void replace(net::Fields& body, std::string_view name, T& value, Read read) {
  if (!body.raw(name)) return;
  value = T{};
  body.object(name, false, [&](net::Fields& fields) { read(fields, value); });
}

void read_condition_fields(net::Fields& body, Terms& terms);
void read_filter(net::Fields& fields, ItemFilter& filter);
void read_limits(net::Fields& fields, Terms& terms);
void read_customers(net::Fields& fields, CustomerRules& rules);
void read_schedule(net::Fields& fields, Schedule& schedule);
void read_stacking(net::Fields& fields, Stacking& stacking);
void read_discount_of_kind(net::Fields& fields, Terms& terms);
void read_how(net::Fields& fields, Discount& discount);

}  // namespace

NewCode read_code_terms(net::Fields& body) {
  NewCode code{.deal = {},
               .text = {},
               .terms = {.discount = {}, .currency = core::Currency::of("EUR"), .limits = {}}};
  const auto deal = body.text("deal_id", {.min = 1, .max = 64});
  if (auto id = core::DealId::parse(deal)) {
    code.deal = *id;
  } else if (!deal.empty()) {
    body.refuse("deal_id", "not_found", "There is no such deal.");
  }
  read_discount(body, code.terms);
  read_conditions(body, code.terms);
  return code;
}

void read_discount(net::Fields& body, Terms& terms) {
  body.object("discount", true, [&](net::Fields& fields) { read_discount_of_kind(fields, terms); });
}

void read_conditions(net::Fields& body, Terms& terms) {
  read_condition_fields(body, terms);
  if (rules_text(terms).size() > rules_bytes_max)
    body.refuse("items", "out_of_range",
                "the conditions of a code must not exceed 65536 bytes in all");
}

void read_capacity(net::Fields& limits, CapacityLimits& capacity) {
  change_integer(limits, "uses_max", capacity.uses_max, uses_max_max);
  change_integer(limits, "uses_per_customer_max", capacity.uses_per_customer_max,
                 uses_per_customer_max_max);
  change_integer(limits, "budget_minor", capacity.budget_minor, amount_minor_max);
}

core::Result<void> check_terms(const Terms& terms) {
  const auto& discount = terms.discount;
  const auto invalid = [](const char* detail) { return core::fail(core::Errc::invalid, detail); };
  const bool has_rate =
      discount.kind == DiscountKind::percent || discount.kind == DiscountKind::buy_x_get_y;
  if (has_rate && (discount.rate.ppm < 1 || discount.rate.ppm > core::ppm_one))
    return invalid("discount.rate_ppm: 1 to 1000000 is needed");
  if (discount.kind == DiscountKind::fixed && discount.amount_minor <= 0)
    return invalid("discount.amount_minor: must be above 0");
  if (terms.starts_at && terms.ends_at && *terms.ends_at <= *terms.starts_at)
    return invalid("ends_at: must be later than starts_at");
  for (const auto& limit : {terms.limits.uses_max, terms.limits.uses_per_customer_max,
                            terms.limits.budget_minor, terms.cart.subtotal_min_minor}) {
    if (limit && *limit < 0) return invalid("limits: none may be below 0");
  }
  return {};
}

void read_rules_text(std::string_view text, Terms& terms) {
  terms.discount.method =
      terms.discount.kind == DiscountKind::fixed ? Method::across : Method::each;
  if (text.empty()) return;
  net::Fields body(text);
  body.object("discount", false, [&](net::Fields& fields) { read_how(fields, terms.discount); });
  read_condition_fields(body, terms);
  CHECK(!body.refusal());
}

namespace {

// Without a look at how much it is: what the column holds was looked at when it was written.
void read_condition_fields(net::Fields& body, Terms& terms) {
  const auto* limits = body.raw("limits");
  if (limits && limits->is_null()) {
    terms.limits = {};
    terms.cart = {};
  }
  body.object("limits", false, [&](net::Fields& fields) { read_limits(fields, terms); });
  replace(body, "items", terms.items, read_filter);
  replace(body, "customers", terms.customers, read_customers);
  replace(body, "schedule", terms.schedule, read_schedule);
  replace(body, "stacking", terms.stacking, read_stacking);
  terms.restores_use = body.maybe_boolean("restores_use").value_or(terms.restores_use);
  terms.is_enabled = body.maybe_boolean("enabled").value_or(terms.is_enabled);
  change(body, "starts_at", terms.starts_at, [&] { return body.maybe_instant("starts_at"); });
  change(body, "ends_at", terms.ends_at, [&] { return body.maybe_instant("ends_at"); });
  if (terms.starts_at && terms.ends_at && *terms.ends_at <= *terms.starts_at)
    body.refuse("ends_at", "out_of_range", "ends_at must be later than starts_at");
}

void read_discount_of_kind(net::Fields& fields, Terms& terms) {
  auto& discount = terms.discount;
  const auto kind = fields.one_of(
      "kind", {name_of(DiscountKind::percent), name_of(DiscountKind::fixed),
               name_of(DiscountKind::free_shipping), name_of(DiscountKind::buy_x_get_y)});
  discount.kind = *parse_discount_kind(kind);
  discount.method = discount.kind == DiscountKind::fixed ? Method::across : Method::each;
  switch (discount.kind) {
    case DiscountKind::percent:
      discount.rate = {fields.integer("rate_ppm", 1, core::ppm_one)};
      break;
    case DiscountKind::fixed:
      discount.amount_minor = fields.integer("amount_minor", 1, amount_minor_max);
      if (const auto currency = fields.currency("currency")) terms.currency = *currency;
      break;
    case DiscountKind::free_shipping:
      break;
    case DiscountKind::buy_x_get_y:
      discount.rate = {fields.maybe_integer("rate_ppm", 1, core::ppm_one).value_or(core::ppm_one)};
      break;
  }
  read_how(fields, discount);
}

// The part of a discount that the column rules holds.
void read_how(net::Fields& fields, Discount& discount) {
  const bool has_method =
      discount.kind == DiscountKind::percent || discount.kind == DiscountKind::fixed;
  if (has_method) {
    if (const auto method =
            fields.maybe_one_of("method", {name_of(Method::each), name_of(Method::across)}))
      discount.method = *method == name_of(Method::each) ? Method::each : Method::across;
  }
  if (discount.kind != DiscountKind::fixed || discount.method == Method::each)
    discount.amount_max_minor = fields.maybe_integer("amount_max_minor", 1, amount_minor_max);
  if (discount.kind != DiscountKind::buy_x_get_y) return;
  discount.buy_quantity = fields.integer("buy_quantity", 1, set_quantity_max);
  discount.get_quantity = fields.integer("get_quantity", 1, set_quantity_max);
  discount.sets_max = fields.maybe_integer("sets_max", 1, quantity_max);
  if (!fields.has("get")) {
    fields.raw("get");
    return;
  }
  discount.get = ItemFilter{};
  fields.object("get", false, [&](net::Fields& get) { read_filter(get, *discount.get); });
}

void read_filter(net::Fields& fields, ItemFilter& filter) {
  constexpr net::TextRule id_rule{.min = 1, .max = 128};
  const auto read = [&](std::string_view name) {
    return fields.texts(name, filter_entries_max, id_rule);
  };
  filter.product_ids = read("product_ids");
  filter.skus = read("skus");
  filter.category_ids = read("category_ids");
  filter.excluded_product_ids = read("excluded_product_ids");
  filter.excluded_skus = read("excluded_skus");
  filter.excluded_category_ids = read("excluded_category_ids");
  filter.excludes_sale_items = fields.maybe_boolean("excludes_sale_items").value_or(false);
}

void read_limits(net::Fields& fields, Terms& terms) {
  read_capacity(fields, terms.limits);
  auto& cart = terms.cart;
  change_integer(fields, "subtotal_min_minor", cart.subtotal_min_minor, amount_minor_max);
  change_integer(fields, "subtotal_max_minor", cart.subtotal_max_minor, amount_minor_max);
  change_integer(fields, "quantity_min", cart.quantity_min, quantity_max, 1);
  if (const auto basis =
          fields.maybe_one_of("subtotal_basis", {name_of(Basis::cart), name_of(Basis::eligible)}))
    cart.basis = *basis == name_of(Basis::cart) ? Basis::cart : Basis::eligible;
  if (cart.subtotal_min_minor && cart.subtotal_max_minor &&
      *cart.subtotal_max_minor < *cart.subtotal_min_minor)
    fields.refuse("subtotal_max_minor", "out_of_range",
                  "subtotal_max_minor must not be below subtotal_min_minor");
}

void read_customers(net::Fields& fields, CustomerRules& rules) {
  rules.is_first_order_only = fields.maybe_boolean("first_order_only").value_or(false);
  rules.groups = fields.texts("groups", 50, {.min = 1, .max = 128});
  rules.allows_self_use = fields.maybe_boolean("self_use_allowed").value_or(false);
  rules.click_hours_max = fields.maybe_integer("click_within_hours", 1, 24 * 365).value_or(0);
}

// "09:30" as minutes; "24:00" is the end of the day.
std::optional<std::int32_t> parse_minute(std::string_view text) {
  const auto digit = [&](std::size_t i) { return text[i] >= '0' && text[i] <= '9'; };
  if (text.size() != 5 || text[2] != ':' || !digit(0) || !digit(1) || !digit(3) || !digit(4))
    return std::nullopt;
  const auto pair = [&](std::size_t i) { return (text[i] - '0') * 10 + (text[i + 1] - '0'); };
  const auto minute = pair(0) * 60 + pair(3);
  if (pair(3) > 59 || minute > 24 * 60) return std::nullopt;
  return minute;
}

std::int32_t read_minute(net::Fields& fields, std::string_view name) {
  const auto text = fields.text(name, {.min = 1, .max = 5});
  const auto minute = parse_minute(text);
  if (!minute && !text.empty())
    fields.refuse(name, "invalid_value", std::string(name) + " must be a time such as \"09:30\"");
  return minute.value_or(0);
}

void read_window(net::Fields& fields, Window& window) {
  for (const auto& name : fields.texts("weekdays", 7, {.min = 1, .max = 10})) {
    std::uint8_t bit = 0;
    for (std::size_t day = 0; day < std::size(weekday_names); ++day) {
      if (name == weekday_names[day]) bit = static_cast<std::uint8_t>(1U << day);
    }
    if (bit == 0)
      fields.refuse("weekdays", "invalid_value",
                    "weekdays knows mon, tue, wed, thu, fri, sat, sun; not \"" + name + "\"");
    window.weekdays = static_cast<std::uint8_t>(window.weekdays | bit);
  }
  constexpr std::uint8_t every_day = 0x7f;
  if (!fields.has("weekdays")) window.weekdays = every_day;
  const bool has_hours = fields.has("from") || fields.has("to");
  window.from_minute = has_hours ? read_minute(fields, "from") : 0;
  window.to_minute = has_hours ? read_minute(fields, "to") : 24 * 60;
  if (window.to_minute <= window.from_minute)
    fields.refuse("to", "out_of_range",
                  "to must be later than from; hours over midnight are two windows");
}

void read_schedule(net::Fields& fields, Schedule& schedule) {
  schedule.timezone = fields.text("timezone", {.min = 1, .max = 64});
  if (const auto zone = core::Zone::parse(schedule.timezone); !zone && !schedule.timezone.empty())
    fields.refuse("timezone", "invalid_value",
                  "timezone must be an IANA time zone such as \"Europe/Berlin\"");
  fields.objects("windows", 1, windows_max, [&](net::Fields& window) {
    schedule.windows.emplace_back();
    read_window(window, schedule.windows.back());
  });
}

void read_stacking(net::Fields& fields, Stacking& stacking) {
  stacking.group = fields.maybe_text("group", {.min = 1, .max = 64}).value_or("");
  stacking.priority = fields.maybe_integer("priority", 0, 1'000).value_or(Stacking{}.priority);
}

}  // namespace

}  // namespace fairlead::codes
