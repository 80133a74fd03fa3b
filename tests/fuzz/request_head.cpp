// Any bytes as a request head. What the guard passes, Beast must frame in the same way: the same
// number of fields, the same body, the same place where the next request starts. What it refuses
// must have a status and a reason. What the reader of plain heads passes, they must read in the
// same way. The scanner must find the same end of a head however the bytes arrive.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/check.hpp"
#include "net/guard.hpp"
#include "net/head.hpp"
#include "net/plain_head.hpp"
#include "net/router.hpp"

namespace {

using namespace fairlead::net;

void check_scanner(std::string_view bytes) {
  HeadScanner at_once;
  const HeadScanner::State state = at_once.scan(bytes);
  HeadScanner piecewise;
  for (std::size_t size = 1; size <= bytes.size(); ++size) {
    const HeadScanner::State now = piecewise.scan(bytes.substr(0, size));
    if (now == HeadScanner::State::incomplete) continue;
    CHECK(now == state);
    CHECK(now == HeadScanner::State::illegal || piecewise.size() == at_once.size());
    return;
  }
  CHECK(bytes.empty() || state == HeadScanner::State::incomplete);
}

void check_request(const Request& request) {
  CHECK(request.path.starts_with('/'));
  for (const char c : request.path)
    CHECK(c > 0x20 && c < 0x7f && c != '#' && c != '?');
  for (const char c : request.query)
    CHECK(c > 0x20 && c < 0x7f && c != '#');
  for (const auto& [name, value] : request.headers) {
    CHECK(!name.empty());
    CHECK(name.find_first_of(" \t:\r\n") == name.npos);
    CHECK(value.find_first_of("\r\n") == value.npos);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (size < 2'000) check_scanner(bytes);
  HeadScanner scanner;
  if (scanner.scan(bytes) != HeadScanner::State::complete) return 0;
  const std::string_view head_bytes = bytes.substr(0, scanner.size());

  Framing framing;
  const GuardVerdict guarded = guard(head_bytes, framing);
  static Request request;  // reused, as a session does
  Head head;
  Limits limits;
  const GuardVerdict verdict = read_head(head_bytes, limits, request, head);
  CHECK(verdict.code != "ambiguous_head");
  CHECK(guarded.passes() || !verdict.passes());
  CHECK(verdict.passes() || (verdict.status >= 400 && !verdict.why.empty()));
  if (verdict.passes()) check_request(request);

  Request plain;
  Head plain_head;
  const std::size_t plain_bytes = read_plain_head(bytes, limits, plain, plain_head);
  if (plain_bytes == 0) return 0;
  CHECK(verdict.passes() && plain_bytes == head_bytes.size());
  CHECK(plain.method == request.method && plain.path == request.path);
  CHECK(plain.query == request.query && plain.host == request.host);
  CHECK(plain.headers == request.headers && plain_head.keeps_alive == head.keeps_alive);
  CHECK(head.content_length == 0 && !head.is_chunked && head.is_http11);
  CHECK(head.expect == Head::Expect::nothing);
  return 0;
}
