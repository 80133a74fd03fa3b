#include "tests/codes/rules_words.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <map>

#include "tests/support/golden.hpp"

namespace fairlead::codes {
namespace {

using Values = std::map<std::string, std::function<void(const std::string& value)>>;

// Every word "name=value" or "name" of the text goes to its reader.
void read_words(const std::string& text, const std::string& what, const Values& readers) {
  for (const auto& word : test::words_of(text)) {
    const auto equals = word.find('=');
    const auto reader = readers.find(word.substr(0, equals));
    if (reader == readers.end()) {
      ADD_FAILURE() << "unknown word of " << what << ": " << word;
      continue;
    }
    reader->second(equals == word.npos ? "" : word.substr(equals + 1));
  }
}

auto number_into(std::optional<std::int64_t>& target) {
  return [&target](const std::string& value) { target = std::stoll(value); };
}
auto number_into(std::int64_t& target) {
  return [&target](const std::string& value) { target = std::stoll(value); };
}

std::vector<std::string> list_of(const std::string& value) {
  return test::parts_of(value, ",");
}

// "product:p1,!category:c2,!sale"
ItemFilter read_filter(const std::string& value) {
  ItemFilter filter;
  for (const auto& part : list_of(value)) {
    const bool is_excluded = part.starts_with('!');
    const auto fields = test::parts_of(is_excluded ? part.substr(1) : part, ":");
    if (fields.at(0) == "sale") {
      filter.excludes_sale_items = true;
    } else if (fields.at(0) == "product") {
      (is_excluded ? filter.excluded_product_ids : filter.product_ids).push_back(fields.at(1));
    } else if (fields.at(0) == "sku") {
      (is_excluded ? filter.excluded_skus : filter.skus).push_back(fields.at(1));
    } else if (fields.at(0) == "category") {
      (is_excluded ? filter.excluded_category_ids : filter.category_ids).push_back(fields.at(1));
    } else {
      ADD_FAILURE() << "unknown filter: " << part;
    }
  }
  return filter;
}

// "buy:2,get:1" with get as a percentage of nothing to pay; "sets:3" and "of:<filter>" may follow.
void read_buy_get(const std::string& value, Discount& discount) {
  discount.kind = DiscountKind::buy_x_get_y;
  discount.rate = {core::ppm_one};
  for (const auto& part : list_of(value)) {
    const auto fields = test::parts_of(part, ":");
    const auto number = std::stoll(fields.at(1));
    if (fields.at(0) == "buy") discount.buy_quantity = number;
    if (fields.at(0) == "get") discount.get_quantity = number;
    if (fields.at(0) == "sets") discount.sets_max = number;
    if (fields.at(0) == "rate") discount.rate = {number};
  }
}

// "Europe/Berlin,127:540-1080": zone, then weekday bits and minutes of the day.
Schedule read_schedule(const std::string& value) {
  Schedule schedule;
  for (const auto& part : list_of(value)) {
    if (schedule.timezone.empty()) {
      schedule.timezone = part;
      continue;
    }
    const auto fields = test::parts_of(part, ":");
    const auto minutes = test::parts_of(fields.at(1), "-");
    schedule.windows.push_back({static_cast<std::uint8_t>(std::stoi(fields.at(0))),
                                std::stoi(minutes.at(0)), std::stoi(minutes.at(1))});
  }
  return schedule;
}

}  // namespace

std::optional<Terms> read_terms(const std::string& text) {
  if (text == "none") return std::nullopt;
  Terms terms{.discount = {}, .currency = core::Currency::of("EUR"), .limits = {}};
  auto& discount = terms.discount;
  std::int64_t starts = -1, ends = -1;
  read_words(text, "terms",
             {{"percent", [&](const auto& value) { discount = {.rate = {std::stoll(value)}}; }},
              {"fixed",
               [&](const auto& value) {
                 discount = {.kind = DiscountKind::fixed,
                             .method = Method::across,
                             .rate = {},
                             .amount_minor = std::stoll(value)};
               }},
              {"free_shipping",
               [&](const auto&) { discount = {.kind = DiscountKind::free_shipping, .rate = {}}; }},
              {"buy_get", [&](const auto& value) { read_buy_get(value, discount); }},
              {"get", [&](const auto& value) { discount.get = read_filter(value); }},
              {"each", [&](const auto&) { discount.method = Method::each; }},
              {"across", [&](const auto&) { discount.method = Method::across; }},
              {"amount_max", number_into(discount.amount_max_minor)},
              {"currency", [&](const auto& value) { terms.currency = core::Currency::of(value); }},
              {"uses_max", number_into(terms.limits.uses_max)},
              {"per_customer", number_into(terms.limits.uses_per_customer_max)},
              {"budget", number_into(terms.limits.budget_minor)},
              {"min", number_into(terms.cart.subtotal_min_minor)},
              {"max", number_into(terms.cart.subtotal_max_minor)},
              {"eligible", [&](const auto&) { terms.cart.basis = Basis::eligible; }},
              {"quantity_min", number_into(terms.cart.quantity_min)},
              {"items", [&](const auto& value) { terms.items = read_filter(value); }},
              {"first_order", [&](const auto&) { terms.customers.is_first_order_only = true; }},
              {"groups", [&](const auto& value) { terms.customers.groups = list_of(value); }},
              {"self_use", [&](const auto&) { terms.customers.allows_self_use = true; }},
              {"click_hours", number_into(terms.customers.click_hours_max)},
              {"schedule", [&](const auto& value) { terms.schedule = read_schedule(value); }},
              {"group", [&](const auto& value) { terms.stacking.group = value; }},
              {"priority", number_into(terms.stacking.priority)},
              {"starts", number_into(starts)},
              {"ends", number_into(ends)},
              {"disabled", [&](const auto&) { terms.is_enabled = false; }}});
  if (starts >= 0) terms.starts_at = core::Instant{starts};
  if (ends >= 0) terms.ends_at = core::Instant{ends};
  return terms;
}

Cart read_cart(const std::string& text) {
  const auto first_blank = text.find(' ');
  Cart cart{.currency = core::Currency::of(text.substr(0, first_blank)), .lines = {}};
  // id:amount[:quantity[:product[:category[:sale]]]]
  const auto read_line = [&](const std::string& part) {
    const auto fields = test::parts_of(part, ":");
    CartLine line{fields.at(0), std::stoll(fields.at(1))};
    if (fields.size() > 2) line.quantity = std::stoll(fields[2]);
    if (fields.size() > 3) line.product_id = line.sku = fields[3];
    if (fields.size() > 4) line.category_ids = {fields[4]};
    line.is_on_sale = fields.size() > 5;
    cart.subtotal_minor += line.amount_minor;
    cart.lines.push_back(line);
  };
  read_words(first_blank == text.npos ? "" : text.substr(first_blank), "a cart",
             {{"subtotal", number_into(cart.subtotal_minor)},
              {"ship", number_into(cart.shipping_minor)},
              {"customer", [&](const auto& value) { cart.customer.key = value; }},
              {"new", [&](const auto&) { cart.customer.is_new = true; }},
              {"known", [&](const auto&) { cart.customer.is_new = false; }},
              {"groups", [&](const auto& value) { cart.customer.groups = list_of(value); }},
              {"lines", [&](const auto& value) {
                 for (const auto& part : list_of(value))
                   read_line(part);
               }}});
  return cart;
}

Standing read_standing(const std::string& text, const std::optional<Terms>& terms) {
  Standing standing;
  Taken own, shared;
  CapacityLimits shared_limits;
  const auto eur = core::Currency::of("EUR");
  read_words(text, "a standing",
             {{"used", number_into(own.used)},
              {"spent", number_into(own.spent_minor)},
              {"customer_used", number_into(own.customer_used)},
              {"held", number_into(own.held)},
              {"held_minor", number_into(own.held_minor)},
              {"customer_held", number_into(own.customer_held)},
              {"shared_uses_max", number_into(shared_limits.uses_max)},
              {"shared_budget", number_into(shared_limits.budget_minor)},
              {"shared_per_customer", number_into(shared_limits.uses_per_customer_max)},
              {"shared_used", number_into(shared.used)},
              {"shared_spent", number_into(shared.spent_minor)},
              {"shared_customer_used", number_into(shared.customer_used)},
              {"ordered_before", [&](const auto&) { standing.customer_has_ordered = true; }},
              {"is_influencer", [&](const auto&) { standing.is_influencer = true; }},
              {"clicked",
               [&](const auto& value) { standing.clicked_at = core::Instant{std::stoll(value)}; }},
              {"beside",
               [&](const auto& value) {
                 standing.company.push_back({value, 100});
               }},
              {"beside_any", [&](const auto&) { standing.company.emplace_back(); }}});
  if (shared_limits.any()) standing.capacities.push_back({shared_limits, eur, shared});
  if (terms && terms->limits.any())
    standing.capacities.push_back({terms->limits, terms->currency, own});
  return standing;
}

std::string text_of(const Judgement& judgement) {
  std::string text(name_of(judgement.verdict));
  if (judgement.verdict == Verdict::accepted) {
    text += " amount=" + std::to_string(judgement.granted.amount_minor) + " parts=";
    std::string separator;
    for (const auto& part : judgement.granted.allocations) {
      const auto name = part.target == Allocation::Target::line       ? part.line_id
                        : part.target == Allocation::Target::subtotal ? std::string("subtotal")
                                                                      : std::string("shipping");
      text += separator + name + ":" + std::to_string(part.amount_minor);
      separator = ",";
    }
  } else if (judgement.verdict == Verdict::min_subtotal_not_met) {
    text += " missing=" + std::to_string(judgement.missing_minor);
  } else if (judgement.verdict == Verdict::min_quantity_not_met) {
    text += " missing=" + std::to_string(judgement.missing_quantity);
  } else if (judgement.verdict == Verdict::budget_exhausted) {
    text += " left=" + std::to_string(judgement.budget_left_minor);
  }
  return text;
}

}  // namespace fairlead::codes
