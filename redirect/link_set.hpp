// Links packed for reading: records of 40 bytes, each followed by its slug and its destination, in
// one block, and an index of 8-byte slots. A lookup reads one slot and one record, in most cases
// two cache misses. Immutable once built, so any thread may read; see docs/decisions/0007.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "core/id.hpp"
#include "redirect/decide.hpp"

namespace fairlead::redirect {

struct LinkRules;  // what few links have

// What a record is made of. Borrows its texts.
struct LinkParts {
  core::LinkId id;
  std::uint32_t site = 0;    // number of brand and origin in the directory
  std::uint32_t domain = 0;  // number of its own domain; 0 = the default domain
  std::string_view slug;     // at most slug_bytes_max; longer ones are not kept
  Destination destination;   // empty when the link is not wanted
  const UtmDefaults* utm = nullptr;
  int status = 302;
  bool is_wanted = false;  // enabled, not archived, destination sound
  std::shared_ptr<const LinkRules> rules = nullptr;
};

// Stands in a LinkSet only: its texts follow it in memory.
class LinkRecord {
 public:
  LinkRecord(const LinkRecord&) = delete;
  LinkRecord& operator=(const LinkRecord&) = delete;

  core::LinkId id() const { return id_; }
  std::uint32_t site() const { return site_; }
  std::uint32_t domain() const { return domain_; }
  int status() const { return 300 + status_above_300_; }
  bool is_wanted() const { return is_wanted_; }
  std::string_view slug() const { return {texts(), slug_bytes_}; }
  Target target() const;

 private:
  friend class LinkSet;
  explicit LinkRecord(const LinkParts& parts);
  const char* texts() const { return reinterpret_cast<const char*>(this + 1); }
  std::size_t texts_bytes() const { return std::size_t{slug_bytes_} + url_bytes_; }

  core::LinkId id_;
  const UtmDefaults* utm_;
  std::uint32_t site_;
  std::uint32_t domain_;
  std::uint32_t rules_ = 0;  // place in the set's rules plus one; 0 = none
  std::uint16_t url_bytes_;
  std::uint16_t origin_end_;
  std::uint16_t path_end_;
  std::uint16_t query_end_;
  std::uint8_t slug_bytes_;
  std::uint8_t status_above_300_;
  bool is_wanted_ : 1;
  bool has_macro_ : 1;
  std::uint8_t has_utm_ : 5;
};
static_assert(sizeof(LinkRecord) == 40);

class LinkSet {
 public:
  static constexpr std::size_t slug_bytes_max = 255;

  // The hash of a key under a secret seed. Equal keys, equal hashes; the top byte is left to the
  // caller.
  static std::uint64_t hash_of(std::uint64_t seed, std::uint32_t domain, std::string_view slug);

  // Adds records, then build() makes them findable. Of two with one key the later one stays.
  class Builder {
   public:
    void add(const LinkParts& parts);
    std::size_t size() const { return size_; }
    // The builder is empty afterwards.
    std::shared_ptr<const LinkSet> build(std::uint64_t seed);

   private:
    friend class LinkSet;
    void add(const LinkRecord& record, const LinkSet& of);
    LinkRecord& append(std::size_t bytes);

    std::vector<std::uint64_t> block_;
    std::vector<std::shared_ptr<const LinkRules>> rules_;
    std::size_t size_ = 0;
  };
  // All of both; the newer one's where they have the same key.
  static std::shared_ptr<const LinkSet> merge(std::uint64_t seed, const LinkSet& older,
                                              const LinkSet& newer);

  // The record of that key, whose hash it is; nullptr when there is none.
  const LinkRecord* find(std::uint64_t hash, std::uint32_t domain, std::string_view slug) const;
  const LinkRules* rules_of(const LinkRecord& record) const {
    return record.rules_ == 0 ? nullptr : rules_[record.rules_ - 1].get();
  }
  std::size_t size() const { return size_; }
  std::size_t shared_with(std::uint64_t seed, const LinkSet& other) const;  // keys that both have
  std::size_t bytes() const;                                                // of memory

 private:
  struct Slot {
    std::uint32_t fingerprint = 0;
    std::uint32_t place = 0;  // of the record in the block, in words, plus one; 0 = free
  };
  std::size_t slot_of(std::uint64_t hash) const {
    return static_cast<std::size_t>((hash >> 24 & 0xffff'ffff) * slot_count_ >> 32);
  }
  const LinkRecord& at(std::uint32_t place) const {
    return *reinterpret_cast<const LinkRecord*>(block_.get() + place - 1);
  }
  void index(std::uint64_t seed);
  void put(std::uint64_t hash, std::uint32_t place);
  template <class Fn>
  void each(const Fn& fn) const;  // of the records that are findable

  std::unique_ptr<std::uint64_t[]> block_;
  std::unique_ptr<Slot[]> slots_;
  std::size_t slot_count_ = 0;
  std::size_t words_ = 0;  // of the block
  std::size_t size_ = 0;   // keys
  std::vector<std::shared_ptr<const LinkRules>> rules_;
};

}  // namespace fairlead::redirect
