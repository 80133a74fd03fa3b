#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "codes/batches.hpp"
#include "codes/handlers.hpp"
#include "codes/or_null.hpp"
#include "codes/term_fields.hpp"
#include "net/problem.hpp"
#include "storage/audit.hpp"
#include "storage/idempotency.hpp"

namespace fairlead::codes {

namespace {

constexpr std::size_t affix_bytes_max = 20;
constexpr std::size_t code_letters_max = 40;

struct Wanted {
  NewCode code;  // without its text
  BatchText text;
  std::int64_t count = 0;
};

std::string read_affix(net::Fields& body, std::string_view name) {
  auto affix = body.maybe_text(name, {.min = 0, .max = affix_bytes_max}).value_or("");
  if (affix.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") != affix.npos) {
    body.refuse(name, "invalid_value",
                std::string(name) + " may hold capital letters A-Z, digits, '-' and '_'");
  }
  return affix;
}

void check_random_length(net::Fields& body, const Wanted& wanted) {
  const auto least = random_length_for(wanted.count);
  if (wanted.text.random_length < least) {
    body.refuse("random_length", "out_of_range",
                "random_length must be at least " + std::to_string(least) + " for " +
                    std::to_string(wanted.count) +
                    " codes, or guessing finds one in less than a million tries");
  }
  const auto length = wanted.text.prefix.size() + wanted.text.suffix.size() +
                      static_cast<std::size_t>(wanted.text.random_length);
  if (length > code_letters_max) {
    body.refuse("random_length", "out_of_range",
                "prefix, random_length and suffix are " + std::to_string(length) +
                    " characters together; a code has at most " + std::to_string(code_letters_max));
  }
}

Wanted read_wanted(net::Fields& body) {
  Wanted wanted{.code = read_code_terms(body), .text = {}, .count = 0};
  wanted.count = body.integer("count", 1, batch_codes_max);
  wanted.text.prefix = read_affix(body, "prefix");
  wanted.text.suffix = read_affix(body, "suffix");
  wanted.text.random_length =
      body.maybe_integer("random_length", random_length_min, random_length_max)
          .value_or(random_length_default);
  check_random_length(body, wanted);
  if (wanted.code.terms.limits.uses_max.value_or(1) != 1) {
    body.refuse("limits", "invalid_value",
                "limits.uses_max is 1 for each code of a batch; leave it out");
  }
  wanted.code.terms.limits.uses_max = 1;
  return wanted;
}

boost::json::object batch_json(const Batch& batch) {
  return {{"id", batch.id.text()},
          {"deal_id", batch.deal.text()},
          {"state", batch.state},
          {"count", batch.codes_wanted},
          {"count_made", batch.codes_made},
          {"prefix", batch.text.prefix},
          {"suffix", batch.text.suffix},
          {"random_length", batch.text.random_length},
          {"codes_url", "/v1/codes.csv?batch_id=" + batch.id.text()},
          {"created_at", core::format_instant(batch.created_at)},
          {"done_at", or_null(batch.done_at)}};
}

core::Answer create(storage::Database& database, const net::Call& call) {
  net::Fields body(call.request.body);
  const auto wanted = read_wanted(body);
  if (auto refusal = body.refusal()) return *refusal;
  return net::answer_of(
      storage::once(database, net::idempotency_key(call), call.now, [&](storage::Session& session) {
        const auto brand = call.who.brand;
        const auto id =
            begin_batch(session, brand, wanted.code, wanted.text, wanted.count, call.now);
        if (!id && id.error().code == core::Errc::not_found) return refuse_unknown_deal();
        if (!id) return net::problem_of(id.error());
        const auto json = batch_json(*find_batch(session, brand, *id));
        storage::record_change(session, brand, call.now, call.who.key.text(), "created", id->text(),
                               boost::json::serialize(json));
        auto answer = net::json_answer(202, json);
        answer.headers.emplace_back("Location", "/v1/codes/batches/" + id->text());
        return answer;
      }));
}

core::Answer read(storage::Database& database, const net::Call& call) {
  const auto id = core::BatchId::parse(call.values[0]);
  return net::answer_of(database.read([&](storage::Session& session) -> core::Answer {
    const auto batch = id ? find_batch(session, call.who.brand, *id) : std::nullopt;
    if (!batch) return net::problem(404, "not_found", "There is no such batch of codes.");
    return net::json_answer(200, batch_json(*batch));
  }));
}

}  // namespace

std::vector<net::Route> batch_routes(storage::Database& database,
                                     std::function<void()> batch_asked) {
  return {
      {net::Method::post, "/v1/codes/bulk", net::only(net::Role::admin),
       [&database, batch_asked = std::move(batch_asked)](const net::Call& call) {
         auto answer = create(database, call);
         if (answer.status == 202 && batch_asked) batch_asked();
         return answer;
       }},
      {net::Method::get, "/v1/codes/batches/{id}", net::Role::admin | net::Role::viewer,
       [&database](const net::Call& call) { return read(database, call); }},
  };
}

}  // namespace fairlead::codes
