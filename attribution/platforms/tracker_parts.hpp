// What trackers' protocols have in common: parameters of a query or a form, secrets that are sent
// as they are, and the conversion that each of them tells in words of its own. Pure; any thread.
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "attribution/platforms.hpp"

namespace fairlead::attribution {

// Parameters by name, decoded once. What is wrong with any that is read is kept; unknown ones are
// nobody's business.
class Parameters {
 public:
  explicit Parameters(std::string_view query) : query_(query) {}
  // The texts, numbers and truths of a JSON object; what lies deeper is not a parameter.
  static Parameters of_json(std::string_view body);
  static Parameters of_either(std::string_view message);  // JSON when it starts like an object

  // "" when absent. Sent twice, longer than `bytes_max`, not UTF-8, with control characters, or a
  // macro that nobody has filled in ("{payout}"): a problem that names the parameter.
  std::string text(std::string_view name, std::size_t bytes_max = 128);
  std::string needed(std::string_view name, std::size_t bytes_max = 128);
  // Minor units of "12.50"; 0 when absent. Negative, or with digits that the currency does not
  // have, is a problem.
  std::int64_t money(std::string_view name, core::Currency currency);
  std::int64_t money_of(std::string_view name, std::string_view text, core::Currency currency);
  core::Currency currency(std::string_view name, core::Currency when_absent);
  // Whole digits only; `when_absent` when absent.
  std::int64_t integer(std::string_view name, std::int64_t least, std::int64_t most,
                       std::int64_t when_absent);
  bool has(std::string_view name);

  void refuse(std::string problem);                        // the first one stays
  const std::string& problem() const { return problem_; }  // "" when all is well

 private:
  std::string query_;
  std::string problem_;
};

// Whether it is one of the secrets. Takes the same time whatever was given.
bool is_secret(std::string_view given, std::span<const std::string> secrets);
std::string bearer_of(const net::Request& request);  // "" when there is none
// Behind the integration: "/track/sale"; "" for its own path.
std::string_view rest_of(const net::Request& request);
// The query, and behind it the body of a form, without the parameters of these names.
std::string form_of(const net::Request& request, std::initializer_list<std::string_view> secrets);

// The body when it is JSON; else form_of().
std::string form_or_json(const net::Request& request);

enum class Standing { confirmed, unconfirmed, rejected };

struct Conversion {
  std::string number;  // the shop's number of it; "": there is one for each click
  std::string event;   // "": the sale; else counted beside it
  std::string click;
  std::string code;
  core::Customer customer;
  core::Currency currency;
  std::int64_t amount_minor = 0;
  Standing standing = Standing::confirmed;
  bool by_customer = false;
};
// Whether two clicks may have a conversion of the same number.
enum class Numbers { of_brand, of_click };

// number[:event], and "~" with the click's digest where one number may come with several clicks or
// there is none. It is what a repetition is known by, for ever.
std::string order_ref_of(const Conversion& conversion, Numbers numbers);
// An order of one line, its confirmation, or its rejection, which waits for the order and is final:
// it holds against a sale that is told later.
core::Result<Notice> notice_of(const Conversion& conversion, Numbers numbers,
                               const Received& received, std::string_view source);
// A refund under its own number: sent again with another amount it is corrected. `base` money.
Change refund_of(std::string order_ref, std::string refund_ref, core::Money amount,
                 core::Instant at);
// A name for somebody, from which nobody can tell who it is.
std::string alias_of(const core::Customer& customer);
// An order that was unconfirmed counts from now on.
Change confirmation(std::string order_ref, core::Instant state_at);

// In fairlead's own words: the outcome, or a problem that says why not.
core::Answer outcome_answer(const Told& told);
core::Answer text_answer(std::string body, int status = 200);
std::string no_id(const net::Request&);  // trackers' calls are told apart by what they say

}  // namespace fairlead::attribution
