#include "redirect/repeat_judge.hpp"

#include <algorithm>

#include "redirect/seeded_hash.hpp"

namespace fairlead::redirect {

namespace {

constexpr std::uint32_t minute_ms = 60'000;
constexpr int era_bits = 31;  // of milliseconds: 24.8 days

// Odd constants; who is a secret hash already.
constexpr std::uint64_t link_factor = 0x9e3779b97f4a7c15;
constexpr std::uint64_t person_factor = 0xd6e8feb86659fd93;

// Both ways, because threads and clocks are not in step. Exact within an era.
std::uint32_t apart(std::uint32_t a_ms, std::uint32_t b_ms) {
  return a_ms > b_ms ? a_ms - b_ms : b_ms - a_ms;
}

// Counts a click of the minute that begins with the first.
template <class Entry>
void count(Entry& entry, std::uint32_t now_ms) {
  if (entry.clicks == 0 || apart(now_ms, entry.minute_ms) >= minute_ms) {
    entry.minute_ms = now_ms;
    entry.clicks = 0;
  }
  ++entry.clicks;
}

}  // namespace

std::uint64_t who_of(std::uint64_t seed, std::string_view client_address,
                     std::string_view user_agent) {
  const std::uint64_t agent = seeded_hash(seed, user_agent);
  const std::uint64_t person = fold_multiply(seeded_hash(seed, client_address), agent | 1);
  return (person & ~std::uint64_t{0xffff}) | (agent & 0xffff);
}

RepeatJudge::RepeatJudge(RepeatLimits limits)
    : limits_(limits),
      window_ms_(limits.duplicate_window_s * 1000),
      persons_(persons_max / 4),
      networks_(networks_max / 4) {}

core::ClickVerdict RepeatJudge::judge(const ClickRecord& click) {
  if (click.verdict != core::ClickVerdict::valid || click.who == 0) return click.verdict;
  const auto ms = static_cast<std::uint64_t>(core::instant_of_id(click.id.number).micros / 1000);
  // Milliseconds are kept without their upper bits; these are part of every key instead.
  const std::uint64_t era = ms >> era_bits;
  const auto now_ms = static_cast<std::uint32_t>(ms & ((std::uint64_t{1} << era_bits) - 1));

  const auto link = static_cast<std::uint64_t>(click.link.number);
  const std::uint64_t key =
      fold_multiply(click.who ^ person_factor, (link + era) * link_factor | 1);
  Person& person = entry_of(persons_, key, now_ms);
  if (person.clicks == 0 && person.last_ms != 0 &&
      apart(now_ms, person.last_ms) <= std::max(window_ms_, minute_ms))
    ++forgotten_;
  const bool is_repeat = person.clicks > 0 && apart(now_ms, person.last_ms) <= window_ms_;
  person.last_ms = now_ms;
  count(person, now_ms);

  const bool is_network_full = is_network_flood(click, era, now_ms);
  const bool is_person_full =
      limits_.person_minute_max > 0 && person.clicks > limits_.person_minute_max;
  if (is_person_full || is_network_full) return core::ClickVerdict::flood;
  if (is_repeat && window_ms_ > 0) return core::ClickVerdict::duplicate;
  return core::ClickVerdict::valid;
}

bool RepeatJudge::is_network_flood(const ClickRecord& click, std::uint64_t era,
                                   std::uint32_t now_ms) {
  if (click.network.size == 0 || limits_.network_minute_max == 0) return false;
  std::uint64_t prefix = click.network.size;
  for (const std::uint8_t byte : click.network.bytes)
    prefix = prefix << 8 | byte;
  const std::uint64_t key = fold_multiply(prefix * link_factor | 1, era ^ person_factor);
  NetworkMinute& network = entry_of(networks_, key, now_ms);
  network.last_ms = now_ms;
  count(network, now_ms);
  if (network.clicks == 1) network.agent_count = 0;
  if (network.agent_count <= network.agents.size()) {
    const auto agent = static_cast<std::uint16_t>(click.who);
    const auto end = network.agents.begin() +
                     std::min<std::ptrdiff_t>(network.agent_count, std::ssize(network.agents));
    if (std::find(network.agents.begin(), end, agent) == end) {
      if (end != network.agents.end()) *end = agent;
      ++network.agent_count;
    }
  }
  return network.clicks > limits_.network_minute_max &&
         network.agent_count <= RepeatLimits::agents_of_flood_max;
}

// The key's entry, or the place of the one in its bucket that was seen longest ago: then it has no
// clicks yet, and last_ms is the former owner's.
template <class Entry>
Entry& RepeatJudge::entry_of(std::vector<Bucket<Entry>>& table, std::uint64_t key,
                             std::uint32_t now_ms) {
  const auto tag = static_cast<std::uint32_t>(key) | 1;
  std::array<Entry, 4>& entries = table[(key >> 32) & (table.size() - 1)].entries;
  Entry* oldest = &entries[0];
  for (Entry& entry : entries) {
    if (entry.tag == tag) return entry;
    if (oldest->tag == 0) continue;
    if (entry.tag == 0 || apart(now_ms, entry.last_ms) > apart(now_ms, oldest->last_ms))
      oldest = &entry;
  }
  oldest->tag = tag;
  oldest->clicks = 0;
  return *oldest;
}

}  // namespace fairlead::redirect
