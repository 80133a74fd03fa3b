// How often links with a click limit were used, counted exactly. A click takes a use before its
// answer is written and carries flag_uses_limit into the journal and the click file; so at the
// start the number is what the file has counted plus what the journal holds behind it. Kept outside
// the link table: an edit of the link, or of its limit, changes nothing here. Any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <span>

#include "core/id.hpp"
#include "redirect/click_record.hpp"
#include "storage/storage.hpp"

namespace fairlead::redirect {

class ClickUses {
 public:
  explicit ClickUses(std::int64_t used) : used_(used) {}

  // Takes one use when fewer than `limit` are taken. However many threads ask at once, `limit` of
  // them get one.
  bool take(std::int64_t limit);
  bool has_room(std::int64_t limit) const { return used_.load() < limit; }

 private:
  std::atomic<std::int64_t> used_;
};

// By the number of a core::LinkId.
using UsesByLink = std::map<std::int64_t, std::int64_t>;

class ClickUsesOfLinks {
 public:
  explicit ClickUsesOfLinks(const UsesByLink& stored);
  // Of one link, for as long as this lives; a new one starts at 0.
  ClickUses& of(core::LinkId link);

 private:
  std::mutex mutex_;
  std::map<std::int64_t, ClickUses> by_link_;  // its values never move
};

// Notes the click when it took a use.
void note_use(const ClickRecord& click, UsesByLink& uses);
// Adds to what the click file has counted. In the transaction that stores the clicks.
void add_uses(storage::Session& session, const UsesByLink& uses);
// What it has counted.
UsesByLink stored_uses(storage::Session& session);

}  // namespace fairlead::redirect
