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

// What the report of clicks can be grouped by: by whose link it is or when it came as every report,
// by the hour, or by what the clicks say of themselves (country is where the visitor was).
struct ClickGroup {
  enum class By { thing, time, hour, word };
  std::string_view name;
  By by;
  GroupBy group;           // of a thing or a time
  std::int64_t dimension;  // of a word: its kind in the click file
};
inline constexpr ClickGroup clicks_by_link{"link", ClickGroup::By::thing, GroupBy::link, 0};

struct ReportQuery {
  GroupBy group_by = GroupBy::link;
  ClickGroup clicks_by = clicks_by_link;
  core::Period period{};
  core::CampaignId campaign;  // 0 = all, as the two below, which only the clicks' report takes
  core::InfluencerId influencer;
  core::LinkId link;
  ReportFormat format = ReportFormat::json;
};

// /roi must be told group_by, /clicks is by link otherwise, /leaks is by code, /attribution by
// influencer.
enum class Report { roi, clicks, leaks, attribution };

// Every problem is noted with its parameter ("?group_by"); the query is good when none was.
ReportQuery read_report_query(const net::Request& request, Report report, core::Zone zone,
                              core::Instant now, std::vector<net::FieldError>& problems);

// The id that the parameter names; none when it is absent, or is no such id, which is noted.
template <class AnyId>
AnyId read_id(const net::Request& request, std::string_view name,
              std::vector<net::FieldError>& problems) {
  const auto text = net::query_value(request.query, name);
  if (!text) return {};
  const auto id = AnyId::parse(*text);
  if (id) return *id;
  problems.push_back(
      {"?" + std::string(name), "invalid_value", std::string(name) + ": " + id.error().detail});
  return {};
}

}  // namespace fairlead::admin
