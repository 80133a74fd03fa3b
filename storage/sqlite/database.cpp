#include "storage/sqlite/database.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>

#include "core/log.hpp"
#include "storage/migrate.hpp"
#include "storage/retry.hpp"
#include "storage/sql.hpp"
#include "storage/sqlite/planner_statistics.hpp"

namespace fairlead::storage::sqlite {

using core::Errc;
using std::chrono::milliseconds;

namespace {

// Pages of 4 KiB in the write-ahead log. maintain() moves them at 4 MiB and a commit at 16 MiB;
// above 64 MiB readers are waited for, so that one long report cannot make the log grow for ever.
constexpr int pages_due_idle = 1'024;
constexpr int pages_due_commit = 4'096;
constexpr int pages_due_truncate = 16'384;
constexpr int truncate_wait_ms_max = 100;
constexpr auto truncate_pause = std::chrono::seconds(5);
constexpr int page_bytes = 4'096;
constexpr std::uint64_t head_room_bytes =
    1'048'576;  // after a full disk; a redeem takes some 80 KB

// A new file is readable for its owner only; SQLite gives its "-wal" and "-shm" the same mode. An
// existing file is never opened here: closing it would drop the locks SQLite holds in this process.
core::Result<void> make_file(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file >= 0) {
    ::close(file);
    return {};
  }
  if (errno == EEXIST) return {};
  return core::fail(errno == ENOSPC ? Errc::no_space : Errc::config,
                    "cannot create " + path + ": " + std::strerror(errno));
}

core::Error with_advice(core::Error error, const std::string& path) {
  if (error.code == Errc::forbidden) {
    return core::fail(Errc::config,
                      path + " cannot be written (" + error.detail +
                          "); make the file and its directory writable for this user");
  }
  if (error.code == Errc::no_space) {
    return core::fail(Errc::no_space, error.detail + "; free some space beside " + path);
  }
  return error;
}

}  // namespace

core::Result<std::unique_ptr<Database>> SqliteDatabase::open(const OpenOptions& options,
                                                             const std::string& path) {
  std::unique_ptr<SqliteDatabase> database(new SqliteDatabase(options, path));
  auto lock = LockFile::take(path);
  if (!lock) return lock.error();
  database->lock_ = std::move(*lock);
  if (auto made = make_file(path); !made) return made.error();
  try {
    database->open_writer();
    database->open_readers();
  } catch (const StatementFailed& failed) {
    return with_advice(failed.error, path);
  }
  return database;
}

core::Result<std::unique_ptr<Database>> SqliteDatabase::open_read_only(const OpenOptions& options,
                                                                       const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    return core::fail(errno == ENOENT ? Errc::not_found : Errc::config,
                      "cannot open " + path + ": " + std::strerror(errno));
  }
  std::unique_ptr<SqliteDatabase> database(new SqliteDatabase(options, path));
  try {
    database->open_readers();
  } catch (const StatementFailed& failed) {
    return with_advice(failed.error, path);
  }
  auto checked = database->in_read_transaction(
      [&](Session& session) { check_migrations(session, options.schema); });
  if (!checked && checked.error().code == Errc::not_found) {
    return core::fail(Errc::not_found, path + " is not a fairlead database");
  }
  if (!checked) return with_advice(checked.error(), path);
  return database;
}

SqliteDatabase::SqliteDatabase(const OpenOptions& options, std::string path)
    : path_(std::move(path)),
      schema_(options.schema),
      readers_max_(options.readers_max),
      wait_(options.busy_timeout_ms) {}

void SqliteDatabase::open_writer() {
  auto writer =
      Connection::open({path_, ConnectionSettings::Access::write, static_cast<int>(wait_.count())});
  try {
    take_over(*writer);
  } catch (const StatementFailed& failure) {
    if (failure.error.code != Errc::no_space || !is_complete(*writer)) throw;
    // A full disk must not keep shoppers from being redirected. Reading needs no room: what a crash
    // left is found in the log, and check() tries to write again.
    full_ = true;
    core::log(core::Level::error, "storage_full",
              {{"file", path_}, {"detail", failure.error.detail}});
  }
  wal_pages_ = writer->wal_pages();
  writer_.add(std::move(writer));
}

// Has every table this program needs, and a disk that is only full.
bool SqliteDatabase::is_complete(Connection& writer) const {
  if (writer.disk_failed()) return false;
  try {
    writer.run_transaction("BEGIN", [&](Session& session) { check_migrations(session, schema_); });
  } catch (const StatementFailed&) {
    return false;
  }
  return true;
}

void SqliteDatabase::take_over(Connection& writer) {
  // What a crash left in the log goes into the file and is synced before anything new is promised.
  writer.checkpoint(Connection::Checkpoint::truncate, truncate_wait_ms_max);
  writer.run_transaction("BEGIN IMMEDIATE", [&](Session& session) {
    writer.run_script(schema_migrations_table);
    const auto applied =
        apply_migrations(session, Engine::sqlite, schema_, core::SystemClock().now(),
                         [&](std::string_view script) { writer.run_script(script); });
    if (applied > 0) writer.run_script(planner_statistics);
    // A write even when nothing was missing: it creates the log and syncs the directory entry now,
    // because a failure of that sync during the first real commit would go unnoticed.
    session.run(sql::touch_migration);
  });
}

void SqliteDatabase::open_readers() {
  for (int i = 0; i < readers_max_; ++i) {
    readers_.add(Connection::open(
        {path_, ConnectionSettings::Access::read, static_cast<int>(wait_.count())}));
  }
}

// Readers first: the writer is the last connection of this process and its closing checkpoint is
// its own.
SqliteDatabase::~SqliteDatabase() {
  group_.stop();
  readers_.clear();
  writer_.clear();
}

core::Result<void> SqliteDatabase::in_write_transaction(const Body& body) {
  return with_retries([&] {
    if (failed_) throw StatementFailed{failed(), false};
    if (!lock_) throw StatementFailed{no_writer(), false};
    if (!group_.run(body, wait_)) throw StatementFailed{no_writer(), false};
  });
}

void SqliteDatabase::write_async(Body body, Done done) {
  const auto refuse = [&done](core::Error error) {
    done(std::make_exception_ptr(StatementFailed{std::move(error), false}));
  };
  if (failed_) return refuse(failed());
  if (!lock_) return refuse(no_writer());
  group_.run_async(std::move(body), std::move(done));
}

// On the thread that leads the batch.
void SqliteDatabase::commit(Batch& batch) {
  auto writer = writer_.take(wait_);  // maintain() may have it
  if (!writer) throw StatementFailed{no_writer(), false};
  if (failed_) throw StatementFailed{failed(), false};  // while they waited
  write(**writer, batch);
  batch.finish();  // they need not wait for the checkpoint
  checkpoint_when_due(**writer, pages_due_commit);
}

void SqliteDatabase::write(Connection& writer, Batch& batch) {
  if (writer.file_has_moved()) {
    note_moved();
    throw StatementFailed{failed(), false};
  }
  try {
    batch.run_on(writer);
  } catch (const StatementFailed& statement) {
    if (statement.error.code == Errc::no_space) full_ = true;
    if (writer.disk_failed() && !failed_.exchange(true)) {
      core::log(core::Level::error, "storage_failed",
                {{"file", path_}, {"detail", statement.error.detail}});
    }
    throw;
  }
  if (full_ && has_head_room()) full_ = false;
  wal_pages_ = writer.wal_pages();
}

// Whether a few large transactions would fit, and not just the one page that the last one needed.
// Asked of the file system in earnest, because a quota is not in its count of free blocks.
bool SqliteDatabase::has_head_room() const {
  struct statvfs disk {};
  if (::statvfs(path_.c_str(), &disk) == 0 && disk.f_bavail * disk.f_frsize < head_room_bytes)
    return false;
  const std::string directory = path_.substr(0, path_.rfind('/') + 1);
  const int file =
      ::open(directory.empty() ? "." : directory.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
  if (file < 0) return errno != ENOSPC && errno != EDQUOT;
  const int error = ::posix_fallocate(file, 0, static_cast<off_t>(head_room_bytes));
  ::close(file);
  return error != ENOSPC && error != EDQUOT;
}

void SqliteDatabase::note_moved() {
  if (failed_.exchange(true)) return;
  core::log(core::Level::error, "storage_failed",
            {{"file", path_}, {"detail", "the file was deleted, renamed or replaced while open"}});
}

core::Result<void> SqliteDatabase::in_read_transaction(const Body& body) {
  return with_retries([&] {
    auto reader = readers_.take(wait_);
    if (!reader) {
      throw StatementFailed{
          core::fail(Errc::busy, "all " + std::to_string(readers_max_) + " read connections to " +
                                     path_ + " stayed in use"),
          false};
    }
    (*reader)->run_transaction("BEGIN", body);
  });
}

// The pages since the last checkpoint decide, not the length of the log: after a complete
// checkpoint the next commit starts the log again from its beginning.
void SqliteDatabase::checkpoint_when_due(Connection& writer, int pages_due) {
  const int pages = writer.wal_pages();
  if (pages < pages_left_) pages_left_ = 0;
  if (pages - pages_left_ < pages_due) return;
  const auto now = std::chrono::steady_clock::now();
  const bool waits = pages >= pages_due_truncate && now >= truncate_after_;
  if (waits) truncate_after_ = now + truncate_pause;
  try {
    const int left = writer.checkpoint(
        waits ? Connection::Checkpoint::truncate : Connection::Checkpoint::passive,
        waits ? truncate_wait_ms_max : 0);
    // When readers held some pages back, the next attempt waits for as many new ones.
    pages_left_ = left == 0 && waits ? 0 : pages;
  } catch (const StatementFailed& failure) {
    if (writer.disk_failed()) failed_ = true;
    core::log(core::Level::error, "checkpoint_failed",
              {{"file", path_}, {"detail", failure.error.detail}});
  }
  wal_pages_ = writer.wal_pages();
}

void SqliteDatabase::maintain() {
  if (failed_ || wal_pages_ < pages_due_idle) return;
  auto writer = writer_.take(milliseconds(0));
  if (writer && !failed_) checkpoint_when_due(**writer, pages_due_idle);
}

core::Result<void> SqliteDatabase::check() {
  if (auto reader = readers_.take(wait_); reader && (*reader)->file_has_moved()) note_moved();
  if (failed_) return failed();
  if (full_) {
    // Only a write can tell whether there is room again.
    auto written =
        in_write_transaction([](Session& session) { session.run(sql::touch_migration); });
    if (!written || !full_) return written;
    return core::fail(Errc::no_space, "the disk was full and has less than 1 MiB free beside " +
                                          path_ + "; a small write fits, the next may not");
  }
  return in_read_transaction([](Session& session) { session.run(sql::ping); });
}

void SqliteDatabase::append_metrics(std::vector<core::Metric>& metrics) const {
  const std::vector<std::pair<std::string, std::string>> labels{{"database", name_of(schema_)}};
  using Kind = core::Metric::Kind;
  metrics.push_back({Kind::gauge, "fairlead_storage_failed",
                     "1 after a disk write failed: nothing is committed until a restart.", labels,
                     failed_ ? 1.0 : 0.0});
  metrics.push_back({Kind::gauge, "fairlead_storage_full",
                     "1 while the disk is full; recovers by itself.", labels, full_ ? 1.0 : 0.0});
  metrics.push_back({Kind::gauge, "fairlead_storage_writes_waiting",
                     "Write transactions that wait for the writer.", labels,
                     static_cast<double>(group_.waiting())});
  metrics.push_back({Kind::counter, "fairlead_storage_writes_total",
                     "Write transactions of callers that were committed or abandoned.", labels,
                     static_cast<double>(group_.writes())});
  metrics.push_back({Kind::counter, "fairlead_storage_commits_total",
                     "Commits of the file; writes that waited together share one.", labels,
                     static_cast<double>(group_.commits())});
  metrics.push_back({Kind::gauge, "fairlead_storage_wal_bytes",
                     "Length of the write-ahead log after the last commit.", labels,
                     static_cast<double>(wal_pages_) * page_bytes});
}

core::Error SqliteDatabase::failed() const {
  return core::fail(Errc::io, "a write to " + path_ +
                                  " failed before, or the file was moved; nothing is committed "
                                  "to it until fairlead is started again (check the disk first)");
}

core::Error SqliteDatabase::no_writer() const {
  if (!lock_) {
    return core::fail(Errc::forbidden, path_ + " was opened for looking only; nothing is written");
  }
  return core::fail(Errc::busy, "the writer of " + path_ + " stayed busy for " +
                                    std::to_string(wait_.count()) + " ms");
}

}  // namespace fairlead::storage::sqlite
