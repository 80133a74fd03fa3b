#include "redirect/link_routes.hpp"

#include <boost/json/serialize.hpp>

#include "core/check.hpp"
#include "net/json.hpp"
#include "net/listing.hpp"
#include "net/problem.hpp"
#include "redirect/answers.hpp"
#include "redirect/holdout_runs.hpp"
#include "redirect/link_codes.hpp"
#include "redirect/link_context.hpp"
#include "redirect/links.hpp"
#include "redirect/rule_fields.hpp"
#include "storage/audit.hpp"
#include "storage/idempotency.hpp"

namespace fairlead::redirect {

namespace {

using core::Answer;

class LinkRoutes {
 public:
  LinkRoutes(storage::Database& database, Options options, LinksChanged changed)
      : database_(database), options_(std::move(options)), changed_(std::move(changed)) {}

  Answer create(const net::Call& call) const;
  Answer list(const net::Call& call) const;
  Answer read(const net::Call& call) const;
  Answer edit(const net::Call& call) const;
  Answer archive(const net::Call& call) const;

 private:
  Answer link_answer(int status, const Link& link) const {
    Answer answer = net::json_answer(status, link_json(link, options_));
    answer.headers.emplace_back("ETag", net::etag_of(link.version));
    return answer;
  }
  Answer after_change(const net::Call& call, core::LinkId link, core::Result<Answer> result) const {
    if (!result) return net::problem_of(result.error());
    if (result->status < 300 && link) changed_(call.who.brand, {&link, 1});
    return *result;
  }
  // What an edit means for the link's holdout, which was `before`.
  core::Result<void> settle_run(const net::Call& call, const Holdout& before, Link& link) const;
  Answer change_link(const net::Call& call,
                     const std::function<Answer(storage::Session&, Link&)>& change) const;

  storage::Database& database_;
  Options options_;
  LinksChanged changed_;
};

Answer no_such_link() {
  return net::problem(404, "not_found", "There is no link of that id. GET /v1/links lists yours.");
}

Answer refused_link(const core::Error& error) {
  const auto field = refused_field(error);
  if (!field) return net::problem_of(error);
  if (error.code == core::Errc::not_found)
    return net::problem(404, "not_found", error.detail, {*field});
  if (error.code == core::Errc::conflict)
    return net::problem(409, field->pointer == "/domain" ? "domain_taken" : "slug_taken",
                        error.detail, {*field});
  return net::problem(400, "invalid_request", error.detail, {*field});
}

UtmValues read_utm_field(net::Fields& body) {
  const boost::json::value* const raw = body.raw("utm");
  if (raw == nullptr || raw->is_null()) return {};
  auto values = read_utm(*raw);
  if (values) return *values;
  body.refuse("utm", "invalid_value", values.error().detail);
  return {};
}

int read_status_field(net::Fields& body, int when_absent) {
  const auto status = body.maybe_integer("status", 301, 308);
  if (!status) return when_absent;
  if (!is_redirect_status(static_cast<int>(*status)))
    body.refuse("status", "invalid_value", "status must be 301, 302, 303, 307 or 308");
  return static_cast<int>(*status);
}

core::DealId read_deal_field(net::Fields& body) {
  const std::string text = body.text("deal_id");
  if (text.empty()) return {};  // noted already
  const auto deal = core::DealId::parse(text);
  if (deal) return *deal;
  body.refuse("deal_id", "invalid_value", "deal_id must be a deal's id such as deal_0123456789abc");
  return {};
}

Answer LinkRoutes::create(const net::Call& call) const {
  net::Fields body(call.request.body);
  const NewLink link = read_new_link(body, options_.default_domain);
  if (auto refusal = body.refusal()) return *refusal;
  core::LinkId made;
  auto answer = storage::once(
      database_, net::idempotency_key(call), call.now, [&](storage::Session& session) {
        if (auto kept = check_kept(link.rules.holdout, options_.click_retention_days, call.now);
            !kept)
          return refused_link(kept.error());
        auto created = create_link(session, call.who.brand, link, call.now);
        if (!created) return refused_link(created.error());
        made = created->id;
        const auto stored = find_link(session, call.who.brand, made);
        const boost::json::object json = link_json(*stored, options_);
        storage::record_change(session, call.who.brand, call.now, call.who.key.text(), "created",
                               created->id.text(), boost::json::serialize(json));
        return link_answer(201, *stored);
      });
  return after_change(call, made, std::move(answer));
}

Answer LinkRoutes::list(const net::Call& call) const {
  const auto page = net::read_page(call.request, {"deal_id"});
  if (!page) return page.error();
  core::DealId deal;
  if (const auto text = net::query_value(call.request.query, "deal_id")) {
    const auto parsed = core::DealId::parse(*text);
    if (!parsed)
      return net::problem(400, "invalid_request", "?deal_id must be a deal's id",
                          {{"?deal_id", "invalid_value", parsed.error().detail}});
    deal = *parsed;
  }
  auto links = database_.read([&](storage::Session& session) {
    return list_links(session, call.who.brand, deal, page->after, page->limit + 1);
  });
  if (!links) return net::problem_of(links.error());
  const bool has_more = static_cast<std::int64_t>(links->size()) > page->limit;
  const auto last_in_page = static_cast<std::size_t>(page->limit) - 1;
  boost::json::array data;
  for (const Link& link : *links)
    data.push_back(link_json(link, options_));
  return net::list_answer(std::move(data), has_more,
                          has_more ? (*links)[last_in_page].id.number : 0);
}

Answer LinkRoutes::read(const net::Call& call) const {
  const auto id = core::LinkId::parse(call.values.front());
  if (!id) return no_such_link();
  auto link = database_.read(
      [&](storage::Session& session) { return find_link(session, call.who.brand, *id); });
  if (!link) return net::problem_of(link.error());
  return *link ? link_answer(200, **link) : no_such_link();
}

// Finds the link, guards it by If-Match, and lets `change` write and answer.
Answer LinkRoutes::change_link(
    const net::Call& call, const std::function<Answer(storage::Session&, Link&)>& change) const {
  const auto id = core::LinkId::parse(call.values.front());
  if (!id) return no_such_link();
  auto answer = database_.transact([&](storage::Session& session) {
    auto link = find_link(session, call.who.brand, *id);
    if (!link) return no_such_link();
    if (auto stale = net::refuse_stale(call.request, link->version)) return *stale;
    Answer made = change(session, *link);
    if (made.status >= 400) session.abandon();
    return made;
  });
  return after_change(call, *id, std::move(answer));
}

Answer changed_meanwhile() {
  return net::problem(412, "version_conflict",
                      "The link was changed by someone else. Read it again and repeat the change.");
}

// Merges the body's rules into the link's.
core::Result<void> edit_rules(net::Fields& body, const std::vector<std::string>& allowed_domains,
                              LinkRules& rules) {
  const LinkRules before = rules;
  read_rules(body, rules);
  if (auto good = check_rules(rules); !good) return good;
  return check_rule_destinations(rules, before, allowed_domains);
}

bool is_null(net::Fields& body, std::string_view name) {
  const boost::json::value* const raw = body.raw(name);
  return raw != nullptr && raw->is_null();
}

// What a link has that is made without the field, where the edit says null.
struct Removed {
  bool destination;
  bool utm;
};
void put_back(storage::Session& session, core::BrandId brand, const Removed& removed,
              std::optional<std::string>& destination, Link& link) {
  if (!removed.destination && !removed.utm) return;
  LinkContext context(session, brand);
  const LinkContext::Deal* const deal = context.deal(link.deal);
  CHECK(deal != nullptr);
  if (removed.destination) destination = deal->landing_url;
  if (removed.utm) link.utm = stored_utm(deal->utm);
}

core::Result<void> LinkRoutes::settle_run(const net::Call& call, const Holdout& before,
                                          Link& link) const {
  LinkRules& rules = link.rules;
  if (rules.holdout != before) {
    if (auto kept = check_kept(rules.holdout, options_.click_retention_days, call.now); !kept)
      return kept;
    if (auto good = settle_holdout(rules, before, call.now); !good) return good;
  }
  return draw_run(rules, call.now);
}

Answer LinkRoutes::edit(const net::Call& call) const {
  net::Fields body(call.request.body);
  const auto given_destination = body.maybe_text("destination", {.min = 1, .max = 4096});
  const Removed removed{is_null(body, "destination"), is_null(body, "utm")};
  const bool has_utm = body.has("utm");
  const UtmValues utm = read_utm_field(body);
  auto utm_locked = body.maybe_boolean("utm_locked");
  if (is_null(body, "utm_locked")) utm_locked = false;
  const int status = read_status_field(body, is_null(body, "status") ? default_status : 0);
  auto is_enabled = body.maybe_boolean("is_enabled");
  if (is_null(body, "is_enabled")) is_enabled = true;
  LinkRules unmerged;
  read_rules(body, unmerged);  // for its problems only
  if (auto refusal = body.refusal()) return *refusal;
  return change_link(call, [&](storage::Session& session, Link& link) {
    if (link.archived_at)
      return net::problem(409, "link_archived",
                          "An archived link cannot be edited; make a new one.");
    const boost::json::object before = link_json(link, options_);
    const std::string stored = link.destination;
    const LinkRules rules = link.rules;
    if (!link.rules.page.empty()) link.destination = link.rules.page;
    const std::vector<std::string> domains = allowed_domains(session, call.who.brand);
    auto destination = given_destination;
    put_back(session, call.who.brand, removed, destination, link);
    if (destination) {
      auto checked = check_destination(*destination, domains);
      if (!checked) return refused_link(checked.error());
      link.destination = *checked;
    }
    if (auto good = edit_rules(body, domains, link.rules); !good) return refused_link(good.error());
    if (has_utm) link.utm = utm;
    auto settled = settle_code(
        session, {call.who.brand, link.deal, link.destination, link.utm, domains, stored},
        link.rules);
    if (!settled) return refused_link(settled.error());
    link.destination = std::move(*settled);
    link.utm_locked = utm_locked.value_or(link.utm_locked);
    if (status != 0) link.status = status;
    link.is_enabled = is_enabled.value_or(link.is_enabled);
    if (link_json(link, options_) == before) return link_answer(200, link);
    if (auto run = settle_run(call, rules.holdout, link); !run) return refused_link(run.error());
    if (!update_link(session, call.who.brand, link, call.now)) return changed_meanwhile();
    record_run(session, call.who.brand, link.id, rules, link.rules, call.now);
    storage::record_change(session, call.who.brand, call.now, call.who.key.text(), "updated",
                           link.id.text(), call.request.body);
    return link_answer(200, *find_link(session, call.who.brand, link.id));
  });
}

Answer LinkRoutes::archive(const net::Call& call) const {
  return change_link(call, [&](storage::Session& session, Link& link) {
    if (link.archived_at) return link_answer(200, link);
    if (!archive_link(session, call.who.brand, link, call.now)) return changed_meanwhile();
    storage::record_change(session, call.who.brand, call.now, call.who.key.text(), "archived",
                           link.id.text(), "{}");
    return link_answer(200, *find_link(session, call.who.brand, link.id));
  });
}

}  // namespace

NewLink read_new_link(net::Fields& body, std::string_view default_domain) {
  NewLink link;
  link.deal = read_deal_field(body);
  link.slug = body.maybe_text("slug", {.min = 1, .max = 64}).value_or("");
  link.domain =
      own_domain(body.maybe_text("domain", {.min = 1, .max = 253}).value_or(""), default_domain);
  link.destination = body.maybe_text("destination", {.min = 1, .max = 4096}).value_or("");
  const UtmValues utm = read_utm_field(body);
  for (std::size_t i = 0; i < utm.size(); ++i)
    if (!utm[i].empty()) link.utm.emplace_back(utm_names[i], utm[i]);
  link.utm_locked = body.maybe_boolean("utm_locked").value_or(false);
  link.status = read_status_field(body, default_status);
  read_rules(body, link.rules);
  return link;
}

std::optional<net::FieldError> refused_field(const core::Error& error) {
  if (error.code == core::Errc::conflict)
    return net::FieldError{error.detail.starts_with("domain") ? "/domain" : "/slug", "taken",
                           error.detail};
  if (error.code == core::Errc::not_found)
    return net::FieldError{"/deal_id", "not_found", error.detail};
  if (error.code != core::Errc::invalid) return std::nullopt;
  // The checks of links.cpp start their sentence with the field it is about.
  std::string field = error.detail.substr(0, error.detail.find_first_of(" '"));
  if (field == "deal") field = "deal_id";
  if (field.starts_with("utm_")) field = "utm";
  return net::FieldError{"/" + field, "invalid_value", error.detail};
}

std::vector<net::Route> link_routes(storage::Database& database, const Options& options,
                                    LinksChanged changed) {
  const auto links = std::make_shared<const LinkRoutes>(database, options, std::move(changed));
  const net::Roles readers = net::Role::admin | net::Role::viewer;
  const net::Roles writers = net::only(net::Role::admin);
  const auto handled = [&](Answer (LinkRoutes::*handler)(const net::Call&) const) {
    return [links, handler](const net::Call& call) { return ((*links).*handler)(call); };
  };
  return {
      {net::Method::post, "/v1/links", writers, handled(&LinkRoutes::create)},
      {net::Method::get, "/v1/links", readers, handled(&LinkRoutes::list)},
      {net::Method::get, "/v1/links/{id}", readers, handled(&LinkRoutes::read)},
      {net::Method::patch, "/v1/links/{id}", writers, handled(&LinkRoutes::edit)},
      {net::Method::del, "/v1/links/{id}", writers, handled(&LinkRoutes::archive)},
  };
}

}  // namespace fairlead::redirect
