// Who is who in a brand's reports: which deal a link or code belongs to, which influencer and
// campaign a deal, and what they are called. Archived ones included, for their history is still in
// the numbers. Read once per report; a value, any thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "core/id.hpp"
#include "core/rate.hpp"
#include "core/time.hpp"
#include "storage/storage.hpp"

namespace fairlead::admin {

struct Directory {
  struct Deal {
    std::int64_t influencer = 0;
    std::int64_t campaign = 0;
    std::int64_t fee_minor = 0;
    std::int64_t gift_minor = 0;
    core::Instant at;  // when fee and gifts count: its start, else its creation
  };
  struct Influencer {
    std::string name;
    std::string country;   // "" = not known, as the two below
    std::string platform;  // of the first handle
    std::string tier;      // by the followers of the largest handle, as they stand today
  };
  struct Campaign {
    std::string name;
    std::string currency;
  };
  struct Owned {  // a link or a code
    std::int64_t deal = 0;
    std::string name;
  };

  std::string currency;  // the brand's
  std::map<std::int64_t, Deal> deals;
  std::map<std::int64_t, Campaign> campaigns;
  std::map<std::int64_t, Influencer> influencers;
  std::map<std::int64_t, Owned> links;
  std::map<std::int64_t, Owned> codes;

  // All zero when there is no such deal.
  Deal deal(std::int64_t id) const;
  // 0 when there is no such link.
  std::int64_t deal_of_link(std::int64_t link) const;
  // Of the deal's campaign; the brand's when there is no such deal.
  const std::string& currency_of_deal(std::int64_t id) const;
};

// Followers to 999: below_nano, to 4,999: nano, to 100,000: micro, above: macro.
std::string_view tier_of(std::int64_t followers);

Directory read_directory(storage::Session& session, core::BrandId brand, std::string currency);

}  // namespace fairlead::admin
