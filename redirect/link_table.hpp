// The links as the redirect sees them: an immutable table, built whole and handed to each I/O
// thread. A reader holds a plain pointer; nothing here is locked or counted on the redirect path. A
// request must not keep a record over a co_await: the thread may be given a newer table meanwhile.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/id.hpp"
#include "core/time.hpp"
#include "redirect/decide.hpp"

namespace fairlead::redirect {

struct LinkRecord {
  core::LinkId id;
  core::BrandId brand;
  std::uint32_t brand_index = 0;  // into the table's brands
  bool is_served = false;  // enabled, not archived, destination on the brand's allowed domains
  int status = 302;
  std::string domain;  // "" = the default domain
  std::string slug;
  Target target;
};

struct BrandRecord {
  core::BrandId id;
  std::string fallback_url;  // "" = none; only what may stand in a header
  core::Zone zone;
  std::vector<std::string> allowed_domains;
};

class LinkTable {
 public:
  // `default_domain` is the host whose links have the domain "".
  LinkTable(std::uint64_t seed, std::string_view default_domain, std::vector<BrandRecord> brands,
            std::vector<LinkRecord> links);

  struct Found {
    const LinkRecord* link = nullptr;    // only when it is served
    const BrandRecord* brand = nullptr;  // whose fallback answers when there is no link
  };
  // `host` as sent, without port; one that has no links of its own uses the default domain. `path`
  // as sent: the slug is matched as it stands, then without one trailing '/', then percent-decoded.
  Found find(std::string_view host, std::string_view path) const;
  const BrandRecord& brand_of(const LinkRecord& link) const { return brands_[link.brand_index]; }
  std::size_t size() const { return links_.size(); }

 private:
  // The key is a hash already, under a secret seed, so it is used as it is.
  struct AsIs {
    using is_avalanching = void;
    std::size_t operator()(std::uint64_t hash) const { return hash; }
  };
  std::uint64_t key_of(std::string_view domain, std::string_view slug) const;
  const LinkRecord* lookup(std::string_view domain, std::string_view slug) const;

  std::uint64_t seed_;
  std::vector<BrandRecord> brands_;
  std::vector<LinkRecord> links_;
  std::vector<std::string> domains_;  // own domains, sorted; few
  boost::unordered_flat_map<std::uint64_t, std::uint32_t, AsIs> by_key_;
  std::vector<std::uint32_t> next_;  // of two links with one hash: the other's place plus one
};

}  // namespace fairlead::redirect
