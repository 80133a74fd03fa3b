#include "redirect/link_context.hpp"

#include "redirect/links.hpp"
#include "redirect/sql.hpp"

namespace fairlead::redirect {

const LinkContext::Deal* LinkContext::deal(core::DealId id) {
  const auto [known, is_new] = deals_.try_emplace(id);
  if (is_new) {
    const storage::Rows rows = session_.run(sql::find_deal, brand_, id);
    if (!rows.empty())
      known->second = Deal{!rows.one().is_null(0), rows.one().text(1), rows.one().text(2)};
  }
  return known->second ? &*known->second : nullptr;
}

const std::vector<std::string>& LinkContext::allowed_domains() {
  if (!allowed_domains_) allowed_domains_ = redirect::allowed_domains(session_, brand_);
  return *allowed_domains_;
}

bool LinkContext::may_use_domain(const std::string& domain) {
  if (domain.empty()) return true;
  const auto [known, is_new] = domains_.try_emplace(domain, false);
  if (is_new) known->second = session_.run(sql::find_domain_holder, domain, brand_).empty();
  return known->second;
}

}  // namespace fairlead::redirect
