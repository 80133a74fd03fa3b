#include "admin/reports_directory.hpp"

#include <utility>

#include "admin/reports_scope.hpp"
#include "admin/sql.hpp"

namespace fairlead::admin {

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
  for (const storage::Row& row : rows_of(sql::report_links))
    directory.links[row.integer(0)] = {row.integer(1), row.text(2)};
  for (const storage::Row& row : rows_of(sql::report_codes))
    directory.codes[row.integer(0)] = {row.integer(1), row.text(2)};
  return directory;
}

}  // namespace fairlead::admin
