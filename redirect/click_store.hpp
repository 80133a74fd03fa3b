// The click file as its one writer sees it: a batch of clicks, the words they share and the rollups
// they change go into one transaction. Belongs to the writer's thread.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "redirect/click_sink.hpp"
#include "redirect/click_uses.hpp"
#include "redirect/click_words.hpp"
#include "redirect/retention.hpp"
#include "storage/storage.hpp"

namespace fairlead::redirect {

// The last batch of the journal that is in the click file.
JournalPosition stored_position(storage::Session& clicks);

class ClickStore final : public ClickSink {
 public:
  // Reads where the file stands. The database has Schema::clicks, and its rollups are complete
  // (redirect/rollups.hpp). Without a retention every click is kept.
  static core::Result<std::unique_ptr<ClickStore>> open(
      std::unique_ptr<storage::Database> database, std::shared_ptr<Retention> retention = nullptr);

  // The file of a server or an import, brought up to date: its rollups are completed by the brands
  // of the main database. Errors of both.
  static core::Result<std::unique_ptr<ClickStore>> open_file(
      const std::string& clicks_file, storage::Database& main,
      std::shared_ptr<Retention> retention = nullptr);

  core::Result<std::size_t> append(std::span<const ClickRecord> clicks,
                                   JournalPosition upto) override;
  core::Result<std::size_t> activate(const Activation& activation) override;
  JournalPosition position() const override { return position_; }
  // Also lets go of hours and of clicks that are too old.
  bool maintain() override;
  // The highest click id stored before this process; 0 when there is none.
  std::int64_t newest_click() const { return newest_click_; }
  // Of links with a click limit, as stored before this process.
  const UsesByLink& uses() const { return uses_; }

 private:
  ClickStore(std::unique_ptr<storage::Database> database, std::shared_ptr<Retention> retention)
      : database_(std::move(database)), retention_(std::move(retention)) {}
  bool drop_hours();
  std::size_t append_in(storage::Session& session, std::span<const ClickRecord> clicks);
  bool insert(storage::Session& session, const ClickRecord& click, const Profile& profile);

  std::unique_ptr<storage::Database> database_;
  std::shared_ptr<Retention> retention_;  // may be missing
  ClickWords words_;
  bool may_remember_ = true;  // false: words_ may hold numbers that the file does not have
  std::vector<const ClickRecord*> in_order_;
  core::Day newest_day_{INT32_MIN};
  core::Day cleared_day_{INT32_MIN};  // hours that this day made too old are gone
  JournalPosition position_;
  std::int64_t newest_click_ = 0;
  UsesByLink uses_;
};

}  // namespace fairlead::redirect
