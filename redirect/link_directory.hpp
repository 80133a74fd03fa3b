// What link records refer to by number: brands, sites (a brand and an origin its links lead to) and
// own domains. Numbers never change while the process lives, so records outlive a change of their
// brand: whether a site is allowed is said here, once, for all its links. An immutable Directory is
// read by every I/O thread; the DirectoryBuilder belongs to whoever loads links.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/id.hpp"
#include "core/time.hpp"
#include "redirect/decide.hpp"
#include "redirect/seeded_hash.hpp"
#include "redirect/visitor_cookie.hpp"

namespace fairlead::redirect {

struct BrandRecord {
  core::BrandId id;
  std::string fallback_url;  // "" = none; only what may stand in a header
  core::Zone zone;
  std::vector<std::string> allowed_domains;
  std::string name;
  VisitorPolicy visitors;
};

// Hosts are what a client sends; without the seed nobody can pick some that collide.
struct TextHash {
  using is_avalanching = void;
  using is_transparent = void;
  std::uint64_t seed = 0;
  std::size_t operator()(std::string_view text) const { return seeded_hash(seed, text); }
};
template <class T>
using TextMap = boost::unordered_flat_map<std::string, T, TextHash, std::equal_to<>>;

struct Directory {
  struct Site {
    std::uint32_t brand = 0;
    bool is_allowed = false;  // the origin is on the brand's list
  };
  struct Domain {
    std::uint32_t number = 0;
    std::uint32_t brand = 0;  // the one whose links are on it
  };
  std::vector<std::shared_ptr<const BrandRecord>> brands;
  std::vector<Site> sites;
  TextMap<Domain> domains;  // own ones, in lower case
  bool has_former_own = false;
};

// Of links on an own domain that has become the default domain since. They are found where the
// default domain, whose number is 0, has none; nobody's Host leads to them alone.
inline constexpr std::uint32_t former_own_domain = 1;

class DirectoryBuilder {
 public:
  // `default_domain` is the host that links without a domain of their own are on.
  DirectoryBuilder(std::uint64_t seed, std::string_view default_domain);

  // Takes brands over, new or changed; every site of theirs is judged again.
  void set_brands(const std::vector<BrandRecord>& brands);
  bool has_brand(core::BrandId brand) const { return brand_numbers_.contains(brand.number); }

  // `brand` must be one of set_brands(). An empty destination gives a site that is never allowed.
  std::uint32_t site_of(core::BrandId brand, const Destination& destination);
  // 0 is the default domain, which is written "".
  std::uint32_t domain_of(core::BrandId brand, std::string_view domain);
  // The shared defaults of a stored utm column; nullptr when it has none. Lives as long as
  // `utm_defaults()` is held.
  const UtmDefaults* utm_of(std::string_view stored, bool is_locked);

  // What has been added so far; the same object until something changes.
  std::shared_ptr<const Directory> directory();
  std::shared_ptr<const void> utm_defaults() const { return utm_; }

 private:
  struct Origin {
    std::string host;
    bool is_https = false;
  };
  bool is_allowed(const Origin& origin, const BrandRecord& brand) const;

  const std::string default_domain_;
  Directory now_;
  std::vector<Origin> origins_;  // of now_.sites
  boost::unordered_flat_map<std::int64_t, std::uint32_t> brand_numbers_;
  TextMap<std::uint32_t> site_numbers_;  // by brand number and origin
  std::string site_key_;
  std::shared_ptr<std::deque<UtmDefaults>> utm_;  // never moved, never removed
  TextMap<const UtmDefaults*> utm_by_text_;
  std::string utm_key_;
  std::shared_ptr<const Directory> given_out_;
};

}  // namespace fairlead::redirect
