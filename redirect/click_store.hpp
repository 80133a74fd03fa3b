// The click file as the writer sees it: a batch of clicks, the words they share and the rollups
// they change go into one transaction. Belongs to the writer's thread.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "redirect/click_sink.hpp"
#include "storage/storage.hpp"

namespace fairlead::redirect {

// What clicks share is stored once as a word of a kind. Stored and frozen: add, never renumber.
enum class WordKind : std::uint8_t {
  country = 1,
  device = 2,
  os = 3,
  browser = 4,
  app = 5,
  referrer = 6,
  language = 7,
  utm = 8,
  subs = 9,
};

class ClickStore final : public ClickSink {
 public:
  // Reads where the file stands. The database has Schema::clicks.
  static core::Result<std::unique_ptr<ClickStore>> open(
      std::unique_ptr<storage::Database> database);

  core::Result<std::size_t> append(std::span<const ClickRecord> clicks,
                                   JournalPosition upto) override;
  JournalPosition position() const override { return position_; }
  void maintain() override { database_->maintain(); }
  // The highest click id stored before this process; 0 when there is none.
  std::int64_t newest_click() const { return newest_click_; }

 private:
  using Words = boost::unordered_flat_map<std::string, std::int64_t>;  // kind byte + word → number
  struct RollupKey {
    std::int64_t brand;
    std::int32_t day;
    std::int64_t link;
    std::int64_t verdict;
    auto operator<=>(const RollupKey&) const = default;
  };

  explicit ClickStore(std::unique_ptr<storage::Database> database)
      : database_(std::move(database)) {}
  std::size_t append_in(storage::Session& session, std::span<const ClickRecord> clicks);
  std::int64_t word(storage::Session& session, WordKind kind, std::string_view text);

  std::unique_ptr<storage::Database> database_;
  Words words_;      // committed
  Words new_words_;  // of the transaction under way
  std::string word_key_;
  JournalPosition position_;
  std::int64_t newest_word_ = 0;
  std::int64_t newest_click_ = 0;
  std::map<RollupKey, std::int64_t> rollups_;  // of the transaction under way, one upsert per key
};

}  // namespace fairlead::redirect
