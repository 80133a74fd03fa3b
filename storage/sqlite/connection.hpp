// One connection to one SQLite file, with its prepared statements. Internal to storage/sqlite/.
// Opened without SQLite's own mutex: one thread at a time, which the pools of Database see to.
#pragma once

#include <sqlite3.h>

#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "storage/storage.hpp"

namespace fairlead::storage::sqlite {

struct ConnectionSettings {
  std::string path;
  enum class Access { write, read } access = Access::read;
  int busy_timeout_ms = 5000;
};

class Connection final : public Session {
 public:
  // Sets the connection up as docs/decisions/0002 says. Throws StatementFailed.
  static std::unique_ptr<Connection> open(const ConnectionSettings& settings);
  ~Connection() override;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  Rows run_values(const Statement& statement, std::span<const Value> values) override;
  void prepare(const Statement& statement) override;

  // Several statements without parameters or results, such as a migration. Throws StatementFailed.
  void run_script(std::string_view script);
  // Runs `body` between `begin` and COMMIT, or ROLLBACK when it throws or abandons. Throws what
  // `body` throws, and StatementFailed when beginning or committing fails.
  void run_transaction(const char* begin, const std::function<void(Session&)>& body);
  // Runs `body` inside the open transaction; when it throws or abandons, what it wrote is undone
  // and the transaction goes on, if may_commit(). A statement of `body` that begins after
  // `step_out_at` fails; then all of it is undone and the answer is ran_out, whatever `body` made
  // of that failure.
  enum class Nested { ran, ran_out };
  Nested run_nested(const std::function<void(Session&)>& body,
                    std::chrono::steady_clock::time_point step_out_at);
  // Whether the transaction is still open and no disk operation has failed.
  bool may_commit() const { return sqlite3_get_autocommit(handle_.raw) == 0 && !disk_failed_; }

  // Whether a write, sync or read failed on the medium since opening; stays true.
  bool disk_failed() const { return disk_failed_; }

  // Whether the file was deleted, renamed or replaced since it was opened: what is committed now is
  // gone with the last descriptor. Costs one stat().
  bool file_has_moved();

  // Pages in the write-ahead log after the last commit of this connection.
  int wal_pages() const { return wal_pages_; }
  enum class Checkpoint { passive, truncate };
  // Moves the log into the file; `wait_ms_max` bounds how long readers are waited for. Answers the
  // pages left in the log. Only ever called on the one writer connection of a file: SQLite
  // before 3.51.3 can lose pages when one connection checkpoints while another commits.
  int checkpoint(Checkpoint mode, int wait_ms_max);

 private:
  class Handle {
   public:
    Handle() = default;
    ~Handle() { sqlite3_close(raw); }
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
    sqlite3* raw = nullptr;
  };
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  struct Prepared {
    std::unique_ptr<sqlite3_stmt, Finalize> handle;
    std::string text;  // tells a new Statement at an old address
    bool is_reading = false;
  };

  explicit Connection(int busy_timeout_ms) : busy_timeout_ms_(busy_timeout_ms) {}
  void configure(const ConnectionSettings& settings);
  Prepared& prepared(const Statement& statement);
  void bind(const Statement& statement, sqlite3_stmt* handle, std::span<const Value> values);
  void roll_back() noexcept;
  void undo_nested();
  void stop_when_out_of_time();
  [[noreturn]] void fail(int code, std::string_view what);

  Handle handle_;
  std::unordered_map<const Statement*, Prepared> statements_;  // destroyed before the handle
  int busy_timeout_ms_;
  int wal_pages_ = 0;
  bool disk_failed_ = false;
  static constexpr auto never = std::chrono::steady_clock::time_point::max();
  std::chrono::steady_clock::time_point step_out_at_ = never;
  bool has_run_out_ = false;
};

}  // namespace fairlead::storage::sqlite
