#include "net/plain_head.hpp"

#include <array>
#include <bit>
#include <cstring>

#include "net/ascii.hpp"

namespace fairlead::net {
namespace {

enum : unsigned char { in_name = 1, in_target = 2, in_host = 4 };

// What the guard allows in a field name, a target and a host with its port, less what is seldom.
constexpr std::array<unsigned char, 256> make_classes() {
  std::array<unsigned char, 256> classes{};
  for (int c = 0x21; c <= 0x7e; ++c)
    classes[static_cast<std::size_t>(c)] = c == '#' ? 0 : in_target;
  for (const char c :
       std::string_view("-0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")) {
    classes[static_cast<unsigned char>(c)] |= in_name | in_host;
  }
  classes['_'] |= in_name;
  classes['.'] |= in_host;
  return classes;
}
constexpr auto classes = make_classes();

const char* skip(const char* at, const char* end, unsigned char one_of) {
  while (at != end && (classes[static_cast<unsigned char>(*at)] & one_of) != 0)
    ++at;
  return at;
}

// The first byte that is not printable ASCII, eight at a time: each test sets the high bit of the
// bytes it finds, and only bytes behind the first find can be wrong.
const char* skip_printable(const char* at, const char* end) {
  constexpr std::uint64_t each = 0x0101010101010101;
  if constexpr (std::endian::native == std::endian::little) {
    while (end - at >= 8) {
      std::uint64_t eight = 0;
      std::memcpy(&eight, at, 8);
      const std::uint64_t is_control = (eight - each * 0x20) & ~eight;
      const std::uint64_t without_del = eight ^ (each * 0x7f);
      const std::uint64_t is_del = (without_del - each) & ~without_del;
      const std::uint64_t found = (is_control | is_del | eight) & (each * 0x80);
      if (found != 0) return at + std::countr_zero(found) / 8;
      at += 8;
    }
  }
  while (at != end && *at >= 0x20 && *at <= 0x7e)
    ++at;
  return at;
}

// Whether a header leaves framing and connection alone, or is one of the two usual Connections.
bool is_plain_field(std::string_view name, std::string_view value, Head& head) {
  switch (name.size()) {
    case 6:
      return !equal_ignoring_case(name, "Expect");
    case 7:
      return !equal_ignoring_case(name, "Upgrade");
    case 10:
      if (!equal_ignoring_case(name, "Connection")) return true;
      if (!head.keeps_alive) return false;  // a second one
      head.keeps_alive = !equal_ignoring_case(value, "close");
      return !head.keeps_alive || equal_ignoring_case(value, "keep-alive");
    case 14:
      return !equal_ignoring_case(name, "Content-Length");
    case 16:
      return !equal_ignoring_case(name, "Proxy-Connection");
    case 17:
      return !equal_ignoring_case(name, "Transfer-Encoding");
    default:
      return true;
  }
}

// "go.example" or "go.example:8080"; an address in brackets is not plain.
bool read_host(std::string_view value, std::string_view& host) {
  const char* const end = value.data() + value.size();
  const char* const host_end = skip(value.data(), end, in_host);
  host = value.substr(0, static_cast<std::size_t>(host_end - value.data()));
  if (host_end == end) return !host.empty();
  if (*host_end != ':') return false;
  for (const char* digit = host_end + 1; digit != end; ++digit)
    if (!is_digit(*digit)) return false;
  return !host.empty();
}

// "GET /mia-summer?sub1=a HTTP/1.1\r\n". The place behind it, or null.
const char* read_request_line(std::string_view bytes, const Limits& limits, Request& request) {
  constexpr std::string_view method = "GET /";
  constexpr std::string_view version = " HTTP/1.1\r\n";
  if (!bytes.starts_with(method)) return nullptr;
  const char* const end = bytes.data() + bytes.size();
  const char* const target = bytes.data() + method.size() - 1;
  const char* const target_end = skip(target, end, in_target);
  if (!std::string_view(target_end, static_cast<std::size_t>(end - target_end))
           .starts_with(version))
    return nullptr;
  const std::string_view text(target, static_cast<std::size_t>(target_end - target));
  if (text.size() > limits.target_bytes_max) return nullptr;
  const auto question = text.find('?');
  request.method = Method::get;
  request.path = text.substr(0, question);
  request.query = question == text.npos ? std::string_view() : text.substr(question + 1);
  return target_end + version.size();
}

}  // namespace

std::size_t read_plain_head(std::string_view bytes, const Limits& limits, Request& request,
                            Head& head) {
  bytes = bytes.substr(0, limits.head_bytes_max);
  request.headers.clear();
  head = {.is_http11 = true, .keeps_alive = true};
  const char* at = read_request_line(bytes, limits, request);
  if (at == nullptr) return 0;
  const char* const end = bytes.data() + bytes.size();
  bool has_host = false;
  while (at != end && *at != '\r') {
    const char* const name_end = skip(at, end, in_name);
    if (name_end == at || name_end == end || *name_end != ':') return 0;
    const std::string_view name(at, static_cast<std::size_t>(name_end - at));
    const char* const line_end = skip_printable(name_end, end);
    if (end - line_end < 2 || line_end[0] != '\r' || line_end[1] != '\n') return 0;
    const std::string_view value =
        trimmed({name_end + 1, static_cast<std::size_t>(line_end - name_end - 1)});
    if (name.size() == 4 && equal_ignoring_case(name, "Host")) {
      if (has_host || !read_host(value, request.host)) return 0;
      has_host = true;
    } else if (!is_plain_field(name, value, head)) {
      return 0;
    }
    if (request.headers.size() == limits.header_fields_max) return 0;
    request.headers.emplace_back(name, value);
    at = line_end + 2;
  }
  if (!has_host || end - at < 2 || at[1] != '\n') return 0;
  return static_cast<std::size_t>(at + 2 - bytes.data());
}

}  // namespace fairlead::net
