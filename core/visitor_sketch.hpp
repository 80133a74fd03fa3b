// How many different visitors there were, in little room: the numbers of up to 256 visitors one by
// one, beyond that a HyperLogLog sketch of 2,048 registers. Sketches of days or links merge into
// that of all of them, and how a sketch came about does not show in its bytes. Values; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fairlead::core {

// The standard error of estimate() beyond 256 visitors, 1.04 / sqrt(2048); up to there it is exact
// but for hashes that meet (one in 130,000 sketches of 256).
inline constexpr std::int64_t visitor_error_ppm = 23'000;

class VisitorSketch {
 public:
  // Whether it changed. Any number; hashed here, so that numbers in a row are as good as random.
  bool add(std::int64_t visitor);
  void merge(const VisitorSketch& other);
  // Merges what bytes() gave; false, and nothing happens, when these are not the bytes of a sketch.
  bool merge_bytes(std::string_view bytes);

  bool is_empty() const { return hashes_.empty() && ranks_.empty(); }
  std::int64_t estimate() const;
  // Stored and frozen. At most 1,281 bytes, so that three fit a page.
  std::string bytes() const;
  bool operator==(const VisitorSketch&) const = default;

 private:
  bool add_hash(std::uint32_t hash);
  void add_hashes(const std::vector<std::uint32_t>& sorted);
  void spread();

  std::vector<std::uint32_t> hashes_;  // sorted, each once; empty when there are registers
  std::vector<std::uint8_t> ranks_;    // the registers; empty while the hashes are few
};

}  // namespace fairlead::core
