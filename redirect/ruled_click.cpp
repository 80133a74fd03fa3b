#include "redirect/ruled_click.hpp"

#include <optional>

#include "core/check.hpp"

namespace fairlead::redirect {

namespace {

std::optional<Destination> served(std::string_view url, const BrandRecord& brand) {
  if (url.empty()) return std::nullopt;
  const auto destination = split_destination(url);
  const bool is_allowed =
      destination &&
      is_allowed_host(destination->host(), destination->is_https(), brand.allowed_domains);
  return is_allowed ? std::optional(*destination) : std::nullopt;
}

// What the held-out of an open link get: the page without what the link adds. Where that page is
// not allowed any more they get what everybody gets, and stay held out: arms are as they were
// drawn.
void withhold(const LinkRules& rules, const BrandRecord& brand, std::string_view url,
              RuledClick& click) {
  std::string_view page;
  switch (rules.holdout.withhold) {
    case Holdout::Withhold::nothing:
      return;
    case Holdout::Withhold::page:
      page = rules.holdout.destination;
      break;
    case Holdout::Withhold::code:
      // A target or branch without the code stays as it is.
      if (!url.empty() && url.find("{code}") == std::string_view::npos) return;
      page = rules.page;
      break;
  }
  const auto destination = served(page, brand);
  if (!destination) return;
  click.target.destination = *destination;
  click.variant = 0;
}

}  // namespace

// The use is taken last of all that can close the link, and given back by nothing: what happens to
// the answer on its way to the shopper is not known here.
RuledClick apply_rules(const LinkRules& rules, const Target& target, const BrandRecord& brand,
                       Visit visit, core::ClickVerdict verdict, ClickUses* uses) {
  RuledClick click;
  click.target = target;
  click.target.own_query_wins = bool(rules.code.id);
  if (rules.click_limit > 0 && is_on_time(rules, visit.at)) {
    CHECK(uses != nullptr);
    const bool takes_use = verdict == core::ClickVerdict::valid;
    visit.is_used_up =
        !(takes_use ? uses->take(rules.click_limit) : uses->has_room(rules.click_limit));
    if (takes_use && !visit.is_used_up) click.flags |= flag_uses_limit;
  }
  const Choice choice = choose(rules, visit);
  if (!choice.is_open()) click.flags |= flag_closed;
  const std::string_view url = url_of(rules, choice);
  if (const auto destination = served(url, brand)) {
    click.target.destination = *destination;
    click.variant = choice.variant;
  } else if (!choice.is_open()) {
    click.is_closed = true;
    click.fallback_url = fallback_of(rules, brand);
  }
  if (choice.is_open()) {
    const Arm arm =
        arm_of(rules.holdout, rules.run, {visit.at, visit.visitor, visit.is_known, visit.country});
    if (arm != Arm::none) click.flags |= flag_in_run | rules.run.version << flag_run_shift;
    if (arm == Arm::held_out) {
      click.flags |= flag_held_out;
      withhold(rules, brand, url, click);
    }
  }
  const bool has_page = click.target.destination.is_https();
  if (choice.is_for_app && has_page) click.app = &rules.android;
  return click;
}

std::string_view fallback_of(const LinkRules& rules, const BrandRecord& brand) {
  return served(rules.fallback_url, brand) ? rules.fallback_url : std::string_view{};
}

}  // namespace fairlead::redirect
