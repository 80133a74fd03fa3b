// What is left of an order. An order is booked once and never changed; what is said about it later
// (refunds, chargebacks, a cancellation, an edit) stands beside it as effects, each of which may be
// corrected by whoever stated it. What is left follows from the order and its effects alone,
// whatever order they came in, so late, repeated and withdrawn statements need no rule of their
// own. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/events.hpp"

namespace fairlead::attribution {

struct StoredLine {
  core::Item item;
  std::int64_t base_minor = 0;  // 0 on test orders; 0 pieces for 0 when an edit added the line
};

enum class EffectKind { refund, chargeback, cancellation, edit };
std::string_view word_of(EffectKind kind);  // stored and shown
EffectKind parse_effect_kind(std::string_view word);

struct EffectLine {
  std::string line_id;
  std::optional<std::int64_t> quantity;
  std::optional<std::int64_t> amount_minor;  // absent: what the quantity is worth
  bool operator==(const EffectLine&) const = default;
};

// edit: `lines` are what is sold from then on, and there is one edit at most. cancellation: nothing
// is left while stated_minor is not 0. Else: lines, and `amount_minor` over what is left of all.
struct Effect {
  std::string ref;  // unique within the order and kind
  EffectKind kind = EffectKind::refund;
  core::IntegrationId integration;  // who states it; none for the own API
  core::Instant stated_at;          // an older statement never replaces a newer one
  std::int64_t stated_minor = 0;    // the sender's own figure, out of whole_minor
  std::int64_t whole_minor = 0;
  std::int64_t amount_minor = 0;
  std::vector<EffectLine> lines;
  bool operator==(const Effect&) const = default;
};
// The cancellation of an order that is not confirmed yet.
inline constexpr std::string_view unconfirmed_ref = "unconfirmed";
// nullptr: there is none.
const Effect* find_effect(std::span<const Effect> effects, EffectKind kind, std::string_view ref);

// Whether a statement takes the place of what is known under its kind and ref (nullptr: nothing).
bool supersedes(const Effect& next, const Effect* known);

// The lines with the quantity and base that are sold since the newest edit; the other fields are
// as booked.
std::vector<StoredLine> sold_lines(std::vector<StoredLine> lines, std::span<const Effect> effects);

struct LineLeft {
  std::int64_t quantity = 0;
  std::int64_t base_minor = 0;
};
// Per line, in the order of `lines`, never below zero. First what is bound to a line, by quantity
// half away from zero of all pieces together, then by amount; then amounts over all lines, in
// proportion to what is left of each.
std::vector<LineLeft> lines_left(const std::vector<StoredLine>& lines,
                                 std::span<const Effect> effects);
std::int64_t base_left(std::span<const LineLeft> lines);

// half-up(base × min(stated, whole) / whole); 0 when whole is 0.
std::int64_t base_part(std::int64_t base_minor, std::int64_t stated_minor,
                       std::int64_t whole_minor);

}  // namespace fairlead::attribution
