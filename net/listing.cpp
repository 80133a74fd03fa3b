#include "net/listing.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <utility>

#include "core/crypto.hpp"
#include "net/ascii.hpp"
#include "net/json.hpp"
#include "net/problem.hpp"

namespace fairlead::net {
namespace {

constexpr std::int64_t limit_max = 200;
constexpr std::size_t problems_told_max = 20;

// 8 bytes of the number and 4 of a check, so that a cursor cut short or typed by hand is refused
// instead of silently skipping rows. It is no secret and protects nothing.
std::string cursor_of(std::int64_t number) {
  std::string bytes;
  for (int shift = 56; shift >= 0; shift -= 8) {
    bytes += static_cast<char>((static_cast<std::uint64_t>(number) >> shift) & 0xff);
  }
  const core::Digest digest = core::sha256("fairlead cursor" + bytes);
  bytes.append(core::as_text(digest).substr(0, 4));
  return core::base64url(bytes);
}

std::optional<std::int64_t> number_of(std::string_view cursor) {
  const auto bytes = core::parse_base64url(cursor);
  if (!bytes || bytes->size() != 12) return std::nullopt;
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    number = number << 8 | static_cast<unsigned char>((*bytes)[i]);
  }
  const auto result = static_cast<std::int64_t>(number);
  if (result < 0 || cursor_of(result) != cursor) return std::nullopt;
  return result;
}

std::string offered(const std::vector<std::string_view>& known) {
  if (known.empty()) return "it takes none";
  std::string list = "it takes ";
  for (std::size_t i = 0; i < known.size(); ++i)
    list.append(i == 0 ? "" : i + 1 == known.size() ? " and " : ", ").append(known[i]);
  return list;
}

}  // namespace

core::Result<Page> read_page(const Request& request) {
  Page page;
  if (const auto limit = query_value(request.query, "limit")) {
    const char* end = limit->data() + limit->size();
    const auto [rest, error] = std::from_chars(limit->data(), end, page.limit);
    if (error != std::errc{} || rest != end || page.limit < 1 || page.limit > limit_max) {
      return core::fail(core::Errc::invalid, "\"?limit\" must be an integer from 1 to 200");
    }
  }
  if (const auto cursor = query_value(request.query, "cursor")) {
    const auto number = number_of(*cursor);
    if (!number) {
      return core::fail(core::Errc::invalid,
                        "\"?cursor\" must be the \"next_cursor\" of an earlier answer, unchanged");
    }
    page.after = *number;
  }
  return page;
}

boost::system::result<Page, core::Answer> read_page(const Request& request,
                                                    std::vector<std::string_view> others) {
  others.insert(others.begin(), {"limit", "cursor"});
  if (auto refusal = refuse_query(request, others)) return *std::move(refusal);
  const auto page = read_page(request);
  if (!page) return problem_of(page.error());
  return *page;
}

std::optional<core::Answer> refuse_query(const Request& request,
                                         const std::vector<std::string_view>& known) {
  std::vector<FieldError> unknown;
  std::vector<FieldError> repeated;
  std::vector<std::string> seen;
  std::string_view rest = request.query;
  while (!rest.empty() && unknown.size() + repeated.size() < problems_told_max) {
    const std::string_view pair = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
    if (pair.empty()) continue;
    const std::string name = percent_decode(pair.substr(0, pair.find('=')));
    const std::string shown = name.substr(0, 40);
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      unknown.push_back({"?" + shown, "unknown_field",
                         "there is no parameter \"" + shown + "\" here; " + offered(known)});
    } else if (std::find(seen.begin(), seen.end(), name) != seen.end()) {
      repeated.push_back({"?" + name, "duplicate", "give " + name + " once"});
    }
    seen.push_back(name);
  }
  if (!unknown.empty()) {
    const std::string detail = unknown.front().detail;
    return problem(400, "unknown_field", detail, std::move(unknown));
  }
  if (repeated.empty()) return std::nullopt;
  const std::string detail = repeated.front().detail;
  return problem(400, "invalid_request", detail, std::move(repeated));
}

core::Answer list_answer(boost::json::array data, bool has_more, std::int64_t last_number) {
  if (has_more && !data.empty()) data.pop_back();
  boost::json::object body;
  body["data"] = std::move(data);
  if (has_more) {
    body["next_cursor"] = cursor_of(last_number);
  } else {
    body["next_cursor"] = nullptr;
  }
  return json_answer(200, body);
}

std::string etag_of(std::int64_t version) {
  return "\"" + std::to_string(version) + "\"";
}

std::optional<core::Answer> refuse_stale(const Request& request, std::int64_t version) {
  std::string_view wanted = trimmed(request.header("If-Match"));
  if (wanted.empty() || wanted == "*") return std::nullopt;
  while (!wanted.empty()) {
    const auto comma = wanted.find(',');
    if (trimmed(wanted.substr(0, comma)) == etag_of(version)) return std::nullopt;
    wanted = comma == wanted.npos ? "" : wanted.substr(comma + 1);
  }
  core::Answer answer =
      problem(412, "version_conflict",
              "It was changed since you read it. Read it again and send its ETag as If-Match.");
  answer.headers.emplace_back("ETag", etag_of(version));
  return answer;
}

}  // namespace fairlead::net
