// What only all clicks in their order can tell: repeats and floods. Judges every click that nothing
// else refused; only such clicks count as the earlier ones. First hit wins:
//
//   flood      the 11th and later of one person on one link, within a minute of the first; and of
//              one network, the 301st and later, while its minute has seen at most 3 user agents: a
//              carrier's network on a viral story has many
//   duplicate  the same person on the same link again, within the window of the click before
//
// "One person" is one address with one user agent (ClickRecord::who); it is in memory only, also
// for visitors who forbid to be known. A minute begins with the first click and is over 60 s later.
//
// Memory is fixed and each click touches two cache lines or three. When more persons are around
// than there is room for, the one seen longest ago is forgotten: a repeat may then count as valid,
// never the other way round. Belongs to one thread.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "redirect/click_record.hpp"

namespace fairlead::redirect {

struct RepeatLimits {
  std::uint32_t duplicate_window_s = 10;   // 0 … 3600; 0: no click is a duplicate
  std::uint32_t person_minute_max = 10;    // clicks on one link; 0: no limit
  std::uint32_t network_minute_max = 300;  // clicks; 0: no limit
  static constexpr std::uint32_t agents_of_flood_max = 3;
};

// Of the client's address and user agent; the low bits tell the user agent alone. `seed` is secret.
std::uint64_t who_of(std::uint64_t seed, std::string_view client_address,
                     std::string_view user_agent);

class RepeatJudge {
 public:
  static constexpr std::size_t persons_max = 1 << 20;  // 16 MB; about a million in an hour's window
  static constexpr std::size_t networks_max = 1 << 16;  // 1.5 MB

  explicit RepeatJudge(RepeatLimits limits);
  // The click's own verdict unless that is `valid` and a repeat. Clicks come about in the order of
  // their ids; one that is older by more than its window begins anew.
  core::ClickVerdict judge(const ClickRecord& click);
  // Persons forgotten although their minute or window was not over.
  std::uint64_t forgotten() const { return forgotten_; }

 private:
  struct Person {
    std::uint32_t tag = 0;  // 0: free
    std::uint32_t last_ms = 0;
    std::uint32_t minute_ms = 0;
    std::uint32_t clicks = 0;  // in the minute
  };
  struct NetworkMinute {
    std::uint32_t tag = 0;
    std::uint32_t last_ms = 0;
    std::uint32_t minute_ms = 0;
    std::uint32_t clicks = 0;
    std::array<std::uint16_t, RepeatLimits::agents_of_flood_max> agents{};
    std::uint16_t agent_count = 0;  // at most one more than there is room for
  };
  // The places of a key; a person's are one cache line.
  template <class Entry>
  struct alignas(64) Bucket {
    std::array<Entry, 4> entries;
  };
  template <class Entry>
  Entry& entry_of(std::vector<Bucket<Entry>>& table, std::uint64_t key, std::uint32_t now_ms);
  bool is_network_flood(const ClickRecord& click, std::uint64_t era, std::uint32_t now_ms);

  RepeatLimits limits_;
  std::uint32_t window_ms_;
  std::vector<Bucket<Person>> persons_;
  std::vector<Bucket<NetworkMinute>> networks_;
  std::uint64_t forgotten_ = 0;
};

}  // namespace fairlead::redirect
