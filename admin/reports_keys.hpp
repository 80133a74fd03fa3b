// Which row of a report a fact belongs to. Pure; any thread.
#pragma once

#include <cstdint>
#include <string>

#include "admin/reports_directory.hpp"
#include "admin/reports_scope.hpp"

namespace fairlead::admin {

struct RowKey {
  std::string key;  // an id's text, a day, a week's Monday, a month "2026-03", a platform, tier
                    // or country, or "" = none of them
  std::string name;
};

// Both must outlive it.
class Keys {
 public:
  Keys(const ReportScope& scope, const Directory& directory)
      : scope_(scope), directory_(directory) {}

  // By what something belongs to; 0 = to none. Only for groups that are not of time.
  RowKey of(std::int64_t deal, std::int64_t link, std::int64_t code) const;
  // The same for something that belongs to a campaign as a whole.
  RowKey of_campaign(std::int64_t campaign) const;
  // By the number of the group's own thing, as report_orders_by_… give it; 0 = none. For platform,
  // tier and country that is the influencer.
  RowKey of_thing(std::int64_t number) const;
  // By time, for groups of time: the row's key, and the part of the report's period that it is.
  RowKey at(core::Day day) const;
  core::Period period_of(core::Day day) const;

  // Whether the report is about this deal's campaign and influencer. Deal 0 is in every whole
  // report.
  bool includes_deal(std::int64_t deal) const;

 private:
  RowKey of_trait(const std::string& trait) const;
  RowKey none() const;
  core::Day first_day(core::Day day) const;
  core::Day next_first_day(core::Day day) const;
  const ReportScope& scope_;
  const Directory& directory_;
};

}  // namespace fairlead::admin
