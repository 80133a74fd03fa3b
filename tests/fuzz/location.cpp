// Fuzzes where a click goes: any query and any stored destination must give a Location that is safe
// in a header and stays on the destination's origin; a destination check must be stable.
#include <cstddef>
#include <cstdint>
#include <string>

#include "core/check.hpp"
#include "redirect/decide.hpp"
#include "redirect/redirect.hpp"

namespace {

using namespace fairlead;

void decide_one(const std::string& url, std::string_view query, bool is_locked) {
  const auto destination = redirect::split_destination(url);
  if (!destination) return;
  redirect::UtmDefaults utm;
  utm.values[0] = "instagram";
  utm.is_locked = is_locked;
  std::string location;
  redirect::decide({*destination, &utm}, {"mia", query, "T"}, redirect::known_values(query),
                   location);
  CHECK(redirect::is_header_safe(location));
  CHECK(location.starts_with(destination->origin()));
  const char next = location[destination->origin().size()];
  CHECK(next == '/' || next == '?' || next == '#');
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t cut = text.find('\n');
  const std::string_view query = text.substr(0, cut);
  decide_one("https://shop.example:8443/p/{sub1}{sub2}/q?own={sub3}#{sub4}", query, size % 2 == 0);
  if (cut == std::string_view::npos) return 0;
  const std::string url(text.substr(cut + 1));
  const std::vector<std::string> allowed = {"shop.example"};
  if (const auto stored = redirect::check_destination(url, allowed)) {
    CHECK(redirect::check_destination(*stored, allowed).value() == *stored);
    decide_one(*stored, query, true);
  }
  decide_one(url, query, false);
  return 0;
}
