// The folder takes what the journal made durable into the click file, on a thread of its own and in
// large transactions: hundreds of commits of the journal share one of SQLite. It works on the bytes
// that the writer hands over in memory; when it has fallen behind, or after a crash, it reads them
// from the journal. Clicks and the journal's position are stored together, so nothing is stored
// twice and nothing is left out, whenever the process ends.
//
// Threads: take() of the writer; settle(), activate(), is_folding() and collect() of any; the rest
// from the owner's.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "core/metrics.hpp"
#include "redirect/click_sink.hpp"
#include "redirect/click_uses.hpp"
#include "redirect/journal.hpp"

namespace fairlead::redirect {

struct FolderLimits {
  std::size_t block_bytes = std::size_t{4} << 20;  // of one transaction, about 20,000 clicks
  std::size_t blocks_max = 8;                      // in memory; more is read again from disk
  std::chrono::milliseconds idle_pause{1'000};     // between the sink's housekeeping
};

class ClickFolder {
 public:
  // The journal was opened at the sink's position and outlives this.
  ClickFolder(std::unique_ptr<ClickSink> sink, Journal& journal, FolderLimits limits = {});
  ~ClickFolder();  // stops

  void start();
  // A batch that the journal has made durable.
  void take(JournalPosition position, std::string_view records);
  // Waits until everything up to there is in the click file; does not wait for the usual pause.
  // False when that fails or takes longer than a few seconds.
  bool settle(JournalPosition upto);
  // Behind everything that was taken before. Dropped, and logged, when the click file cannot be
  // written or too many wait: `fairlead rescore` finds the same.
  void activate(Activation activation);
  // Folds what is left and closes the click file. What cannot be folded stays in the journal. Twice
  // is harmless.
  void stop();

  bool is_folding() const { return state_.load() == State::folding; }
  void collect(std::vector<core::Metric>& metrics) const;

 private:
  enum class State { folding, retrying, failed };
  using Clock = std::chrono::steady_clock;
  struct Block {
    std::string records;  // of the batches in (after, upto]
    JournalPosition after;
    JournalPosition upto;
  };

  struct Errand {
    Activation activation;
    JournalPosition behind;
  };

  void fold_until_stopped();
  bool has_errand() const;
  bool run_errand();
  bool wait_for_work();
  bool is_due() const;
  void maintain_while_idle(std::unique_lock<std::mutex>& lock);
  void maintain();
  core::Result<void> gather();
  bool take_block(JournalPosition& missing);
  void fold();
  void decode();
  void note_folded(std::size_t added);
  void note_failure(const core::Error& error);

  std::unique_ptr<ClickSink> sink_;
  Journal& journal_;
  const FolderLimits limits_;
  std::thread thread_;

  // Of the folder's thread.
  Block block_;                      // being folded; kept after a failure
  std::vector<ClickRecord> clicks_;  // views into it
  bool is_gathered_ = false;
  bool has_more_to_maintain_ = false;

  mutable std::mutex mutex_;  // of what follows
  std::condition_variable work_;
  std::condition_variable settled_;
  std::deque<Block> blocks_;  // taken, oldest first; what lies between them is in the journal only
  std::string spare_;         // memory for the next block
  std::deque<Errand> errands_;
  JournalPosition folded_;
  JournalPosition newest_;  // taken
  JournalPosition wanted_;  // by settle()
  bool is_waiting_ = false;
  bool is_stopping_ = false;
  Clock::time_point due_ = Clock::now();  // not earlier, unless somebody waits

  std::atomic<State> state_{State::folding};
  core::Counter folds_;
  core::Counter fold_micros_;
  core::Counter folded_clicks_;
  core::Counter lost_;
  core::Counter activated_;
};

// What a journal holds behind a position.
struct Leftovers {
  std::int64_t clicks = 0;
  std::int64_t newest = 0;  // highest click id among them
  UsesByLink uses;          // of links with a click limit
};
core::Result<Leftovers> leftovers(const Journal& journal, JournalPosition folded);

}  // namespace fairlead::redirect
