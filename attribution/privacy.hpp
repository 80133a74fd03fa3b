// What orders and shop deliveries know of one customer, and how they forget it. Amounts, credits
// and postings stay; who bought is replaced by a name that means nothing. Inside the caller's
// transaction.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <string_view>

#include "core/id.hpp"
#include "storage/storage.hpp"

namespace fairlead::attribution {

// {orders: […], deliveries: […]}: every order of the customer (key or e-mail hash, as orders name
// it) and every kept delivery that speaks of the customer or of one of those orders.
boost::json::object customer_facts(storage::Session& session, core::BrandId brand,
                                   std::string_view customer);

struct Forgotten {
  std::int64_t orders = 0;
  std::int64_t deliveries = 0;
};
// Orders go by `new_name` from now on; the bodies of those deliveries are emptied.
Forgotten forget_customer(storage::Session& session, core::BrandId brand, std::string_view customer,
                          std::string_view new_name);

}  // namespace fairlead::attribution
