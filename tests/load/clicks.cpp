// Makes realistic clicks of the year 2025 on 500 links and stores them the way the server does.
// Each way prints one JSON object about what it did. scripts/bench_storage.py and others use it.
//
//   load_clicks rows FILE CLICKS [BATCH]  a new click file of whole clicks, BATCH in a transaction
//   load_clicks year DIR CLICKS           the same in a data directory made by `fairlead init`,
//   with
//                                         the links
//   load_clicks rollups DIR CLICKS        the links, and the clicks as rollups and visitors alone,
//                                         added up by the code that adds up stored ones
#include <ctime>
#include <exception>
#include <iostream>
#include <random>
#include <span>
#include <string>

#include "redirect/click_store.hpp"
#include "redirect/rollups.hpp"

namespace fairlead::redirect {
namespace {

constexpr std::size_t batch_clicks = 20'000;  // what the folder takes at once when it is busy
constexpr std::int64_t link_count = 500;
constexpr std::int64_t days = 365;
constexpr std::int64_t first_link = 1'000'000'000'000;

// mt19937_64 is the same everywhere: every run makes the same clicks.
class Dice {
 public:
  std::int64_t below(std::int64_t bound) {
    return static_cast<std::int64_t>(engine_() % static_cast<std::uint64_t>(bound));
  }
  // Small numbers far more often than large ones: the square of an even draw, twice.
  std::int64_t skewed(std::int64_t bound) {
    const std::int64_t even = below(1'000'000);
    return even * even / 1'000'000 * bound / 1'000'000;
  }
  std::uint64_t bits() { return engine_(); }

 private:
  std::mt19937_64 engine_{20'261'122};
};

// The texts that clicks point to.
struct Texts {
  Texts() {
    for (int i = 0; i < 40; ++i) {
      countries.push_back({static_cast<char>('A' + i / 26), static_cast<char>('A' + i % 26)});
      referrers.push_back("site-" + std::to_string(i) + ".example");
    }
    for (std::int64_t link = 0; link < link_count; ++link)
      utms.push_back("utm_source=instagram&utm_medium=influencer&utm_campaign=summer&utm_content=" +
                     std::to_string(link));
    for (int i = 0; i < 1'000; ++i)
      subs.push_back("sub1=placement-" + std::to_string(i));
  }
  std::vector<std::string> countries, referrers, utms, subs;
};
constexpr std::string_view oses[] = {"ios", "android", "windows", "macos", "linux"};
constexpr std::string_view browsers[] = {"safari", "chrome", "firefox", "edge", "samsung", "other"};
constexpr std::string_view apps[] = {"", "instagram", "tiktok", "youtube", "facebook", "pinterest"};
constexpr std::string_view languages[] = {"de", "en", "fr", "es", "it", "nl", "pl", "tr"};
constexpr core::ClickVerdict reasons[] = {core::ClickVerdict::preview, core::ClickVerdict::bot,
                                          core::ClickVerdict::duplicate,
                                          core::ClickVerdict::prefetch, core::ClickVerdict::head};

class Maker {
 public:
  explicit Maker(core::BrandId brand) : brand_(brand) {}

  // The click of a moment that is `part` of `parts` through the year.
  ClickRecord click(std::int64_t part, std::int64_t parts) {
    const core::Instant at = start.plus_micros(days * 86'400'000'000 / parts * part);
    ClickRecord click{.id = {core::first_id_at(at) + (part & 0xffff)}, .brand = brand_};
    const std::int64_t day = at.micros / 86'400'000'000;
    // Which links are busy changes from day to day, as posts come and are forgotten.
    const std::int64_t rank = dice_.skewed(link_count);
    const std::int64_t link = (rank * 7 + day * 13) % link_count;
    click.link = {first_link + link};
    click.day = {static_cast<std::int32_t>(day)};
    click.hour = static_cast<std::uint8_t>(at.micros / 3'600'000'000 % 24);
    const bool is_valid = dice_.below(100) < 86;
    click.verdict = is_valid ? core::ClickVerdict::valid : reasons[dice_.skewed(5)];
    click.rule = is_valid ? "" : "rule";
    const std::int64_t os = dice_.skewed(5);
    click.os = oses[os];
    click.device = !is_valid ? "bot" : os < 2 ? "phone" : "desktop";
    click.browser = browsers[dice_.skewed(6)];
    click.app = os < 2 ? apps[dice_.below(6)] : apps[0];
    click.country = texts_.countries[static_cast<std::size_t>(dice_.skewed(40))];
    click.language = languages[dice_.skewed(8)];
    if (dice_.below(10) < 4)
      click.referrer = texts_.referrers[static_cast<std::size_t>(dice_.skewed(40))];
    click.utm = texts_.utms[static_cast<std::size_t>(link)];
    if (dice_.below(10) == 0)
      click.subs = texts_.subs[static_cast<std::size_t>(dice_.below(1'000))];
    // One in twelve sends Global Privacy Control; one in six has been here before on this day.
    if (dice_.below(12) != 0) click.visitor = visitor(day);
    click.flags = click.visitor == 0 ? 5 : 4;
    click.network.size = dice_.below(10) < 7 ? 3 : 6;
    for (std::size_t i = 0; i < click.network.size; ++i)
      click.network.bytes[i] = static_cast<std::uint8_t>(dice_.bits());
    return click;
  }

  static constexpr core::Instant start{1'735'689'600'000'000};  // 2025-01-01T00:00:00Z

 private:
  std::int64_t visitor(std::int64_t day) {
    if (dice_.below(6) == 0 && last_ != 0 && day == last_day_) return last_;
    last_day_ = day;
    return last_ = static_cast<std::int64_t>(dice_.bits());
  }
  core::BrandId brand_;
  Dice dice_;
  Texts texts_;
  std::int64_t last_ = 0;
  std::int64_t last_day_ = 0;
};

double cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

storage::Statement statement(std::string_view text, int parameters) {
  return {"load.clicks", text, text, parameters};
}

void make_rows(const std::string& file, core::BrandId brand, std::int64_t count,
               std::size_t batch_size) {
  auto store =
      ClickStore::open(
          storage::open({.url = "sqlite:" + file, .schema = storage::Schema::clicks}).value())
          .value();
  Maker maker(brand);
  std::vector<ClickRecord> batch;
  double seconds = 0;
  for (std::int64_t i = 0; i < count; ++i) {
    batch.push_back(maker.click(i, count));
    if (batch.size() < batch_size && i + 1 < count) continue;
    const double before = cpu_seconds();
    store->append(batch, {i}).value();
    store->maintain();
    seconds += cpu_seconds() - before;
    batch.clear();
  }
  store.reset();
  std::cout << "{\"clicks\": " << count << ", \"batch_clicks\": " << batch_size
            << ", \"cpu_us_per_click\": " << seconds / static_cast<double>(count) * 1e6 << "}\n";
}

// The brand's links, each with an influencer and a deal of its own.
core::BrandId make_links(storage::Session& session) {
  const core::BrandId brand =
      session.run(statement("SELECT brand_id FROM brands ORDER BY brand_id LIMIT 1", 0))
          .one()
          .id<core::BrandId>(0);
  session.run(statement("INSERT INTO campaigns (brand_id, campaign_id, name, currency, starts_on, "
                        "landing_url, created_at) VALUES (?1, 1, 'Summer', 'EUR', 0, '', 0)",
                        1),
              brand);
  const auto influencer = statement(
      "INSERT INTO influencers (brand_id, influencer_id, name, country, created_at) "
      "VALUES (?1, ?2, ?3, 'DE', 0)",
      3);
  const auto deal = statement(
      "INSERT INTO deals (brand_id, deal_id, influencer_id, campaign_id, created_at) "
      "VALUES (?1, ?2, ?2, 1, 0)",
      2);
  const auto link = statement(
      "INSERT INTO links (brand_id, link_id, deal_id, slug, destination, created_at, changed_at) "
      "VALUES (?1, ?2, ?3, ?4, '', 0, 0)",
      4);
  for (std::int64_t i = 0; i < link_count; ++i) {
    const std::string name = "link-" + std::to_string(i);
    session.run(influencer, brand, i + 1, name);
    session.run(deal, brand, i + 1);
    session.run(link, brand, first_link + i, i + 1, name);
  }
  return brand;
}

core::BrandId make_links_in(const std::string& directory) {
  return storage::open({.url = "sqlite:" + directory + "/fairlead.db"})
      .value()
      ->transact(make_links)
      .value();
}

void make_rollups(const std::string& directory, std::int64_t count) {
  Maker maker(make_links_in(directory));
  auto clicks = storage::open({.url = "sqlite:" + directory + "/clicks.db",
                               .schema = storage::Schema::clicks})
                    .value();
  ClickWords words;
  double seconds = 0;
  for (std::int64_t made = 0; made < count;) {
    // A month's worth in one transaction.
    const std::int64_t until = std::min(count, made + count / 12 + 1);
    const double before = cpu_seconds();
    clicks
        ->transact([&](storage::Session& session) {
          const core::Day last = maker.click(until - 1, count).day;
          ClickTally tally(keep_hours_until(session, last));
          for (; made < until; ++made) {
            const ClickRecord click = maker.click(made, count);
            tally.add({click.brand,
                       click.link,
                       {click.day, click.hour},
                       click.verdict,
                       click.visitor,
                       words.profile(session, click)});
          }
          add_rollups(session, tally.rollups());
          while (drop_old_hours(session, 100'000) > 0)
            continue;
        })
        .value();
    seconds += cpu_seconds() - before;
  }
  std::cout << "{\"clicks\": " << count << ", \"links\": " << link_count << ", \"days\": " << days
            << ", \"cpu_s\": " << seconds << "}\n";
}

// False when that is no way to use it.
bool make(std::span<char*> arguments) {
  if (arguments.size() < 4) return false;
  const std::string what = arguments[1];
  const std::string where = arguments[2];
  const std::int64_t count = std::stoll(arguments[3]);
  if (what == "rows") {
    make_rows(where, {1}, count, arguments.size() > 4 ? std::stoul(arguments[4]) : batch_clicks);
  } else if (what == "year") {
    make_rows(where + "/clicks.db", make_links_in(where), count, batch_clicks);
  } else if (what == "rollups") {
    make_rollups(where, count);
  } else {
    return false;
  }
  return true;
}

}  // namespace
}  // namespace fairlead::redirect

int main(int count, char** arguments) {
  try {
    if (fairlead::redirect::make({arguments, static_cast<std::size_t>(count)})) return 0;
  } catch (const std::exception& failure) {
    std::cerr << "load_clicks: " << failure.what() << "\n";
    return 1;
  }
  std::cerr
      << "usage: load_clicks rows FILE CLICKS [BATCH] | year DIR CLICKS | rollups DIR CLICKS\n";
  return 2;
}
