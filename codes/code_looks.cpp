#include "codes/code_looks.hpp"

#include <vector>

#include "codes/code_text.hpp"
#include "codes/sql.hpp"

namespace fairlead::codes {

namespace {

struct Found {
  AlikeCode code;
  std::string folded;
  core::InfluencerId influencer;
  bool is_good;
};

std::optional<Likeness> likeness(std::string_view folded, std::string_view look,
                                 std::string_view other) {
  const auto other_look = skeleton(other);
  if (other_look == look) return Likeness::same_look;
  if (is_within_a_slip(folded, other) || is_within_a_slip(look, other_look))
    return Likeness::one_slip_off;
  return std::nullopt;
}

std::vector<Found> list_alike(storage::Session& session, core::BrandId brand,
                              std::string_view folded, std::string_view look, core::Instant now) {
  std::vector<Found> all;
  if (look.empty()) return all;
  for (const auto& row : session.run(sql::list_codes_alike, brand, look)) {
    const auto& other = row.text(2);
    const auto like = likeness(folded, look, other);
    if (!like) continue;
    const bool is_good = row.integer(4) != 0 && (row.is_null(5) || row.instant(5) <= now) &&
                         (row.is_null(6) || row.instant(6) > now);
    all.push_back({{row.id<core::CodeId>(0), row.text(1), *like},
                   other,
                   row.id<core::InfluencerId>(3),
                   is_good});
  }
  return all;
}

}  // namespace

void add_looks(storage::Session& session, core::BrandId brand, core::CodeId code,
               std::string_view folded) {
  session.run(sql::insert_code_looks, brand, code, skeleton(folded));
}

std::optional<AlikeCode> find_alike(storage::Session& session, core::BrandId brand,
                                    std::string_view folded, core::InfluencerId influencer) {
  std::optional<AlikeCode> best;
  for (auto& found : list_alike(session, brand, folded, skeleton(folded), {})) {
    if (found.folded == folded) return std::nullopt;
    if (found.influencer == influencer) continue;
    if (!best || found.code.likeness < best->likeness) best = std::move(found.code);
  }
  return best;
}

std::optional<AlikeCode> find_hindrance(storage::Session& session, core::BrandId brand,
                                        core::DealId deal, std::string_view code, Similar similar) {
  session.run(sql::lock_names, brand);
  const auto owner = session.run(sql::find_deal_influencer, brand, deal);
  if (owner.empty()) return std::nullopt;
  auto alike = find_alike(session, brand, fold(code), owner.one().id<core::InfluencerId>(0));
  const bool is_slip = alike && alike->likeness == Likeness::one_slip_off;
  if (is_slip && similar == Similar::allow_slips) return std::nullopt;
  return alike;
}

std::string explain(const AlikeCode& alike) {
  const std::string other = alike.text + " (" + alike.id.text() + ")";
  return alike.likeness == Likeness::same_look
             ? "This code looks like " + other +
                   " of another influencer (0 and O, 1 and I and L, 5 and S and the like are one "
                   "to the eye). Choose another text."
             : "One slip of a finger turns this code into " + other +
                   " of another influencer. Choose another text, or say \"allow_similar\":true.";
}

std::optional<std::string> suggest(storage::Session& session, core::BrandId brand,
                                   std::string_view typed, core::Instant now) {
  std::optional<std::string> meant;
  std::optional<Likeness> best;
  for (const auto& found : list_alike(session, brand, fold(typed), skeleton(typed), now)) {
    if (!found.is_good) continue;
    if (best && *best < found.code.likeness) continue;
    // A second one of the same likeness: nobody can say which was meant.
    const bool is_tie = best == found.code.likeness;
    best = found.code.likeness;
    meant = is_tie ? std::nullopt : std::optional(found.folded);
  }
  return meant;
}

}  // namespace fairlead::codes
