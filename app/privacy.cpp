#include <boost/json.hpp>
#include <iostream>
#include <optional>

#include "admin/privacy.hpp"
#include "app/commands.hpp"
#include "app/find_brand.hpp"
#include "attribution/privacy.hpp"
#include "codes/privacy.hpp"
#include "core/crypto.hpp"
#include "ledger/ledger.hpp"
#include "redirect/privacy.hpp"
#include "storage/audit.hpp"
#include "storage/storage.hpp"

namespace fairlead::app {

namespace {

namespace json = boost::json;
using core::Errc;
using core::fail;

struct Person {
  core::BrandId brand;
  std::vector<std::string> customer;  // the names it may go by; empty when it is an influencer
  core::InfluencerId influencer;
};

// Orders know an address by the SHA-256 of its simple form (docs/openapi.yaml, email_sha256).
std::vector<std::string> names_of(std::string customer) {
  std::vector<std::string> names = {customer};
  if (customer.find('@') == std::string::npos) return names;
  for (char& c : customer)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  names.push_back(core::hex(core::as_text(core::sha256(customer))));
  return names;
}

core::Result<Person> find_person(storage::Session& session, const PrivacyRequest& request) {
  if (request.customer.empty() == request.influencer.empty())
    return fail(Errc::config, "name one person: --customer KEY or --influencer inf_…");
  auto brand = find_brand(session, request.brand);
  if (!brand) return brand.error();
  Person person{*brand, {}, {}};
  if (request.influencer.empty()) {
    person.customer = names_of(request.customer);
    return person;
  }
  auto id = core::InfluencerId::parse(request.influencer);
  if (!id) return fail(Errc::config, "--influencer: " + id.error().detail);
  if (!admin::influencer_facts(session, *brand, *id))
    return fail(Errc::config, "--influencer: this brand has no " + request.influencer);
  person.influencer = *id;
  return person;
}

void append(json::array& to, json::array&& from) {
  for (json::value& each : from)
    to.push_back(std::move(each));
}

json::object customer_facts(storage::Session& session, const Person& person) {
  json::object facts{{"customer", json::value_from(person.customer)},
                     {"orders", json::array()},
                     {"deliveries", json::array()},
                     {"code_uses", json::array()}};
  for (const std::string& name : person.customer) {
    json::object found = attribution::customer_facts(session, person.brand, name);
    append(facts["orders"].as_array(), std::move(found["orders"].as_array()));
    append(facts["deliveries"].as_array(), std::move(found["deliveries"].as_array()));
    // A use may go by both names of the person.
    for (json::value& use : codes::customer_uses(session, person.brand, name)) {
      auto& uses = facts["code_uses"].as_array();
      if (std::find(uses.begin(), uses.end(), use) == uses.end()) uses.push_back(std::move(use));
    }
  }
  return facts;
}

// What the influencer has earned and not been paid: to be settled before the person is gone.
json::array open_balances(storage::Session& session, const Person& person) {
  json::array open;
  for (const ledger::Balance& balance : ledger::balances(session, person.brand))
    if (balance.account.ends_with(":" + person.influencer.text()) && balance.amount_minor != 0)
      open.push_back({{"account", balance.account},
                      {"amount_minor", balance.amount_minor},
                      {"currency", balance.currency}});
  return open;
}

json::object facts_of(storage::Session& session, const Person& person) {
  if (!person.influencer) return customer_facts(session, person);
  return {{"influencer", *admin::influencer_facts(session, person.brand, person.influencer)},
          {"balances", open_balances(session, person)}};
}

// Stands for a person that nobody can name any more; limits per customer still count by it.
std::string random_name() {
  std::array<std::uint8_t, 16> bytes{};
  core::fill_random(bytes);
  return "erased-" + core::hex({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

json::object erase(storage::Session& session, const Person& person, core::Instant now) {
  json::object done;
  std::string subject = person.influencer.text();
  if (person.influencer) {
    done["links_archived"] =
        redirect::archive_links_of(session, person.brand, person.influencer, now);
    done["codes_archived"] = codes::archive_codes_of(session, person.brand, person.influencer, now);
    admin::forget_influencer(session, person.brand, person.influencer, now);
  } else {
    std::int64_t orders = 0;
    std::int64_t deliveries = 0;
    std::int64_t uses = 0;
    for (const std::string& name : person.customer) {
      const std::string new_name = random_name();
      const auto forgotten = attribution::forget_customer(session, person.brand, name, new_name);
      orders += forgotten.orders;
      deliveries += forgotten.deliveries;
      uses += codes::rename_customer(session, person.brand, name, new_name);
    }
    done = {{"orders", orders}, {"deliveries", deliveries}, {"code_uses", uses}};
    subject = "customer";
  }
  storage::record_change(session, person.brand, now, "cli", "erased", subject,
                         json::serialize(done));
  return done;
}

}  // namespace

int export_person(const Config& config, const PrivacyRequest& request) {
  auto database = storage::open_read_only({.url = config.database_url()});
  if (!database) return report_failure("privacy export", database.error());
  json::object facts;
  auto done = (*database)->read([&](storage::Session& session) -> core::Result<void> {
    auto person = find_person(session, request);
    if (!person) return person.error();
    facts = facts_of(session, *person);
    return {};
  });
  if (!done) return report_failure("privacy export", done.error());
  std::cout << json::serialize(facts) << "\n";
  return 0;
}

int erase_person(const Config& config, const PrivacyRequest& request) {
  if (!request.is_confirmed) {
    const int code = export_person(config, request);
    if (code == 0)
      std::cerr << "Nothing was erased. This is what is kept of the person; amounts, dates and "
                   "postings stay\nwhen the rest is erased. Say --yes to erase it for ever.\n";
    return code == 0 ? 2 : code;
  }
  auto database = storage::open({.url = config.database_url()});
  if (!database) return report_failure("privacy erase", database.error());
  json::object erased;
  auto done = (*database)->transact([&](storage::Session& session) -> core::Result<void> {
    auto person = find_person(session, request);
    if (!person) return person.error();
    erased = erase(session, *person, core::SystemClock().now());
    return {};
  });
  if (!done) return report_failure("privacy erase", done.error());
  std::cout << json::serialize(erased) << "\n";
  return 0;
}

}  // namespace fairlead::app
