// The journal is looked at while a server may be writing it, folding it and writing over what is
// folded. A batch that is not found is then no loss: it may have been written behind the look, or
// be in the click file by now. So the click file's position is read after the look, and when a
// batch behind it was not found, everything is looked at a second time. What the first look saw the
// last of was whole on disk before the second began (batches are synced one after the other), and
// what is not folded after the second was not written over before. A batch between the two that
// the second look does not find whole is damaged. The last batch of all cannot be told from one
// whose write was cut off, which nobody was answered.
#include <algorithm>
#include <filesystem>
#include <map>

#include "redirect/click_record.hpp"
#include "redirect/click_store.hpp"
#include "redirect/journal.hpp"
#include "redirect/redirect.hpp"

namespace fairlead::redirect {

namespace {

struct Batch {
  std::int64_t clicks = 0;
  std::size_t bytes_unread = 0;  // behind the last click that could be read
};

struct Look {
  std::map<std::int64_t, Batch> whole;  // by number
  std::int64_t last = 0;                // highest number seen
  std::int64_t folded = 0;              // highest number in the click file, after the look
};

Batch batch_of(std::string_view records) {
  Batch batch;
  ClickRecord click;
  while (read_record(records, click))
    ++batch.clicks;
  batch.bytes_unread = records.size();
  return batch;
}

core::Result<JournalPosition> position_of(storage::Database& clicks) {
  return clicks.read([](storage::Session& session) { return stored_position(session); });
}

core::Result<Look> look_at(storage::Database& clicks, const std::string& directory) {
  const auto before = position_of(clicks);
  if (!before) return before.error();
  Look look;
  std::error_code ignored;
  if (std::filesystem::is_directory(directory, ignored)) {
    const auto journal =
        Journal::open(directory, *before, {.access = JournalOptions::Access::look});
    if (!journal) return journal.error();
    look.last = (*journal)->last().batch;
    std::string records;
    for (std::int64_t number = before->batch + 1; number <= look.last; ++number) {
      records.clear();
      const auto read = (*journal)->read({number - 1}, {number}, 1, records);
      if (read && read->batch == number) look.whole[number] = batch_of(records);
    }
  }
  const auto after = position_of(clicks);
  if (!after) return after.error();
  look.folded = after->batch;
  return look;
}

// Of the batches up to `last` that are not in the click file, the runs [first, end) that are not
// there.
std::map<std::int64_t, std::int64_t> missing_runs(const Look& look, std::int64_t last) {
  std::map<std::int64_t, std::int64_t> runs;
  std::int64_t next = look.folded + 1;
  for (auto at = look.whole.upper_bound(look.folded); next <= last; ++at) {
    const std::int64_t found = at == look.whole.end() ? last + 1 : std::min(at->first, last + 1);
    if (found > next) runs[next] = found;
    next = found + 1;
  }
  return runs;
}

std::string name_of(std::int64_t first, std::int64_t end) {
  if (end == first + 1) return "journal batch " + std::to_string(first);
  return "journal batches " + std::to_string(first) + " to " + std::to_string(end - 1);
}

}  // namespace

core::Result<WaitingClicks> verify_journal(storage::Database& clicks,
                                           const std::string& clicks_file) {
  const std::string directory = clicks_file + ".journal";
  auto look = look_at(clicks, directory);
  if (!look) return look.error();
  const std::int64_t last = look->last;
  if (!missing_runs(*look, last).empty()) look = look_at(clicks, directory);
  if (!look) return look.error();

  WaitingClicks waiting;
  for (const auto& [first, end] : missing_runs(*look, last))
    waiting.differences.push_back({name_of(first, end), "confirmed clicks", "damaged or missing"});
  for (auto at = look->whole.upper_bound(look->folded); at != look->whole.end(); ++at) {
    waiting.clicks += at->second.clicks;
    if (at->second.bytes_unread == 0) continue;
    waiting.differences.push_back(
        {name_of(at->first, at->first + 1), "whole records of clicks",
         std::to_string(at->second.bytes_unread) + " bytes that are none"});
  }
  return waiting;
}

}  // namespace fairlead::redirect
