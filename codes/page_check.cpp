#include "codes/page_check.hpp"

#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>
#include <map>

#include "codes/capacity.hpp"
#include "codes/click_codes.hpp"
#include "codes/codes.hpp"
#include "codes/sql.hpp"
#include "codes/uses.hpp"
#include "core/crypto.hpp"
#include "core/log.hpp"
#include "net/json.hpp"
#include "net/problem.hpp"

namespace fairlead::codes {

namespace {

constexpr std::size_t check_bytes_max = 64 * 1024;  // a page has no reason to send more

// Longer than any customer a shop can name, so that limits per customer are seen as somebody sees
// them who has never bought. Whoever could name a customer here could ask what others have used.
const std::string nobody(129, '?');

boost::system::result<Question, core::Answer> read_check(std::string_view body);
JudgedCode ask_evenly(const Asker& asker, Question question);
core::Answer valid_answer(const Use& use);
core::Answer refused_answer();
core::Answer limited_answer(std::int64_t wait_s);
void log_refusal(core::BrandId brand, const JudgedCode& result);

std::string random_seed() {
  std::array<std::uint8_t, 32> bytes;
  core::fill_random(bytes);
  return {bytes.begin(), bytes.end()};
}

}  // namespace

CodeCheck::CodeCheck(Dependencies dependencies, GuessLimitOptions limits)
    : dependencies_(std::move(dependencies)),
      limits_(limits, random_seed()),
      answered_(all_verdicts().size()) {}

std::vector<net::Route> CodeCheck::routes() {
  return {{.method = net::Method::post,
           .pattern = "/v1/codes/check",
           .roles = net::only(net::Role::browser),
           .handler = [this](const net::Call& call) { return check(call); },
           .body_bytes_max = check_bytes_max,
           .cors = net::Cors::origins_of_key}};
}

void CodeCheck::collect(std::vector<core::Metric>& metrics) const {
  const auto add = [&](std::string_view answer, const core::Counter& counter) {
    metrics.push_back({core::Metric::Kind::counter,
                       "fairlead_code_checks_total",
                       "Codes that shop pages asked about, by the answer's true reason.",
                       {{"answer", std::string(answer)}},
                       static_cast<double>(counter.value())});
  };
  for (const Verdict verdict : all_verdicts()) {
    const auto name = verdict == Verdict::accepted ? "valid" : name_of(verdict);
    add(name, answered_[static_cast<std::size_t>(verdict)]);
  }
  add("rate_limited", limited_);
}

core::Answer CodeCheck::check(const net::Call& call) {
  // What is wrong with a body does not depend on any code, so it may be said, and costs no guess.
  auto question = read_check(call.request.body);
  if (!question) return question.error();
  const Guesser guesser{call.who.brand, call.who.key,
                        core::network_prefix(call.request.client_address)};
  if (const auto wait_s = limits_.take(guesser, call.now); wait_s > 0) {
    limited_.add();
    return limited_answer(wait_s);
  }
  const auto result = dependencies_.database.read([&](storage::Session& session) {
    return ask_evenly({session, dependencies_, call.who.brand, call.now}, *question);
  });
  if (!result) {
    limits_.give_back(guesser, call.now);
    return net::problem_of(result.error());
  }
  const auto verdict = result->judgement.verdict;
  answered_[static_cast<std::size_t>(verdict)].add();
  if (verdict == Verdict::accepted) {
    limits_.give_back_most(guesser, call.now);
    return valid_answer(*result->use);
  }
  log_refusal(call.who.brand, *result);
  return refused_answer();
}

namespace {

// What read_question() reads, less what a page must not ask with.
boost::system::result<Question, core::Answer> read_check(std::string_view body) {
  constexpr std::string_view known[] = {"code", "currency", "items", "subtotal_minor",
                                        "shipping_minor"};
  boost::json::error_code broken;
  const auto document = boost::json::parse(body, broken);
  std::vector<net::FieldError> unknown;
  if (const auto* fields = broken ? nullptr : document.if_object()) {
    for (const auto& field : *fields) {
      const std::string_view name = field.key();
      if (std::find(std::begin(known), std::end(known), name) != std::end(known)) continue;
      unknown.push_back({"/" + std::string(name), "unknown_field",
                         "a page asks with code, currency, items, subtotal_minor and "
                         "shipping_minor only"});
      if (unknown.size() == 10) break;
    }
  }
  if (!unknown.empty()) {
    return net::problem(400, "unknown_field", "The body has fields that are not known here.",
                        std::move(unknown));
  }
  auto question = read_question(body, Action::validate);
  if (question) question->cart.customer.key = nobody;
  return question;
}

// Counts the statements that are run, by name.
class CountingSession final : public storage::Session {
 public:
  explicit CountingSession(storage::Session& inner) : inner_(inner) {}
  storage::Rows run_values(const storage::Statement& statement,
                           std::span<const storage::Value> values) override {
    ++runs_[statement.name];
    return inner_.run_values(statement, values);
  }
  void prepare(const storage::Statement& statement) override { inner_.prepare(statement); }
  int runs_of(const storage::Statement& statement) const {
    const auto found = runs_.find(statement.name);
    return found == runs_.end() ? 0 : found->second;
  }

 private:
  storage::Session& inner_;
  std::map<std::string_view, int> runs_;
};

// What a judgement may read of limits and orders but did not, since the code has fewer limits, or
// nobody holds it, or it is for anybody: read here and thrown away. A code has two scopes at most,
// its campaign's and its own, and a page's customer one name.
void read_the_rest(CountingSession& session, const Asker& asker, const StoredCode& code) {
  constexpr int scopes = 2;
  const auto fill = [&](const storage::Statement& statement, int runs, const auto&... values) {
    while (session.runs_of(statement) < runs)
      session.run(statement, values...);
  };
  const auto brand = asker.brand;
  const auto kind = name_of(Scope::Kind::code);
  fill(sql::find_counter, scopes, brand, kind, code.id.number);
  fill(sql::sum_overdue_holds, scopes, brand, code.campaign, code.id.number, asker.now,
       code.terms.currency.code());
  fill(sql::count_customer_uses, scopes, brand, kind, code.id.number, nobody, core::CodeUseId{},
       asker.now);
  fill(sql::find_next_expiry, scopes, brand, code.campaign, code.id.number, asker.now);
  fill(sql::find_other_order, 1, brand, nobody, "", "");
}

// Asks about an unknown code with the statements that a known one takes: some code of the brand is
// asked about in its place, and that answer is thrown away. Whichever it is, every question runs
// the same statements, each as often.
JudgedCode ask_evenly(const Asker& asker, Question question) {
  auto& code = question.codes.front();
  const bool is_known =
      find_with_clicks(asker.session, asker.brand, fold(code), asker.dependencies.read_click_code)
          .has_value();
  const auto any = asker.session.run(sql::find_any_code, asker.brand);
  if (!is_known && !any.empty()) code = any.one().text(0);
  // One of the two finds meets a row and the other none, whichever was which: a row takes longer.
  find_code(asker.session, asker.brand, is_known ? "" : code);
  CountingSession counting(asker.session);
  auto outcome = ask({counting, asker.dependencies, asker.brand, asker.now}, question);
  if (const auto& judged = outcome.results.front().code) read_the_rest(counting, asker, *judged);
  if (is_known) return std::move(outcome.results.front());
  return {.given = {}, .code = std::nullopt, .judgement = {.verdict = Verdict::code_not_found}};
}

core::Answer valid_answer(const Use& use) {
  return net::json_answer(200, {{"valid", true},
                                {"discount",
                                 {{"amount_minor", use.granted.amount_minor},
                                  {"currency", use.currency.code()},
                                  {"allocations", allocations_json(use.granted.allocations)}}}});
}

// One for every reason; nothing of the question or the code is in it.
core::Answer refused_answer() {
  return net::json_answer(200, {{"valid", false},
                                {"reason",
                                 {{"code", "code_not_applicable"},
                                  {"message", "This code cannot be used for this cart."}}}});
}

core::Answer limited_answer(std::int64_t wait_s) {
  auto answer = net::problem(429, "rate_limited",
                             "Too many codes were tried. Wait for the seconds in Retry-After, or "
                             "let the shop's server ask.");
  answer.headers.emplace_back("Retry-After", std::to_string(wait_s));
  return answer;
}

// What was typed is not written down: it may be a password, or another shop's code.
void log_refusal(core::BrandId brand, const JudgedCode& result) {
  core::log(core::Level::info, "code_check_refused",
            {{"brand", brand.text()},
             {"reason", std::string(name_of(result.judgement.verdict))},
             {"code", result.code ? result.code->id.text() : ""}});
}

}  // namespace

}  // namespace fairlead::codes
