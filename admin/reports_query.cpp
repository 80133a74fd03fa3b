#include "admin/reports_query.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <set>

namespace fairlead::admin {

namespace {

constexpr std::array<std::pair<GroupBy, std::string_view>, 11> groups{{
    {GroupBy::influencer, "influencer"},
    {GroupBy::campaign, "campaign"},
    {GroupBy::deal, "deal"},
    {GroupBy::link, "link"},
    {GroupBy::code, "code"},
    {GroupBy::platform, "platform"},
    {GroupBy::tier, "tier"},
    {GroupBy::country, "country"},
    {GroupBy::day, "day"},
    {GroupBy::week, "week"},
    {GroupBy::month, "month"},
}};
constexpr std::string_view groups_text =
    "influencer, campaign, deal, link, code, platform, tier, country, day, week or month";

constexpr auto thing = ClickGroup::By::thing;
constexpr auto time = ClickGroup::By::time;
constexpr auto word = ClickGroup::By::word;
constexpr std::array<ClickGroup, 14> click_groups{{
    clicks_by_link,
    {"influencer", thing, GroupBy::influencer, 0},
    {"campaign", thing, GroupBy::campaign, 0},
    {"deal", thing, GroupBy::deal, 0},
    {"hour", ClickGroup::By::hour, GroupBy::day, 0},
    {"day", time, GroupBy::day, 0},
    {"week", time, GroupBy::week, 0},
    {"month", time, GroupBy::month, 0},
    {"country", word, GroupBy::country, 1},
    {"device", word, GroupBy::country, 2},
    {"os", word, GroupBy::country, 3},
    {"browser", word, GroupBy::country, 4},
    {"app", word, GroupBy::country, 5},
    {"language", word, GroupBy::country, 7},
}};
constexpr std::string_view click_groups_text =
    "link, influencer, campaign, deal, hour, day, week, month, country, device, os, browser, app "
    "or language";

using Problems = std::vector<net::FieldError>;

std::string quoted(std::string_view text) {
  return "\"" + std::string(text.substr(0, 40)) + "\"";
}

bool is_grouped(Report report) {
  return report == Report::roi || report == Report::clicks;
}

void refuse_unknown(std::string_view query, Report report, Problems& problems) {
  std::set<std::string> seen;
  while (!query.empty()) {
    const std::string_view part = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), part.size() + 1));
    if (part.empty()) continue;
    const std::string name = net::percent_decode(part.substr(0, part.find('=')));
    const bool is_of_clicks = name == "influencer_id" || name == "link_id";
    const bool is_of_models = name == "model" || name == "order";
    const bool is_known = (name == "group_by" && is_grouped(report)) || name == "from" ||
                          name == "to" || name == "campaign_id" || name == "format" ||
                          (is_of_clicks && report == Report::clicks) ||
                          (is_of_models && report == Report::attribution);
    if (!is_known)
      problems.push_back({"?" + name.substr(0, 40), "unknown_field",
                          "there is no parameter " + quoted(name) + "; this report takes " +
                              (is_grouped(report) ? "group_by, " : "") + "from, to, campaign_id, " +
                              (report == Report::clicks        ? "influencer_id, link_id "
                               : report == Report::attribution ? "model, order "
                                                               : "") +
                              "and format"});
    else if (!seen.insert(name).second)
      problems.push_back({"?" + name, "duplicate", "give " + name + " once"});
  }
}

GroupBy read_group(const net::Request& request, Problems& problems) {
  const auto text = net::query_value(request.query, "group_by");
  for (const auto& [group, name] : groups)
    if (text == name) return group;
  problems.push_back(
      {"?group_by", text ? "invalid_value" : "required",
       "group_by must be " + std::string(groups_text) + (text ? ", not " + quoted(*text) : "")});
  return GroupBy::influencer;
}

ClickGroup read_click_group(const net::Request& request, Problems& problems) {
  const auto text = net::query_value(request.query, "group_by");
  if (!text) return clicks_by_link;
  for (const ClickGroup& group : click_groups)
    if (*text == group.name) return group;
  problems.push_back(
      {"?group_by", "invalid_value",
       "group_by must be " + std::string(click_groups_text) + ", not " + quoted(*text)});
  return clicks_by_link;
}

std::optional<core::Instant> read_instant(const net::Request& request, std::string_view name,
                                          core::Zone zone, Problems& problems) {
  const auto text = net::query_value(request.query, name);
  if (!text) return std::nullopt;
  if (const auto day = core::parse_day(*text)) return zone.start_of(*day);
  if (const auto instant = core::parse_instant(*text)) return *instant;
  problems.push_back({"?" + std::string(name), "invalid_value",
                      std::string(name) +
                          " must be a day such as 2026-03-01 or an instant such as "
                          "2026-03-01T00:00:00Z (a + of an offset is sent as %2B), not " +
                          quoted(*text)});
  return std::nullopt;
}

ReportFormat read_format(const net::Request& request, Problems& problems) {
  const auto text = net::query_value(request.query, "format");
  if (!text || *text == "json") return ReportFormat::json;
  if (*text != "csv")
    problems.push_back(
        {"?format", "invalid_value", "format must be json or csv, not " + quoted(*text)});
  return ReportFormat::csv;
}

}  // namespace

std::string_view name_of(GroupBy group) {
  return std::find_if(groups.begin(), groups.end(),
                      [group](const auto& entry) { return entry.first == group; })
      ->second;
}

ReportQuery read_report_query(const net::Request& request, Report report, core::Zone zone,
                              core::Instant now, Problems& problems) {
  refuse_unknown(request.query, report, problems);
  ReportQuery query;
  if (report == Report::clicks) {
    query.clicks_by = read_click_group(request, problems);
    query.group_by = query.clicks_by.group;
    query.influencer = read_id<core::InfluencerId>(request, "influencer_id", problems);
    query.link = read_id<core::LinkId>(request, "link_id", problems);
  } else if (report == Report::roi) {
    query.group_by = read_group(request, problems);
  } else {
    query.group_by = report == Report::leaks ? GroupBy::code : GroupBy::influencer;
  }
  const auto from = read_instant(request, "from", zone, problems);
  const auto to = read_instant(request, "to", zone, problems);
  query.campaign = read_id<core::CampaignId>(request, "campaign_id", problems);
  query.format = read_format(request, problems);
  const core::Day today = zone.day_of(now);
  query.period = {from.value_or(core::Instant{}),
                  to.value_or(zone.start_of(core::Day{today.number + 1}))};
  if ((from || to) && query.period.from >= query.period.to)
    problems.push_back({"?to", "out_of_range",
                        "to must be later than from; it is the first instant "
                        "that is not in the report"});
  return query;
}

}  // namespace fairlead::admin
