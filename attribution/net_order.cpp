#include "attribution/net_order.hpp"

#include <algorithm>
#include <map>

#include "core/check.hpp"
#include "core/money.hpp"
#include "core/rate.hpp"

namespace fairlead::attribution {

namespace {

// Far above what any order can be worth, and far below where a few more could overflow.
constexpr std::int64_t demand_max = 100'000'000'000'000'000;

std::int64_t add_demand(std::int64_t sum, std::int64_t more) {
  return std::clamp(sum + std::clamp(more, -demand_max, demand_max), -demand_max, demand_max);
}

struct Demand {
  std::int64_t pieces = 0;           // named in any way
  std::int64_t pieces_by_worth = 0;  // those that say no amount
  std::int64_t amount_minor = 0;
};

const Effect* find_edit(std::span<const Effect> effects) {
  for (const Effect& effect : effects) {
    if (effect.kind == EffectKind::edit) return &effect;
  }
  return nullptr;
}

bool takes_back(const Effect& effect) {
  return effect.kind == EffectKind::refund || effect.kind == EffectKind::chargeback;
}

std::map<std::string, Demand> demands_of(std::span<const Effect> effects) {
  std::map<std::string, Demand> demands;
  for (const Effect& effect : effects) {
    if (!takes_back(effect)) continue;
    for (const EffectLine& line : effect.lines) {
      Demand& demand = demands[line.line_id];
      demand.pieces = add_demand(demand.pieces, line.quantity.value_or(0));
      if (!line.amount_minor)
        demand.pieces_by_worth = add_demand(demand.pieces_by_worth, line.quantity.value_or(0));
      demand.amount_minor = add_demand(demand.amount_minor, line.amount_minor.value_or(0));
    }
  }
  return demands;
}

LineLeft left_of(const StoredLine& line, const Demand& demand) {
  const std::int64_t sold = line.item.quantity;
  const std::int64_t taken =
      add_demand(base_part(line.base_minor, demand.pieces_by_worth, sold), demand.amount_minor);
  return {std::max<std::int64_t>(0, sold - std::max<std::int64_t>(0, demand.pieces)),
          std::clamp<std::int64_t>(line.base_minor - taken, 0, line.base_minor)};
}

void spread_over(std::vector<LineLeft>& left, std::int64_t amount_minor) {
  std::vector<std::int64_t> weights;
  for (const LineLeft& line : left)
    weights.push_back(line.base_minor);
  const std::int64_t amount = std::min(amount_minor, base_left(left));
  if (amount <= 0) return;
  const auto parts = core::split(amount, weights).value();
  for (std::size_t i = 0; i < left.size(); ++i) {
    CHECK(parts[i] <= left[i].base_minor);
    left[i].base_minor -= parts[i];
  }
}

}  // namespace

std::string_view word_of(EffectKind kind) {
  switch (kind) {
    case EffectKind::refund:
      return "refund";
    case EffectKind::chargeback:
      return "chargeback";
    case EffectKind::cancellation:
      return "cancellation";
    case EffectKind::edit:
      return "edit";
  }
  CHECK(!"every kind has its word");
}

EffectKind parse_effect_kind(std::string_view word) {
  for (const EffectKind kind :
       {EffectKind::chargeback, EffectKind::cancellation, EffectKind::edit}) {
    if (word_of(kind) == word) return kind;
  }
  return EffectKind::refund;
}

const Effect* find_effect(std::span<const Effect> effects, EffectKind kind, std::string_view ref) {
  for (const Effect& effect : effects) {
    if (effect.kind == kind && effect.ref == ref) return &effect;
  }
  return nullptr;
}

bool supersedes(const Effect& next, const Effect* known) {
  return known == nullptr || (known->stated_at <= next.stated_at && !(*known == next));
}

std::vector<StoredLine> sold_lines(std::vector<StoredLine> lines, std::span<const Effect> effects) {
  const Effect* edit = find_edit(effects);
  if (edit == nullptr) return lines;
  for (StoredLine& line : lines) {
    line.base_minor = line.item.quantity = 0;
    for (const EffectLine& now : edit->lines) {
      if (now.line_id != line.item.line_id) continue;
      line.item.quantity = now.quantity.value_or(0);
      line.base_minor = now.amount_minor.value_or(0);
    }
  }
  return lines;
}

std::vector<LineLeft> lines_left(const std::vector<StoredLine>& lines,
                                 std::span<const Effect> effects) {
  const auto demands = demands_of(effects);
  std::vector<LineLeft> left;
  for (const StoredLine& line : sold_lines(lines, effects)) {
    const auto found = demands.find(line.item.line_id);
    left.push_back(left_of(line, found == demands.end() ? Demand{} : found->second));
  }
  std::int64_t over_all = 0;
  bool is_cancelled = false;
  for (const Effect& effect : effects) {
    if (takes_back(effect)) over_all = add_demand(over_all, effect.amount_minor);
    if (effect.kind == EffectKind::cancellation && effect.stated_minor != 0) is_cancelled = true;
  }
  spread_over(left, over_all);
  if (is_cancelled) std::fill(left.begin(), left.end(), LineLeft{});
  return left;
}

std::int64_t base_left(std::span<const LineLeft> lines) {
  std::int64_t sum = 0;
  for (const LineLeft& line : lines)
    sum += line.base_minor;
  return sum;
}

std::int64_t base_part(std::int64_t base_minor, std::int64_t stated_minor,
                       std::int64_t whole_minor) {
  if (whole_minor <= 0) return 0;
  const std::int64_t stated = std::clamp<std::int64_t>(stated_minor, 0, whole_minor);
  return core::multiply_divide(base_minor, stated, whole_minor).value();
}

}  // namespace fairlead::attribution
