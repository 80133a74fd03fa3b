#include "app/find_brand.hpp"

#include <optional>

#include "app/sql.hpp"

namespace fairlead::app {

using core::Errc;
using core::fail;

core::Result<core::BrandId> find_brand(storage::Session& session, const std::string& wanted) {
  const auto brands = session.run(sql::list_brands);
  std::string names;
  std::optional<core::BrandId> found;
  for (const storage::Row& row : brands) {
    const auto id = row.id<core::BrandId>(0);
    names += (names.empty() ? "" : ", ") + row.text(1) + " (" + id.text() + ")";
    const bool is_wanted =
        wanted.empty() ? brands.size() == 1 : wanted == row.text(1) || wanted == id.text();
    if (!is_wanted) continue;
    if (found) return fail(Errc::config, "--brand is ambiguous; use one of the ids of " + names);
    found = id;
  }
  if (found) return *found;
  if (brands.empty()) return fail(Errc::config, "there is no brand yet; run fairlead init first");
  return fail(Errc::config, "--brand must be one of " + names);
}

}  // namespace fairlead::app
