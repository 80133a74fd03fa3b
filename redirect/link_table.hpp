// The links as the redirect sees them: an immutable table handed to each I/O thread. A reader holds
// a plain pointer; nothing here is locked or counted on the redirect path. A request must not keep
// a record over a co_await: the thread may be given a newer table meanwhile.
//
// A table is 256 shards by hash, each a large base and the few links that changed since it was
// built. An edit makes new small sets for the shards it touches and shares everything else with the
// table before; a shard whose changes have grown to a sixteenth gets a new base. So an edit costs
// microseconds among ten million links and there is never a second copy of the whole.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "redirect/link_directory.hpp"
#include "redirect/link_set.hpp"

namespace fairlead::redirect {

class LinkTable {
 public:
  struct Found {
    const LinkRecord* link = nullptr;    // only when it is served
    const BrandRecord* brand = nullptr;  // whose fallback answers when there is no link
    const LinkRules* rules = nullptr;    // also of one that is not served; nullptr = none
    bool is_known = false;               // there is a link, served or not, and no other one
  };
  // `host` as sent, without port; one that has no links of its own uses the default domain. `path`
  // as sent: the slug is matched as it stands, then without one trailing '/', then percent-decoded.
  Found find(std::string_view host, std::string_view path) const;
  // False while only some links are here: one that find() has not may still be in the database.
  bool is_complete() const { return is_complete_; }
  // What find() looks for, to be asked of the database: domain and slug, each in two spellings.
  struct Wanted {
    std::string domain;
    std::string other_domain;
    std::string slug;
    std::string other_slug;
  };
  Wanted wanted(std::string_view host, std::string_view path) const;
  std::size_t size() const { return size_; }
  std::size_t bytes() const;  // of memory, without what records share (directory and utm)

 private:
  friend class LinkTableBuilder;
  static constexpr std::size_t shard_count = 256;
  struct Shard {
    std::shared_ptr<const LinkSet> base;     // nullptr = empty
    std::shared_ptr<const LinkSet> changed;  // wins over the base; nullptr = empty
    std::size_t links = 0;
  };
  struct Place {
    const LinkRecord* record = nullptr;
    const LinkSet* set = nullptr;
  };
  Place place_of(std::uint32_t domain, std::string_view slug) const;
  Place lookup(std::uint32_t domain, std::string_view slug) const;
  const std::pair<const std::string, Directory::Domain>* own_domain(std::string_view host) const;

  std::uint64_t seed_ = 0;
  std::size_t size_ = 0;
  std::string default_domain_;
  bool is_complete_ = false;
  std::shared_ptr<const Directory> directory_;
  std::shared_ptr<const void> utm_defaults_;
  std::array<Shard, shard_count> shards_;
};

// One row of the table `links`. Borrows its texts.
struct LinkRow {
  core::BrandId brand;
  core::LinkId id;
  std::string_view domain;  // "" = the default domain
  std::string_view slug;
  std::string_view destination;
  std::string_view utm = "{}";  // as stored
  bool utm_locked = false;
  int status = 302;
  bool is_wanted = true;  // enabled and not archived
  std::shared_ptr<const LinkRules> rules = nullptr;
};

// Makes the first table of all links, and from each table the next. One thread at a time.
class LinkTableBuilder {
 public:
  // `default_domain` is the host whose links have the domain "".
  LinkTableBuilder(std::uint64_t seed, std::string_view default_domain);

  // New and changed brands; call it before rows of theirs. A row of an unknown brand is left out.
  void set_brands(const std::vector<BrandRecord>& brands) { directory_.set_brands(brands); }
  bool has_brand(core::BrandId brand) const { return directory_.has_brand(brand); }
  void add_domain(core::BrandId brand, std::string_view domain) {
    if (has_brand(brand)) directory_.domain_of(brand, domain);
  }
  void add(const LinkRow& row);
  // From now on, tables hold every link there is.
  void set_complete() { is_complete_ = true; }

  // What was added since the last build, over the last table built. A link's slug and domain never
  // change; a row with the key of an older one replaces it. The last table itself when nothing is
  // new.
  std::shared_ptr<const LinkTable> build();

 private:
  LinkTable::Shard with(const LinkTable::Shard& shard, std::shared_ptr<const LinkSet> added) const;

  std::uint64_t seed_;
  std::string default_domain_;
  DirectoryBuilder directory_;
  bool is_complete_ = false;
  std::array<LinkSet::Builder, LinkTable::shard_count> added_;
  std::shared_ptr<const LinkTable> last_;
};

}  // namespace fairlead::redirect
