#include "attribution/integrations.hpp"

#include "attribution/sql.hpp"
#include "core/crypto.hpp"
#include "core/log.hpp"

namespace fairlead::attribution {

std::optional<Integration> find_integration(storage::Session& session, std::string_view sealing_key,
                                            core::IntegrationId id) {
  const storage::Rows rows = session.run(sql::find_integration, id);
  if (rows.empty()) return std::nullopt;
  const storage::Row& row = rows.one();
  Integration integration{.id = id,
                          .brand = row.id<core::BrandId>(0),
                          .platform = row.text(1),
                          .secrets = {},
                          .is_archived = !row.is_null(4),
                          .currency = core::Currency::of(row.text(5))};
  for (const std::size_t column : {2, 3}) {
    if (row.is_null(column)) continue;
    auto secret = core::open_sealed(sealing_key, row.blob(column), id.text());
    if (!secret) {
      // The key file was changed or the row was moved: deliveries cannot be checked any more.
      core::log(core::Level::error, "webhook_secret_unreadable", {{"integration", id.text()}});
      continue;
    }
    integration.secrets.push_back(*std::move(secret));
  }
  if (integration.secrets.empty()) return std::nullopt;
  return integration;
}

core::IntegrationId create_integration(storage::Session& session, std::string_view sealing_key,
                                       core::BrandId brand, std::string_view platform,
                                       std::string_view name, std::string_view secret,
                                       core::Instant now) {
  const auto id = core::new_id<core::IntegrationId>(now);
  session.run(sql::insert_integration, brand, id, platform, name,
              storage::Blob{core::seal(sealing_key, secret, id.text())}, now);
  return id;
}

bool rotate_secret(storage::Session& session, std::string_view sealing_key, core::BrandId brand,
                   core::IntegrationId id, std::string_view secret) {
  const storage::Blob sealed{core::seal(sealing_key, secret, id.text())};
  return session.run(sql::rotate_integration_secret, brand, id, sealed).changed == 1;
}

}  // namespace fairlead::attribution
