#include "redirect/link_table.hpp"

#include <algorithm>
#include <array>

#include "redirect/seeded_hash.hpp"

namespace fairlead::redirect {

namespace {

constexpr std::size_t host_bytes_max = 253;
constexpr std::size_t slug_bytes_max = 256;

std::string_view lowered_host(std::string_view host, std::array<char, host_bytes_max>& buffer) {
  if (host.ends_with('.')) host.remove_suffix(1);
  if (host.size() > buffer.size()) return {};
  std::transform(host.begin(), host.end(), buffer.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  });
  return {buffer.data(), host.size()};
}

}  // namespace

LinkTable::LinkTable(std::uint64_t seed, std::string_view default_domain,
                     std::vector<BrandRecord> brands, std::vector<LinkRecord> links)
    : seed_(seed), brands_(std::move(brands)), links_(std::move(links)), next_(links_.size(), 0) {
  by_key_.reserve(links_.size());
  for (std::uint32_t i = 0; i < links_.size(); ++i) {
    LinkRecord& link = links_[i];
    if (link.domain == default_domain) link.domain.clear();
    if (!link.domain.empty()) domains_.push_back(link.domain);
    const auto [at, is_new] = by_key_.emplace(key_of(link.domain, link.slug), i);
    if (is_new) continue;
    next_[i] = at->second + 1;
    at->second = i;
  }
  std::sort(domains_.begin(), domains_.end());
  domains_.erase(std::unique(domains_.begin(), domains_.end()), domains_.end());
}

std::uint64_t LinkTable::key_of(std::string_view domain, std::string_view slug) const {
  const std::uint64_t slug_hash = seeded_hash(seed_, slug);
  return domain.empty() ? slug_hash : seeded_hash(slug_hash, domain);
}

const LinkRecord* LinkTable::lookup(std::string_view domain, std::string_view slug) const {
  const auto at = by_key_.find(key_of(domain, slug));
  if (at == by_key_.end()) return nullptr;
  for (std::uint32_t place = at->second + 1; place != 0; place = next_[place - 1]) {
    const LinkRecord& link = links_[place - 1];
    if (link.slug == slug && link.domain == domain) return &link;
  }
  return nullptr;
}

LinkTable::Found LinkTable::find(std::string_view host, std::string_view path) const {
  // With one brand in the house every unknown slug is that brand's.
  const BrandRecord* const only_brand = brands_.size() == 1 ? &brands_.front() : nullptr;
  std::string_view slug = path;
  if (slug.starts_with('/')) slug.remove_prefix(1);
  if (slug.empty()) return {};

  std::array<char, host_bytes_max> buffer;
  std::string_view domain;
  if (!domains_.empty()) {
    domain = lowered_host(host, buffer);
    if (!std::binary_search(domains_.begin(), domains_.end(), domain)) domain = {};
  }
  const LinkRecord* link = lookup(domain, slug);
  if (link == nullptr && slug.size() <= slug_bytes_max) {
    if (slug.ends_with('/')) slug.remove_suffix(1);
    std::string decoded;
    if (slug.find('%') != std::string_view::npos) {
      append_decoded(decoded, slug);
      slug = decoded;
    }
    link = lookup(domain, slug);
  }
  if (link == nullptr) return {nullptr, only_brand};
  return {link->is_served ? link : nullptr, &brands_[link->brand_index]};
}

}  // namespace fairlead::redirect
