#include "attribution/platforms/shopify_refund.hpp"

#include <boost/json.hpp>

#include "attribution/platforms/loose_json.hpp"
#include "core/rate.hpp"

namespace fairlead::attribution {

namespace {

namespace json = boost::json;

// Of each list in one refund: with amounts of at most 10^15 no sum can overflow.
constexpr std::size_t entries_max = 2'000;

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

struct Sums {
  std::int64_t goods_minor = 0;  // what the shop says its lines are worth
  std::int64_t tax_minor = 0;
  std::int64_t shipping_minor = 0;
  std::int64_t money_minor = 0;  // successful refund transactions
};

bool is_near(std::int64_t a, std::int64_t b) {
  return a - b <= 1 && b - a <= 1;
}

void note(JudgedRefund& judged, const std::string& word) {
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

// One line of the refund against one line of the order, of which `before` is gone already.
core::Refund::Line judge_line(const StoredLine& line, const Refunded& before, std::int64_t quantity,
                              std::int64_t subtotal, JudgedRefund& judged) {
  const std::int64_t pieces_left = std::max<std::int64_t>(0, line.item.quantity - before.quantity);
  const std::int64_t pieces = std::clamp<std::int64_t>(quantity, 0, pieces_left);
  if (pieces != quantity) note(judged, "refund_quantity_mismatch");
  const std::int64_t left = line.base_minor - before.base_minor;
  const std::int64_t taken = std::min(before.quantity, line.item.quantity);
  const std::int64_t net = part_of(line.base_minor, taken, pieces, line.item.quantity);
  const std::int64_t tax = part_of(line.item.tax_minor, taken, pieces, line.item.quantity);

  core::Refund::Line part{line.item.line_id, std::nullopt, 0};
  if (pieces > 0) part.quantity = pieces;
  if (pieces > 0 && (is_near(subtotal, net) || is_near(subtotal, net + tax))) {
    part.amount_minor = std::min(net, left);
  } else {
    part.amount_minor = std::clamp<std::int64_t>(subtotal, 0, left);
    note(judged, "refund_amount_mismatch");
  }
  return part;
}

core::Result<void> judge_lines(const json::object& refund, const RefundedOrder& order, Sums& sums,
                               JudgedRefund& judged) {
  std::map<std::string, Refunded> gone = order.refunded;
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
    Refunded& before = gone[line_id];
    const auto part = judge_line(*line, before, *quantity, *subtotal, judged);
    before.quantity += part.quantity.value_or(0);
    before.base_minor += part.amount_minor;
    const auto known =
        std::find_if(judged.items.begin(), judged.items.end(),
                     [&](const core::Refund::Line& item) { return item.line_id == line_id; });
    if (known == judged.items.end()) {
      judged.items.push_back(part);
    } else {
      known->amount_minor += part.amount_minor;
      if (part.quantity) known->quantity = known->quantity.value_or(0) + *part.quantity;
    }
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
                                    JudgedRefund& judged) {
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

core::Result<JudgedRefund> judge(const json::object& refund, const RefundedOrder& order) {
  JudgedRefund judged;
  Sums sums;
  if (auto done = judge_lines(refund, order, sums, judged); !done) return done.error();
  const auto shipping = shipping_of(refund, order.currency);
  if (!shipping) return shipping.error();
  const auto money = money_of(refund, order.currency, judged);
  if (!money) return money.error();
  sums.shipping_minor = *shipping;
  sums.money_minor = *money;

  if (objects_in(refund, "refund_line_items").empty()) {
    std::int64_t left = 0;
    for (const StoredLine& line : order.lines) {
      const auto gone = order.refunded.find(line.item.line_id);
      left += line.base_minor - (gone == order.refunded.end() ? 0 : gone->second.base_minor);
    }
    const std::int64_t goods = std::max<std::int64_t>(0, sums.money_minor - sums.shipping_minor);
    judged.spread_minor = std::min(goods, left);
    if (goods > left) note(judged, "capped");
  } else {
    // Where prices include tax, the subtotal holds it already.
    const std::int64_t explained = sums.goods_minor + sums.shipping_minor;
    if (sums.money_minor != explained && sums.money_minor != explained + sums.tax_minor)
      note(judged, "money_mismatch");
  }
  // A test order has no base: there is nothing for a person to look at.
  if (order.is_test) judged.notes.clear();
  return judged;
}

}  // namespace

core::Result<ShopRefund> read_shopify_refund(const json::object& refund, std::string order_ref) {
  for (const char* list :
       {"refund_line_items", "order_adjustments", "refund_shipping_lines", "transactions"}) {
    if (objects_in(refund, list).size() > entries_max)
      return core::fail(core::Errc::overflow, "\"" + std::string(list) + "\" has too many entries");
  }
  const auto placed_at = loose_instant(refund, {"processed_at", "created_at"});
  if (!placed_at) return placed_at.error();
  ShopRefund read{
      .order_ref = std::move(order_ref),
      .refund_ref = loose_text(refund, "id"),
      .placed_at = *placed_at,
      .reason = loose_text(refund, "note", 500),
      .judge = [copy = refund](const RefundedOrder& order) { return judge(copy, order); }};
  if (read.refund_ref.empty()) return core::fail(core::Errc::invalid, "the refund has no \"id\"");
  if (read.order_ref.empty())
    return core::fail(core::Errc::invalid, "the refund has no \"order_id\"");
  return read;
}

}  // namespace fairlead::attribution
