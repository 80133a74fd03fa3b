#include "core/host_name.hpp"

#include <unicode/uidna.h>

#include <algorithm>
#include <memory>

namespace fairlead::core {
namespace {

constexpr std::string_view a_label_start = "xn--";
constexpr std::string_view digits = "0123456789";

char lowered(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

// The labels of a name, empty ones included, until `is_good` says no.
template <class Claim>
bool all_labels(std::string_view name, Claim is_good) {
  for (;;) {
    const std::size_t dot = name.find('.');
    if (!is_good(name.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    name.remove_prefix(dot + 1);
  }
}

bool is_international(std::string_view name) {
  const bool is_ascii = std::all_of(name.begin(), name.end(),
                                    [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  return !is_ascii || !all_labels(name, [](std::string_view label) {
    return !label.starts_with(a_label_start);
  });
}

// Browsers' settings: "ß" stays itself, and the rules for joiners and for right-to-left names hold.
std::optional<std::string> mapped(std::string_view text) {
  constexpr std::uint32_t options =
      UIDNA_NONTRANSITIONAL_TO_ASCII | UIDNA_CHECK_CONTEXTJ | UIDNA_CHECK_BIDI;
  // Hyphens in the third and fourth place ("r3---cache") are in names that resolve.
  constexpr std::uint32_t let_pass = UIDNA_ERROR_HYPHEN_3_4;
  UErrorCode failure = U_ZERO_ERROR;
  const std::unique_ptr<UIDNA, decltype(&uidna_close)> idna(uidna_openUTS46(options, &failure),
                                                            &uidna_close);
  std::string name(host_name_bytes_max, '\0');
  UIDNAInfo info = UIDNA_INFO_INITIALIZER;
  const std::int32_t size =
      uidna_nameToASCII_UTF8(idna.get(), text.data(), static_cast<std::int32_t>(text.size()),
                             name.data(), static_cast<std::int32_t>(name.size()), &info, &failure);
  if (U_FAILURE(failure) || (info.errors & ~let_pass) != 0) return std::nullopt;
  name.resize(static_cast<std::size_t>(size));
  return name;
}

bool is_label(std::string_view label) {
  return !label.empty() && label.size() <= host_label_bytes_max && label.front() != '-' &&
         label.back() != '-' &&
         label.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos;
}

}  // namespace

std::optional<std::string> host_name(std::string_view text) {
  constexpr std::size_t text_bytes_max = 4'096;
  if (text.empty() || text.size() > text_bytes_max) return std::nullopt;
  std::optional<std::string> name(text);
  std::transform(name->begin(), name->end(), name->begin(), lowered);
  if (is_international(*name)) name = mapped(*name);
  if (!name || name->size() > host_name_bytes_max || !all_labels(*name, is_label))
    return std::nullopt;
  return name;
}

bool is_ipv4_host(std::string_view name) {
  const std::string_view last = name.substr(name.rfind('.') + 1);
  const bool is_hex = last.starts_with("0x") &&
                      last.find_first_not_of("0123456789abcdef", 2) == std::string_view::npos;
  return is_hex || last.find_first_not_of(digits) == std::string_view::npos;
}

}  // namespace fairlead::core
