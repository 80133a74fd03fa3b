#include "attribution/platforms/shopify_refund.hpp"

#include <boost/json.hpp>

#include "attribution/platforms/loose_json.hpp"
#include "attribution/platforms/shop_parts.hpp"
#include "core/rate.hpp"

namespace fairlead::attribution {

namespace {

namespace json = boost::json;

// {name}_set.shop_money.amount where it is given, else the bare field: the latter may be in the
// shopper's currency.
core::Result<std::int64_t> shop_money(const json::object& object, const std::string& name,
                                      core::Currency currency) {
  if (const json::object* set = find_object(object, name + "_set")) {
    if (const json::object* money = find_object(*set, "shop_money"))
      return loose_money(*money, "amount", currency);
  }
  return loose_money(object, name, currency);
}

// What the refund takes, and what there is to say about it.
struct Taken {
  Effect effect;
  std::vector<std::string> notes;
};

struct Sums {
  std::int64_t goods_minor = 0;  // what the shop says its lines are worth
  std::int64_t tax_minor = 0;
  std::int64_t shipping_minor = 0;
  std::int64_t money_minor = 0;  // successful refund transactions
};

bool is_near(std::int64_t a, std::int64_t b) {
  return a - b <= 1 && b - a <= 1;
}

void note(Taken& judged, const std::string& word) {
  if (std::find(judged.notes.begin(), judged.notes.end(), word) == judged.notes.end())
    judged.notes.push_back(word);
}

// The part of an amount that the pieces from `before` to `before + quantity` stand for: parts of
// all pieces sum to the amount exactly, in whatever steps they are refunded.
std::int64_t part_of(std::int64_t amount, std::int64_t before, std::int64_t quantity,
                     std::int64_t all) {
  return core::multiply_divide(amount, before + quantity, all).value() -
         core::multiply_divide(amount, before, all).value();
}

// One line of the refund against what is left of one line of the order, which gets less by it.
void judge_line(const StoredLine& line, LineLeft& left, std::int64_t quantity,
                std::int64_t subtotal, Taken& taken) {
  const std::int64_t pieces = std::clamp<std::int64_t>(quantity, 0, left.quantity);
  if (pieces != quantity) note(taken, "refund_quantity_mismatch");
  const std::int64_t sold = line.item.quantity;
  EffectLine part{line.item.line_id, std::nullopt, std::nullopt};
  std::int64_t base = 0;
  if (pieces > 0) {
    part.quantity = pieces;
    const std::int64_t before = sold - left.quantity;
    base = part_of(line.base_minor, before, pieces, sold);
    const std::int64_t tax = part_of(line.item.tax_minor, before, pieces, sold);
    if (!is_near(subtotal, base) && !is_near(subtotal, base + tax)) part.amount_minor = 0;
  } else {
    part.amount_minor = 0;
  }
  if (part.amount_minor) {
    base = std::clamp<std::int64_t>(subtotal, 0, left.base_minor);
    part.amount_minor = base;
    note(taken, "refund_amount_mismatch");
  }
  left.quantity -= pieces;
  left.base_minor -= std::min(base, left.base_minor);
  taken.effect.lines.push_back(std::move(part));
}

core::Result<void> judge_lines(const json::object& refund, const SoldOrder& order,
                               std::vector<LineLeft> left, Sums& sums, Taken& judged) {
  for (const auto* entry : objects_in(refund, "refund_line_items")) {
    const auto subtotal = shop_money(*entry, "subtotal", order.currency);
    if (!subtotal) return subtotal.error();
    const auto tax = shop_money(*entry, "total_tax", order.currency);
    if (!tax) return tax.error();
    const auto quantity = loose_integer(*entry, "quantity", 0);
    if (!quantity) return quantity.error();
    sums.goods_minor += *subtotal;
    sums.tax_minor += *tax;

    const std::string line_id = loose_text(*entry, "line_item_id");
    const auto line =
        std::find_if(order.lines.begin(), order.lines.end(),
                     [&](const StoredLine& stored) { return stored.item.line_id == line_id; });
    if (line == order.lines.end()) {
      // Gift cards are no part of an order's lines here, so giving one back changes nothing.
      const json::object* sold = find_object(*entry, "line_item");
      if (sold == nullptr || !loose_flag(*sold, "gift_card")) note(judged, "unknown_line");
      continue;
    }
    judge_line(*line, left[static_cast<std::size_t>(line - order.lines.begin())], *quantity,
               *subtotal, judged);
  }
  return {};
}

// The same shipping money can be there twice, as an adjustment and as a shipping line: the larger
// of the two sums counts, never both.
core::Result<std::int64_t> shipping_of(const json::object& refund, core::Currency currency) {
  std::int64_t adjusted = 0;
  for (const auto* adjustment : objects_in(refund, "order_adjustments")) {
    if (loose_text(*adjustment, "kind") != "shipping_refund") continue;
    for (const char* field : {"amount", "tax_amount"}) {
      const auto part = shop_money(*adjustment, field, currency);
      if (!part) return part.error();
      adjusted += std::abs(*part);
    }
  }
  std::int64_t lines = 0;
  for (const auto* line : objects_in(refund, "refund_shipping_lines")) {
    for (const char* field : {"subtotal_amount", "tax_amount"}) {
      const auto part = shop_money(*line, field, currency);
      if (!part) return part.error();
      lines += std::abs(*part);
    }
  }
  return std::max(adjusted, lines);
}

core::Result<std::int64_t> money_of(const json::object& refund, core::Currency currency,
                                    Taken& judged) {
  std::int64_t money = 0;
  for (const auto* transaction : objects_in(refund, "transactions")) {
    if (loose_text(*transaction, "kind") != "refund") continue;
    if (loose_text(*transaction, "status") != "success") continue;
    const std::string paid_in = loose_text(*transaction, "currency");
    if (find_object(*transaction, "amount_set") == nullptr && !paid_in.empty() &&
        paid_in != currency.code()) {
      note(judged, "money_in_another_currency");
      continue;
    }
    const auto part = shop_money(*transaction, "amount", currency);
    if (!part) return part.error();
    money += *part;
  }
  return money;
}

// What is left as far as refunds go: a cancelled order is refunded line by line, too.
std::vector<LineLeft> left_to_refund(const SoldOrder& order) {
  std::vector<Effect> refunds = order.effects;
  std::erase_if(refunds, [](const Effect& e) { return e.kind == EffectKind::cancellation; });
  return lines_left(order.lines, refunds);
}

core::Result<Judged> judge(const json::object& refund, const Statement& statement,
                           const SoldOrder& order) {
  const std::string& ref = statement.effect.ref;
  Judged judged;
  if (find_effect(order.effects, EffectKind::refund, ref) != nullptr) {
    judged.remarks.push_back("refund " + ref + " is booked already");
    return judged;
  }
  const auto left = left_to_refund(order);
  Taken taken{statement.effect, {}};
  Sums sums;
  if (auto done = judge_lines(refund, order, left, sums, taken); !done) return done.error();
  const auto shipping = shipping_of(refund, order.currency);
  if (!shipping) return shipping.error();
  const auto money = money_of(refund, order.currency, taken);
  if (!money) return money.error();
  sums.shipping_minor = *shipping;
  sums.money_minor = *money;

  if (objects_in(refund, "refund_line_items").empty()) {
    taken.effect.amount_minor = std::max<std::int64_t>(0, sums.money_minor - sums.shipping_minor);
    if (taken.effect.amount_minor > base_left(left)) note(taken, "capped");
  } else {
    // Where prices include tax, the subtotal holds it already.
    const std::int64_t explained = sums.goods_minor + sums.shipping_minor;
    if (sums.money_minor != explained && sums.money_minor != explained + sums.tax_minor)
      note(taken, "money_mismatch");
  }
  // A test order has no base: there is nothing for a person to look at.
  if (!order.is_test) judged.notes = std::move(taken.notes);
  judged.statements.push_back({std::move(taken.effect), statement.placed_at, statement.reason});
  return judged;
}

}  // namespace

core::Result<Change> read_shopify_refund(const json::object& refund, std::string order_ref) {
  for (const char* list :
       {"refund_line_items", "order_adjustments", "refund_shipping_lines", "transactions"}) {
    if (objects_in(refund, list).size() > shop_entries_max)
      return core::fail(core::Errc::overflow, "\"" + std::string(list) + "\" has too many entries");
  }
  const auto placed_at = loose_instant(refund, {"processed_at", "created_at"});
  if (!placed_at) return placed_at.error();
  const Statement statement{.effect = {.ref = loose_text(refund, "id"),
                                       .kind = EffectKind::refund,
                                       .integration = {},
                                       .stated_at = *placed_at,
                                       .lines = {}},
                            .placed_at = *placed_at,
                            .reason = loose_text(refund, "note", 500)};
  if (statement.effect.ref.empty())
    return core::fail(core::Errc::invalid, "the refund has no \"id\"");
  if (order_ref.empty()) return core::fail(core::Errc::invalid, "the refund has no \"order_id\"");
  Change change;
  change.order_ref = std::move(order_ref);
  change.judge = [copy = refund, statement](const SoldOrder& order) {
    return judge(copy, statement, order);
  };
  return change;
}

}  // namespace fairlead::attribution
