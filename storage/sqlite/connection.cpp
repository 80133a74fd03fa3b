#include "storage/sqlite/connection.hpp"

#include "core/check.hpp"
#include "storage/coverage.hpp"
#include "storage/parameters.hpp"
#include "storage/sqlite/errors.hpp"

namespace fairlead::storage::sqlite {

namespace {

Value cell_of(const Statement& statement, sqlite3_stmt* handle, int column) {
  const auto bytes = [&] { return static_cast<std::size_t>(sqlite3_column_bytes(handle, column)); };
  switch (sqlite3_column_type(handle, column)) {
    case SQLITE_INTEGER:
      return Value(sqlite3_column_int64(handle, column));
    case SQLITE_TEXT: {
      const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(handle, column));
      return Value(std::string(text, bytes()));
    }
    case SQLITE_BLOB: {
      const auto* blob = static_cast<const char*>(sqlite3_column_blob(handle, column));
      return Value(blob == nullptr ? Blob{} : Blob{std::string(blob, bytes())});
    }
    case SQLITE_NULL:
      return Value(Null{});
    default:
      break;
  }
  const std::string claim = std::string(statement.name) + ": column " + std::to_string(column) +
                            " is a floating-point number; money and counts are integers";
  core::check_failed(claim.c_str(), __FILE__, __LINE__);
}

// A statement is reset however it ends; otherwise it would keep the transaction open.
class ResetAtEnd {
 public:
  explicit ResetAtEnd(sqlite3_stmt* statement) : statement_(statement) {}
  ~ResetAtEnd() { sqlite3_reset(statement_); }
  ResetAtEnd(const ResetAtEnd&) = delete;
  ResetAtEnd& operator=(const ResetAtEnd&) = delete;

 private:
  sqlite3_stmt* statement_;
};

int remember_wal_pages(void* pages, sqlite3*, const char*, int count) {
  *static_cast<int*>(pages) = count;
  return SQLITE_OK;
}

// Statistics that nobody reads would take a lock of the whole process for each allocation.
void configure_library() {
  static const int code = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  CHECK(code == SQLITE_OK);
}

}  // namespace

Rows Connection::run_values(const Statement& statement, std::span<const Value> values) {
  check_parameters(statement, values);
  stop_when_out_of_time();
  Prepared& prepared_statement = prepared(statement);
  sqlite3_stmt* handle = prepared_statement.handle.get();
  const ResetAtEnd reset(handle);
  bind(statement, handle, values);
  Rows result;
  const int columns = sqlite3_column_count(handle);
  int code = sqlite3_step(handle);
  for (; code == SQLITE_ROW; code = sqlite3_step(handle)) {
    std::vector<Value> cells;
    cells.reserve(static_cast<std::size_t>(columns));
    for (int column = 0; column < columns; ++column) {
      cells.push_back(cell_of(statement, handle, column));
    }
    result.rows.emplace_back(std::move(cells));
  }
  if (code != SQLITE_DONE) fail(code, statement.name);
  if (!prepared_statement.is_reading) result.changed = sqlite3_changes64(handle_.raw);
  return result;
}

std::unique_ptr<Connection> Connection::open(const ConnectionSettings& settings) {
  configure_library();
  std::unique_ptr<Connection> connection(new Connection(settings.busy_timeout_ms));
  const bool writes = settings.access == ConnectionSettings::Access::write;
  const int flags = (writes ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY) |
                    SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  const int code = sqlite3_open_v2(settings.path.c_str(), &connection->handle_.raw, flags, nullptr);
  if (code != SQLITE_OK) connection->fail(code, settings.path);
  connection->configure(settings);
  return connection;
}

void Connection::configure(const ConnectionSettings& settings) {
  // First of all: after a crash the first opener recovers the log while others have to wait.
  sqlite3_busy_timeout(handle_.raw, settings.busy_timeout_ms);
  sqlite3_db_config(handle_.raw, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle_.raw, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  run_script(
      "PRAGMA temp_store=MEMORY; PRAGMA mmap_size=0; PRAGMA cell_size_check=ON;"
      "PRAGMA wal_autocheckpoint=0");
  if (settings.access == ConnectionSettings::Access::read) {
    sqlite3_db_config(handle_.raw, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    run_script("PRAGMA query_only=ON");
    return;
  }
  run_script(
      "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA journal_size_limit=67108864;"
      "PRAGMA cache_size=-16384");
  // Both files hold personal data, the click file in what clicks are marked with: it goes for good.
  run_script("PRAGMA secure_delete=ON");
  sqlite3_wal_hook(handle_.raw, remember_wal_pages, &wal_pages_);
}

Connection::~Connection() {
  // A connection whose writes failed must not sync again; closing would checkpoint.
  if (disk_failed_) sqlite3_db_config(handle_.raw, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
}

Connection::Prepared& Connection::prepared(const Statement& statement) {
  Prepared& entry = statements_[&statement];
  if (entry.handle && entry.text == statement.sqlite) return entry;
  sqlite3_stmt* handle = nullptr;
  const char* tail = nullptr;
  const int code = sqlite3_prepare_v3(handle_.raw, statement.sqlite.data(),
                                      static_cast<int>(statement.sqlite.size()),
                                      SQLITE_PREPARE_PERSISTENT, &handle, &tail);
  if (code != SQLITE_OK) fail(code, statement.name);
  entry = {std::unique_ptr<sqlite3_stmt, Finalize>(handle), std::string(statement.sqlite),
           sqlite3_stmt_readonly(handle) != 0};
  CHECK(handle != nullptr && tail == statement.sqlite.data() + statement.sqlite.size());
  note_first_run(Engine::sqlite, statement);
  return entry;
}

void Connection::prepare(const Statement& statement) {
  sqlite3_stmt* handle = nullptr;
  const int code =
      sqlite3_prepare_v3(handle_.raw, statement.sqlite.data(),
                         static_cast<int>(statement.sqlite.size()), 0, &handle, nullptr);
  const std::unique_ptr<sqlite3_stmt, Finalize> owner(handle);
  if (code != SQLITE_OK) fail(code, statement.name);
  if (sqlite3_bind_parameter_count(handle) == statement.parameters) return;
  throw StatementFailed{
      core::fail(core::Errc::invalid, std::string(statement.name) +
                                          ": the text uses other parameters than " +
                                          "$1 to its highest number"),
      false};
}

// Text and blobs are bound without a copy: they live until the statement is reset, and every
// parameter is bound anew before the next step.
void Connection::bind(const Statement& statement, sqlite3_stmt* handle,
                      std::span<const Value> values) {
  int position = 0;
  for (const Value& value : values) {
    ++position;
    const int code = std::visit(
        [&](const auto& cell) {
          using Cell = std::decay_t<decltype(cell)>;
          if constexpr (std::is_same_v<Cell, Null>) {
            return sqlite3_bind_null(handle, position);
          } else if constexpr (std::is_same_v<Cell, std::int64_t>) {
            return sqlite3_bind_int64(handle, position, cell);
          } else if constexpr (std::is_same_v<Cell, std::string>) {
            return sqlite3_bind_text64(handle, position, cell.data(), cell.size(), SQLITE_STATIC,
                                       SQLITE_UTF8);
          } else {
            return sqlite3_bind_blob64(handle, position, cell.bytes.data(), cell.bytes.size(),
                                       SQLITE_STATIC);
          }
        },
        value.cell());
    if (code != SQLITE_OK) fail(code, statement.name);
  }
}

void Connection::run_script(std::string_view script) {
  const std::string text(script);
  const int code = sqlite3_exec(handle_.raw, text.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) fail(code, text.substr(0, text.find_first_of(";\n")));
}

void Connection::run_transaction(const char* begin, const std::function<void(Session&)>& body) {
  run_script(begin);
  reset_abandoned();
  try {
    body(*this);
    if (!abandoned()) run_script("COMMIT");
  } catch (...) {
    roll_back();
    throw;
  }
  roll_back();
}

Connection::Nested Connection::run_nested(const std::function<void(Session&)>& body,
                                          std::chrono::steady_clock::time_point step_out_at) {
  // A name that no Savepoint has: one that a failure passed through is still open, and the
  // innermost of a name is what is rolled back to.
  run_script("SAVEPOINT turn");
  reset_abandoned();
  has_run_out_ = false;
  step_out_at_ = step_out_at;
  try {
    body(*this);
    step_out_at_ = never;
    if (abandoned() || has_run_out_) undo_nested();
    reset_abandoned();
  } catch (...) {
    step_out_at_ = never;
    undo_nested();
    if (!has_run_out_) throw;
  }
  if (may_commit()) run_script("RELEASE SAVEPOINT turn");
  return has_run_out_ ? Nested::ran_out : Nested::ran;
}

void Connection::undo_nested() {
  reset_abandoned();
  if (may_commit()) run_script("ROLLBACK TO SAVEPOINT turn");
}

// The clock is looked at only where somebody waits: in a batch.
void Connection::stop_when_out_of_time() {
  if (step_out_at_ == never || std::chrono::steady_clock::now() < step_out_at_) return;
  has_run_out_ = true;
  throw StatementFailed{core::fail(core::Errc::busy, "a long write steps out of its batch"), true};
}

// Some failures have rolled the transaction back already and others have not; only autocommit
// tells.
void Connection::roll_back() noexcept {
  if (sqlite3_get_autocommit(handle_.raw) != 0) return;
  const int code = sqlite3_exec(handle_.raw, "ROLLBACK", nullptr, nullptr, nullptr);
  if (is_disk_failure(code)) disk_failed_ = true;
}

bool Connection::file_has_moved() {
  int has_moved = 0;
  sqlite3_file_control(handle_.raw, "main", SQLITE_FCNTL_HAS_MOVED, &has_moved);
  return has_moved != 0;
}

int Connection::checkpoint(Checkpoint mode, int wait_ms_max) {
  int pages = 0;
  int moved = 0;
  sqlite3_busy_timeout(handle_.raw, wait_ms_max);
  const int code = sqlite3_wal_checkpoint_v2(
      handle_.raw, "main",
      mode == Checkpoint::passive ? SQLITE_CHECKPOINT_PASSIVE : SQLITE_CHECKPOINT_TRUNCATE, &pages,
      &moved);
  sqlite3_busy_timeout(handle_.raw, busy_timeout_ms_);
  // Busy: readers still need the log. The next checkpoint will find them gone.
  if (code != SQLITE_OK && code != SQLITE_BUSY) fail(code, "checkpoint");
  if (code == SQLITE_OK && mode == Checkpoint::truncate) wal_pages_ = 0;
  return pages < 0 ? 0 : pages - moved;
}

void Connection::fail(int code, std::string_view what) {
  const int extended = handle_.raw == nullptr ? code : sqlite3_extended_errcode(handle_.raw);
  if (is_disk_failure(extended)) disk_failed_ = true;
  throw_failure(handle_.raw, extended, what);
}

}  // namespace fairlead::storage::sqlite
