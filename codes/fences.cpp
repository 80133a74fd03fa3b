#include "codes/fences.hpp"

#include "codes/sql.hpp"

namespace fairlead::codes {

namespace {

template <class AnyId>
core::Result<core::Answer> edit_closed(storage::Database& database, const storage::Statement& close,
                                       core::BrandId brand, AnyId id, core::Instant now,
                                       const std::function<core::Answer(storage::Session&)>& edit) {
  const auto set = [&](core::Instant until) {
    return database.transact(
        [&](storage::Session& session) { session.run(close, brand, id, until); });
  };
  if (const auto closed = set(now.plus_seconds(fence_seconds_max)); !closed) return closed.error();
  auto answer = database.transact(edit);
  // When this fails, time opens it.
  static_cast<void>(set(core::Instant{}));
  return answer;
}

}  // namespace

core::Result<core::Answer> edit_limits(storage::Database& database, core::BrandId brand,
                                       core::CodeId code, core::Instant now,
                                       const std::function<core::Answer(storage::Session&)>& edit) {
  return edit_closed(database, sql::close_code, brand, code, now, edit);
}

core::Result<core::Answer> edit_limits(storage::Database& database, core::BrandId brand,
                                       core::CampaignId campaign, core::Instant now,
                                       const std::function<core::Answer(storage::Session&)>& edit) {
  return edit_closed(database, sql::close_campaign, brand, campaign, now, edit);
}

std::optional<StoredCode> fence_code(storage::Session& session, core::BrandId brand,
                                     core::CodeId code) {
  session.run(sql::fence_code, brand, code);
  return find_code(session, brand, code);
}

void fence_campaign(storage::Session& session, core::BrandId brand, core::CampaignId campaign) {
  session.run(sql::fence_campaign, brand, campaign);
}

}  // namespace fairlead::codes
