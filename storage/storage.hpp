// storage/ is the only code that talks to a database engine. Everything above it sees this page:
// a Database runs a function as one transaction, a Session runs a named statement inside it.
//
// Threads: a Database is safe from any thread. A Session belongs to the one call of `fn` it was
// given to. Every call blocks, so I/O threads never call it; handlers run on the work pool.
//
// Failures: inside `fn` a failed statement throws StatementFailed. Only transact() and read() catch
// it: they roll back and return a Result. Code inside `fn` therefore reads straight down, and code
// outside never sees an exception. An answer ("this code is used up") is an ordinary return value.
//
// Transactions: transact() is one write transaction; `fn` runs again from the start when the engine
// reports a serialization failure, a deadlock, or a lost race on a unique key (at most 8 times), so
// it must not change anything outside the database. It may run on another thread while its caller
// waits, and share its commit with others (SQLite: sqlite/group_commit.cpp); what it sees and what
// becomes of it is the same as if it were alone. On PostgreSQL the level is READ COMMITTED: what
// must not race is guarded by a conditional UPDATE whose row count is looked at, or by a unique
// key.
//
// SQLite: one writer connection per file, whose waiting callers share one commit, and a few reader
// connections. The click file is opened the same way (Schema::clicks): its one folder thread calls
// transact() for each block of clicks, which costs one uncontended lock; there is no second, rawer
// door. After a failed
// disk write the file is `failed`: transact() answers Errc::io at once until the process is started
// again. A full disk (Errc::no_space) recovers by itself.
#pragma once

#include <exception>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/metrics.hpp"
#include "core/result.hpp"
#include "storage/rows.hpp"

namespace fairlead::storage {

// Thrown by Session::run, caught by transact() and read() alone.
struct StatementFailed {
  core::Error error;
  bool worth_retrying;
  bool is_waiting = false;  // for what takes longer than a race: tried for patience_max
};

class Session {
 public:
  virtual ~Session() = default;

  // Runs one statement with its parameters in order; their number must match (CHECK).
  template <class... Args>
  Rows run(const Statement& statement, Args&&... args) {
    const Value values[] = {Value(Null{}), Value(std::forward<Args>(args))...};
    return run_values(statement, std::span<const Value>(values).subspan(1));
  }
  virtual Rows run_values(const Statement& statement, std::span<const Value> values) = 0;
  // Prepares without running; throws when the engine refuses the text, counts other parameters, or
  // would answer a type that a Value cannot hold. For the tests of the catalogue.
  virtual void prepare(const Statement& statement) = 0;

  // The transaction will be rolled back when `fn` returns; its return value still goes to the
  // caller. For a refusal that is found after something was written.
  void abandon() { abandoned_ = true; }
  bool abandoned() const { return abandoned_; }

 protected:
  void reset_abandoned() { abandoned_ = false; }  // by the engine, before `fn` runs

 private:
  bool abandoned_ = false;
};

// Everything written inside the scope is undone by roll_back(); otherwise it stays with the rest.
// Needed where a refusal must be stored in the same transaction (idempotency) without its effects.
class Savepoint {
 public:
  explicit Savepoint(Session& session);
  ~Savepoint();  // releases
  Savepoint(const Savepoint&) = delete;
  Savepoint& operator=(const Savepoint&) = delete;
  void roll_back();

 private:
  Session& session_;
  int exceptions_;
  bool open_ = true;
};

enum class Engine { sqlite, postgres };

// What transact() returns for what `fn` returns: T becomes Result<T>, a Result stays as it is.
template <class T>
struct Outcome {
  using type = core::Result<T>;
};
template <class T>
struct Outcome<core::Result<T>> {
  using type = core::Result<T>;
};

class Database {
 public:
  virtual ~Database() = default;
  virtual Engine engine() const = 0;

  // One write transaction, committed durably (SQLite synchronous=FULL) before it returns.
  // Errc::busy, io, no_space: nothing is known to have been written; see core/result.hpp.
  // When `fn` itself returns a Result, its error rolls the transaction back and is what comes out.
  template <class Fn, class T = std::invoke_result_t<Fn, Session&>>
  typename Outcome<T>::type transact(Fn&& fn) {
    return run_as<T>(&Database::in_write_transaction, fn);
  }
  // The same for a caller that does not wait: returns at once on SQLite, after the commit on
  // PostgreSQL. `done` is called once with a future that is ready, whose get() returns or throws
  // what transact() would have; on any thread. It must not throw or block. Both functions live, and
  // what they refer to must live, until `done` has returned.
  template <class Fn, class T = std::invoke_result_t<Fn&, Session&>>
  void transact_async(Fn fn, std::function<void(std::future<typename Outcome<T>::type>)> done) {
    struct State {
      Fn fn;
      std::optional<T> value;
    };
    auto state = std::make_shared<State>(State{std::move(fn), std::nullopt});
    write_async([state](Session& session) { run_into(state->value, state->fn, session); },
                [state, done = std::move(done)](std::exception_ptr failure) {
                  std::promise<typename Outcome<T>::type> outcome;
                  if (auto result = as_result(failure); !result) {
                    outcome.set_value(result.error());
                  } else if (failure) {
                    outcome.set_exception(failure);
                  } else {
                    outcome.set_value(*std::move(state->value));
                  }
                  done(outcome.get_future());
                });
  }
  // A read-only snapshot: `fn` sees one state of the database and cannot write.
  template <class Fn, class T = std::invoke_result_t<Fn, Session&>>
  typename Outcome<T>::type read(Fn&& fn) {
    return run_as<T>(&Database::in_read_transaction, fn);
  }

  // Whether the database answers and accepts writes; for /readyz.
  virtual core::Result<void> check() = 0;
  // Housekeeping for a caller that commits often and has just answered its clients: brings the
  // SQLite write-ahead log into the file when that is due, on the writer's own connection. Without
  // such a caller a commit does it at four times the size. Nothing on PostgreSQL.
  virtual void maintain() {}
  // fairlead_storage_* with a label database="main" or "clicks". Any thread, never blocks.
  virtual void append_metrics(std::vector<core::Metric>& metrics) const = 0;

 protected:
  using Body = std::function<void(Session&)>;
  virtual core::Result<void> in_write_transaction(const Body& body) = 0;
  virtual core::Result<void> in_read_transaction(const Body& body) = 0;
  // in_write_transaction() without waiting; `done` gets a StatementFailed, what `body` threw, or
  // nothing. By itself it does wait.
  using Done = std::function<void(std::exception_ptr)>;
  virtual void write_async(Body body, Done done);

 private:
  // The error of a StatementFailed; nothing to complain of otherwise.
  static core::Result<void> as_result(const std::exception_ptr& failure);

  template <class T, class Fn>
  static void run_into(std::optional<T>& value, Fn& fn, Session& session) {
    value.emplace(fn(session));
    if constexpr (std::is_same_v<T, typename Outcome<T>::type>)
      if (!*value) session.abandon();
  }
  template <class T, class Fn>
  typename Outcome<T>::type run_as(core::Result<void> (Database::*run)(const Body&), Fn& fn) {
    if constexpr (std::is_void_v<T>) {
      return (this->*run)([&](Session& session) { fn(session); });
    } else {
      std::optional<T> value;
      auto done = (this->*run)([&](Session& session) { run_into(value, fn, session); });
      if (!done) return done.error();
      return std::move(*value);
    }
  }
};

// Which migrations a database is brought up to: the money side, or the append-only click file.
enum class Schema { main, clicks };

struct OpenOptions {
  std::string url;  // "sqlite:/path/fairlead.db" or "postgres://user@host/db" / "postgresql://…"
  Schema schema = Schema::main;
  int readers_max = 4;  // SQLite read connections, or half of the PostgreSQL pool
  int busy_timeout_ms = 5000;
};

// Opens, locks out a second server (SQLite: flock on "<file>.lock"; PostgreSQL allows several), and
// migrates. Errc::config: bad URL; Errc::busy: another server holds the data; Errc::too_new: the
// database was written by a newer version; Errc::io, no_space.
core::Result<std::unique_ptr<Database>> open(const OpenOptions& options);
// Opens an existing database for looking only (verify, reports beside a running server): no lock,
// no migration, every write refused. Errc::not_found when there is none, Errc::too_new.
core::Result<std::unique_ptr<Database>> open_read_only(const OpenOptions& options);

}  // namespace fairlead::storage
