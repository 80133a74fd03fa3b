// What a report is asked for: the query string, checked. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/id.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "net/problem.hpp"
#include "net/request.hpp"

namespace fairlead::admin {

enum class GroupBy {
  influencer,
  campaign,
  deal,
  link,
  code,
  platform,
  tier,
  country,
  day,
  week,
  month
};
enum class ReportFormat { json, csv };

constexpr bool is_of_time(GroupBy group) {
  return group == GroupBy::day || group == GroupBy::week || group == GroupBy::month;
}
// Groups of influencers, by something that is said about them.
constexpr bool is_of_trait(GroupBy group) {
  return group == GroupBy::platform || group == GroupBy::tier || group == GroupBy::country;
}
std::string_view name_of(GroupBy group);

struct ReportQuery {
  GroupBy group_by = GroupBy::link;
  core::Period period{};
  core::CampaignId campaign;  // 0 = all
  ReportFormat format = ReportFormat::json;
};

enum class Grouped { by_choice, by_link };  // /roi asks for group_by, /clicks is always by link

// Every problem is noted with its parameter ("?group_by"); the query is good when none was.
ReportQuery read_report_query(const net::Request& request, Grouped grouped, core::Zone zone,
                              core::Instant now, std::vector<net::FieldError>& problems);

}  // namespace fairlead::admin
