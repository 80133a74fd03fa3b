#include "attribution/touches.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "attribution/click_file.hpp"
#include "attribution/sql.hpp"
#include "codes/codes.hpp"
#include "core/email_hash.hpp"

namespace fairlead::attribution {

namespace {

struct Deal {
  core::InfluencerId influencer;
  core::CampaignId campaign;
  DealTerms terms;
  Policy policy;
  std::string influencer_email;
};

std::optional<core::Instant> maybe_instant(const storage::Row& row, std::size_t column) {
  if (row.is_null(column)) return std::nullopt;
  return row.instant(column);
}

std::optional<Deal> find_deal(storage::Session& session, core::BrandId brand, core::DealId deal) {
  const storage::Rows rows = session.run(sql::find_deal, brand, deal);
  if (rows.empty()) return std::nullopt;
  const storage::Row& row = rows.one();
  return Deal{.influencer = row.id<core::InfluencerId>(0),
              .campaign = row.id<core::CampaignId>(1),
              .terms = {maybe_instant(row, 2), maybe_instant(row, 3), maybe_instant(row, 4)},
              .policy = {.precedence = row.text(5),
                         .model = row.text(6),
                         .lookback_days = row.integer(7),
                         .code_share_ppm = row.integer(8),
                         .half_life_days = row.integer(9),
                         .click_to_order_min_s = row.integer(10),
                         .existing_customers = row.text(11),
                         .campaign_version = row.integer(12)},
              .influencer_email = row.text_or(13, "")};
}

// A click that cannot be found must not cost an influencer the order.
Outcome verdict_of(const Dependencies& dependencies, const TokenFact& fact) {
  const auto verdict = find_verdict(dependencies, fact);
  return verdict ? outcome_of(*verdict) : Outcome::eligible;
}

bool is_own_link(storage::Database& database, core::BrandId brand, core::LinkId link) {
  const auto deals = database.read([&](storage::Session& session) {
    return session.run(sql::find_deal_of_link, brand, link).size();
  });
  return deals && *deals > 0;
}

class Reader {
 public:
  Reader(storage::Session& session, const Dependencies& dependencies, const core::Order& order,
         Touches& touches)
      : session_(session), dependencies_(dependencies), order_(order), touches_(touches) {}

  Touch read_code(const std::string& given) {
    Touch touch{.via = core::Via::code, .given = given, .touched_at = order_.placed_at};
    // A test order leaves nothing, so it makes no row for the code of a click either.
    const auto owner = order_.is_test
                           ? codes::find_owner(session_, order_.brand, given)
                           : codes::take_owner(session_, order_.brand, given,
                                               dependencies_.read_click_code, order_.placed_at);
    if (!owner) {
      touch.outcome = Outcome::unknown_code;
      return touch;
    }
    touch.code = owner->code;
    touch.deal = owner->deal;
    if (!codes_seen_.insert(owner->code.number).second) {
      touch.outcome = Outcome::same_touch;
      return touch;
    }
    if (!take_deal(touch)) touch.outcome = Outcome::unknown_code;
    if (owner->click) clicks_of_codes_.emplace_back(owner->click, given);
    return touch;
  }

  // The clicks that gave the order's codes to the shopper, as far as the click file knows them.
  void read_clicks_of_codes() {
    for (const auto& [click, given] : clicks_of_codes_) {
      if (!clicks_seen_.contains(click.number)) {
        const auto link = find_link(dependencies_, click);
        if (!link) continue;
        touches_.all.push_back(read_fact(given, {click, *link, core::instant_of_id(click.number)}));
      }
      for (Touch& touch : touches_.all) {
        if (touch.click == click) touch.gave_code = true;
      }
    }
  }

  // What else those visitors clicked who made the order's clicks, oldest of them last.
  void read_clicks_of_visitors() {
    const core::Instant from = order_.placed_at.plus_days(-lookback_days_max);
    for (const auto& [token_click, token] : tokens_) {
      for (const auto& [fact, verdict] :
           list_visitor_clicks(dependencies_, order_.brand, token_click, from, order_.placed_at)) {
        if (touches_.all.size() == touches_max) return;
        if (clicks_seen_.contains(fact.click.number)) continue;
        Touch touch = read_owner(token, fact);
        if (touch.outcome == Outcome::eligible) touch.outcome = outcome_in_history(verdict);
        if (touch.outcome != Outcome::expired) touches_.all.push_back(std::move(touch));
      }
    }
  }

  Touch read_click(const std::string& token) {
    const auto fact = dependencies_.read_token(token);
    if (fact) {
      tokens_.emplace_back(fact->click, token);
      return read_fact(token, *fact);
    }
    return {.via = core::Via::click, .given = token, .outcome = Outcome::invalid_token};
  }

 private:
  Touch read_fact(const std::string& given, const TokenFact& fact) {
    Touch touch = read_owner(given, fact);
    if (touch.outcome == Outcome::eligible) touch.outcome = verdict_of(dependencies_, fact);
    return touch;
  }

  // Everything but what the click file says of it.
  Touch read_owner(const std::string& given, const TokenFact& fact) {
    Touch touch{.via = core::Via::click, .given = given, .click = fact.click};
    touch.touched_at = fact.at;
    if (!clicks_seen_.insert(fact.click.number).second) {
      touch.outcome = Outcome::same_touch;
      return touch;
    }
    const storage::Rows links = session_.run(sql::find_deal_of_link, order_.brand, fact.link);
    if (links.empty()) {
      touch.outcome = Outcome::foreign;
      return touch;
    }
    touch.link = fact.link;
    touch.deal = links.one().id<core::DealId>(0);
    if (!take_deal(touch)) touch.outcome = Outcome::foreign;
    return touch;
  }

  // Fills in whose deal it is and judges the touch by it. False when the brand has no such deal.
  bool take_deal(Touch& touch) {
    const auto deal = find_deal(session_, order_.brand, touch.deal);
    if (!deal) {
      touch.deal = {};
      return false;
    }
    touch.influencer = deal->influencer;
    touch.campaign = deal->campaign;
    touch.is_own_purchase =
        core::is_hash_of_email(order_.customer.email_sha256, deal->influencer_email);
    touches_.policies.emplace(deal->campaign, deal->policy);
    touch.outcome = judge(touch, order_.placed_at, deal->terms, deal->policy);
    if (touch.outcome == Outcome::eligible && deal->policy.existing_customers != "credit")
      touch.outcome = judge_customer(touch.influencer, history(), deal->policy);
    return true;
  }

  // Read once, and only when a campaign asks.
  const CustomerHistory& history() {
    if (history_) return *history_;
    history_.emplace();
    const storage::Rows rows =
        session_.run(sql::find_first_credit, order_.brand, order_.customer.identity(),
                     order_.customer.second_identity(), order_.placed_at);
    history_->is_existing = !rows.empty();
    if (!rows.empty() && !rows.one().is_null(0))
      history_->first_influencer = rows.one().id<core::InfluencerId>(0);
    // The shop knows customers from before it came here.
    if (order_.customer.is_new) {
      touches_.is_newness_in_doubt = *order_.customer.is_new && history_->is_existing;
      history_->is_existing = !*order_.customer.is_new;
    }
    return *history_;
  }

  storage::Session& session_;
  const Dependencies& dependencies_;
  const core::Order& order_;
  Touches& touches_;
  std::set<std::int64_t> codes_seen_;
  std::set<std::int64_t> clicks_seen_;
  std::vector<std::pair<core::ClickId, std::string>> clicks_of_codes_;  // and the code as typed
  std::vector<std::pair<core::ClickId, std::string>> tokens_;           // those that are genuine
  std::optional<CustomerHistory> history_;
};

}  // namespace

Touches read_touches(storage::Session& session, const Dependencies& dependencies,
                     const core::Order& order) {
  Touches touches;
  Reader reader(session, dependencies, order, touches);
  for (const std::string& code : order.codes)
    touches.all.push_back(reader.read_code(code));
  for (const std::string& token : order.click_ids)
    touches.all.push_back(reader.read_click(token));
  reader.read_clicks_of_codes();
  reader.read_clicks_of_visitors();
  if (order.is_test) {
    for (Touch& touch : touches.all) {
      if (touch.outcome == Outcome::eligible) touch.outcome = Outcome::test_order;
    }
  }
  return touches;
}

bool has_own_touch(storage::Session& session, const Dependencies& dependencies,
                   const core::Order& order) {
  const core::Instant latest = order.placed_at.plus_seconds(clock_skew_seconds_max);
  for (const std::string& token : order.click_ids) {
    const auto fact = dependencies.read_token(token);
    if (fact && fact->at <= latest &&
        !session.run(sql::find_deal_of_link, order.brand, fact->link).empty())
      return true;
  }
  return std::any_of(order.codes.begin(), order.codes.end(), [&](const std::string& code) {
    return codes::take_owner(session, order.brand, code, dependencies.read_click_code,
                             order.placed_at)
        .has_value();
  });
}

void activate_prefetches(const Dependencies& dependencies, const core::Order& order) {
  if (!dependencies.activate || dependencies.clicks == nullptr) return;
  std::vector<core::ClickId> prefetches;
  for (const std::string& token : order.click_ids) {
    const auto fact = dependencies.read_token(token);
    if (fact && find_verdict(dependencies, *fact) == core::ClickVerdict::prefetch &&
        is_own_link(dependencies.database, order.brand, fact->link))
      prefetches.push_back(fact->click);
  }
  if (!prefetches.empty()) dependencies.activate(prefetches);
}

}  // namespace fairlead::attribution
