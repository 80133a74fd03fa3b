// The stored effects of an order (net_order.hpp), and the other names a shop has for it. Inside the
// caller's transaction, behind lock_order().
#pragma once

#include <string>
#include <vector>

#include "attribution/net_order.hpp"
#include "core/id.hpp"
#include "storage/storage.hpp"

namespace fairlead::attribution {

std::vector<Effect> effects_of(storage::Session& session, core::BrandId brand, core::OrderId order);
// Takes the place of the effect of the same kind and ref.
void put_effect(storage::Session& session, core::BrandId brand, core::OrderId order,
                const Effect& effect);

// A name that leads to another order of the shop already keeps leading there.
void put_alias(storage::Session& session, core::BrandId brand, core::IntegrationId integration,
               const std::string& alias, core::OrderId order);
// The reference under which the shop's order is booked, or would be: a reference or another name
// of it. Where another shop of the brand has an order of that reference, this shop's is
// "{reference}@{integration}".
std::string booked_ref(storage::Session& session, core::BrandId brand,
                       core::IntegrationId integration, const std::string& shop_ref);

}  // namespace fairlead::attribution
