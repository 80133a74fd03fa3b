// Ranges of addresses from a text file, such as those of hosting companies: one network a line
// ("203.0.113.0/24", "2001:db8::/32", "203.0.113.9"), '#' begins a remark. Immutable; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "redirect/client_address.hpp"

namespace fairlead::redirect {

class AddressRanges {
 public:
  AddressRanges() = default;
  // Errc::config names the file, the line and what would be right.
  static core::Result<AddressRanges> read(const std::string& file);

  bool contains(const AddressBytes& address) const;
  std::size_t size() const { return ranges_.size(); }  // overlapping networks are one range

 private:
  struct Range {
    AddressBytes first;
    AddressBytes last;
  };
  static std::optional<Range> parse(std::string_view line);
  void merge();

  std::vector<Range> ranges_;  // in order, apart from each other
};

}  // namespace fairlead::redirect
