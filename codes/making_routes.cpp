// POST /v1/codes/propose, and a code as a picture.
#include "codes/code_looks.hpp"
#include "codes/handlers.hpp"
#include "codes/proposals.hpp"
#include "codes/question.hpp"
#include "codes/sql.hpp"
#include "codes/stored_code.hpp"
#include "net/problem.hpp"
#include "net/qr.hpp"

namespace fairlead::codes {

namespace {

constexpr std::size_t attempts_max = 200;

// "10" of the discount the code shall have; "" when the body names none.
std::string read_number(net::Fields& body) {
  std::string number;
  body.object("discount", false, [&](net::Fields& fields) {
    Discount discount;
    auto currency = core::Currency::of("EUR");  // counts for a fixed amount only
    const auto kind =
        fields.one_of("kind", {name_of(DiscountKind::percent), name_of(DiscountKind::fixed),
                               name_of(DiscountKind::free_shipping)});
    discount.kind = parse_discount_kind(kind).value_or(DiscountKind::percent);
    if (discount.kind == DiscountKind::percent) {
      discount.rate = {fields.integer("rate_ppm", 1, core::ppm_one)};
    } else if (discount.kind == DiscountKind::fixed) {
      discount.amount_minor = fields.integer("amount_minor", 1, amount_minor_max);
      currency = fields.currency("currency").value_or(currency);
    }
    number = number_of(discount, currency);
  });
  return number;
}

// A text that is free and like no code of another influencer.
std::optional<std::string> free_text(storage::Session& session, core::BrandId brand,
                                     core::InfluencerId influencer, std::string_view base,
                                     std::string_view number) {
  for (std::size_t attempt = 0; attempt < attempts_max; ++attempt) {
    auto text = proposal(base, number, attempt);
    if (!find_code(session, brand, text) && !find_alike(session, brand, text, influencer))
      return text;
  }
  return std::nullopt;
}

core::Answer propose(storage::Database& database, const net::Call& call) {
  net::Fields body(call.request.body);
  const auto deal_text = body.text("deal_id", {.min = 1, .max = 64});
  const auto deal = core::DealId::parse(deal_text);
  const auto base = body.maybe_text("base", {.min = 1, .max = 60});
  const auto number = read_number(body);
  if (auto refusal = body.refusal()) return *refusal;
  return net::answer_of(database.read([&](storage::Session& session) -> core::Answer {
    const auto brand = call.who.brand;
    const auto owner =
        deal ? session.run(sql::find_deal_influencer, brand, *deal) : storage::Rows{};
    if (owner.empty()) return refuse_unknown_deal();
    const auto letters = base ? base_of_words(*base) : base_of_name(owner.one().text(1));
    if (letters.empty()) {
      const std::string detail = base ? "base must have a letter or digit that can be written A-Z "
                                        "or 0-9"
                                      : "base is needed: the influencer's name has no letter that "
                                        "can be written A-Z";
      return net::problem(400, "invalid_request", detail,
                          {{"/base", base ? "invalid_value" : "required", detail}});
    }
    const auto text =
        free_text(session, brand, owner.one().id<core::InfluencerId>(0), letters, number);
    if (!text) {
      return net::problem(409, "no_free_code",
                          "Every text that begins with " + letters + number +
                              " is taken or too similar to another; name another base.");
    }
    return net::json_answer(200, boost::json::object{{"code", *text}});
  }));
}

// What a phone that sees the picture opens: the deal's first link, else the bare text of the code.
// A link that applies the code, where there is one, belongs in front of both.
std::string picture_text(storage::Session& session, core::BrandId brand, const StoredCode& code,
                         std::string_view public_url) {
  const auto link = session.run(sql::find_first_link, brand, code.deal);
  if (link.empty()) return code.text;
  const auto& domain = link.one().text(0);
  std::string url = domain.empty() ? std::string(public_url) : "https://" + domain;
  if (url.empty()) return code.text;
  while (url.ends_with('/'))
    url.pop_back();
  return url + "/" + link.one().text(1);
}

core::Answer draw(storage::Database& database, const std::string& public_url, const net::Call& call,
                  net::QrPicture picture) {
  const auto style = net::read_qr_style(call.request.query);
  if (!style) return net::refuse_qr(style.error());
  const auto id = core::CodeId::parse(call.values.front());
  return net::answer_of(database.read([&](storage::Session& session) -> core::Answer {
    const auto code = id ? find_code(session, call.who.brand, *id) : std::nullopt;
    if (!code) return no_such_code();
    const auto text = picture_text(session, call.who.brand, *code, public_url);
    return net::qr_answer(call.request, text, *style, picture);
  }));
}

}  // namespace

std::vector<net::Route> making_routes(storage::Database& database, const std::string& public_url) {
  constexpr auto readers = net::Role::admin | net::Role::viewer;
  const auto drawn = [&](net::QrPicture picture) -> net::Handler {
    return [&database, public_url, picture](const net::Call& call) {
      return draw(database, public_url, call, picture);
    };
  };
  return {
      {net::Method::post, "/v1/codes/propose", net::only(net::Role::admin),
       [&database](const net::Call& call) { return propose(database, call); }},
      {net::Method::get, "/v1/codes/{id}/qr.svg", readers, drawn(net::QrPicture::svg)},
      {net::Method::get, "/v1/codes/{id}/qr.png", readers, drawn(net::QrPicture::png)},
  };
}

}  // namespace fairlead::codes
