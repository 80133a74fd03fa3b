#include "admin/privacy.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

#include "admin/sql.hpp"
#include "storage/audit.hpp"
#include "storage/idempotency.hpp"

namespace fairlead::admin {

namespace {

constexpr std::int64_t handles_max = 1'000;

boost::json::value text_or_null(const storage::Row& row, std::size_t column) {
  if (row.is_null(column)) return nullptr;
  return boost::json::value(row.text(column));
}

}  // namespace

std::optional<boost::json::object> influencer_facts(storage::Session& session, core::BrandId brand,
                                                    core::InfluencerId influencer) {
  const storage::Rows rows = session.run(sql::find_influencer_person, brand, influencer);
  if (rows.empty()) return std::nullopt;
  const storage::Row& row = rows.one();
  boost::json::array handles;
  const storage::Rows stored =
      session.run(sql::select_influencer_handles, brand, influencer, influencer, 1, handles_max);
  for (const storage::Row& handle : stored)
    handles.push_back({{"platform", handle.text(1)}, {"handle", handle.text(2)}});
  boost::json::object facts{
      {"id", influencer.text()},       {"name", row.text(0)},
      {"email", text_or_null(row, 1)}, {"country", text_or_null(row, 2)},
      {"niche", text_or_null(row, 3)}, {"payout", nullptr},
      {"handles", std::move(handles)}, {"created_at", core::format_instant({row.integer(5)})},
      {"archived_at", nullptr}};
  if (!row.is_null(4)) facts["payout"] = boost::json::parse(row.text(4));
  if (!row.is_null(6)) facts["archived_at"] = core::format_instant({row.integer(6)});
  return facts;
}

void forget_influencer(storage::Session& session, core::BrandId brand,
                       core::InfluencerId influencer, core::Instant now) {
  session.run(sql::erase_influencer, brand, influencer, "erased " + influencer.text(), now);
  session.run(sql::delete_influencer_handles, brand, influencer);
  session.run(sql::revoke_influencer_keys, brand, influencer, now);
  storage::forget_changes(session, brand, influencer.text());
  storage::forget_answers(session, brand, influencer.text());
}

}  // namespace fairlead::admin
