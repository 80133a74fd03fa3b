// HyperLogLog: a hash that begins with k zero bits is seen once among 2^k visitors, so the longest
// run of zeros seen tells how many there were. One such guess is rough; 2,048 registers, chosen by
// the hash's first bits, make 2,048 guesses, and their mean is within 2.3 %. A visitor who comes
// again changes nothing, and the register of two sets together is the larger of both.
//
// Flajolet, Fusy, Gandouet, Meunier: HyperLogLog (2007). estimate() is the improved raw estimator
// of Ertl: New cardinality estimation algorithms for HyperLogLog sketches (2017), algorithm 6,
// which needs no tables of corrections.
#include "core/visitor_sketch.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <iterator>
#include <utility>

namespace fairlead::core {

namespace {

constexpr std::size_t hashes_max = 256;
constexpr int index_bits = 11;
constexpr std::size_t register_count = std::size_t{1} << index_bits;
constexpr int rank_bits = 32 - index_bits;  // ranks are 0 … rank_bits + 1, which fits 5 bits

// The first byte says which of the two forms follows.
constexpr char form_hashes = 1;  // 4 bytes each, little-endian, sorted
constexpr char form_ranks = 2;   // 5 bits each, 8 in 5 bytes
constexpr std::size_t packed_group = 5;
constexpr std::size_t packed_bytes = register_count / 8 * packed_group;

static_assert(std::endian::native == std::endian::little);

// The finaliser of splitmix64: every bit of the result depends on every bit of the number.
std::uint32_t hash_of(std::int64_t visitor) {
  auto x = static_cast<std::uint64_t>(visitor) + 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return static_cast<std::uint32_t>((x ^ (x >> 31)) >> 32);
}

// Eight ranks of 5 bits each to eight bytes, by halves, and back.
std::uint64_t unpacked(std::uint64_t x) {
  x = (x & 0xfffff) | (x & 0xfffff00000) << 12;
  x = (x & 0x000003ff000003ff) | (x & 0x000ffc00000ffc00) << 6;
  return (x & 0x001f001f001f001f) | (x & 0x03e003e003e003e0) << 3;
}
std::uint64_t packed(std::uint64_t x) {
  x = (x & 0x001f001f001f001f) | (x >> 3 & 0x03e003e003e003e0);
  x = (x & 0x000003ff000003ff) | (x >> 6 & 0x000ffc00000ffc00);
  return (x & 0xfffff) | (x >> 12 & 0xfffff00000);
}

// Of a sketch's bytes, of which so many are left; eight are read at once where there are eight.
std::uint64_t packed_at(const char* at, std::size_t left) {
  std::uint64_t group = 0;
  if (left >= sizeof group) {
    std::memcpy(&group, at, sizeof group);
    return group & 0xffffffffff;
  }
  std::memcpy(&group, at, packed_group);
  return group;
}

// The larger of each of eight bytes below 128.
std::uint64_t larger(std::uint64_t a, std::uint64_t b) {
  constexpr std::uint64_t high = 0x8080808080808080;
  const std::uint64_t is_a = ((a | high) - b) & high;
  const std::uint64_t mask = is_a | (is_a - (is_a >> 7));
  return (a & mask) | (b & ~mask);
}

double sigma(double x) {
  double y = 1;
  double z = x;
  for (double before = -1; z != before; y += y) {
    x *= x;
    before = z;
    z += x * y;
  }
  return z;
}

double tau(double x) {
  if (x <= 0 || x >= 1) return 0;
  double y = 1;
  double z = 1 - x;
  for (double before = -1; z != before;) {
    x = std::sqrt(x);
    before = z;
    y *= 0.5;
    z -= (1 - x) * (1 - x) * y;
  }
  return z / 3;
}

}  // namespace

bool VisitorSketch::add(std::int64_t visitor) {
  return add_hash(hash_of(visitor));
}

bool VisitorSketch::add_hash(std::uint32_t hash) {
  if (ranks_.empty()) {
    const auto at = std::lower_bound(hashes_.begin(), hashes_.end(), hash);
    if (at != hashes_.end() && *at == hash) return false;
    hashes_.insert(at, hash);
    if (hashes_.size() > hashes_max) spread();
    return true;
  }
  const std::uint32_t rest = hash << index_bits;
  const int rank = rest == 0 ? rank_bits + 1 : std::countl_zero(rest) + 1;
  std::uint8_t& known = ranks_[hash >> rank_bits];
  if (known >= rank) return false;
  known = static_cast<std::uint8_t>(rank);
  return true;
}

void VisitorSketch::spread() {
  const std::vector<std::uint32_t> hashes = std::exchange(hashes_, {});
  ranks_.resize(register_count);
  for (const std::uint32_t hash : hashes)
    add_hash(hash);
}

void VisitorSketch::add_hashes(const std::vector<std::uint32_t>& sorted) {
  if (!ranks_.empty()) {
    for (const std::uint32_t hash : sorted)
      add_hash(hash);
    return;
  }
  std::vector<std::uint32_t> both;
  both.reserve(hashes_.size() + sorted.size());
  std::set_union(hashes_.begin(), hashes_.end(), sorted.begin(), sorted.end(),
                 std::back_inserter(both));
  hashes_ = std::move(both);
  if (hashes_.size() > hashes_max) spread();
}

void VisitorSketch::merge(const VisitorSketch& other) {
  if (other.ranks_.empty()) {
    add_hashes(other.hashes_);
    return;
  }
  if (ranks_.empty()) spread();
  for (std::size_t i = 0; i < register_count; ++i)
    ranks_[i] = std::max(ranks_[i], other.ranks_[i]);
}

bool VisitorSketch::merge_bytes(std::string_view bytes) {
  if (bytes.empty()) return false;
  const char form = bytes.front();
  bytes.remove_prefix(1);
  if (form == form_hashes && bytes.size() % 4 == 0 && bytes.size() / 4 <= hashes_max) {
    std::vector<std::uint32_t> hashes(bytes.size() / 4);
    std::copy_n(bytes.data(), bytes.size(), reinterpret_cast<char*>(hashes.data()));
    if (!std::is_sorted(hashes.begin(), hashes.end())) return false;
    add_hashes(hashes);
    return true;
  }
  if (form != form_ranks || bytes.size() != packed_bytes) return false;
  if (ranks_.empty()) spread();
  std::uint8_t* known = ranks_.data();
  for (std::size_t at = 0; at < packed_bytes; at += packed_group, known += 8) {
    std::uint64_t ranks = 0;
    std::memcpy(&ranks, known, sizeof ranks);
    ranks = larger(ranks, unpacked(packed_at(bytes.data() + at, packed_bytes - at)));
    std::memcpy(known, &ranks, sizeof ranks);
  }
  return true;
}

std::int64_t VisitorSketch::estimate() const {
  if (ranks_.empty()) return static_cast<std::int64_t>(hashes_.size());
  std::array<int, rank_bits + 2> counts{};
  for (const std::uint8_t rank : ranks_)
    ++counts[rank];
  constexpr auto registers = static_cast<double>(register_count);
  double sum = registers * tau(1 - counts[rank_bits + 1] / registers);
  for (std::size_t rank = rank_bits; rank >= 1; --rank)
    sum = 0.5 * (sum + counts[rank]);
  sum += registers * sigma(counts[0] / registers);
  constexpr double alpha = 0.72134752044448170;  // 1 / (2 ln 2)
  return std::llround(alpha * registers * registers / sum);
}

std::string VisitorSketch::bytes() const {
  std::string bytes(1, ranks_.empty() ? form_hashes : form_ranks);
  if (ranks_.empty()) {
    bytes.append(reinterpret_cast<const char*>(hashes_.data()), hashes_.size() * 4);
    return bytes;
  }
  bytes.reserve(1 + packed_bytes);
  for (std::size_t i = 0; i < register_count; i += 8) {
    std::uint64_t group = 0;
    std::memcpy(&group, ranks_.data() + i, 8);
    group = packed(group);
    bytes.append(reinterpret_cast<const char*>(&group), packed_group);
  }
  return bytes;
}

}  // namespace fairlead::core
