// Canary variants: one code for each place where an influencer shows it.
#include <boost/json/serialize.hpp>

#include "codes/code_copies.hpp"
#include "codes/handlers.hpp"
#include "net/json.hpp"
#include "net/listing.hpp"
#include "net/problem.hpp"
#include "storage/audit.hpp"
#include "storage/idempotency.hpp"

namespace fairlead::codes {

namespace {

core::Answer no_such_code() {
  return net::problem(404, "not_found", "There is no such code.");
}

// "code: …" and "placement: …" name the field that is in the way.
core::Answer refuse(const core::Error& error) {
  const bool is_placement = error.detail.starts_with("placement");
  if (error.code == core::Errc::conflict)
    return net::problem(409, is_placement ? "placement_taken" : "code_taken",
                        is_placement ? error.detail + "; archive or rotate that one first."
                                     : error.detail + "; choose another text, or none.");
  if (error.code == core::Errc::not_found)
    return net::problem(409, "archived", "The code's deal is archived and gets no new codes.");
  return net::problem_of(error);
}

core::Answer create(storage::Database& database, const net::Call& call) {
  const auto id = core::CodeId::parse(call.values[0]);
  if (!id) return no_such_code();
  net::Fields body(call.request.body);
  const auto placement = body.text("placement", {.min = 1, .max = 60});
  const auto text = body.maybe_text("code", {.min = 1, .max = 64}).value_or("");
  if (!text.empty() && !is_canonical(fold(text)))
    body.refuse("code", "invalid_value",
                "code must be 3 to 40 letters A-Z (of any case), digits, '-' or '_'");
  if (auto refusal = body.refusal()) return *refusal;
  return net::answer_of(
      storage::once(database, net::idempotency_key(call), call.now, [&](storage::Session& session) {
        const auto brand = call.who.brand;
        const auto original = lock_code(session, brand, *id);
        if (!original) return no_such_code();
        if (original->archived_at)
          return net::problem(409, "archived", "This code is archived and gets no variants.");
        const auto variant = make_variant(session, brand, *original, placement, text, call.now);
        if (!variant) return refuse(variant.error());
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
