// Makes the codes that batches still lack: one thread beside the server, woken when a batch is
// asked for, and at the start for those that a crash or a stop cut off. Any number of servers may
// do so at once on one database; a chunk is made by one of them.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "codes/batches.hpp"
#include "core/time.hpp"
#include "storage/storage.hpp"

namespace fairlead::codes {

class BatchMaker {
 public:
  // Both must outlive it. Nothing runs yet.
  BatchMaker(storage::Database& database, const core::Clock& clock)
      : database_(database), clock_(clock) {}
  ~BatchMaker() { stop(); }
  BatchMaker(const BatchMaker&) = delete;
  BatchMaker& operator=(const BatchMaker&) = delete;

  void start();
  // There may be a batch to make. Any thread.
  void wake();
  // Returns when the chunk that is being written has ended. Doing it twice does nothing.
  void stop();

  // One chunk of the oldest unfinished batch, in its own transaction; false when there is none.
  // For the thread, and for tests, which do without it.
  core::Result<bool> make_chunk();

 private:
  void run();
  void prepare(const Batch& batch);

  storage::Database& database_;
  const core::Clock& clock_;
  // Texts of the batch that is being made, sorted: so the index over a brand's texts is written
  // from left to right and not all over. At most a million: 32 bytes each, and as many again for
  // texts of more than 15 characters.
  core::BatchId prepared_for_;
  std::vector<std::string> texts_;
  std::mutex guard_;
  std::condition_variable changed_;
  bool is_awake_ = true;
  bool is_stopping_ = false;
  std::thread thread_;
};

}  // namespace fairlead::codes
