// The peer of `scripts/bench codes` and `orders`: codes redeemed and orders booked the
// straightforward way, one transaction for each, as one would write it in an afternoon. Threads
// call the database directly: no HTTP, no keys, no JSON, no rules, and of the tables only what is
// counted and paid. So it does less than a server that it is compared with.
//
//   load_one_by_one --database sqlite:/path/new.db|postgresql://… [--threads 64] [--seconds 5]
//                   [--limited | --orders]
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

// An order with two lines, a code and a click, the credit for it, its commission's two accounts.
constexpr auto make_orders = statement(
    "make_orders",
    "CREATE TABLE plain_orders (order_ref TEXT PRIMARY KEY, customer TEXT, base_minor INTEGER, at"
    " INTEGER)",
    "CREATE TABLE plain_orders (order_ref TEXT PRIMARY KEY, customer TEXT, base_minor BIGINT, at"
    " BIGINT)",
    0);
constexpr auto make_parts = statement(
    "make_parts",
    "CREATE TABLE plain_parts (order_ref TEXT, kind TEXT, place INTEGER, what TEXT, amount_minor"
    " INTEGER, PRIMARY KEY (order_ref, kind, place))",
    "CREATE TABLE plain_parts (order_ref TEXT, kind TEXT, place BIGINT, what TEXT, amount_minor"
    " BIGINT, PRIMARY KEY (order_ref, kind, place))",
    0);
constexpr auto find_order =
    statement("find_order", "SELECT base_minor FROM plain_orders WHERE order_ref = ?1",
              "SELECT base_minor FROM plain_orders WHERE order_ref = $1", 1);
constexpr auto add_order =
    statement("add_order", "INSERT INTO plain_orders VALUES (?1, ?2, ?3, ?4)",
              "INSERT INTO plain_orders VALUES ($1, $2, $3, $4)", 4);
constexpr auto add_part =
    statement("add_part", "INSERT INTO plain_parts VALUES (?1, ?2, ?3, ?4, ?5)",
              "INSERT INTO plain_parts VALUES ($1, $2, $3, $4, $5)", 5);
constexpr auto count_orders = statement("count_orders", "SELECT count(*) FROM plain_orders",
                                        "SELECT count(*) FROM plain_orders", 0);

struct Plan {
  std::string url;
  int threads = 64;
  double seconds = 5;
  bool limited = false;
  bool orders = false;
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

// Whether the order was booked.
bool book(storage::Session& session, const std::string& order_ref) {
  if (session.run(find_code, "PLAIN10").empty() || !session.run(find_order, order_ref).empty())
    return false;
  session.run(add_order, order_ref, "customer", 12'000, 1);
  for (const int line : {0, 1})
    session.run(add_part, order_ref, "line", line, "lamp-oak", 6'000);
  session.run(add_part, order_ref, "touch", 0, "PLAIN10", 0);
  session.run(add_part, order_ref, "touch", 1, "click", 0);
  session.run(add_part, order_ref, "use", 0, "PLAIN10", 0);
  session.run(add_part, order_ref, "credit", 0, "Mia", 12'000);
  session.run(add_part, order_ref, "commission", 0, "Mia", 1'200);
  session.run(add_part, order_ref, "posting", 0, "Mia", 1'200);
  return true;
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
        session.run(make_orders);
        session.run(make_parts);
        session.run(add_code, "PLAIN10", std::int64_t{1} << 60);
      })
      .value();
  std::mutex one_at_a_time;
  std::atomic<std::int64_t> done{0};
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
      const auto one = [&](storage::Session& s) {
        return plan.orders ? book(s, order_ref) : redeem(s, plan, order_ref);
      };
      if (database->transact(one).value()) ++done;
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
  const auto stored = database
                          ->read([&](storage::Session& s) {
                            return s.run(plan.orders ? count_orders : count_uses).one().integer(0);
                          })
                          .value();
  std::sort(took_ms.begin(), took_ms.end());
  const auto quantile = [&](double share) {
    return took_ms[static_cast<std::size_t>(share * static_cast<double>(took_ms.size() - 1))];
  };
  std::printf(
      "{\"answered\": %lld, \"stored\": %lld, \"rate\": %.0f, \"p50_ms\": %.3f, \"p99_ms\": "
      "%.3f}\n",
      static_cast<long long>(done.load()), static_cast<long long>(stored),
      static_cast<double>(done.load()) / seconds, quantile(0.5), quantile(0.99));
}

}  // namespace
}  // namespace fairlead

int main(int argc, char** argv) {
  fairlead::Plan plan;
  CLI::App options{"Redeems codes or books orders, each in a transaction of its own, without HTTP"};
  options.add_option("--database", plan.url, "sqlite:FILE or postgresql://…")->required();
  options.add_option("--threads", plan.threads)->check(CLI::Range(2, 1000));
  options.add_option("--seconds", plan.seconds)->check(CLI::PositiveNumber);
  auto* limited =
      options.add_flag("--limited", plan.limited, "The code counts its uses against a limit");
  options.add_flag("--orders", plan.orders, "Orders instead of codes")->excludes(limited);
  CLI11_PARSE(options, argc, argv);
  try {
    fairlead::run(plan);
    return 0;
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "load_one_by_one: %s\n", failure.what());
    return 1;
  }
}
