#include "codes/leaks.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "codes/leak_facts.hpp"
#include "codes/sql.hpp"
#include "core/discoveries.hpp"
#include "core/rate.hpp"

namespace fairlead::codes {

namespace {

LeakDay sum_of(std::span<const LeakDay> days);
void weigh_all(BrandFacts& facts, const LeakLevels& levels);
void count_since(CodeFacts& facts);
std::vector<LeakedCost> costs_of(storage::Session& session, const LeakQuestion& question,
                                 const CodeFacts& facts);

}  // namespace

core::Result<std::vector<LeakFinding>> find_leaks(storage::Session& session,
                                                  storage::Session* clicks,
                                                  const LeakQuestion& question) {
  auto facts = read_leak_facts(session, clicks, question);
  if (!facts) return facts.error();
  weigh_all(*facts, question.levels);
  std::vector<LeakFinding> findings;
  for (CodeFacts& code : facts->codes) {
    LeakFinding& finding = code.code;
    if (finding.uses == 0) continue;
    if (question.campaign && finding.campaign != question.campaign) continue;
    if (finding.verdict == LeakVerdict::watch || finding.verdict == LeakVerdict::likely_leak) {
      count_since(code);
      finding.costs = costs_of(session, question, code);
    }
    findings.push_back(std::move(finding));
  }
  std::sort(findings.begin(), findings.end(), [](const LeakFinding& a, const LeakFinding& b) {
    return std::tuple(b.verdict, a.p, a.code.number) < std::tuple(a.verdict, b.p, b.code.number);
  });
  return findings;
}

std::string_view recommended_action(const LeakFinding& finding) {
  switch (finding.verdict) {
    case LeakVerdict::too_few:
    case LeakVerdict::normal:
      return "none";
    case LeakVerdict::watch:
      return "watch";
    case LeakVerdict::likely_leak:
      break;
  }
  // A code that gives nothing any more can only cost commission.
  return finding.is_enabled ? "rotate" : "hold_commissions";
}

namespace {

void add(Share& sum, const Share& share) {
  sum.hits += share.hits;
  sum.trials += share.trials;
}

LeakDay sum_of(std::span<const LeakDay> days) {
  LeakDay sum;
  for (const LeakDay& day : days) {
    sum.uses += day.uses;
    add(sum.cold, day.cold);
    add(sum.coupon_site, day.coupon_site);
    add(sum.unusual_country, day.unusual_country);
    add(sum.late_click, day.late_click);
  }
  return sum;
}

// Evidence, p, q and verdict of every code that has enough uses in the period.
void weigh_all(BrandFacts& facts, const LeakLevels& levels) {
  std::vector<LeakDay> sums;
  std::size_t longest = 0;
  for (const CodeFacts& code : facts.codes) {
    sums.push_back(sum_of(code.days));
    longest = std::max(longest, code.days.size());
  }
  std::vector<std::size_t> weighed;
  std::vector<double> p_values;
  for (std::size_t i = 0; i < facts.codes.size(); ++i) {
    CodeFacts& code = facts.codes[i];
    const auto period = sum_of(std::span(code.days).subspan(code.first));
    code.code.uses = period.uses;
    code.code.cold = period.cold;
    if (period.cold.trials < leak_uses_min) continue;
    // The others are all but this one, which stands at the end meanwhile.
    std::swap(sums[i], sums.back());
    const auto others = std::span(sums).first(sums.size() - 1);
    code.code.evidence =
        weigh_leak(code.days, code.first, fit_prior(others, longest), facts.period_days);
    std::swap(sums[i], sums.back());
    code.code.p = p_value_of(code.code.evidence.e_value);
    weighed.push_back(i);
    p_values.push_back(code.code.p);
  }
  const auto q_values = core::adjust_for_discoveries(p_values);
  for (std::size_t i = 0; i < weighed.size(); ++i) {
    LeakFinding& finding = facts.codes[weighed[i]].code;
    finding.q = q_values[i];
    finding.verdict = judge_leak(finding.p, finding.q, finding.cold.trials, levels);
  }
}

core::Day day_at(const CodeFacts& facts, std::size_t index) {
  return {facts.begins.number + static_cast<std::int32_t>(index)};
}

void count_since(CodeFacts& facts) {
  LeakFinding& finding = facts.code;
  const LeakEvidence& evidence = finding.evidence;
  finding.since = day_at(facts, evidence.since);
  finding.since_first = day_at(facts, evidence.since_first);
  finding.since_last = day_at(facts, evidence.since_last);
  finding.cold_since = sum_of(std::span(facts.days).subspan(evidence.since)).cold;
  finding.leaked =
      estimate_leaked(finding.cold_since, evidence.baseline, evidence.cold_share_expected);
}

// An estimate's part of an amount: the part is made of whole millionths first, so that money is
// multiplied and rounded as everywhere else.
std::int64_t leaked_part(std::int64_t amount_minor, double leaked, std::int64_t known_uses) {
  if (known_uses <= 0) return 0;
  const double part = std::clamp(leaked / static_cast<double>(known_uses), 0.0, 1.0);
  return core::share(amount_minor, {std::llround(part * static_cast<double>(core::ppm_one))});
}

std::vector<LeakedCost> costs_of(storage::Session& session, const LeakQuestion& question,
                                 const CodeFacts& facts) {
  const LeakFinding& finding = facts.code;
  std::map<std::string, LeakedCost> costs;
  const auto cost_in = [&](core::Currency currency) -> LeakedCost& {
    return costs.try_emplace(std::string(currency.code()), LeakedCost{.currency = currency})
        .first->second;
  };
  for (const UsedAmount& amount : facts.amounts) {
    if (amount.day >= finding.evidence.since)
      cost_in(amount.currency).discount_minor += amount.discount_minor;
  }
  for (const auto& row : session.run(sql::sum_commissions_via_code, question.brand, finding.code,
                                     question.zone.start_of(finding.since), question.period.to))
    cost_in(core::Currency::of(row.text(0))).commission_minor = row.integer(1);
  std::vector<LeakedCost> list;
  for (auto& [code, cost] : costs) {
    const auto known = finding.cold_since.trials;
    const auto leaked = [&](double uses) {
      return leaked_part(cost.discount_minor, uses, known) +
             leaked_part(cost.commission_minor, uses, known);
    };
    cost.leaked_minor = leaked(finding.leaked.estimate);
    cost.leaked_low_minor = leaked(finding.leaked.interval.low);
    cost.leaked_high_minor = leaked(finding.leaked.interval.high);
    list.push_back(cost);
  }
  return list;
}

}  // namespace

}  // namespace fairlead::codes
