#include "codes/leak_facts.hpp"

#include <algorithm>

#include "codes/leak_verdict.hpp"
#include "codes/sql.hpp"
#include "storage/each_row.hpp"

namespace fairlead::codes {

namespace {

constexpr std::int64_t rows_max = 200'000;  // of uses, posts, and days of links
constexpr std::int64_t page_rows = 1'000;
// A click this short before its order was made at the checkout, not on the way to the shop.
constexpr std::int64_t late_click_seconds_max = 120;
// A country is usual with this share of what history knows, once it knows this many.
constexpr std::int64_t usual_country_uses_min = 20;
constexpr double usual_country_share_min = 0.02;

// One use, with the newest click that its order names.
struct UsedCode {
  std::int64_t use;
  core::CodeId code;
  core::Instant at;
  core::Currency currency;
  std::int64_t discount_minor;
  bool is_known = false;  // its order is here
  bool is_cold = true;
  bool is_late = false;
  core::ClickId click;  // 0: none
};

struct ClickFacts {
  std::string referrer;
  std::string country;
  std::string network;
};

class Reader {
 public:
  Reader(storage::Session& session, storage::Session* clicks, const LeakQuestion& question)
      : session_(session), clicks_(clicks), question_(question) {
    const auto& period = question.period;
    first_ = question.zone.day_of(period.from);
    const auto planned_end = question.zone.day_of(period.to.plus_micros(-1)).number + 1;
    end_ = {std::clamp(question.zone.day_of(question.now).number + 1, first_.number, planned_end)};
    history_ = {first_.number - static_cast<std::int32_t>(leak_history_days)};
    facts_.period_days = static_cast<std::size_t>(planned_end - first_.number);
  }

  core::Result<BrandFacts> read() {
    auto uses = read_uses();
    if (!uses) return uses.error();
    read_codes(*uses);
    for (const UsedCode& use : *uses)
      add(use);
    add_clicks(*uses);
    if (auto done = add_posts(); !done) return done.error();
    add_click_days();
    add_others();
    return std::move(facts_);
  }

 private:
  core::Result<std::vector<UsedCode>> read_uses();
  void read_codes(const std::vector<UsedCode>& uses);
  void add(const UsedCode& use);
  void add_clicks(const std::vector<UsedCode>& uses);
  core::Result<void> add_posts();
  void add_click_days();
  void add_others();
  std::optional<ClickFacts> find_click(core::ClickId click);

  // nullptr: not one that is weighed.
  CodeFacts* find_facts(core::CodeId id) {
    const auto found = indices_.find(id.number);
    return found == indices_.end() ? nullptr : &facts_.codes[found->second];
  }
  LeakDay& day_of(CodeFacts& code, core::Instant at) {
    return code
        .days[static_cast<std::size_t>(question_.zone.day_of(at).number - code.begins.number)];
  }

  storage::Session& session_;
  storage::Session* clicks_;
  const LeakQuestion& question_;
  core::Day history_;
  core::Day first_;
  core::Day end_;
  BrandFacts facts_;
  std::map<std::int64_t, std::size_t> indices_;  // of facts_.codes, by number
  std::map<std::int32_t, double> other_uses_;    // by day, of codes that are not weighed
};

core::Result<std::vector<UsedCode>> Reader::read_uses() {
  std::vector<UsedCode> uses;
  const auto rows =
      session_.run(sql::list_uses_to_weigh, question_.brand, question_.zone.start_of(history_),
                   question_.zone.start_of(end_), rows_max);
  if (static_cast<std::int64_t>(rows.size()) >= rows_max)
    return core::fail(core::Errc::overflow,
                      "the report would read more than 200000 uses of codes, with the 180 days "
                      "before; shorten it with from and to");
  for (const auto& row : rows) {
    if (uses.empty() || uses.back().use != row.integer(0)) {
      uses.push_back({.use = row.integer(0),
                      .code = row.id<core::CodeId>(1),
                      .at = row.instant(2),
                      .currency = core::Currency::of(row.text(3)),
                      .discount_minor = row.integer(4),
                      .is_known = !row.is_null(5)});
    }
    UsedCode& use = uses.back();
    if (row.is_null(6)) continue;
    use.is_cold = false;
    if (row.integer(6) <= use.click.number) continue;  // click ids rise with time
    use.click = row.id<core::ClickId>(6);
    use.is_late =
        !row.is_null(7) && row.instant(7).plus_seconds(late_click_seconds_max) >= row.instant(5);
  }
  return uses;
}

void Reader::read_codes(const std::vector<UsedCode>& uses) {
  struct Used {
    std::int32_t first_day;
    std::int64_t uses = 0;
  };
  std::map<std::int64_t, Used> used;
  for (const UsedCode& use : uses)
    ++used.emplace(use.code.number, Used{question_.zone.day_of(use.at).number}).first->second.uses;
  std::int64_t after = 0;
  storage::each_row(
      session_, sql::list_codes_to_weigh, page_rows,
      [&](const storage::Row& row) {
        after = row.integer(0);
        // A use may have been booked since the uses were read: it is the next report's.
        const auto known = used.find(after);
        if (known == used.end()) return;
        if (row.integer(11) == 0 && known->second.uses < leak_uses_min) return;
        CodeFacts code;
        code.code.code = row.id<core::CodeId>(0);
        code.code.deal = row.id<core::DealId>(1);
        code.code.influencer = row.id<core::InfluencerId>(2);
        code.code.campaign = row.id<core::CampaignId>(3);
        code.code.text = row.text(4);
        code.code.is_enabled = row.integer(5) != 0 && row.is_null(7);
        code.code.variant_of = row.id<core::CodeId>(8);
        code.code.placement = row.text(9);
        code.code.replaced_by = row.id<core::CodeId>(10);
        // A code lives from its making on, or from its first use, where a shop told of it later.
        const auto begins =
            std::min(question_.zone.day_of(row.instant(6)).number, known->second.first_day);
        code.begins = {std::clamp(begins, history_.number, end_.number)};
        code.days.resize(static_cast<std::size_t>(end_.number - code.begins.number));
        code.first = static_cast<std::size_t>(std::max(0, first_.number - code.begins.number));
        indices_.emplace(after, facts_.codes.size());
        facts_.codes.push_back(std::move(code));
      },
      question_.brand, after, question_.zone.start_of(history_), question_.zone.start_of(end_));
}

void Reader::add(const UsedCode& use) {
  CodeFacts* const facts = find_facts(use.code);
  if (facts == nullptr) {
    ++other_uses_[question_.zone.day_of(use.at).number];
    return;
  }
  CodeFacts& code = *facts;
  LeakDay& day = day_of(code, use.at);
  ++day.uses;
  code.amounts.push_back(
      {static_cast<std::size_t>(&day - code.days.data()), use.currency, use.discount_minor});
  if (!use.is_known) return;
  ++day.cold.trials;
  if (use.is_cold) {
    ++day.cold.hits;
    return;
  }
  ++day.late_click.trials;
  if (use.is_late) ++day.late_click.hits;
}

std::optional<ClickFacts> Reader::find_click(core::ClickId click) {
  const auto rows = clicks_->run(sql::find_click_facts, click);
  if (rows.empty()) return std::nullopt;
  const auto& row = rows.one();
  return ClickFacts{row.text_or(0, ""), row.text_or(1, ""), row.blob(2)};
}

void Reader::add_clicks(const std::vector<UsedCode>& uses) {
  if (clicks_ == nullptr) return;
  const auto own_hosts = find_leak_policy(session_, question_.brand).coupon_hosts;
  struct Known {
    const UsedCode* use;
    ClickFacts facts;
  };
  std::vector<Known> known;
  std::map<std::string, std::int64_t> usual;  // uses of history, by country
  std::int64_t usual_uses = 0;
  const auto period_from = question_.zone.start_of(first_);
  for (const UsedCode& use : uses) {
    if (!use.click || find_facts(use.code) == nullptr) continue;
    auto facts = find_click(use.click);
    if (!facts) continue;
    if (use.at < period_from && !facts->country.empty()) {
      ++usual[facts->country];
      ++usual_uses;
    }
    known.push_back({&use, std::move(*facts)});
  }
  const auto is_usual = [&](const std::string& country) {
    const auto found = usual.find(country);
    return found != usual.end() && static_cast<double>(found->second) >=
                                       usual_country_share_min * static_cast<double>(usual_uses);
  };
  std::map<std::int64_t, std::pair<std::set<std::string>, std::set<std::string>>> places;
  for (const auto& [use, facts] : known) {
    LeakDay& day = day_of(*find_facts(use->code), use->at);
    ++day.coupon_site.trials;
    if (is_coupon_host(facts.referrer, own_hosts)) ++day.coupon_site.hits;
    if (!facts.country.empty() && usual_uses >= usual_country_uses_min) {
      ++day.unusual_country.trials;
      if (!is_usual(facts.country)) ++day.unusual_country.hits;
    }
    if (use->at < period_from) continue;
    auto& [countries, networks] = places[use->code.number];
    if (!facts.country.empty()) countries.insert(facts.country);
    if (!facts.network.empty()) networks.insert(facts.network);
  }
  for (const auto& [number, sets] : places) {
    LeakFinding& code = find_facts({number})->code;
    code.countries = static_cast<std::int64_t>(sets.first.size());
    code.networks = static_cast<std::int64_t>(sets.second.size());
  }
}

core::Result<void> Reader::add_posts() {
  std::map<core::InfluencerId, std::vector<std::int32_t>> posted;  // days, in order
  const auto rows = session_.run(sql::list_posts_to_weigh, question_.brand,
                                 question_.zone.start_of(end_), rows_max);
  if (static_cast<std::int64_t>(rows.size()) >= rows_max)
    return core::fail(core::Errc::overflow, "the brand has more than 200000 posts");
  for (const auto& row : rows)
    posted[row.id<core::InfluencerId>(0)].push_back(question_.zone.day_of(row.instant(1)).number);
  for (CodeFacts& code : facts_.codes) {
    const auto& days = posted[code.code.influencer];
    auto next = days.begin();
    std::optional<std::int32_t> newest;
    for (std::size_t i = 0; i < code.days.size(); ++i) {
      const auto today = code.begins.number + static_cast<std::int32_t>(i);
      for (; next != days.end() && *next <= today; ++next)
        newest = *next;
      if (newest) code.days[i].days_since_post = today - *newest;
    }
  }
  return {};
}

void Reader::add_click_days() {
  if (clicks_ == nullptr) return;
  std::map<std::int64_t, core::DealId> deals;  // by link
  std::int64_t after = 0;
  storage::each_row(
      session_, sql::list_links_to_weigh, page_rows,
      [&](const storage::Row& row) {
        after = row.integer(0);
        deals.emplace(after, row.id<core::DealId>(1));
      },
      question_.brand, after);
  std::map<core::DealId, std::map<std::int64_t, double>> clicks;  // by deal and day
  // Day by day, because a brand may have more links than may be read at once.
  for (std::int64_t day = history_.number; day < end_.number; ++day) {
    for (const auto& row :
         clicks_->run(sql::list_click_days, question_.brand, day, day + 1, rows_max)) {
      if (const auto deal = deals.find(row.integer(0)); deal != deals.end())
        clicks[deal->second][day] += static_cast<double>(row.integer(2));
    }
  }
  for (CodeFacts& code : facts_.codes) {
    for (const auto& [day, count] : clicks[code.code.deal]) {
      if (day >= code.begins.number)
        code.days[static_cast<std::size_t>(day - code.begins.number)].clicks = count;
    }
  }
}

void Reader::add_others() {
  std::map<std::int32_t, double> all = other_uses_;
  const auto each_day = [&](auto each) {
    for (CodeFacts& code : facts_.codes) {
      for (std::size_t i = 0; i < code.days.size(); ++i)
        each(code.days[i], all[code.begins.number + static_cast<std::int32_t>(i)]);
    }
  };
  each_day([](const LeakDay& day, double& sum) { sum += static_cast<double>(day.uses); });
  each_day([](LeakDay& day, double sum) { day.others_uses = sum - static_cast<double>(day.uses); });
}

}  // namespace

core::Result<BrandFacts> read_leak_facts(storage::Session& session, storage::Session* clicks,
                                         const LeakQuestion& question) {
  return Reader(session, clicks, question).read();
}

}  // namespace fairlead::codes
