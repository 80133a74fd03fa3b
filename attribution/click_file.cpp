#include "attribution/click_file.hpp"

#include "attribution/sql.hpp"

namespace fairlead::attribution {

namespace {

// What `read` finds, at the second look when not at the first.
template <class Read>
auto look_twice(const Dependencies& dependencies, const Read& read) -> decltype(read()) {
  auto found = read();
  if (!found && dependencies.settle_clicks && dependencies.settle_clicks()) found = read();
  return found;
}

}  // namespace

std::optional<core::ClickVerdict> find_verdict(const Dependencies& dependencies,
                                               const TokenFact& fact) {
  if (dependencies.clicks == nullptr) return std::nullopt;
  return look_twice(dependencies, [&]() -> std::optional<core::ClickVerdict> {
    const auto verdict = dependencies.clicks->read([&](storage::Session& session) {
      const storage::Rows rows = session.run(sql::find_click_verdict, fact.click, fact.link);
      return rows.empty() ? std::optional<std::int64_t>() : rows.one().integer(0);
    });
    if (!verdict || !*verdict) return std::nullopt;
    return static_cast<core::ClickVerdict>(**verdict);
  });
}

std::optional<core::LinkId> find_link(const Dependencies& dependencies, core::ClickId click) {
  if (dependencies.clicks == nullptr) return std::nullopt;
  return look_twice(dependencies, [&]() -> std::optional<core::LinkId> {
    const auto link = dependencies.clicks->read([&](storage::Session& session) {
      const storage::Rows rows = session.run(sql::find_link_of_click, click);
      return rows.empty() ? core::LinkId{} : rows.one().id<core::LinkId>(0);
    });
    if (!link || !*link) return std::nullopt;
    return *link;
  });
}

std::vector<VisitorClick> list_visitor_clicks(const Dependencies& dependencies, core::BrandId brand,
                                              core::ClickId click, core::Instant from,
                                              core::Instant before) {
  if (dependencies.clicks == nullptr) return {};
  const auto clicks = dependencies.clicks->read([&](storage::Session& session) {
    std::vector<VisitorClick> list;
    for (const auto& row :
         session.run(sql::list_clicks_of_visitor, brand, click, core::first_id_at(from),
                     core::first_id_at(before), visitor_clicks_max)) {
      const auto id = row.id<core::ClickId>(0);
      list.push_back({{id, row.id<core::LinkId>(1), core::instant_of_id(id.number)},
                      static_cast<core::ClickVerdict>(row.integer(2))});
    }
    return list;
  });
  return clicks ? *clicks : std::vector<VisitorClick>{};
}

}  // namespace fairlead::attribution
