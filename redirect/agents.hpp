// What a user agent says: verdict, device, system, browser and app, by simple token tables that an
// open list may replace later. Each value is a short word of a fixed set, so that reports can group
// by it.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "redirect/bots.hpp"

namespace fairlead::redirect {

// Views point into static tables and live for ever.
struct Agent {
  AgentVerdict judged;
  std::string_view device;   // "phone", "tablet", "desktop", "bot", "other"
  std::string_view os;       // "ios", "android", "windows", "macos", "linux", "chromeos", "other"
  std::string_view browser;  // "chrome", "safari", "firefox", …, "webview", "other"
};

// Cut at agent_bytes_max bytes and lower-cased in ASCII once. Pure; any thread.
Agent read_agent(std::string_view user_agent);

// Remembers the last few thousand agents of one thread, because shoppers' phones repeat and reading
// one costs microseconds. Fixed size: a newer agent takes the place of the one with the same slot.
class AgentCache {
 public:
  explicit AgentCache(std::uint64_t seed) : seed_(seed), slots_(slot_count) {}
  const Agent& read(std::string_view user_agent);

 private:
  static constexpr std::size_t slot_count = 4096;
  struct Slot {
    std::uint64_t hash = 0;
    bool is_used = false;
    Agent agent;
  };
  std::uint64_t seed_;
  std::vector<Slot> slots_;
};

}  // namespace fairlead::redirect
