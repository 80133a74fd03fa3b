#include "codes/privacy.hpp"

#include <boost/json/object.hpp>

#include "codes/sql.hpp"
#include "storage/each_row.hpp"

namespace fairlead::codes {

namespace {
constexpr std::int64_t page_rows = 1'000;
}

boost::json::array customer_uses(storage::Session& session, core::BrandId brand,
                                 std::string_view customer) {
  boost::json::array uses;
  core::CodeUseId last;
  const auto take = [&](const storage::Row& row) {
    last = row.id<core::CodeUseId>(0);
    uses.push_back({{"id", last.text()},
                    {"code", row.text(1)},
                    {"order_ref", row.text(2)},
                    {"state", row.text(3)},
                    {"currency", row.text(4)},
                    {"subtotal_minor", row.integer(5)},
                    {"discount_minor", row.integer(6)},
                    {"at", core::format_instant({row.integer(7)})}});
  };
  storage::each_row(session, sql::list_customer_uses, page_rows, take, brand, customer, last);
  return uses;
}

std::int64_t rename_customer(storage::Session& session, core::BrandId brand,
                             std::string_view customer, std::string_view new_name) {
  session.run(sql::rename_slot_customer, brand, customer, new_name);
  return session.run(sql::rename_use_customer, brand, customer, new_name).changed;
}

std::int64_t archive_codes_of(storage::Session& session, core::BrandId brand,
                              core::InfluencerId influencer, core::Instant now) {
  return session.run(sql::archive_influencer_codes, brand, influencer, now).changed;
}

}  // namespace fairlead::codes
