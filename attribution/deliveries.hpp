// Deliveries of shops, kept as they came, before anything is made of them. A delivery and its
// effect are one transaction. Inside the caller's transaction.
//
// A refund whose order is not there yet waits: a numbered row "waiting/{order_ref}/{n}" points at
// its delivery, and booking the order closes the list with a row of the next number. Whoever comes
// second runs into the table's unique key and is tried again, so no refund is left waiting beside
// its order.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "attribution/integrations.hpp"
#include "attribution/settled.hpp"
#include "core/time.hpp"
#include "storage/storage.hpp"

namespace fairlead::attribution {

struct Delivery {
  std::string key;  // "id/…", or "sha256/…" when the shop gives none
  std::string topic;
  std::string body;  // as it came
  core::Instant received_at;
};

// The delivery stored under this key; its body is as it came.
struct StoredDelivery {
  Delivery delivery;
  std::string outcome;
};
std::optional<StoredDelivery> find_delivery(storage::Session& session,
                                            const Integration& integration, const std::string& key);
void insert_delivery(storage::Session& session, const Integration& integration,
                     const Delivery& delivery);
void settle(storage::Session& session, const Integration& integration, const std::string& key,
            const Settled& settled);

// Lets the delivery wait for the order. False when as many as allowed wait for it already.
bool wait_for_order(storage::Session& session, const Integration& integration,
                    const std::string& order_ref, const std::string& delivery_key,
                    core::Instant now);
// A failed delivery of the brand, to be shown and tried again; its body is as it came.
struct FailedDelivery {
  core::DeliveryId id;
  core::IntegrationId integration;
  std::string platform;
  Delivery delivery;
  std::string outcome;
  std::string detail;
};
struct FailedFilter {
  core::IntegrationId integration;  // none: all
  std::string platform;             // "": all
};
// In the order they came, after the number; without their bodies.
std::vector<FailedDelivery> list_failed(storage::Session& session, core::BrandId brand,
                                        const FailedFilter& filter, std::int64_t after,
                                        std::int64_t limit);
// Whatever its outcome is by now.
std::optional<FailedDelivery> find_failed(storage::Session& session, core::BrandId brand,
                                          core::DeliveryId id);

// The deliveries that wait for the order, which is not booked yet, in the order they came.
std::vector<Delivery> list_waiting(storage::Session& session, const Integration& integration,
                                   const std::string& order_ref);
// Whether so many deliveries of the integration have failed that no more should be kept.
bool has_failed_often(storage::Session& session, const Integration& integration);

// The deliveries that waited for the order, which is booked now; each is given once.
std::vector<Delivery> take_waiting(storage::Session& session, const Integration& integration,
                                   const std::string& order_ref, core::Instant now);

}  // namespace fairlead::attribution
