#include "storage/idempotency.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <optional>

#include "core/check.hpp"
#include "core/crypto.hpp"
#include "storage/sql.hpp"

namespace fairlead::storage {

namespace {

constexpr std::size_t key_bytes_max = 255;

core::Answer problem(int status, std::string_view code, std::string_view title,
                     std::string_view detail) {
  const boost::json::object body{{"type", "about:blank"},
                                 {"title", title},
                                 {"status", status},
                                 {"code", code},
                                 {"detail", detail}};
  return {status, "application/problem+json", boost::json::serialize(body), {}};
}

bool is_remembered(int status) {
  return status < 500 && status != 401 && status != 429;
}

// "name: value" lines: neither a name nor a value of a header can hold a line break.
std::string joined(const std::vector<std::pair<std::string, std::string>>& headers) {
  std::string lines;
  for (const auto& [name, value] : headers)
    lines += name + ": " + value + "\n";
  return lines;
}

std::vector<std::pair<std::string, std::string>> parted(std::string_view lines) {
  std::vector<std::pair<std::string, std::string>> headers;
  while (!lines.empty()) {
    const auto end = lines.find('\n');
    const auto line = lines.substr(0, end);
    const auto colon = line.find(": ");
    if (colon != line.npos) headers.emplace_back(line.substr(0, colon), line.substr(colon + 2));
    if (end == lines.npos) break;
    lines.remove_prefix(end + 1);
  }
  return headers;
}

core::Answer replayed(const Row& row, const std::string& fingerprint) {
  if (row.text(0) != fingerprint) {
    return problem(
        422, "idempotency_key_reused", "Idempotency-Key was used for another request",
        "This Idempotency-Key was sent before with another body or query. Send the same request "
        "to get the first answer again, or a new key for a new request.");
  }
  core::Answer answer{static_cast<int>(row.integer(1)), row.text(2), row.text(3),
                      parted(row.text(4))};
  answer.headers.emplace_back("Idempotency-Replayed", "true");
  return answer;
}

// The draft standard writes the key quoted, most clients bare. nullopt when it cannot be one.
std::optional<std::string_view> bare(std::string_view key) {
  const bool is_quoted = key.size() >= 2 && key.front() == '"' && key.back() == '"';
  if (is_quoted) key = key.substr(1, key.size() - 2);
  const bool is_visible =
      std::all_of(key.begin(), key.end(), [](char c) { return c >= ' ' && c <= '~'; });
  if (key.empty() || key.size() > key_bytes_max || !is_visible) return std::nullopt;
  return key;
}

core::Answer run_and_remember(Session& session, const core::IdempotencyKey& key,
                              std::string_view text,
                              const std::function<core::Answer(Session&)>& fn) {
  core::Answer answer;
  {
    Savepoint effect(session);
    answer = fn(session);
    if (answer.status >= 400) effect.roll_back();
  }
  if (is_remembered(answer.status)) {
    session.run(sql::store_answer, key.brand, key.scope, text, answer.status, answer.media_type,
                answer.body, joined(answer.headers));
  } else {
    session.abandon();  // the claim goes too, so that the same key may be tried again
  }
  return answer;
}

bool is_usable(const core::IdempotencyKey& key) {
  return key.key.empty() || bare(key.key);
}

core::Answer unusable() {
  return problem(400, "idempotency_key_invalid", "Idempotency-Key is not usable",
                 "An Idempotency-Key is 1 to 255 visible ASCII characters, such as a UUID.");
}

core::Answer once_in(Session& session, const core::IdempotencyKey& key, core::Instant now,
                     const std::function<core::Answer(Session&)>& fn) {
  if (key.key.empty()) {
    core::Answer answer = fn(session);
    if (answer.status >= 400) session.abandon();
    return answer;
  }
  const auto text = bare(key.key);
  CHECK(text.has_value());  // is_usable() was asked
  const std::string fingerprint = core::hex(key.fingerprint);
  const auto claim =
      session.run(sql::claim_idempotency_key, key.brand, key.scope, *text, fingerprint, now);
  if (claim.changed == 1) return run_and_remember(session, key, *text, fn);
  const auto stored = session.run(sql::find_idempotency_key, key.brand, key.scope, *text);
  if (stored.empty()) {
    throw StatementFailed{core::fail(core::Errc::busy, "the first use of this key was just undone"),
                          true};
  }
  return replayed(stored.one(), fingerprint);
}

}  // namespace

core::Result<core::Answer> once(Database& database, const core::IdempotencyKey& key,
                                core::Instant now,
                                const std::function<core::Answer(Session&)>& fn) {
  if (!is_usable(key)) return unusable();
  return database.transact([&](Session& session) { return once_in(session, key, now, fn); });
}

void once_async(Database& database, const core::IdempotencyKey& key, core::Instant now,
                std::function<core::Answer(Session&)> fn,
                std::function<void(std::future<core::Result<core::Answer>>)> done) {
  if (!is_usable(key)) {
    std::promise<core::Result<core::Answer>> refused;
    refused.set_value(unusable());
    return done(refused.get_future());
  }
  database.transact_async(
      [key, now, fn = std::move(fn)](Session& session) { return once_in(session, key, now, fn); },
      std::move(done));
}

void forget_answers(Session& session, core::BrandId brand, std::string_view id) {
  const core::Answer gone =
      problem(410, "erased", "Gone", "what this answer was about has been erased");
  session.run(sql::clear_answers, brand, "%" + std::string(id) + "%", gone.body);
}

}  // namespace fairlead::storage
