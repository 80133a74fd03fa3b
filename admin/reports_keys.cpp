#include "admin/reports_keys.hpp"

#include <algorithm>
#include <chrono>
#include <map>

#include "core/check.hpp"

namespace fairlead::admin {

namespace {

Directory::Influencer influencer_in(const Directory& directory, std::int64_t number) {
  const auto found = directory.influencers.find(number);
  return found == directory.influencers.end() ? Directory::Influencer{} : found->second;
}

std::string name_in(const std::map<std::int64_t, Directory::Campaign>& campaigns,
                    std::int64_t number) {
  const auto found = campaigns.find(number);
  return found == campaigns.end() ? "" : found->second.name;
}

std::string name_in(const std::map<std::int64_t, Directory::Link>& links, std::int64_t number) {
  const auto found = links.find(number);
  return found == links.end() ? "" : found->second.slug;
}

std::string name_in(const std::map<std::int64_t, std::string>& codes, std::int64_t number) {
  const auto found = codes.find(number);
  return found == codes.end() ? "" : found->second;
}

std::chrono::sys_days days_of(core::Day day) {
  return std::chrono::sys_days{std::chrono::days{day.number}};
}

core::Day day_of(std::chrono::sys_days days) {
  return core::Day{static_cast<std::int32_t>(days.time_since_epoch().count())};
}

}  // namespace

RowKey Keys::of(std::int64_t deal, std::int64_t link, std::int64_t code) const {
  switch (scope_.group_by) {
    case GroupBy::influencer:
    case GroupBy::platform:
    case GroupBy::tier:
    case GroupBy::country:
      return of_thing(directory_.deal(deal).influencer);
    case GroupBy::campaign:
      return of_thing(directory_.deal(deal).campaign);
    case GroupBy::deal:
      return of_thing(deal);
    case GroupBy::link:
      return of_thing(link);
    case GroupBy::code:
      return of_thing(code);
    case GroupBy::day:
    case GroupBy::week:
    case GroupBy::month:
      break;
  }
  CHECK(!is_of_time(scope_.group_by));
  return {};
}

RowKey Keys::of_campaign(std::int64_t campaign) const {
  return of_thing(scope_.group_by == GroupBy::campaign ? campaign : 0);
}

RowKey Keys::of_thing(std::int64_t number) const {
  if (number == 0) return none();
  switch (scope_.group_by) {
    case GroupBy::influencer:
      return {core::InfluencerId{number}.text(), influencer_in(directory_, number).name};
    case GroupBy::campaign:
      return {core::CampaignId{number}.text(), name_in(directory_.campaigns, number)};
    case GroupBy::deal: {
      const Directory::Deal deal = directory_.deal(number);
      return {core::DealId{number}.text(), influencer_in(directory_, deal.influencer).name + " / " +
                                               name_in(directory_.campaigns, deal.campaign)};
    }
    case GroupBy::link:
      return {core::LinkId{number}.text(), name_in(directory_.links, number)};
    case GroupBy::code:
      return {core::CodeId{number}.text(), name_in(directory_.codes, number)};
    case GroupBy::platform:
      return of_trait(influencer_in(directory_, number).platform);
    case GroupBy::tier:
      return of_trait(influencer_in(directory_, number).tier);
    case GroupBy::country:
      return of_trait(influencer_in(directory_, number).country);
    case GroupBy::day:
    case GroupBy::week:
    case GroupBy::month:
      break;
  }
  CHECK(!is_of_time(scope_.group_by));
  return {};
}

RowKey Keys::of_trait(const std::string& trait) const {
  return trait.empty() ? none() : RowKey{trait, trait};
}

RowKey Keys::none() const {
  const bool vowel = scope_.group_by == GroupBy::influencer;
  return {"", (vowel ? "Without an " : "Without a ") + std::string(name_of(scope_.group_by))};
}

RowKey Keys::at(core::Day day) const {
  std::string text = core::format_day(first_day(day));
  if (scope_.group_by == GroupBy::month) text.resize(text.size() - 3);
  return {text, text};
}

core::Period Keys::period_of(core::Day day) const {
  return {std::max(scope_.period.from, scope_.zone.start_of(first_day(day))),
          std::min(scope_.period.to, scope_.zone.start_of(next_first_day(day)))};
}

bool Keys::includes_deal(std::int64_t deal) const {
  const Directory::Deal found = directory_.deal(deal);
  return (!scope_.campaign || scope_.campaign.number == found.campaign) &&
         (!scope_.influencer || scope_.influencer.number == found.influencer);
}

// The first day of the row that a day belongs to. Weeks begin on Monday.
core::Day Keys::first_day(core::Day day) const {
  const std::chrono::sys_days days = days_of(day);
  if (scope_.group_by == GroupBy::week)
    return day_of(days - (std::chrono::weekday{days} - std::chrono::Monday));
  if (scope_.group_by == GroupBy::month) {
    const std::chrono::year_month_day date{days};
    return day_of(std::chrono::sys_days{date.year() / date.month() / 1});
  }
  return day;
}

core::Day Keys::next_first_day(core::Day day) const {
  const core::Day first = first_day(day);
  if (scope_.group_by == GroupBy::week) return core::Day{first.number + 7};
  if (scope_.group_by == GroupBy::month) return first_day(core::Day{first.number + 31});
  return core::Day{first.number + 1};
}

}  // namespace fairlead::admin
