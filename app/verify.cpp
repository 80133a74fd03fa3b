#include <boost/json.hpp>
#include <iostream>
#include <iterator>

#include "app/commands.hpp"
#include "attribution/attribution.hpp"
#include "codes/codes.hpp"
#include "ledger/ledger.hpp"
#include "redirect/redirect.hpp"
#include "storage/storage.hpp"

namespace fairlead::app {

namespace {

struct Part {
  const char* name;
  core::Differences differences;
  std::string remark = {};  // behind the verdict
};

void print_json(const std::vector<Part>& parts, std::size_t count, std::int64_t clicks_in_journal) {
  boost::json::array differences;
  for (const Part& part : parts)
    for (const core::Difference& one : part.differences)
      differences.push_back({{"part", part.name},
                             {"what", one.what},
                             {"expected", one.expected},
                             {"stored", one.stored}});
  std::cout << boost::json::serialize(boost::json::object{{"agree", count == 0},
                                                          {"differences", differences},
                                                          {"clicks_in_journal", clicks_in_journal}})
            << "\n";
}

void print_text(const std::vector<Part>& parts, std::size_t count) {
  for (const Part& part : parts) {
    std::cout << part.name << ": "
              << (part.differences.empty() ? std::string("agree")
                                           : std::to_string(part.differences.size()) + " differ")
              << part.remark << "\n";
    for (const core::Difference& one : part.differences)
      std::cout << "  " << one.what << ": expected " << one.expected << ", stored " << one.stored
                << "\n";
  }
  std::cout << (count == 0 ? "Everything that was recomputed from the raw facts agrees.\n"
                           : "Some numbers do not agree with the raw facts.\n");
}

}  // namespace

int verify(const Config& config, Output output) {
  auto main = storage::open_read_only({.url = config.database_url()});
  if (!main) return report_failure("verify", main.error());
  auto clicks = storage::open_read_only(
      {.url = "sqlite:" + config.clicks_file(), .schema = storage::Schema::clicks});
  if (!clicks) return report_failure("verify", clicks.error());

  std::vector<Part> parts;
  auto done = (*main)->read([&](storage::Session& session) {
    parts.clear();
    auto looked = (*clicks)->read([&](storage::Session& click_session) {
      parts.push_back({"click rollups", redirect::verify(session, click_session)});
    });
    if (!looked) throw storage::StatementFailed{looked.error(), false};
    parts.push_back({"code limits", codes::verify(session)});
    parts.push_back({"credits", attribution::verify(session)});
    parts.push_back({"postings and balances", ledger::verify(session)});
  });
  if (!done) return report_failure("verify", done.error());
  auto waiting = redirect::verify_journal(**clicks, config.clicks_file());
  if (!waiting) return report_failure("verify", waiting.error());
  parts.push_back(
      {"click journal", std::move(waiting->differences),
       "; " + std::to_string(waiting->clicks) + " confirmed clicks wait for the click file"});

  std::size_t count = 0;
  for (const Part& part : parts)
    count += part.differences.size();
  output == Output::json ? print_json(parts, count, waiting->clicks) : print_text(parts, count);
  return count == 0 ? 0 : 1;
}

int migrate(const Config& config) {
  auto main = storage::open({.url = config.database_url()});
  if (!main) return report_failure("migrate", main.error());
  auto clicks =
      storage::open({.url = "sqlite:" + config.clicks_file(), .schema = storage::Schema::clicks});
  if (!clicks) return report_failure("migrate", clicks.error());
  if (auto done = redirect::complete_rollups(**main, **clicks); !done)
    return report_failure("migrate", done.error());
  std::cout << "The databases are up to date.\n";
  return 0;
}

}  // namespace fairlead::app
