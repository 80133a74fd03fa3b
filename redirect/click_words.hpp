// What clicks share is stored once and stands in each click as a small number: words (a referrer, a
// language, …), profiles (all that is said about device and place), links. Belongs to the thread
// that writes the click file.
#pragma once

#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <string>
#include <string_view>

#include "redirect/click_record.hpp"
#include "storage/storage.hpp"

namespace fairlead::redirect {

// Stored and frozen: add, never renumber.
enum class WordKind : std::uint8_t {
  country = 1,
  device = 2,
  os = 3,
  browser = 4,
  app = 5,
  referrer = 6,
  language = 7,
  utm = 8,   // "utm_source=…&utm_medium=…", percent-encoded
  subs = 9,  // "sub1=…&sub2=…", percent-encoded
  rule = 10,
};

// The words of a profile, in the order of its table's columns.
inline constexpr std::array<WordKind, 6> profile_kinds = {WordKind::device,  WordKind::os,
                                                          WordKind::browser, WordKind::app,
                                                          WordKind::country, WordKind::language};
using ProfileWords = std::array<std::int64_t, profile_kinds.size()>;
struct Profile {
  std::int64_t number = 0;
  ProfileWords words{};
};

// Numbers are looked up in memory, then in the file, and made when they are in neither. The memory
// is bounded: when it holds numbers_kept_max it forgets all and learns again from the file, so that
// whoever sends ever new words costs a look-up and a row each, and no memory.
class ClickWords {
 public:
  explicit ClickWords(std::size_t numbers_kept_max = 100'000)  // of each of the three sorts
      : numbers_kept_max_(numbers_kept_max) {}

  // 0 for the empty word, which has no row.
  std::int64_t word(storage::Session& session, WordKind kind, std::string_view text);
  Profile profile(storage::Session& session, const ClickRecord& click);
  std::int64_t link(storage::Session& session, core::BrandId brand, core::LinkId link);

  // What was learned within a transaction is void when that was rolled back.
  void forget();
  // Before clicks up to this UTC day: what they use is marked as used on it
  // (redirect/retention.hpp), once a day for each number. A day that is not newer changes nothing.
  void use_on(core::Day day);
  std::size_t kept() const { return words_.size() + profiles_.size() + links_.size(); }

 private:
  struct LinkKey {
    std::int64_t link;
    std::int64_t brand;
    bool operator==(const LinkKey&) const = default;
    friend std::size_t hash_value(const LinkKey& key) {
      return static_cast<std::size_t>(key.link ^ key.brand << 1);
    }
  };
  template <class Map>
  void keep(Map& map, const typename Map::key_type& key, const typename Map::mapped_type& value) {
    if (map.size() >= numbers_kept_max_) map.clear();
    map.emplace(key, value);
  }

  const std::size_t numbers_kept_max_;
  core::Day day_;  // everything in memory is marked as used on it, or later
  boost::unordered_flat_map<std::string, std::int64_t> words_;  // kind byte + word
  boost::unordered_flat_map<std::string, Profile> profiles_;    // its texts, each behind its size
  boost::unordered_flat_map<LinkKey, std::int64_t> links_;
  std::string key_;  // of the look-up under way
};

}  // namespace fairlead::redirect
