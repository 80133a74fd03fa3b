// What the checks of a new link ask the database, asked once for many links of one transaction:
// their deals, the brand's allowed domains, and whose an own domain is. Lives inside that
// transaction; one thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/id.hpp"
#include "storage/storage.hpp"

namespace fairlead::redirect {

class LinkContext {
 public:
  LinkContext(storage::Session& session, core::BrandId brand) : session_(session), brand_(brand) {}

  struct Deal {
    bool is_archived = false;
    std::string landing_url;
    std::string utm;  // of the campaign, as stored
  };
  const Deal* deal(core::DealId id);  // nullptr: the brand has no such deal
  const std::vector<std::string>& allowed_domains();
  // "" (the default domain) is everybody's; another is the brand's that put the first link on it.
  bool may_use_domain(const std::string& domain);

  storage::Session& session() { return session_; }
  core::BrandId brand() const { return brand_; }

 private:
  storage::Session& session_;
  const core::BrandId brand_;
  std::map<core::DealId, std::optional<Deal>> deals_;
  std::optional<std::vector<std::string>> allowed_domains_;
  std::map<std::string, bool> domains_;
};

}  // namespace fairlead::redirect
