#include "core/email_hash.hpp"

#include <algorithm>
#include <string>

#include "core/crypto.hpp"

namespace fairlead::core {

namespace {

std::string simple_form(std::string_view email) {
  std::string address;
  for (const char c : email) {
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') continue;
    address += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return address;
}

bool is_hash_of_text(std::string_view sha256_text, std::string_view text) {
  return sha256_text == hex(as_text(sha256(text)));
}

}  // namespace

bool is_hash_of_email(std::string_view email_sha256, std::string_view email) {
  if (email_sha256.empty() || email.empty()) return false;
  const std::string address = simple_form(email);
  if (is_hash_of_text(email_sha256, address)) return true;
  const auto at = address.rfind('@');
  if (at == address.npos) return false;
  std::string name = address.substr(0, std::min(address.find('+'), at));
  const std::string domain = address.substr(at);
  if (is_hash_of_text(email_sha256, name + domain)) return true;
  if (domain != "@gmail.com" && domain != "@googlemail.com") return false;
  const auto is_known_at = [&](std::string_view host) {
    return is_hash_of_text(email_sha256, name + std::string(host));
  };
  if (is_known_at("@gmail.com") || is_known_at("@googlemail.com")) return true;
  std::erase(name, '.');
  return is_known_at("@gmail.com") || is_known_at("@googlemail.com");
}

}  // namespace fairlead::core
