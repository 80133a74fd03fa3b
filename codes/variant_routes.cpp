// Canary variants: one code for each place where an influencer shows it.
#include <boost/json/serialize.hpp>

#include "codes/code_copies.hpp"
#include "codes/handlers.hpp"
#include "core/check.hpp"
#include "net/json.hpp"
#include "net/listing.hpp"
#include "net/problem.hpp"
#include "storage/audit.hpp"
#include "storage/idempotency.hpp"

namespace fairlead::codes {

namespace {

core::Answer refuse(const RefusedCopy& refused, const std::string& placement,
                    const std::string& text) {
  const auto detail = explain(refused, placement, text);
  switch (refused.why) {
    case CopyRefusal::placement_taken:
      return net::problem(409, "placement_taken", detail);
    case CopyRefusal::text_taken:
      return net::problem(409, "code_taken", detail);
    case CopyRefusal::text_too_similar:
      return net::problem(409, "code_too_similar", detail);
    case CopyRefusal::bad_text:
      return net::problem(400, "invalid_request", detail, {{"/code", "invalid_value", detail}});
    case CopyRefusal::deal_archived:
      return net::problem(409, "archived", detail);
  }
  CHECK(false);
}

core::Answer create(storage::Database& database, const net::Call& call) {
  const auto id = core::CodeId::parse(call.values[0]);
  if (!id) return no_such_code();
  net::Fields body(call.request.body);
  const auto placement = body.text("placement", {.min = 1, .max = 60});
  const auto text = body.maybe_text("code", {.min = 1, .max = 64}).value_or("");
  if (!text.empty() && !is_canonical(fold(text)))
    body.refuse("code", "invalid_value", std::string(canonical_text_rule));
  const auto similar = body.maybe_boolean("allow_similar").value_or(false) ? Similar::allow_slips
                                                                           : Similar::refuse_slips;
  if (auto refusal = body.refusal()) return *refusal;
  return net::answer_of(
      storage::once(database, net::idempotency_key(call), call.now, [&](storage::Session& session) {
        const auto brand = call.who.brand;
        const auto original = lock_code(session, brand, *id);
        if (!original) return no_such_code();
        if (original->archived_at)
          return net::problem(409, "archived", "This code is archived and gets no variants.");
        const auto variant =
            make_variant(session, brand, *original, placement, text, similar, call.now);
        if (!variant) return refuse(variant.error(), placement, text);
        const auto json = variant_json(*variant);
        storage::record_change(session, brand, call.now, call.who.key.text(), "created",
                               variant->id.text(), boost::json::serialize(json));
        auto answer = net::json_answer(201, json);
        answer.headers.emplace_back("Location", "/v1/codes/" + variant->id.text());
        return answer;
      }));
}

core::Answer list(storage::Database& database, const net::Call& call) {
  const auto id = core::CodeId::parse(call.values[0]);
  if (!id) return no_such_code();
  const auto page = net::read_page(call.request, {});
  if (!page) return page.error();
  return net::answer_of(database.read([&](storage::Session& session) {
    const auto brand = call.who.brand;
    if (!find_code(session, brand, *id)) return no_such_code();
    const auto variants = list_variants(session, brand, *id, page->after, page->limit + 1);
    boost::json::array data;
    for (const auto& variant : variants)
      data.push_back(variant_json(variant));
    const auto limit = static_cast<std::size_t>(page->limit);
    const bool has_more = variants.size() > limit;
    return net::list_answer(std::move(data), has_more,
                            has_more ? variants[limit - 1].id.number : 0);
  }));
}

}  // namespace

std::vector<net::Route> variant_routes(storage::Database& database) {
  return {
      {net::Method::post, "/v1/codes/{id}/variants", net::only(net::Role::admin),
       [&database](const net::Call& call) { return create(database, call); }},
      {net::Method::get, "/v1/codes/{id}/variants", net::Role::admin | net::Role::viewer,
       [&database](const net::Call& call) { return list(database, call); }},
  };
}

}  // namespace fairlead::codes
