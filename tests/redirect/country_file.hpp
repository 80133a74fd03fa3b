// A small file of countries in MaxMind's format, as the format's specification 2.0 describes it:
// a binary tree over the bits of IPv6 addresses, with IPv4 below ::/96, behind it the data, behind
// that the metadata.
#pragma once

#include <array>
#include <cstdint>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "redirect/client_address.hpp"

namespace fairlead::test {

class CountryFile {
 public:
  enum class Form { nested, flat };  // "country"/"iso_code", or "country_code"
  explicit CountryFile(Form form = Form::nested) : form_(form) {}

  CountryFile& add(const std::string& address, unsigned prefix, const std::string& country) {
    auto bytes = redirect::parse_address(address).value();
    if (redirect::is_v4(bytes)) {
      bytes[10] = bytes[11] = 0;
      prefix += 96;
    }
    std::size_t node = 0;
    for (unsigned bit = 0; bit + 1 < prefix; ++bit) {
      std::int64_t& child = tree_[node][side(bytes, bit)];
      if (child == nothing) {
        child = static_cast<std::int64_t>(tree_.size());
        node = tree_.size();
        tree_.push_back({nothing, nothing});  // `child` is gone from here on
      } else {
        node = static_cast<std::size_t>(child);
      }
    }
    tree_[node][side(bytes, prefix - 1)] = leaf - static_cast<std::int64_t>(data_.size());
    const std::string name = text(country);
    data_ += form_ == Form::flat ? map(1) + text("country_code") + name
                                 : map(1) + text("country") + map(1) + text("iso_code") + name;
    return *this;
  }

  std::string bytes() const {
    const auto nodes = static_cast<std::int64_t>(tree_.size());
    std::string all;
    for (const auto& node : tree_)
      for (const std::int64_t child : node) {
        const std::int64_t record = child == nothing ? nodes
                                    : child <= leaf  ? nodes + 16 + leaf - child
                                                     : child;
        for (const int shift : {16, 8, 0})
          all += static_cast<char>(record >> shift & 0xff);
      }
    return all + std::string(16, '\0') + data_ + "\xab\xcd\xefMaxMind.com" + map(9) +
           text("node_count") + number(6, nodes, 4) + text("record_size") + number(5, 24, 2) +
           text("ip_version") + number(5, 6, 2) + text("database_type") + text("Test-Country") +
           text("languages") + std::string("\x00\x04", 2) + text("binary_format_major_version") +
           number(5, 2, 2) + text("binary_format_minor_version") + number(5, 0, 2) +
           text("build_epoch") + std::string("\x08\x02", 2) + big_endian(1'700'000'000, 8) +
           text("description") + map(0);
  }

  void write(const std::string& file) const { std::ofstream(file, std::ios::binary) << bytes(); }

 private:
  static constexpr std::int64_t nothing = -1;
  static constexpr std::int64_t leaf = -2;  // and below: leaf − offset of the data

  static std::size_t side(const redirect::AddressBytes& bytes, unsigned bit) {
    return bytes[bit / 8] >> (7 - bit % 8) & 1;
  }
  static std::string map(int pairs) { return {static_cast<char>(7 << 5 | pairs)}; }
  static std::string text(const std::string& text) {
    return static_cast<char>(2 << 5 | static_cast<int>(text.size() < 29 ? text.size() : 29)) +
           (text.size() < 29 ? "" : std::string{static_cast<char>(text.size() - 29)}) + text;
  }
  static std::string number(int type, std::int64_t value, int size) {
    return static_cast<char>(type << 5 | size) + big_endian(value, size);
  }
  static std::string big_endian(std::int64_t value, int size) {
    std::string bytes;
    for (int i = size - 1; i >= 0; --i)
      bytes += static_cast<char>(value >> 8 * i & 0xff);
    return bytes;
  }

  Form form_;
  std::vector<std::array<std::int64_t, 2>> tree_{{nothing, nothing}};
  std::string data_;
};

}  // namespace fairlead::test
