#include "admin/reports_call.hpp"

#include <utility>

#include "admin/sql.hpp"
#include "net/problem.hpp"

namespace fairlead::admin {

namespace {

core::Result<ReportBrand> find_brand(storage::Database& database, core::BrandId brand) {
  const auto rows = database.read(
      [&](storage::Session& session) { return session.run(sql::report_brand, brand); });
  if (!rows) return rows.error();
  if (rows->empty()) return core::fail(core::Errc::not_found, "there is no such brand");
  const storage::Row& row = rows->one();
  auto zone = core::Zone::parse(row.text(1));
  if (!zone) return zone.error();
  auto margin = core::Rate::parse(row.integer(2));
  if (!margin) return margin.error();
  return ReportBrand{row.text(0), *zone, *margin};
}

constexpr core::InfluencerId nobody{-1};  // no row has it

// An influencer asks for its own rows, or for those of somebody it cannot know.
core::InfluencerId whose_rows(const net::Principal& who, core::InfluencerId asked) {
  if (who.role != net::Role::influencer) return asked;
  return !asked || asked == who.influencer ? who.influencer : nobody;
}

}  // namespace

core::Result<Asked> read_call(storage::Database& database, const net::Call& call, Report report,
                              std::vector<net::FieldError>& problems) {
  auto brand = find_brand(database, call.who.brand);
  if (!brand) return brand.error();
  const ReportQuery query =
      read_report_query(call.request, report, brand->zone, call.now, problems);
  const bool is_own = call.who.role == net::Role::influencer;
  // What the brand earns on its goods is not the influencer's to read.
  if (is_own) brand->margin = core::Rate{core::ppm_one};
  const ReportScope scope{.brand = call.who.brand,
                          .zone = brand->zone,
                          .period = query.period,
                          .group_by = query.group_by,
                          .campaign = query.campaign,
                          .influencer = whose_rows(call.who, query.influencer),
                          .link = query.link};
  return Asked{std::move(*brand), query, scope};
}

core::Answer refuse(std::vector<net::FieldError> problems) {
  std::string detail = problems.front().detail;
  return net::problem(400, "invalid_request", detail, std::move(problems));
}

core::Answer failure(const core::Error& error) {
  if (error.code == core::Errc::overflow)
    return net::problem(422, "report_too_large", error.detail);
  if (error.code == core::Errc::conflict) return net::problem(422, "clicks_removed", error.detail);
  return net::problem_of(error);
}

core::Answer csv_answer(std::string csv, const std::string& name) {
  core::Answer answer{200, "text/csv; charset=utf-8", std::move(csv), {}};
  answer.headers.emplace_back("Content-Disposition", "attachment; filename=\"" + name + ".csv\"");
  return answer;
}

boost::json::object heading(const Asked& asked, std::string_view group_by) {
  return {{"group_by", std::string(group_by)},
          {"from", core::format_instant(asked.scope.period.from)},
          {"to", core::format_instant(asked.scope.period.to)},
          {"timezone", std::string(asked.scope.zone.name())}};
}

}  // namespace fairlead::admin
