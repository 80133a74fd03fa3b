#include "attribution/outcome.hpp"

#include "core/check.hpp"

namespace fairlead::attribution {

namespace {

struct Entry {
  Outcome outcome;
  std::string_view word;
  std::string_view sentence;
  bool took_part;
};

constexpr Entry entries[] = {
    {Outcome::eligible, "eligible", "it may take part", true},
    {Outcome::credited, "credited", "it earned the credit", true},
    {Outcome::code_won, "code_won", "a code of the order came before it", true},
    {Outcome::click_won, "click_won", "a click came before it", true},
    {Outcome::second_code, "second_code", "another code came first in the order", true},
    {Outcome::no_share, "no_share", "the campaign's model gives its share to other clicks", true},
    {Outcome::unknown_code, "unknown_code", "no deal has this code", false},
    {Outcome::same_touch, "same_touch", "it is named twice and counts once", false},
    {Outcome::invalid_token, "invalid_token", "the click token is not genuine", false},
    {Outcome::foreign, "foreign", "the click is not one of this brand's links", false},
    {Outcome::expired, "expired", "the click is older than the campaign's lookback", false},
    {Outcome::too_soon, "too_soon", "the order came sooner after it than the campaign allows",
     false},
    {Outcome::existing_customer, "existing_customer", "the customer had ordered before", false},
    {Outcome::others_customer, "others_customer",
     "the customer's first order was another influencer's", false},
    {Outcome::after_order, "after_order", "the click came after the order", false},
    {Outcome::deal_not_started, "deal_not_started", "its deal had not started yet", false},
    {Outcome::deal_ended, "deal_ended", "its deal had ended", false},
    {Outcome::deal_archived, "deal_archived", "its deal had been archived", false},
    {Outcome::test_order, "test_order", "test orders earn nothing", false},
    {Outcome::invalid_head, "invalid_head", "the click only asked for the head of the page", false},
    {Outcome::invalid_bot, "invalid_bot", "the click was made by a bot", false},
    {Outcome::invalid_preview, "invalid_preview", "the click was a link preview", false},
    {Outcome::invalid_unknown_agent, "invalid_unknown_agent", "the click named no browser", false},
    {Outcome::invalid_datacenter, "invalid_datacenter", "the click came from a data centre", false},
    {Outcome::invalid_flood, "invalid_flood", "the click was part of a flood", false},
    {Outcome::invalid_embedded, "invalid_embedded", "the link was loaded inside another page",
     false},
    {Outcome::invalid_prefetch, "invalid_prefetch", "the link was only loaded ahead", false},
    {Outcome::invalid_duplicate, "invalid_duplicate", "it repeats a click made just before", false},
};

const Entry& entry_of(Outcome outcome) {
  const auto index = static_cast<std::size_t>(outcome);
  CHECK(index < std::size(entries) && entries[index].outcome == outcome);
  return entries[index];
}

}  // namespace

std::string_view word_of(Outcome outcome) {
  return entry_of(outcome).word;
}

std::string_view sentence_of(Outcome outcome) {
  return entry_of(outcome).sentence;
}

std::optional<Outcome> parse_outcome(std::string_view word) {
  for (const Entry& entry : entries) {
    if (entry.word == word) return entry.outcome;
  }
  return std::nullopt;
}

bool took_part(Outcome outcome) {
  return entry_of(outcome).took_part;
}

Outcome outcome_of(core::ClickVerdict verdict) {
  using core::ClickVerdict;
  switch (verdict) {
    case ClickVerdict::valid:
    case ClickVerdict::prefetch:
    case ClickVerdict::duplicate:
      return Outcome::eligible;
    case ClickVerdict::head:
      return Outcome::invalid_head;
    case ClickVerdict::bot:
      return Outcome::invalid_bot;
    case ClickVerdict::preview:
      return Outcome::invalid_preview;
    case ClickVerdict::unknown_agent:
      return Outcome::invalid_unknown_agent;
    case ClickVerdict::datacenter:
      return Outcome::invalid_datacenter;
    case ClickVerdict::flood:
      return Outcome::invalid_flood;
    case ClickVerdict::embedded:
      return Outcome::invalid_embedded;
  }
  // A verdict written by a later version: the token is genuine, so the click counts.
  return Outcome::eligible;
}

Outcome outcome_in_history(core::ClickVerdict verdict) {
  if (verdict == core::ClickVerdict::prefetch) return Outcome::invalid_prefetch;
  if (verdict == core::ClickVerdict::duplicate) return Outcome::invalid_duplicate;
  return outcome_of(verdict);
}

}  // namespace fairlead::attribution
