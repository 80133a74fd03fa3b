#include "attribution/deliveries.hpp"

#include "attribution/sql.hpp"
#include "core/crypto.hpp"
#include "core/utf8.hpp"

namespace fairlead::attribution {

namespace {

constexpr int waiting_max = 100;  // refunds that may wait for one order
constexpr std::string_view encoded_mark = "base64:";

// The column is text, which can hold neither NUL nor what is not UTF-8; such a body is kept
// encoded.
std::string storable(const std::string& body) {
  const bool is_plain = core::is_utf8(body) && body.find('\0') == body.npos;
  if (is_plain && !body.starts_with(encoded_mark)) return body;
  return std::string(encoded_mark) + core::base64(body);
}

std::string as_it_came(const std::string& stored) {
  if (!stored.starts_with(encoded_mark)) return stored;
  return core::parse_base64(std::string_view(stored).substr(encoded_mark.size())).value();
}

std::string waiting_key(const std::string& order_ref, int number) {
  return "waiting/" + order_ref + "/" + std::to_string(number);
}

}  // namespace

std::optional<StoredDelivery> find_delivery(storage::Session& session,
                                            const Integration& integration,
                                            const std::string& key) {
  const auto rows = session.run(sql::find_delivery, integration.brand, integration.id, key);
  if (rows.empty()) return std::nullopt;
  const storage::Row& row = rows.one();
  return StoredDelivery{{key, row.text(0), as_it_came(row.text(1)), row.instant(4)}, row.text(2)};
}

void insert_delivery(storage::Session& session, const Integration& integration,
                     const Delivery& delivery) {
  const auto id = core::new_id<core::DeliveryId>(delivery.received_at);
  session.run(sql::insert_delivery, integration.brand, integration.id, delivery.key, delivery.topic,
              storable(delivery.body), delivery.received_at, "received", "", id);
}

void settle(storage::Session& session, const Integration& integration, const std::string& key,
            const Settled& settled) {
  session.run(sql::set_delivery_outcome, integration.brand, integration.id, key,
              word_of(settled.outcome), settled.detail);
}

bool wait_for_order(storage::Session& session, const Integration& integration,
                    const std::string& order_ref, const std::string& delivery_key,
                    core::Instant now) {
  for (int number = 1; number <= waiting_max; ++number) {
    const std::string key = waiting_key(order_ref, number);
    const auto rows = session.run(sql::find_delivery, integration.brand, integration.id, key);
    if (!rows.empty()) {
      // The order was booked after this transaction looked for it: look again from the start.
      if (rows.one().text(2) == "closed")
        throw storage::StatementFailed{{core::Errc::busy, "the order came meanwhile"}, true};
      if (rows.one().text(3) == delivery_key) return true;  // it waits already
      continue;
    }
    session.run(sql::insert_delivery, integration.brand, integration.id, key, "", "", now,
                "pointer", delivery_key, core::DeliveryId{});
    return true;
  }
  return false;
}

namespace {

FailedDelivery read_failed(const storage::Row& row) {
  return {.id = row.id<core::DeliveryId>(0),
          .integration = row.id<core::IntegrationId>(1),
          .platform = row.text(2),
          .delivery = {row.text(3), row.text(4), "", row.instant(5)},
          .outcome = row.text(6),
          .detail = row.text(7)};
}

}  // namespace

std::vector<FailedDelivery> list_failed(storage::Session& session, core::BrandId brand,
                                        const FailedFilter& filter, std::int64_t after,
                                        std::int64_t limit) {
  std::vector<FailedDelivery> list;
  for (const storage::Row& row : session.run(sql::list_failed_deliveries, brand, after,
                                             filter.integration, filter.platform, limit))
    list.push_back(read_failed(row));
  return list;
}

std::optional<FailedDelivery> find_failed(storage::Session& session, core::BrandId brand,
                                          core::DeliveryId id) {
  const auto rows = session.run(sql::find_delivery_by_id, brand, id);
  if (rows.empty() || !id) return std::nullopt;
  auto failed = read_failed(rows.one());
  failed.delivery.body = as_it_came(rows.one().text(8));
  return failed;
}

std::vector<Delivery> list_waiting(storage::Session& session, const Integration& integration,
                                   const std::string& order_ref) {
  std::vector<Delivery> deliveries;
  for (int number = 1; number <= waiting_max; ++number) {
    const std::string key = waiting_key(order_ref, number);
    const auto rows = session.run(sql::find_delivery, integration.brand, integration.id, key);
    if (rows.empty() || rows.one().text(2) == "closed") return deliveries;
    if (rows.one().text(2) != "pointer") continue;
    if (auto stored = find_delivery(session, integration, rows.one().text(3)))
      deliveries.push_back(std::move(stored->delivery));
  }
  return deliveries;
}

bool has_failed_often(storage::Session& session, const Integration& integration) {
  constexpr std::int64_t failed_kept_max = 1'000;
  return session
             .run(sql::count_failed_deliveries, integration.brand, integration.id,
                  failed_kept_max + 1)
             .one()
             .integer(0) > failed_kept_max;
}

std::vector<Delivery> take_waiting(storage::Session& session, const Integration& integration,
                                   const std::string& order_ref, core::Instant now) {
  std::vector<Delivery> deliveries;
  for (int number = 1; number <= waiting_max; ++number) {
    const std::string key = waiting_key(order_ref, number);
    const auto rows = session.run(sql::find_delivery, integration.brand, integration.id, key);
    if (rows.empty()) {
      session.run(sql::insert_delivery, integration.brand, integration.id, key, "", "", now,
                  "closed", "", core::DeliveryId{});
      return deliveries;
    }
    if (rows.one().text(2) == "closed") return deliveries;
    if (rows.one().text(2) != "pointer") continue;
    session.run(sql::set_delivery_outcome, integration.brand, integration.id, key, "taken", "");
    if (auto stored = find_delivery(session, integration, rows.one().text(3)))
      deliveries.push_back(std::move(stored->delivery));
  }
  return deliveries;
}

}  // namespace fairlead::attribution
