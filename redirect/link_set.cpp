// The index is open addressing with linear probing, at most three quarters full. A slot holds 32
// bits of the key's hash and where the record is, so that a wrong record is looked at once in four
// billion steps and a key that is not there costs one cache miss. Other bits of the hash choose the
// slot, by multiplication, so that any number of slots will do.
#include "redirect/link_set.hpp"

#include <cstring>
#include <new>
#include <utility>

#include "redirect/seeded_hash.hpp"

namespace fairlead::redirect {

namespace {

constexpr std::size_t word_bytes = sizeof(std::uint64_t);
constexpr std::size_t line_bytes = 64;

std::size_t words_of(std::size_t texts_bytes) {
  return (sizeof(LinkRecord) + texts_bytes + word_bytes - 1) / word_bytes;
}

}  // namespace

LinkRecord::LinkRecord(const LinkParts& parts)
    : id_(parts.id),
      utm_(parts.utm),
      site_(parts.site),
      domain_(parts.domain),
      url_bytes_(static_cast<std::uint16_t>(parts.destination.url.size())),
      origin_end_(parts.destination.origin_end),
      path_end_(parts.destination.path_end),
      query_end_(parts.destination.query_end),
      slug_bytes_(static_cast<std::uint8_t>(parts.slug.size())),
      status_above_300_(static_cast<std::uint8_t>(parts.status - 300)),
      is_wanted_(parts.is_wanted),
      has_macro_(parts.destination.has_macro),
      has_utm_(parts.destination.has_utm) {}

Target LinkRecord::target() const {
  Target target;
  target.destination = {{texts() + slug_bytes_, url_bytes_},
                        origin_end_,
                        path_end_,
                        query_end_,
                        has_macro_,
                        has_utm_};
  target.utm = utm_;
  return target;
}

template <class Fn>
void LinkSet::each(const Fn& fn) const {
  for (std::size_t i = 0; i < slot_count_; ++i)
    if (slots_[i].place != 0) fn(at(slots_[i].place));
}

std::uint64_t LinkSet::hash_of(std::uint64_t seed, std::uint32_t domain, std::string_view slug) {
  return seeded_hash(seed + domain * 0x9e37'79b9'7f4a'7c15ULL, slug);
}

const LinkRecord* LinkSet::find(std::uint64_t hash, std::uint32_t domain,
                                std::string_view slug) const {
  if (slot_count_ == 0) return nullptr;
  const auto fingerprint = static_cast<std::uint32_t>(hash);
  for (std::size_t i = slot_of(hash);; i = i + 1 == slot_count_ ? 0 : i + 1) {
    const Slot slot = slots_[i];
    if (slot.place == 0) return nullptr;
    if (slot.fingerprint != fingerprint) continue;
    const LinkRecord& record = at(slot.place);
    // The destination is wanted next, on the lines behind this one.
    __builtin_prefetch(reinterpret_cast<const char*>(&record) + line_bytes);
    __builtin_prefetch(reinterpret_cast<const char*>(&record) + 2 * line_bytes);
    if (record.domain() == domain && record.slug() == slug) return &record;
  }
}

std::size_t LinkSet::shared_with(std::uint64_t seed, const LinkSet& other) const {
  std::size_t count = 0;
  each([&](const LinkRecord& record) {
    const std::uint64_t hash = hash_of(seed, record.domain(), record.slug());
    if (other.find(hash, record.domain(), record.slug()) != nullptr) ++count;
  });
  return count;
}

std::size_t LinkSet::bytes() const {
  return sizeof(LinkSet) + words_ * word_bytes + slot_count_ * sizeof(Slot) +
         rules_.capacity() * sizeof(rules_[0]);
}

std::shared_ptr<const LinkSet> LinkSet::merge(std::uint64_t seed, const LinkSet& older,
                                              const LinkSet& newer) {
  Builder builder;
  builder.block_.reserve(older.words_ + newer.words_);
  older.each([&](const LinkRecord& record) {
    const std::uint64_t hash = hash_of(seed, record.domain(), record.slug());
    if (newer.find(hash, record.domain(), record.slug()) == nullptr) builder.add(record, older);
  });
  newer.each([&](const LinkRecord& record) { builder.add(record, newer); });
  return builder.build(seed);
}

void LinkSet::Builder::add(const LinkParts& parts) {
  if (parts.slug.size() > slug_bytes_max) return;
  const std::string_view url = parts.destination.url;
  auto* const record = new (&append(parts.slug.size() + url.size())) LinkRecord(parts);
  auto* const texts = reinterpret_cast<char*>(record + 1);
  std::memcpy(texts, parts.slug.data(), parts.slug.size());
  if (!url.empty()) std::memcpy(texts + parts.slug.size(), url.data(), url.size());
  if (parts.rules == nullptr) return;
  rules_.push_back(parts.rules);
  record->rules_ = static_cast<std::uint32_t>(rules_.size());
}

void LinkSet::Builder::add(const LinkRecord& record, const LinkSet& of) {
  LinkRecord& copy = append(record.texts_bytes());
  std::memcpy(static_cast<void*>(&copy), static_cast<const void*>(&record),
              sizeof record + record.texts_bytes());
  if (record.rules_ == 0) return;
  rules_.push_back(of.rules_[record.rules_ - 1]);
  copy.rules_ = static_cast<std::uint32_t>(rules_.size());
}

// Room for a record with so many bytes of text behind it.
LinkRecord& LinkSet::Builder::append(std::size_t texts_bytes) {
  const std::size_t start = block_.size();
  block_.resize(start + words_of(texts_bytes));
  ++size_;
  return *reinterpret_cast<LinkRecord*>(block_.data() + start);
}

std::shared_ptr<const LinkSet> LinkSet::Builder::build(std::uint64_t seed) {
  auto set = std::make_shared<LinkSet>();
  set->words_ = block_.size();
  set->block_ = std::make_unique_for_overwrite<std::uint64_t[]>(block_.size());
  std::memcpy(set->block_.get(), block_.data(), block_.size() * word_bytes);
  std::vector<std::uint64_t>().swap(block_);  // now, or a large table is there twice; = {} keeps it
  set->rules_ = std::exchange(rules_, {});
  set->slot_count_ = size_ + size_ / 3 + 1;
  size_ = 0;
  set->slots_ = std::make_unique<Slot[]>(set->slot_count_);
  set->index(seed);
  return set;
}

void LinkSet::index(std::uint64_t seed) {
  for (std::size_t word = 0; word < words_;) {
    const auto place = static_cast<std::uint32_t>(word + 1);
    const LinkRecord& record = at(place);
    put(hash_of(seed, record.domain(), record.slug()), place);
    word += words_of(record.texts_bytes());
  }
}

void LinkSet::put(std::uint64_t hash, std::uint32_t place) {
  const LinkRecord& record = at(place);
  const auto fingerprint = static_cast<std::uint32_t>(hash);
  for (std::size_t i = slot_of(hash);; i = i + 1 == slot_count_ ? 0 : i + 1) {
    Slot& slot = slots_[i];
    const bool is_same = slot.place != 0 && slot.fingerprint == fingerprint &&
                         at(slot.place).domain() == record.domain() &&
                         at(slot.place).slug() == record.slug();
    if (slot.place != 0 && !is_same) continue;
    slot = {fingerprint, place};
    size_ += is_same ? 0 : 1;
    return;
  }
}

}  // namespace fairlead::redirect
