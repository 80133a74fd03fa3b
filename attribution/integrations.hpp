// Integrations: a brand's connection to one shop, with the secret that signs its webhooks. Secrets
// are sealed with the server's key and bound to the integration's id; they are never shown again.
// Inside the caller's transaction.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/id.hpp"
#include "core/money.hpp"
#include "core/time.hpp"
#include "storage/storage.hpp"

namespace fairlead::attribution {

struct Integration {
  core::IntegrationId id;
  core::BrandId brand;
  std::string platform;
  std::vector<std::string> secrets;  // opened: the current one, then the previous one
  bool is_archived = false;
  core::Currency currency = core::Currency::of("EUR");  // the brand's
};
// By id alone, whichever brand it belongs to. nullopt when there is none or its secret does not
// open.
std::optional<Integration> find_integration(storage::Session& session, std::string_view sealing_key,
                                            core::IntegrationId id);

core::IntegrationId create_integration(storage::Session& session, std::string_view sealing_key,
                                       core::BrandId brand, std::string_view platform,
                                       std::string_view name, std::string_view secret,
                                       core::Instant now);
// The current secret becomes the previous one, which stays good until the next rotation. False when
// the brand has no such integration, or it is archived.
bool rotate_secret(storage::Session& session, std::string_view sealing_key, core::BrandId brand,
                   core::IntegrationId id, std::string_view secret);

}  // namespace fairlead::attribution
