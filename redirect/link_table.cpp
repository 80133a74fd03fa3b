#include "redirect/link_table.hpp"

#include <algorithm>

#include "redirect/answers.hpp"

namespace fairlead::redirect {

namespace {

constexpr std::size_t host_bytes_max = 253;
// A shard is built again when its changes are this many, and a sixteenth of it.
constexpr std::size_t changed_links_min = 64;
constexpr std::size_t changed_share = 16;

std::size_t shard_of(std::uint64_t hash) {
  return hash >> 56;
}

std::string_view lowered_host(std::string_view host, std::array<char, host_bytes_max>& buffer) {
  if (host.ends_with('.')) host.remove_suffix(1);
  if (host.size() > buffer.size()) return {};
  std::transform(host.begin(), host.end(), buffer.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  });
  return {buffer.data(), host.size()};
}

std::string_view without_slash(std::string_view path) {
  if (path.starts_with('/')) path.remove_prefix(1);
  return path;
}

// Without one trailing '/', then percent-decoded.
std::string_view plain_slug(std::string_view slug, std::string& decoded) {
  if (slug.ends_with('/')) slug.remove_suffix(1);
  if (slug.find('%') == std::string_view::npos) return slug;
  append_decoded(decoded, slug);
  return decoded;
}

// A database refuses some bytes as text (PostgreSQL those that are not UTF-8, and NUL); slugs are
// ASCII, so such a text is nobody's.
std::string storable(std::string_view slug) {
  const bool is_ascii =
      std::all_of(slug.begin(), slug.end(), [](char c) { return c > 0x20 && c < 0x7f; });
  return is_ascii ? std::string(slug) : std::string();
}

}  // namespace

// As it stands, then as people write it.
LinkTable::Place LinkTable::place_of(std::uint32_t domain, std::string_view slug) const {
  const Place place = lookup(domain, slug);
  if (place.record != nullptr || slug.size() > LinkSet::slug_bytes_max + 1) return place;
  std::string decoded;
  return lookup(domain, plain_slug(slug, decoded));
}

LinkTable::Place LinkTable::lookup(std::uint32_t domain, std::string_view slug) const {
  const std::uint64_t hash = LinkSet::hash_of(seed_, domain, slug);
  const Shard& shard = shards_[shard_of(hash)];
  for (const LinkSet* const set : {shard.changed.get(), shard.base.get()})
    if (set != nullptr)
      if (const LinkRecord* const record = set->find(hash, domain, slug)) return {record, set};
  return {};
}

const std::pair<const std::string, Directory::Domain>* LinkTable::own_domain(
    std::string_view host) const {
  if (directory_->domains.empty()) return nullptr;
  std::array<char, host_bytes_max> buffer;
  const auto own = directory_->domains.find(lowered_host(host, buffer));
  return own == directory_->domains.end() ? nullptr : &*own;
}

LinkTable::Found LinkTable::find(std::string_view host, std::string_view path) const {
  std::string_view slug = without_slash(path);
  if (slug.empty()) return {};
  const Directory& directory = *directory_;
  std::uint32_t domain = 0;
  // With one brand in the house every unknown slug is that brand's; on an own domain it is its
  // brand's.
  const BrandRecord* nobodys = directory.brands.size() == 1 ? directory.brands[0].get() : nullptr;
  if (const auto* const own = own_domain(host)) {
    domain = own->second.number;
    nobodys = directory.brands[own->second.brand].get();
  }
  Place place = place_of(domain, slug);
  // Another link, which comes first, may not be here yet.
  bool is_known = true;
  if (place.record == nullptr && domain == 0 && directory.has_former_own) {
    place = place_of(former_own_domain, slug);
    is_known = is_complete_;
  }
  if (place.record == nullptr) return {.brand = nobodys};
  const Directory::Site site = directory.sites[place.record->site()];
  const BrandRecord* const brand = directory.brands[site.brand].get();
  const LinkRules* const rules = place.set->rules_of(*place.record);
  const bool is_served = place.record->is_wanted() && site.is_allowed;
  return {is_served ? place.record : nullptr, brand, rules, is_known};
}

LinkTable::Wanted LinkTable::wanted(std::string_view host, std::string_view path) const {
  const std::string_view slug = without_slash(path).substr(0, LinkSet::slug_bytes_max + 2);
  const auto* const own = own_domain(host);
  std::string decoded;
  return {own == nullptr ? "" : own->first, own == nullptr ? default_domain_ : own->first,
          storable(slug), storable(plain_slug(slug, decoded))};
}

std::size_t LinkTable::bytes() const {
  std::size_t sum = sizeof(LinkTable);
  for (const Shard& shard : shards_)
    for (const LinkSet* const set : {shard.base.get(), shard.changed.get()})
      if (set != nullptr) sum += set->bytes();
  return sum;
}

LinkTableBuilder::LinkTableBuilder(std::uint64_t seed, std::string_view default_domain)
    : seed_(seed), default_domain_(default_domain), directory_(seed, default_domain) {}

void LinkTableBuilder::add(const LinkRow& row) {
  if (!has_brand(row.brand)) return;
  LinkParts parts;
  parts.id = row.id;
  parts.slug = row.slug;
  parts.domain = directory_.domain_of(row.brand, row.domain);
  parts.status = is_redirect_status(row.status) ? row.status : default_status;
  parts.rules = row.rules;
  if (row.is_wanted) {
    if (const auto destination = split_destination(row.destination)) {
      parts.destination = *destination;
      parts.is_wanted = true;
      parts.utm = directory_.utm_of(row.utm, row.utm_locked);
    }
  }
  parts.site = directory_.site_of(row.brand, parts.destination);
  added_[shard_of(LinkSet::hash_of(seed_, parts.domain, parts.slug))].add(parts);
}

std::shared_ptr<const LinkTable> LinkTableBuilder::build() {
  const auto directory = directory_.directory();
  const bool is_new = std::any_of(added_.begin(), added_.end(),
                                  [](const LinkSet::Builder& added) { return added.size() > 0; });
  if (last_ && !is_new && last_->directory_ == directory && last_->is_complete_ == is_complete_)
    return last_;
  auto next = last_ ? std::make_shared<LinkTable>(*last_) : std::make_shared<LinkTable>();
  next->seed_ = seed_;
  next->default_domain_ = default_domain_;
  next->is_complete_ = is_complete_;
  next->directory_ = directory;
  next->utm_defaults_ = directory_.utm_defaults();
  for (std::size_t i = 0; i < added_.size(); ++i) {
    if (added_[i].size() == 0) continue;
    LinkTable::Shard& shard = next->shards_[i];
    next->size_ -= shard.links;
    shard = with(shard, added_[i].build(seed_));
    next->size_ += shard.links;
  }
  last_ = next;
  return next;
}

LinkTable::Shard LinkTableBuilder::with(const LinkTable::Shard& shard,
                                        std::shared_ptr<const LinkSet> added) const {
  if (shard.base == nullptr) return {added, nullptr, added->size()};
  auto changed =
      shard.changed == nullptr ? std::move(added) : LinkSet::merge(seed_, *shard.changed, *added);
  if (changed->size() >= changed_links_min &&
      changed->size() * changed_share >= shard.base->size()) {
    auto base = LinkSet::merge(seed_, *shard.base, *changed);
    const std::size_t links = base->size();
    return {std::move(base), nullptr, links};
  }
  const std::size_t links =
      shard.base->size() + changed->size() - changed->shared_with(seed_, *shard.base);
  return {shard.base, std::move(changed), links};
}

}  // namespace fairlead::redirect
