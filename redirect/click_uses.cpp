#include "redirect/click_uses.hpp"

#include "redirect/sql.hpp"
#include "storage/each_row.hpp"

namespace fairlead::redirect {

namespace {

constexpr std::int64_t page_rows = 10'000;

}  // namespace

bool ClickUses::take(std::int64_t limit) {
  std::int64_t used = used_.load();
  while (used < limit)
    if (used_.compare_exchange_weak(used, used + 1)) return true;
  return false;
}

ClickUsesOfLinks::ClickUsesOfLinks(const UsesByLink& stored) {
  for (const auto& [link, used] : stored)
    by_link_.try_emplace(link, used);
}

ClickUses& ClickUsesOfLinks::of(core::LinkId link) {
  const std::scoped_lock lock(mutex_);
  return by_link_.try_emplace(link.number, 0).first->second;
}

void note_use(const ClickRecord& click, UsesByLink& uses) {
  if ((click.flags & flag_uses_limit) != 0) ++uses[click.link.number];
}

void add_uses(storage::Session& session, const UsesByLink& uses) {
  for (const auto& [link, clicks] : uses)
    session.run(sql::add_click_uses, link, clicks);
}

UsesByLink stored_uses(storage::Session& session) {
  UsesByLink uses;
  std::int64_t after = INT64_MIN;
  const auto take = [&](const storage::Row& row) {
    after = row.integer(0);
    uses[after] = row.integer(1);
  };
  storage::each_row(session, sql::list_click_uses_after, page_rows, take, after);
  return uses;
}

}  // namespace fairlead::redirect
