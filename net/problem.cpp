#include "net/problem.hpp"

#include <boost/json.hpp>

#include "core/check.hpp"
#include "core/log.hpp"
#include "core/utf8.hpp"
#include "net/status.hpp"

namespace fairlead::net {
namespace {

namespace json = boost::json;

core::Answer try_later(std::string_view code, std::string_view detail, std::string_view seconds) {
  core::Answer answer = problem(503, code, detail);
  answer.headers.emplace_back("Retry-After", seconds);
  return answer;
}

void log_failure(const core::Error& error) {
  core::log(core::Level::error, "request_failed",
            {{"code", core::name_of(error.code)}, {"detail", error.detail}});
}

}  // namespace

core::Answer problem(int status, std::string_view code, std::string_view detail,
                     std::vector<FieldError> errors) {
  json::object body;
  body["type"] = "about:blank";
  body["title"] = reason_of(status);
  body["status"] = status;
  body["code"] = code;
  // Details quote what was sent, cut anywhere: the answer must be UTF-8 whatever came in.
  body["detail"] = core::utf8_repaired(detail);
  if (!errors.empty()) {
    json::array list;
    for (const FieldError& error : errors) {
      list.push_back(json::object{{"pointer", core::utf8_repaired(error.pointer)},
                                  {"code", error.code},
                                  {"detail", core::utf8_repaired(error.detail)}});
    }
    body["errors"] = std::move(list);
  }
  core::Answer answer;
  answer.status = status;
  answer.media_type = "application/problem+json";
  answer.body = json::serialize(body);
  return answer;
}

core::Answer problem_of(const core::Error& error) {
  switch (error.code) {
    case core::Errc::invalid:
    case core::Errc::overflow:
      return problem(400, "invalid_request", error.detail);
    case core::Errc::not_found:
      return problem(404, "not_found", error.detail);
    case core::Errc::conflict:
      return problem(409, "conflict", error.detail);
    case core::Errc::forbidden:
      return problem(403, "forbidden", error.detail);
    case core::Errc::unauthorized: {
      core::Answer answer = problem(401, "unauthorized", error.detail);
      answer.headers.emplace_back("WWW-Authenticate", "Bearer");
      return answer;
    }
    case core::Errc::busy:
      log_failure(error);
      return try_later("storage_busy", "The storage is busy; nothing was changed. Try again.", "1");
    case core::Errc::io:
      log_failure(error);
      return try_later(
          "storage_failed",
          "The storage failed. Try again; with an Idempotency-Key a repeated POST is safe.", "5");
    case core::Errc::no_space:
      log_failure(error);
      return try_later("storage_full", "The storage is full; nothing was changed. Try again later.",
                       "30");
    case core::Errc::too_new:
    case core::Errc::config:
      log_failure(error);
      return problem(500, "internal_error", "The server failed. The reason is in its log.");
  }
  CHECK(!"every Errc has an answer");
}

core::Answer answer_of(core::Result<core::Answer> answer) {
  if (!answer) return problem_of(answer.error());
  return *std::move(answer);
}

}  // namespace fairlead::net
