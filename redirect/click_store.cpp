#include "redirect/click_store.hpp"

#include <algorithm>

#include "redirect/bots.hpp"
#include "redirect/redirect.hpp"
#include "redirect/rejudge.hpp"
#include "redirect/rollups.hpp"
#include "redirect/sql.hpp"

namespace fairlead::redirect {

namespace {

storage::Value number_or_null(std::int64_t number) {
  if (number == 0) return storage::Null{};
  return number;
}

storage::Blob blob_of(const Network& network) {
  return {std::string(reinterpret_cast<const char*>(network.bytes.data()), network.size)};
}

constexpr const char* journal_name = "journal_batch";
constexpr std::int64_t old_hours_max = 20'000;  // let go of at once

// Where the rules of this program begin, when the clicks before were judged by others.
void begin_epoch(storage::Session& session) {
  const storage::Rows newest = session.run(sql::find_newest_epoch);
  if (!newest.empty() && newest.one().integer(0) == rules_version) return;
  const std::int64_t last = session.run(sql::find_newest_click).one().integer(0);
  set_rules_version(session, {newest.empty() ? 0 : last + 1}, rules_version);
}

}  // namespace

JournalPosition stored_position(storage::Session& clicks) {
  return {clicks.run(sql::find_click_state, journal_name).one().integer(0)};
}

core::Result<std::unique_ptr<ClickStore>> ClickStore::open(
    std::unique_ptr<storage::Database> database, std::shared_ptr<Retention> retention) {
  std::unique_ptr<ClickStore> store(new ClickStore(std::move(database), std::move(retention)));
  auto opened = store->database_->transact([&](storage::Session& session) {
    store->newest_click_ = session.run(sql::find_newest_click).one().integer(0);
    store->uses_ = stored_uses(session);
    store->position_ = stored_position(session);
    begin_epoch(session);
  });
  if (!opened) return opened.error();
  return store;
}

core::Result<std::unique_ptr<ClickStore>> ClickStore::open_file(
    const std::string& clicks_file, storage::Database& main, std::shared_ptr<Retention> retention) {
  auto database =
      storage::open({.url = "sqlite:" + clicks_file, .schema = storage::Schema::clicks});
  if (!database) return database.error();
  if (auto done = complete_rollups(main, **database); !done) return done.error();
  return open(std::move(*database), std::move(retention));
}

core::Result<std::size_t> ClickStore::append(std::span<const ClickRecord> clicks,
                                             JournalPosition upto) {
  const JournalPosition position = std::max(position_, upto);
  auto appended = database_->transact([&](storage::Session& session) {
    // The function may run again from the start; what it learned before is void.
    if (!std::exchange(may_remember_, false)) words_.forget();
    if (position > position_) session.run(sql::put_click_state, journal_name, position.batch);
    return append_in(session, clicks);
  });
  may_remember_ = appended.has_value();
  if (appended) position_ = position;
  return appended;
}

bool ClickStore::maintain() {
  const bool has_more_hours = drop_hours();
  database_->maintain();
  if (retention_ == nullptr) return has_more_hours;
  const bool may_remember = std::exchange(may_remember_, false);  // should the step throw
  const Retention::Step step = retention_->step(*database_);
  may_remember_ = may_remember && !step.has_removed;
  return step.has_more || has_more_hours;
}

// Those that the newest day made too old, some at a time. Whether there may be more.
bool ClickStore::drop_hours() {
  if (newest_day_ <= cleared_day_) return false;
  const core::Day day = newest_day_;
  const auto dropped = database_->transact(
      [](storage::Session& session) { return drop_old_hours(session, old_hours_max); });
  if (dropped && *dropped == 0) cleared_day_ = day;
  return dropped && *dropped > 0;
}

core::Result<std::size_t> ClickStore::activate(const Activation& activation) {
  return database_->transact(
      [&](storage::Session& session) { return redirect::activate(session, activation); });
}

// In order of their ids, so that the file is filled page by page.
std::size_t ClickStore::append_in(storage::Session& session, std::span<const ClickRecord> clicks) {
  if (clicks.empty()) return 0;
  in_order_.clear();
  core::Day newest{INT32_MIN};
  for (const ClickRecord& click : clicks) {
    in_order_.push_back(&click);
    newest = std::max(newest, click.day);
  }
  std::sort(in_order_.begin(), in_order_.end(),
            [](const ClickRecord* a, const ClickRecord* b) { return a->id.number < b->id.number; });
  words_.use_on(core::Zone::utc().day_of(core::instant_of_id(in_order_.back()->id.number)));
  newest_day_ = std::max(newest_day_, newest);
  ClickTally tally(keep_hours_until(session, newest));
  std::size_t added = 0;
  UsesByLink uses;
  for (const ClickRecord* const click : in_order_) {
    const Profile profile = words_.profile(session, *click);
    if (!insert(session, *click, profile)) continue;
    ++added;
    note_use(*click, uses);
    tally.add({click->brand,
               click->link,
               {click->day, click->hour},
               click->verdict,
               click->visitor,
               profile});
  }
  add_rollups(session, tally.rollups());
  add_uses(session, uses);
  return added;
}

// False when the id is there already.
bool ClickStore::insert(storage::Session& session, const ClickRecord& click,
                        const Profile& profile) {
  const auto word = [&](WordKind kind, std::string_view text) {
    return words_.word(session, kind, text);
  };
  const auto inserted =
      session.run(sql::insert_click, click.id, words_.link(session, click.brand, click.link),
                  static_cast<int>(click.verdict), word(WordKind::rule, click.rule),
                  number_or_null(click.visitor), blob_of(click.network), profile.number,
                  word(WordKind::referrer, click.referrer), word(WordKind::utm, click.utm),
                  word(WordKind::subs, click.subs), click.flags, click.variant);
  return inserted.changed == 1;
}

}  // namespace fairlead::redirect
