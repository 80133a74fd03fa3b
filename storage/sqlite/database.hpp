// The embedded engine: one SQLite file, one writer connection, several readers. Internal to
// storage/; made by storage/open.cpp. Any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>

#include "storage/pool.hpp"
#include "storage/sqlite/connection.hpp"
#include "storage/sqlite/group_commit.hpp"
#include "storage/sqlite/lock_file.hpp"
#include "storage/storage.hpp"

namespace fairlead::storage::sqlite {

class SqliteDatabase final : public Database {
 public:
  // `path` is the file of the URL. Errors as storage::open() and open_read_only() promise.
  static core::Result<std::unique_ptr<Database>> open(const OpenOptions& options,
                                                      const std::string& path);
  static core::Result<std::unique_ptr<Database>> open_read_only(const OpenOptions& options,
                                                                const std::string& path);
  ~SqliteDatabase() override;

  Engine engine() const override { return Engine::sqlite; }
  core::Result<void> check() override;
  void maintain() override;
  void append_metrics(std::vector<core::Metric>& metrics) const override;

 protected:
  core::Result<void> in_write_transaction(const Body& body) override;
  void write_async(Body body, Done done) override;
  core::Result<void> in_read_transaction(const Body& body) override;

 private:
  SqliteDatabase(const OpenOptions& options, std::string path);
  void open_writer();
  void take_over(Connection& writer);
  bool is_complete(Connection& writer) const;
  void open_readers();
  void commit(Batch& batch);
  void write(Connection& writer, Batch& batch);
  void checkpoint_when_due(Connection& writer, int pages_due);
  void note_moved();
  bool has_head_room() const;
  core::Error failed() const;
  core::Error no_writer() const;

  const std::string path_;
  const Schema schema_;
  const int readers_max_;
  const std::chrono::milliseconds wait_;
  std::unique_ptr<LockFile> lock_;  // none when opened for looking only
  Pool<Connection> writer_;         // one, or none when opened for looking only
  Pool<Connection> readers_;
  GroupCommit group_{[this](Batch& batch) { commit(batch); }};  // all writes but migrations
  // Changed by the thread that holds the writer, read by any.
  std::atomic<bool> failed_{false};
  std::atomic<bool> full_{false};  // until there is head-room again
  std::atomic<int> wal_pages_{0};
  int pages_left_ = 0;  // in the log after the last checkpoint; belongs to the holder of the writer
  std::chrono::steady_clock::time_point truncate_after_{};  // as above
};

}  // namespace fairlead::storage::sqlite
