#include "admin/reports_directory.hpp"

#include <utility>

#include "admin/sql.hpp"

namespace fairlead::admin {

namespace {

// The rows of those numbers that are not in `known`, which are given as a JSON array.
template <class Known>
storage::Rows named_rows(storage::Session& session, const storage::Statement& statement,
                         core::BrandId brand, const std::set<std::int64_t>& numbers,
                         const Known& known) {
  std::string asked;
  for (const std::int64_t number : numbers)
    if (!known.contains(number)) asked.append(asked.empty() ? "[" : ",") += std::to_string(number);
  if (asked.empty()) return {};
  return within_limit(session.run(statement, brand, asked + "]", report_rows_max));
}

}  // namespace

Directory::Deal Directory::deal(std::int64_t id) const {
  const auto found = deals.find(id);
  return found == deals.end() ? Deal{} : found->second;
}

std::int64_t Directory::deal_of_link(std::int64_t link) const {
  const auto found = links.find(link);
  return found == links.end() ? 0 : found->second.deal;
}

const std::string& Directory::currency_of_deal(std::int64_t id) const {
  const auto found = campaigns.find(deal(id).campaign);
  return found == campaigns.end() ? currency : found->second.currency;
}

std::string_view tier_of(std::int64_t followers) {
  if (followers < 1'000) return "below_nano";
  if (followers < 5'000) return "nano";
  return followers <= 100'000 ? "micro" : "macro";
}

Directory read_directory(storage::Session& session, core::BrandId brand, std::string currency) {
  Directory directory;
  directory.currency = std::move(currency);
  const auto rows_of = [&](const storage::Statement& statement) {
    return within_limit(session.run(statement, brand, report_rows_max));
  };
  for (const storage::Row& row : rows_of(sql::report_deals))
    directory.deals[row.integer(0)] = {row.integer(1), row.integer(2), row.integer(3),
                                       row.integer(4), row.instant(5)};
  for (const storage::Row& row : rows_of(sql::report_campaigns))
    directory.campaigns[row.integer(0)] = {row.text(1), row.text(2)};
  for (const storage::Row& row : rows_of(sql::report_influencers))
    directory.influencers[row.integer(0)] = {
        row.text(1), row.text_or(2, ""), row.text_or(3, ""),
        row.is_null(4) ? "" : std::string(tier_of(row.integer(4)))};
  return directory;
}

void read_links(storage::Session& session, core::BrandId brand,
                const std::set<std::int64_t>& numbers, Directory& directory) {
  for (const storage::Row& row :
       named_rows(session, sql::report_links, brand, numbers, directory.links))
    directory.links[row.integer(0)] = {row.integer(1), row.text(2)};
}

void read_codes(storage::Session& session, core::BrandId brand,
                const std::set<std::int64_t>& numbers, Directory& directory) {
  for (const storage::Row& row :
       named_rows(session, sql::report_codes, brand, numbers, directory.codes))
    directory.codes[row.integer(0)] = row.text(1);
}

std::vector<std::int64_t> links_of(storage::Session& session, const ReportScope& scope,
                                   std::size_t links_max) {
  if (scope.link) return {scope.link.number};
  std::vector<std::int64_t> links;
  for (const storage::Row& row :
       session.run(sql::report_links_of, scope.brand, scope.campaign, scope.influencer,
                   static_cast<std::int64_t>(links_max) + 1))
    links.push_back(row.integer(0));
  return links;
}

}  // namespace fairlead::admin
