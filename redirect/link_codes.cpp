#include "redirect/link_codes.hpp"

#include "redirect/click_code.hpp"
#include "redirect/redirect.hpp"
#include "redirect/rule_fields.hpp"
#include "redirect/sql.hpp"

namespace fairlead::redirect {

namespace {

constexpr std::string_view code_macro = "{code}";

core::Error refuse(std::string why) {
  return core::fail(core::Errc::invalid, std::move(why));
}

core::Result<void> find_text(storage::Session& session, const CodedLink& link, LinkCode& code) {
  if (!code.id) code.text.clear();
  if (!code.id || !code.text.empty()) return {};  // none, or the one it has already
  const auto rows = session.run(sql::find_code_of_deal, link.brand, link.deal, code.id);
  if (rows.empty()) return refuse("code_id must be a code of the link's deal");
  code.text = rows.one().text(0);
  return {};
}

}  // namespace

core::Result<std::string> settle_code(storage::Session& session, const CodedLink& link,
                                      LinkRules& rules) {
  if (auto found = find_text(session, link, rules.code); !found) return found.error();
  std::string destination(link.page);
  rules.page.clear();
  if (rules.apply.kind != ApplyWay::Kind::none) {
    if (!rules.code.id) return refuse("apply needs code_id: which code is applied");
    if (auto good = check_apply(rules.apply); !good) return good.error();
    auto built = apply_destination(rules.apply, link.page, link.utm);
    if (!built) return built.error();
    if (*built != link.stored) built = check_destination(*built, link.allowed_domains);
    if (!built) return built.error();
    rules.page = std::exchange(destination, std::move(*built));
  }
  const bool has_macro =
      destination.find(code_macro) != destination.npos || has_macro_in_rules(rules, code_macro);
  if (has_macro && !rules.code.id)
    return refuse("code_id is needed where a destination has {code}");
  if (!rules.code.is_per_click) return destination;
  if (!rules.code.id) return refuse("code_per_click needs code_id: the code it is a use of");
  if (!has_macro) return refuse("code_per_click needs apply, or {code} in a destination");
  if (rules.code.text.size() > click_code_prefix_max)
    return refuse("code_per_click needs a code of at most " +
                  std::to_string(click_code_prefix_max) + " letters: 24 more are added");
  return destination;
}

}  // namespace fairlead::redirect
