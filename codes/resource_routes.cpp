#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "codes/answers.hpp"
#include "codes/capacity.hpp"
#include "codes/code_copies.hpp"
#include "codes/code_looks.hpp"
#include "codes/fences.hpp"
#include "codes/handlers.hpp"
#include "codes/term_fields.hpp"
#include "core/check.hpp"
#include "net/json.hpp"
#include "net/listing.hpp"
#include "net/problem.hpp"
#include "storage/audit.hpp"
#include "storage/idempotency.hpp"

namespace fairlead::codes {

namespace {

core::Answer code_answer(int status, const StoredCode& code) {
  auto answer = net::json_answer(status, code_json(code));
  answer.headers.emplace_back("ETag", net::etag_of(code.version));
  return answer;
}

NewCode read_new_code(net::Fields& body) {
  auto code = read_code_terms(body);
  code.text = body.text("code", {.min = 1, .max = 64});
  if (!code.text.empty() && !is_canonical(fold(code.text))) {
    body.refuse("code", "invalid_value", std::string(canonical_text_rule));
  }
  return code;
}

core::Answer refuse_create(const core::Error& error, const NewCode& code) {
  if (error.code == core::Errc::not_found) return refuse_unknown_deal();
  if (error.code == core::Errc::conflict)
    return net::problem(409, "code_taken",
                        "The code " + fold(code.text) +
                            " exists already; upper and lower case are the same, and an archived "
                            "code keeps its text. Choose another text.");
  return net::problem_of(error);
}

core::Answer create(storage::Database& database, const net::Call& call) {
  net::Fields body(call.request.body);
  const auto code = read_new_code(body);
  const auto similar = body.maybe_boolean("allow_similar").value_or(false) ? Similar::allow_slips
                                                                           : Similar::refuse_slips;
  if (auto refusal = body.refusal()) return *refusal;
  return net::answer_of(
      storage::once(database, net::idempotency_key(call), call.now, [&](storage::Session& session) {
        const auto brand = call.who.brand;
        if (const auto alike = find_hindrance(session, brand, code.deal, code.text, similar))
          return net::problem(409, "code_too_similar", explain(*alike));
        const auto id = create_code(session, brand, code, call.now);
        if (!id) return refuse_create(id.error(), code);
        const auto stored = find_code(session, brand, *id);
        storage::record_change(session, brand, call.now, call.who.key.text(), "created", id->text(),
                               boost::json::serialize(code_json(*stored)));
        auto answer = code_answer(201, *stored);
        answer.headers.emplace_back("Location", "/v1/codes/" + id->text());
        return answer;
      }));
}

core::Answer list(storage::Database& database, const net::Call& call) {
  const auto page = net::read_page(call.request, {"deal_id", "archived"});
  if (!page) return page.error();
  CodeFilter filter{.deal = {}, .after = page->after, .limit = page->limit + 1};
  if (const auto deal = net::query_value(call.request.query, "deal_id")) {
    const auto id = core::DealId::parse(*deal);
    if (!id) {
      return net::problem(400, "invalid_request", "A query parameter is not an id of its kind.",
                          {{"?deal_id", "invalid_value",
                            "deal_id must be an id such as \"" + core::DealId{1}.text() + "\"."}});
    }
    filter.deal = *id;
  }
  if (const auto archived = net::query_value(call.request.query, "archived")) {
    if (*archived != "true" && *archived != "false") {
      return net::problem(400, "invalid_request", "A query parameter is not one of its words.",
                          {{"?archived", "invalid_value", "archived must be true or false."}});
    }
    filter.with_archived = *archived == "true";
  }
  const auto codes = database.read(
      [&](storage::Session& session) { return list_codes(session, call.who.brand, filter); });
  if (!codes) return net::problem_of(codes.error());
  boost::json::array data;
  for (const auto& code : *codes)
    data.push_back(code_json(code));
  const auto limit = static_cast<std::size_t>(page->limit);
  const bool has_more = codes->size() > limit;
  return net::list_answer(std::move(data), has_more, has_more ? (*codes)[limit - 1].id.number : 0);
}

core::Answer read(storage::Database& database, const net::Call& call) {
  const auto id = core::CodeId::parse(call.values[0]);
  if (!id) return no_such_code();
  return net::answer_of(database.read([&](storage::Session& session) {
    const auto code = find_code(session, call.who.brand, *id);
    return code ? code_answer(200, *code) : no_such_code();
  }));
}

// {"field":{"from":…,"to":…}} of what an edit changed.
boost::json::object differences(const StoredCode& before, const StoredCode& after) {
  const auto from = code_json(before);
  const auto to = code_json(after);
  boost::json::object changed;
  for (const std::string_view name : {"limits", "items", "customers", "schedule", "stacking",
                                      "restores_use", "starts_at", "ends_at", "enabled"}) {
    if (from.at(name) == to.at(name)) continue;
    changed[name] = {{"from", from.at(name)}, {"to", to.at(name)}};
  }
  return changed;
}

core::Answer refuse_on(StaysOff why) {
  switch (why) {
    case StaysOff::rotated:
      return net::problem(409, "code_rotated",
                          "This code was rotated: its successor has its discount, and it has none "
                          "for good. Make another code instead.");
    case StaysOff::placement_taken:
      return net::problem(409, "placement_taken",
                          "Another variant at this placement is enabled; switch that one off "
                          "first.");
  }
  CHECK(false);
}

core::Answer update(storage::Database& database, const net::Call& call) {
  const auto id = core::CodeId::parse(call.values[0]);
  if (!id) return no_such_code();
  const auto brand = call.who.brand;
  const bool edits_limits = net::Fields(call.request.body).raw("limits") != nullptr;
  const auto edit = [&](storage::Session& session) -> core::Answer {
    const auto before =
        edits_limits ? fence_code(session, brand, *id) : lock_code(session, brand, *id);
    if (!before) return no_such_code();
    if (auto stale = net::refuse_stale(call.request, before->version)) return *stale;
    if (before->archived_at) {
      return net::problem(409, "archived", "This code is archived and cannot be changed any more.");
    }
    net::Fields body(call.request.body);
    auto terms = before->terms;
    read_conditions(body, terms);
    for (const std::string_view name : {"deal_id", "code", "discount"}) {
      if (!body.raw(name)) continue;
      body.refuse(
          name, "immutable",
          std::string(name) + " stays as the code was created; create another code instead.");
    }
    if (auto refusal = body.refusal()) return *refusal;

    auto after = *before;
    after.terms = terms;
    const auto changed = differences(*before, after);
    // Asked for what is there already: nothing to write down, and the ETag stays.
    if (changed.empty()) return code_answer(200, *before);
    if (terms.is_enabled && !before->terms.is_enabled) {
      if (const auto why = why_off(session, brand, *id)) return refuse_on(*why);
    }
    change_code(session, brand, *before, terms);
    storage::record_change(session, brand, call.now, call.who.key.text(), "updated", id->text(),
                           boost::json::serialize(changed));
    return code_answer(200, *find_code(session, brand, *id));
  };
  return net::answer_of(edits_limits ? edit_limits(database, brand, *id, call.now, edit)
                                     : database.transact(edit));
}

core::Answer archive(storage::Database& database, const net::Call& call) {
  const auto id = core::CodeId::parse(call.values[0]);
  if (!id) return no_such_code();
  return net::answer_of(database.transact([&](storage::Session& session) -> core::Answer {
    const auto brand = call.who.brand;
    const auto before = lock_code(session, brand, *id);
    if (!before) return no_such_code();
    if (auto stale = net::refuse_stale(call.request, before->version)) return *stale;
    if (before->archived_at) return code_answer(200, *before);
    archive_code(session, brand, *id, call.now);
    storage::record_change(session, brand, call.now, call.who.key.text(), "archived", id->text(),
                           "{}");
    return code_answer(200, *find_code(session, brand, *id));
  }));
}

}  // namespace

std::vector<net::Route> resource_routes(storage::Database& database) {
  using Function = core::Answer (*)(storage::Database&, const net::Call&);
  const auto bound = [&database](Function function) -> net::Handler {
    return [&database, function](const net::Call& call) { return function(database, call); };
  };
  constexpr auto writers = net::only(net::Role::admin);
  constexpr auto readers = net::Role::admin | net::Role::viewer;
  return {
      {net::Method::post, "/v1/codes", writers, bound(create)},
      {net::Method::get, "/v1/codes", readers, bound(list)},
      {net::Method::get, "/v1/codes/{id}", readers, bound(read)},
      {net::Method::patch, "/v1/codes/{id}", writers, bound(update)},
      {net::Method::del, "/v1/codes/{id}", writers, bound(archive)},
  };
}

}  // namespace fairlead::codes
