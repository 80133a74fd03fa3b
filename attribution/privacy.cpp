#include "attribution/privacy.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <functional>
#include <set>
#include <string>

#include "attribution/platforms.hpp"
#include "attribution/sql.hpp"
#include "core/time.hpp"
#include "storage/each_row.hpp"

namespace fairlead::attribution {

namespace {

constexpr std::int64_t page_rows = 1'000;

void each_order(storage::Session& session, core::BrandId brand, std::string_view customer,
                const std::function<void(const storage::Row&)>& fn) {
  core::OrderId last;
  const auto take = [&](const storage::Row& row) {
    last = row.id<core::OrderId>(0);
    fn(row);
  };
  storage::each_row(session, sql::list_customer_orders, page_rows, take, brand, customer, last);
}

std::set<std::string> order_refs(storage::Session& session, core::BrandId brand,
                                 std::string_view customer) {
  std::set<std::string> refs;
  each_order(session, brand, customer, [&](const storage::Row& row) {
    // Where two shops have an order of one number, "@" and the shop follow the shop's reference.
    const std::string ref = row.text(1);
    refs.insert(ref);
    refs.insert(ref.substr(0, ref.rfind("@int_")));
    for (const auto& alias : session.run(sql::list_order_aliases, brand, row.integer(0)))
      refs.insert(alias.text(0));
  });
  return refs;
}

// Read as the platform reads it. A body that nobody understands speaks of whom it names by text.
bool speaks_of(const storage::Row& delivery, core::BrandId brand, std::string_view customer,
               const std::set<std::string>& orders) {
  const std::string body = delivery.text(3);
  if (body.find(customer) != std::string::npos) return true;
  const Platform* platform = find_platform(delivery.text(5));
  if (platform == nullptr) return false;
  const auto notice = platform->read({delivery.text(2), body, brand, delivery.instant(4)});
  if (!notice) return false;
  if (notice->order && (notice->order->customer.identity() == customer ||
                        notice->order->customer.email_sha256 == customer ||
                        orders.contains(notice->order->order_ref)))
    return true;
  return std::any_of(notice->changes.begin(), notice->changes.end(),
                     [&](const Change& change) { return orders.contains(change.order_ref); });
}

void each_delivery(storage::Session& session, core::BrandId brand, std::string_view customer,
                   const std::function<void(const storage::Row&)>& fn) {
  const std::set<std::string> orders = order_refs(session, brand, customer);
  std::int64_t integration = 0;
  std::string key;
  const auto take = [&](const storage::Row& row) {
    integration = row.integer(0);
    key = row.text(1);
    if (speaks_of(row, brand, customer, orders)) fn(row);
  };
  storage::each_row(session, sql::list_delivery_bodies_after, page_rows, take, brand, integration,
                    key);
}

}  // namespace

boost::json::object customer_facts(storage::Session& session, core::BrandId brand,
                                   std::string_view customer) {
  boost::json::array orders;
  each_order(session, brand, customer, [&](const storage::Row& row) {
    orders.push_back({{"id", row.id<core::OrderId>(0).text()},
                      {"order_ref", row.text(1)},
                      {"source", row.text(2)},
                      {"placed_at", core::format_instant({row.integer(3)})},
                      {"currency", row.text(4)},
                      {"base_minor", row.integer(5)},
                      {"discount_minor", row.integer(6)},
                      {"booked_at", core::format_instant({row.integer(7)})}});
  });
  boost::json::array deliveries;
  each_delivery(session, brand, customer, [&](const storage::Row& row) {
    deliveries.push_back({{"platform", row.text(5)},
                          {"key", row.text(1)},
                          {"topic", row.text(2)},
                          {"received_at", core::format_instant({row.integer(4)})},
                          {"body", row.text(3)}});
  });
  return {{"orders", std::move(orders)}, {"deliveries", std::move(deliveries)}};
}

Forgotten forget_customer(storage::Session& session, core::BrandId brand, std::string_view customer,
                          std::string_view new_name) {
  Forgotten forgotten;
  each_delivery(session, brand, customer, [&](const storage::Row& row) {
    session.run(sql::clear_delivery_body, brand, row.integer(0), row.text(1));
    ++forgotten.deliveries;
  });
  forgotten.orders = session.run(sql::rename_order_customer, brand, customer, new_name).changed;
  return forgotten;
}

}  // namespace fairlead::attribution
