#include "attribution/models/journey_paths.hpp"

#include <algorithm>
#include <iterator>

#include "core/check.hpp"

namespace fairlead::attribution {

namespace {

// Multiply and fold, step by step. Not for texts of strangers: numbers are the report's own.
std::uint64_t fingerprint_of(std::span<const Step> steps, std::uint32_t key) {
  std::uint64_t hash = 0x9e3779b97f4a7c15 ^ key;
  for (const Step step : steps) {
    hash = (hash ^ step) * 0xff51afd7ed558ccd;
    hash ^= hash >> 32;
  }
  hash = (hash ^ steps.size()) * 0xc4ceb9fe1a85ec53;
  return hash ^ (hash >> 29);
}

}  // namespace

PathRow& JourneyPaths::row(std::span<const Step> steps, std::uint32_t key) {
  CHECK(!steps.empty());
  if (key + 1 >= steps.size()) key = 0;
  const std::uint64_t fingerprint = fingerprint_of(steps, key);
  const auto tag = static_cast<std::uint32_t>(fingerprint >> 32);
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = fingerprint & mask;
  for (; slots_[at].row_after != 0; at = (at + 1) & mask) {
    if (slots_[at].tag != tag) continue;
    PathRow& found = rows_[slots_[at].row_after - 1];
    if (found.length == steps.size() && found.key == key &&
        std::equal(steps.begin(), steps.end(), steps_.begin() + found.begin))
      return found;
  }
  CHECK(steps_.size() + steps.size() < UINT32_MAX);
  slots_[at] = {tag, static_cast<std::uint32_t>(rows_.size() + 1)};
  PathRow& made = rows_.emplace_back();
  made.fingerprint = fingerprint;
  made.begin = static_cast<std::uint32_t>(steps_.size());
  made.length = static_cast<std::uint32_t>(steps.size());
  made.key = key;
  steps_.insert(steps_.end(), steps.begin(), steps.end());
  for (const Step step : steps)
    influencers_ = std::max(influencers_, std::size_t{step} + 1);
  if (rows_.size() * 2 > slots_.size()) grow();
  return rows_.back();
}

JourneyPaths JourneyPaths::without_repeats() const {
  JourneyPaths fewer;
  std::vector<Step> once;
  for (const PathRow& row : rows_) {
    once.clear();
    std::unique_copy(steps_.begin() + row.begin, steps_.begin() + row.begin + row.length,
                     std::back_inserter(once));
    PathRow& target = fewer.row(once);
    target.conversions += row.conversions;
    target.nulls += row.nulls;
    target.value += row.value;
    target.value_squares += row.value_squares;
  }
  fewer.influencers_ = influencers_;
  return fewer;
}

void JourneyPaths::grow() {
  std::vector<Slot> wider(slots_.size() * 2);
  const std::size_t mask = wider.size() - 1;
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    std::size_t at = rows_[i].fingerprint & mask;
    while (wider[at].row_after != 0)
      at = (at + 1) & mask;
    wider[at] = {static_cast<std::uint32_t>(rows_[i].fingerprint >> 32),
                 static_cast<std::uint32_t>(i + 1)};
  }
  slots_ = std::move(wider);
}

std::span<StepShare> JourneyPaths::time_shares(const PathRow& row) {
  if (time_shares_.size() < steps_.size()) time_shares_.resize(steps_.size());
  return std::span(time_shares_).subspan(row.begin, row.length);
}

std::span<const StepShare> JourneyPaths::time_shares(const PathRow& row) const {
  if (time_shares_.size() < std::size_t{row.begin} + row.length) return {};
  return std::span(time_shares_).subspan(row.begin, row.length);
}

}  // namespace fairlead::attribution
