// The country of an address, from a file in MaxMind's format that the user points to: country names
// under "country"/"iso_code" (GeoLite2, DB-IP) or "country_code" (ip-location-db). The file is
// mapped into memory: replace it by renaming, never in place. Immutable; any thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "redirect/client_address.hpp"

struct MMDB_s;

namespace fairlead::redirect {

class Countries {
 public:
  // Errc::config names the file and what is wrong with it.
  static core::Result<std::unique_ptr<Countries>> open(const std::string& file);

  // "DE"; "" when it is not known. A view into the file; lives as long as this.
  std::string_view of(const AddressBytes& address) const;

 private:
  struct Close {
    void operator()(MMDB_s* file) const;
  };
  explicit Countries(std::unique_ptr<MMDB_s, Close> file) : file_(std::move(file)) {}
  std::unique_ptr<MMDB_s, Close> file_;
};

}  // namespace fairlead::redirect
