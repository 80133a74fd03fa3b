#include "redirect/link_directory.hpp"

#include <utility>

#include "core/check.hpp"
#include "redirect/utm.hpp"

namespace fairlead::redirect {

DirectoryBuilder::DirectoryBuilder(std::uint64_t seed, std::string_view default_domain)
    : default_domain_(default_domain),
      site_numbers_(0, TextHash{seed}),
      utm_(std::make_shared<std::deque<UtmDefaults>>()),
      utm_by_text_(0, TextHash{seed}) {
  now_.domains = TextMap<Directory::Domain>(0, TextHash{seed});
}

void DirectoryBuilder::set_brands(const std::vector<BrandRecord>& brands) {
  given_out_.reset();
  for (const BrandRecord& brand : brands) {
    const auto number = static_cast<std::uint32_t>(now_.brands.size());
    const auto [at, is_new] = brand_numbers_.emplace(brand.id.number, number);
    if (is_new) now_.brands.emplace_back();
    now_.brands[at->second] = std::make_shared<const BrandRecord>(brand);
  }
  for (std::size_t i = 0; i < origins_.size(); ++i) {
    Directory::Site& site = now_.sites[i];
    site.is_allowed = is_allowed(origins_[i], *now_.brands[site.brand]);
  }
}

bool DirectoryBuilder::is_allowed(const Origin& origin, const BrandRecord& brand) const {
  return !origin.host.empty() &&
         is_allowed_host(origin.host, origin.is_https, brand.allowed_domains);
}

std::uint32_t DirectoryBuilder::site_of(core::BrandId brand, const Destination& destination) {
  const auto owner = brand_numbers_.find(brand.number);
  CHECK(owner != brand_numbers_.end());
  site_key_.assign(reinterpret_cast<const char*>(&owner->second), sizeof owner->second);
  site_key_.append(destination.origin());
  const auto number = static_cast<std::uint32_t>(now_.sites.size());
  const auto [at, is_new] = site_numbers_.emplace(site_key_, number);
  if (!is_new) return at->second;
  given_out_.reset();
  if (destination.url.empty()) {
    origins_.push_back({});
  } else {
    origins_.push_back({std::string(destination.host()), destination.is_https()});
  }
  now_.sites.push_back({owner->second, is_allowed(origins_.back(), *now_.brands[owner->second])});
  return number;
}

std::uint32_t DirectoryBuilder::domain_of(core::BrandId brand, std::string_view domain) {
  if (domain.empty()) return 0;
  if (domain == default_domain_) {
    if (!std::exchange(now_.has_former_own, true)) given_out_.reset();
    return former_own_domain;
  }
  if (const auto known = now_.domains.find(domain); known != now_.domains.end())
    return known->second.number;
  const auto owner = brand_numbers_.find(brand.number);
  CHECK(owner != brand_numbers_.end());
  given_out_.reset();
  const auto number = static_cast<std::uint32_t>(now_.domains.size()) + former_own_domain + 1;
  now_.domains.emplace(domain, Directory::Domain{number, owner->second});
  return number;
}

const UtmDefaults* DirectoryBuilder::utm_of(std::string_view stored, bool is_locked) {
  if (stored == "{}") return nullptr;
  utm_key_.assign(1, is_locked ? 'L' : ' ').append(stored);
  if (const auto known = utm_by_text_.find(utm_key_); known != utm_by_text_.end())
    return known->second;
  const UtmValues values = stored_utm(stored);
  UtmDefaults defaults;
  defaults.is_locked = is_locked;
  bool has_any = false;
  for (std::size_t i = 0; i < values.size(); ++i) {
    append_encoded(defaults.values[i], values[i]);
    has_any = has_any || !values[i].empty();
  }
  if (!has_any) return nullptr;
  utm_->push_back(std::move(defaults));
  utm_by_text_.emplace(utm_key_, &utm_->back());
  return &utm_->back();
}

std::shared_ptr<const Directory> DirectoryBuilder::directory() {
  if (given_out_ == nullptr) given_out_ = std::make_shared<const Directory>(now_);
  return given_out_;
}

}  // namespace fairlead::redirect
