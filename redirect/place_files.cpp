#include "redirect/place_files.hpp"

#include <string>

namespace fairlead::redirect {

namespace {

core::Error about(std::string_view key, const core::Error& error) {
  return {error.code, std::string(key) + " = " + error.detail};
}

}  // namespace

core::Result<std::shared_ptr<const PlaceFiles>> PlaceFiles::open(const Options& options) {
  std::unique_ptr<Countries> countries;
  if (!options.geo_database.empty()) {
    auto opened = Countries::open(options.geo_database);
    if (!opened) return about("geo_database", opened.error());
    countries = std::move(*opened);
  }
  AddressRanges datacenters;
  if (!options.datacenter_ranges.empty()) {
    auto read = AddressRanges::read(options.datacenter_ranges);
    if (!read) return about("datacenter_ranges", read.error());
    datacenters = std::move(*read);
  }
  return std::shared_ptr<const PlaceFiles>(
      new PlaceFiles(std::move(countries), std::move(datacenters), options.refuse_datacenters));
}

}  // namespace fairlead::redirect
