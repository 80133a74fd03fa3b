// The peer of `scripts/bench codes`: codes redeemed the straightforward way, one transaction for
// each redemption, as one would write it in an afternoon. Threads call the database directly: no
// HTTP, no keys, no JSON, no rules, and of the tables only what counts uses. So it does less than a
// server that it is compared with.
//
//   load_one_by_one --database sqlite:/path/new.db|postgresql://… [--threads 64] [--seconds 5]
//                   [--limited]
//
// SQLite: the file's settings are fairlead's (write-ahead log, synchronous=FULL), and a lock lets
// one thread in at a time, so that nobody shares a commit. PostgreSQL: a connection per thread.
// Prints one JSON object; `stored` is what the table holds at the end.
#include <CLI/CLI.hpp>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "storage/storage.hpp"

namespace fairlead {
namespace {

using Clock = std::chrono::steady_clock;

constexpr storage::Statement statement(std::string_view name, std::string_view text,
                                       std::string_view postgres, int parameters) {
  return {name, text, postgres, parameters};
}
constexpr auto make_codes =
    statement("make_codes",
              "CREATE TABLE plain_codes (code TEXT PRIMARY KEY, uses_max INTEGER, used INTEGER)",
              "CREATE TABLE plain_codes (code TEXT PRIMARY KEY, uses_max BIGINT, used BIGINT)", 0);
constexpr auto make_uses = statement(
    "make_uses",
    "CREATE TABLE plain_uses (order_ref TEXT, code TEXT, customer TEXT, amount_minor INTEGER, at"
    " INTEGER, PRIMARY KEY (order_ref, code))",
    "CREATE TABLE plain_uses (order_ref TEXT, code TEXT, customer TEXT, amount_minor BIGINT, at"
    " BIGINT, PRIMARY KEY (order_ref, code))",
    0);
constexpr auto make_index =
    statement("make_index", "CREATE INDEX plain_uses_by_code ON plain_uses (code, at)",
              "CREATE INDEX plain_uses_by_code ON plain_uses (code, at)", 0);
constexpr auto add_code = statement("add_code", "INSERT INTO plain_codes VALUES (?1, ?2, 0)",
                                    "INSERT INTO plain_codes VALUES ($1, $2, 0)", 2);
constexpr auto find_code =
    statement("find_code", "SELECT uses_max, used FROM plain_codes WHERE code = ?1",
              "SELECT uses_max, used FROM plain_codes WHERE code = $1", 1);
constexpr auto find_use =
    statement("find_use", "SELECT amount_minor FROM plain_uses WHERE order_ref = ?1 AND code = ?2",
              "SELECT amount_minor FROM plain_uses WHERE order_ref = $1 AND code = $2", 2);
constexpr auto add_use = statement(
    "add_use", "INSERT INTO plain_uses VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING",
    "INSERT INTO plain_uses VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING", 5);
constexpr auto take_use = statement(
    "take_use", "UPDATE plain_codes SET used = used + 1 WHERE code = ?1 AND used < uses_max",
    "UPDATE plain_codes SET used = used + 1 WHERE code = $1 AND used < uses_max", 1);
constexpr auto count_uses = statement("count_uses", "SELECT count(*) FROM plain_uses",
                                      "SELECT count(*) FROM plain_uses", 0);

struct Plan {
  std::string url;
  int threads = 64;
  double seconds = 5;
  bool limited = false;
};

// Whether the code was redeemed.
bool redeem(storage::Session& session, const Plan& plan, const std::string& order_ref) {
  constexpr std::string_view code = "PLAIN10";
  const auto found = session.run(find_code, code);
  if (found.empty() || !session.run(find_use, order_ref, code).empty()) return false;
  if (session.run(add_use, order_ref, code, "customer", 1200, 1).changed != 1) return false;
  if (!plan.limited) return true;
  if (session.run(take_use, code).changed == 1) return true;
  session.abandon();
  return false;
}

void run(const Plan& plan) {
  const bool is_sqlite = plan.url.starts_with("sqlite:");
  auto database =
      storage::open({.url = plan.url, .readers_max = is_sqlite ? 1 : plan.threads / 2}).value();
  database
      ->transact([&](storage::Session& session) {
        session.run(make_codes);
        session.run(make_uses);
        session.run(make_index);
        session.run(add_code, "PLAIN10", std::int64_t{1} << 60);
      })
      .value();
  std::mutex one_at_a_time;
  std::atomic<std::int64_t> redeemed{0};
  std::mutex took_mutex;
  std::vector<double> took_ms;
  const auto start = Clock::now();
  const auto end = start + std::chrono::duration<double>(plan.seconds);
  const auto work = [&](int thread) {
    std::vector<double> own;
    for (int i = 0; Clock::now() < end; ++i) {
      const std::string order_ref = std::to_string(thread) + "-" + std::to_string(i);
      const auto asked = Clock::now();
      std::optional<std::lock_guard<std::mutex>> alone;
      if (is_sqlite) alone.emplace(one_at_a_time);
      if (database->transact([&](storage::Session& s) { return redeem(s, plan, order_ref); })
              .value())
        ++redeemed;
      alone.reset();
      own.push_back(std::chrono::duration<double, std::milli>(Clock::now() - asked).count());
    }
    const std::lock_guard lock(took_mutex);
    took_ms.insert(took_ms.end(), own.begin(), own.end());
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < plan.threads; ++i)
    threads.emplace_back(work, i);
  for (auto& thread : threads)
    thread.join();
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  const auto stored =
      database->read([](storage::Session& s) { return s.run(count_uses).one().integer(0); })
          .value();
  std::sort(took_ms.begin(), took_ms.end());
  const auto quantile = [&](double share) {
    return took_ms[static_cast<std::size_t>(share * static_cast<double>(took_ms.size() - 1))];
  };
  std::printf(
      "{\"answered\": %lld, \"stored\": %lld, \"rate\": %.0f, \"p50_ms\": %.3f, \"p99_ms\": "
      "%.3f}\n",
      static_cast<long long>(redeemed.load()), static_cast<long long>(stored),
      static_cast<double>(redeemed.load()) / seconds, quantile(0.5), quantile(0.99));
}

}  // namespace
}  // namespace fairlead

int main(int argc, char** argv) {
  fairlead::Plan plan;
  CLI::App options{"Redeems a code with one transaction each, without HTTP"};
  options.add_option("--database", plan.url, "sqlite:FILE or postgresql://…")->required();
  options.add_option("--threads", plan.threads)->check(CLI::Range(2, 1000));
  options.add_option("--seconds", plan.seconds)->check(CLI::PositiveNumber);
  options.add_flag("--limited", plan.limited, "The code counts its uses against a limit");
  CLI11_PARSE(options, argc, argv);
  try {
    fairlead::run(plan);
    return 0;
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "load_one_by_one: %s\n", failure.what());
    return 1;
  }
}
