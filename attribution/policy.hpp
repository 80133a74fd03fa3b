// A campaign's attribution settings: which touches may take part, and who of them is paid. Frozen
// into every credit that is booked by them, so that a later change of the campaign explains and
// verifies nothing differently. Plain values.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "core/id.hpp"

namespace fairlead::attribution {

inline constexpr std::int64_t lookback_days_max = 365;

struct Policy {
  // code_first: a code takes all, clicks earn only without one. click_first: the other way round.
  // latest: the newest touch takes all. split: the code has code_share_ppm, the clicks the rest.
  // Words and ranges are held by the campaign's door (admin/campaigns.cpp); a word that this
  // version does not know works as code_first and last_click.
  std::string precedence = "code_first";
  std::string model = "last_click";       // how clicks share; a name of models.hpp
  std::int64_t lookback_days = 30;        // 1 … lookback_days_max
  std::int64_t code_share_ppm = 500'000;  // 0 … 1,000,000; of split
  std::int64_t half_life_days = 7;        // 1 … 365; of time_decay
  std::int64_t click_to_order_min_s = 0;  // 0 … 86,400; a click that is younger earns nothing
  // Who earns from customers that have ordered before: "credit" anybody, "none" nobody,
  // "first_influencer" the one who earned their first credited order.
  std::string existing_customers = "credit";
  std::int64_t campaign_version = 0;  // of the settings; 0 on credits that know none
  bool operator==(const Policy&) const = default;
};
using Policies = std::map<core::CampaignId, Policy>;

}  // namespace fairlead::attribution
