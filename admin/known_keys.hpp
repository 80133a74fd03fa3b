// Keys that were looked up less than a second ago, so that a shop's busy key costs one read a
// second instead of one a request. Only keys that were good are remembered, by the SHA-256 of their
// text: whoever does not know a key cannot choose that, so how long a look-up takes tells nothing.
// Any thread.
#pragma once

#include <cstdint>
#include <cstring>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "core/crypto.hpp"
#include "core/time.hpp"
#include "net/router.hpp"

namespace fairlead::admin {

class KnownKeys {
 public:
  // For so long a key may still be taken after another server of the same database revoked it. In
  // this process forget() ends it at once.
  static constexpr std::int64_t kept_ms_max = 1'000;
  static constexpr std::size_t keys_max = 4'096;  // then all are forgotten

  struct Known {
    net::Principal who;
    std::optional<core::Instant> expires_at;
  };

  // Nothing when it is not known, was looked up too long ago, or has expired.
  std::optional<Known> find(const core::Digest& key, core::Instant now) const;

  // To be asked before the look-up, and given to remember() behind it.
  std::uint64_t generation() const;
  // `now` is from before the look-up. Does nothing when forget() was called since `generation`.
  void remember(const core::Digest& key, const Known& known, core::Instant now,
                std::uint64_t generation);
  // To be called when a revocation has been committed, before it is answered.
  void forget();

 private:
  struct Entry {
    Known known;
    core::Instant looked_up_at;
  };
  // A digest is as good as random already.
  struct FirstBytes {
    std::size_t operator()(const core::Digest& digest) const {
      std::size_t hash = 0;
      std::memcpy(&hash, digest.data(), sizeof hash);
      return hash;
    }
  };

  mutable std::mutex mutex_;
  std::unordered_map<core::Digest, Entry, FirstBytes> entries_;
  std::uint64_t generation_ = 0;
};

}  // namespace fairlead::admin
