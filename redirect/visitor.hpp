// Cookieless visitors: a keyed hash of brand, address and user agent under a salt that lives for
// one UTC day and is then destroyed, so that a visitor can be counted today and never be recognised
// tomorrow.
//
// DailySalt is shared (any thread, one lock per thread and day); a VisitorHash belongs to one
// thread.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "core/id.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "redirect/siphash.hpp"

namespace fairlead::redirect {

using Salt = std::array<std::uint8_t, 16>;

class DailySalt {
 public:
  // Takes the salt of `now`'s day from the file when it is there, else makes one. "" keeps it in
  // memory. Errc::io: the file cannot be written.
  static core::Result<std::unique_ptr<DailySalt>> open(std::string file, core::Instant now);

  struct OfDay {
    std::int64_t day;  // UTC days since 1970
    Salt salt;
  };
  // A new day's first caller makes its salt; the old one is overwritten in memory.
  OfDay of(core::Instant now);
  // Writes a salt that is not in the file yet over the old one. Blocks; never on an I/O thread.
  core::Result<void> save();

 private:
  DailySalt(std::string file, OfDay salt) : file_(std::move(file)), salt_(salt) {}

  std::string file_;  // 0600
  std::mutex mutex_;
  OfDay salt_;
  bool is_saved_ = false;
};

class VisitorHash {
 public:
  explicit VisitorHash(DailySalt& salt);
  ~VisitorHash();
  VisitorHash(const VisitorHash&) = delete;
  VisitorHash& operator=(const VisitorHash&) = delete;

  // Never 0.
  std::int64_t of(core::Instant now, core::BrandId brand, std::string_view client_address,
                  std::string_view user_agent);

 private:
  DailySalt& daily_;
  DailySalt::OfDay salt_;
  MacContext context_;
};

}  // namespace fairlead::redirect
