// The files that say where addresses are, as they were when they were opened: the I/O threads look
// into one such pair until they are handed a newer one. Immutable; any thread.
#pragma once

#include <memory>

#include "core/result.hpp"
#include "redirect/click_facts.hpp"
#include "redirect/redirect.hpp"

namespace fairlead::redirect {

class PlaceFiles {
 public:
  // Those that the options name; what is not named knows nothing. Errc::config names the key, the
  // file and what is wrong with it.
  static core::Result<std::shared_ptr<const PlaceFiles>> open(const Options& options);
  PlaceFiles(const PlaceFiles&) = delete;
  PlaceFiles& operator=(const PlaceFiles&) = delete;

  const Places& places() const { return places_; }  // lives as long as this

 private:
  PlaceFiles(std::unique_ptr<Countries> countries, AddressRanges datacenters,
             bool refuse_datacenters)
      : countries_(std::move(countries)),
        datacenters_(std::move(datacenters)),
        places_{countries_.get(), &datacenters_, refuse_datacenters} {}

  const std::unique_ptr<Countries> countries_;
  const AddressRanges datacenters_;
  const Places places_;
};

}  // namespace fairlead::redirect
