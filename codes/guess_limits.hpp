// How many wrong codes may be tried from a page: by one network, with one key, and of one brand, a
// minute each. Every refusal costs the same, whatever its reason, or the limits would tell reasons
// apart; a right code costs a tenth. Only calls with a browser key come here, so nothing of this
// ever stands in the way of a shop's server.
//
// The idea: each of the three is a token bucket that holds a minute's worth and refills evenly
// (kept as the generic cell rate algorithm does, ITU-T I.371: one instant per bucket). A whole
// guess is taken before the code is looked at and most of it given back when it was right, so that
// calls side by side cannot pass together. Ten a minute is what shops and libraries settled on for
// one client (Hi.Events 1080, spryker-shop/b2c-demo-shop 843, SyliusGiftCardPlugin 297, all on
// GitHub); the ceilings for key and brand bound what many networks together may try.
//
// Memory is bounded: a network that cannot be remembered pushes out the one of its row that is
// closest to having refilled. Any thread.
#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "core/id.hpp"
#include "core/network_prefix.hpp"
#include "core/time.hpp"

namespace fairlead::codes {

// Wrong answers a minute, 0 = any number.
struct GuessLimitOptions {
  std::int64_t network_minute_max = 10;  // of one /24 or /48, on one brand's codes
  std::int64_t key_minute_max = 120;
  std::int64_t brand_minute_max = 240;  // of all its browser keys
};

struct Guesser {
  core::BrandId brand;
  core::KeyId key;
  core::NetworkPrefix network{};
};

class GuessLimits {
 public:
  // `seed`: secret, so that nobody can choose networks that share a row.
  GuessLimits(GuessLimitOptions options, std::string seed);

  // Takes a guess from all three. When one of them has none left nothing is taken, and the answer
  // is the whole seconds until it has, at least 1; else 0.
  std::int64_t take(const Guesser& guesser, core::Instant now);
  // The code was right: nine tenths of its guess come back.
  void give_back_most(const Guesser& guesser, core::Instant now);
  // Nothing was looked at, because the database failed.
  void give_back(const Guesser& guesser, core::Instant now);

 private:
  // When a bucket will be full again; in the past = it is full.
  struct Slot {
    std::uint64_t owner = 0;  // 0 = free
    core::Instant full_at;
  };
  static constexpr std::size_t row_slots = 8;
  using Row = std::array<Slot, row_slots>;
  struct Bucket {
    Slot& slot;
    std::int64_t cost_micros;  // of one guess; a minute divided by the limit
  };
  std::vector<Bucket> buckets_of(const Guesser& guesser);
  Slot& slot_of(std::vector<Row>& rows, std::string_view owner);
  void give_back(const Guesser& guesser, std::int64_t tenths, core::Instant now);

  const GuessLimitOptions options_;
  const std::string seed_;
  std::mutex guard_;
  std::vector<Row> networks_;
  std::vector<Row> owners_;  // keys and brands
};

}  // namespace fairlead::codes
