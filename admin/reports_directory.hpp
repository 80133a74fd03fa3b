// Who is who in a brand's reports: which deal a link belongs to, which influencer and campaign a
// deal, and what they and codes are called. Archived ones included, for their history is still in
// the numbers. Deals, campaigns and influencers are read once per report; links and codes, of which
// a brand may have millions, when something is known to be about them. A value, any thread.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "admin/reports_scope.hpp"
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
  struct Link {
    std::int64_t deal = 0;
    std::string slug;
  };

  std::string currency;  // the brand's
  std::map<std::int64_t, Deal> deals;
  std::map<std::int64_t, Campaign> campaigns;
  std::map<std::int64_t, Influencer> influencers;
  std::map<std::int64_t, Link> links;
  std::map<std::int64_t, std::string> codes;

  // All zero when there is no such deal.
  Deal deal(std::int64_t id) const;
  // 0 when there is no such link, or it was not read.
  std::int64_t deal_of_link(std::int64_t link) const;
  // Of the deal's campaign; the brand's when there is no such deal.
  const std::string& currency_of_deal(std::int64_t id) const;
};

// Followers to 999: below_nano, to 4,999: nano, to 100,000: micro, above: macro.
std::string_view tier_of(std::int64_t followers);

// Without links and codes.
Directory read_directory(storage::Session& session, core::BrandId brand, std::string currency);

// Adds those among `numbers` that it does not have yet.
void read_links(storage::Session& session, core::BrandId brand,
                const std::set<std::int64_t>& numbers, Directory& directory);
void read_codes(storage::Session& session, core::BrandId brand,
                const std::set<std::int64_t>& numbers, Directory& directory);

// The links that a report of one campaign, influencer or link is about, as far as it can know
// without looking at all of them: one more than `links_max` when there are more.
std::vector<std::int64_t> links_of(storage::Session& session, const ReportScope& scope,
                                   std::size_t links_max);

}  // namespace fairlead::admin
