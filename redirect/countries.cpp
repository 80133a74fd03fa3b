#include "redirect/countries.hpp"

#include <maxminddb.h>
#include <netinet/in.h>

#include <algorithm>

namespace fairlead::redirect {

namespace {

std::string_view country_in(MMDB_entry_s& entry, const char* const* path) {
  MMDB_entry_data_s found;
  const bool is_there = MMDB_aget_value(&entry, &found, path) == MMDB_SUCCESS && found.has_data &&
                        found.type == MMDB_DATA_TYPE_UTF8_STRING && found.data_size == 2;
  return is_there ? std::string_view(found.utf8_string, found.data_size) : std::string_view{};
}

}  // namespace

core::Result<std::unique_ptr<Countries>> Countries::open(const std::string& file) {
  auto opened = std::make_unique<MMDB_s>();
  const int error = MMDB_open(file.c_str(), MMDB_MODE_MMAP, opened.get());
  if (error != MMDB_SUCCESS)
    return core::fail(core::Errc::config, file + ": " + MMDB_strerror(error));
  return std::unique_ptr<Countries>(
      new Countries(std::unique_ptr<MMDB_s, Close>(opened.release())));
}

void Countries::Close::operator()(MMDB_s* file) const {
  MMDB_close(file);
  delete file;
}

std::string_view Countries::of(const AddressBytes& address) const {
  sockaddr_storage storage{};
  if (is_v4(address)) {
    auto* v4 = reinterpret_cast<sockaddr_in*>(&storage);
    v4->sin_family = AF_INET;
    std::copy_n(address.begin() + 12, 4, reinterpret_cast<std::uint8_t*>(&v4->sin_addr));
  } else {
    auto* v6 = reinterpret_cast<sockaddr_in6*>(&storage);
    v6->sin6_family = AF_INET6;
    std::copy_n(address.begin(), 16, reinterpret_cast<std::uint8_t*>(&v6->sin6_addr));
  }
  int error = MMDB_SUCCESS;
  MMDB_lookup_result_s found =
      MMDB_lookup_sockaddr(file_.get(), reinterpret_cast<const sockaddr*>(&storage), &error);
  if (error != MMDB_SUCCESS || !found.found_entry) return {};
  static constexpr const char* nested[] = {"country", "iso_code", nullptr};
  static constexpr const char* flat[] = {"country_code", nullptr};
  const std::string_view country = country_in(found.entry, nested);
  return country.empty() ? country_in(found.entry, flat) : country;
}

}  // namespace fairlead::redirect
