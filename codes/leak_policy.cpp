// What a brand wants done about leaks, and what was told of them.
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "codes/leaks.hpp"
#include "codes/sql.hpp"

namespace fairlead::codes {

namespace {

std::vector<std::string> texts_of(const std::string& stored) {
  std::vector<std::string> texts;
  const auto parsed = boost::json::parse(stored);
  for (const auto& text : parsed.as_array())
    texts.emplace_back(text.as_string());
  return texts;
}

std::string stored_texts(const std::vector<std::string>& texts) {
  return boost::json::serialize(boost::json::array(texts.begin(), texts.end()));
}

}  // namespace

LeakPolicy find_leak_policy(storage::Session& session, core::BrandId brand) {
  const auto rows = session.run(sql::find_leak_policy, brand);
  if (rows.empty()) return {};
  const auto& row = rows.one();
  return {texts_of(row.text(0)), texts_of(row.text(1)), row.integer(2)};
}

void put_leak_policy(storage::Session& session, core::BrandId brand, const LeakPolicy& policy) {
  session.run(sql::put_leak_policy, brand, stored_texts(policy.actions),
              stored_texts(policy.coupon_hosts));
}

bool note_leak(storage::Session& session, core::BrandId brand, core::CodeId code, core::Day since,
               core::Instant now) {
  return session
             .run(sql::note_leak, brand, code, now, std::int64_t{since.number},
                  now.plus_days(-leak_period_days))
             .changed > 0;
}

}  // namespace fairlead::codes
