// One connection to PostgreSQL, with its prepared statements. Connects on first use and again after
// a loss. Internal to storage/postgres/; one thread at a time, which the pool of Database sees to.
#pragma once

#include <libpq-fe.h>

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "storage/storage.hpp"

namespace fairlead::storage::postgres {

struct ConnectionSettings {
  std::string url;  // may hold a password: never printed
  int lock_timeout_ms = 5000;
};

class Connection final : public Session {
 public:
  explicit Connection(ConnectionSettings settings) : settings_(std::move(settings)) {}

  Rows run_values(const Statement& statement, std::span<const Value> values) override;
  void prepare(const Statement& statement) override;

  // Several statements without parameters or results, such as a migration. Throws StatementFailed.
  void run_script(const std::string& script);
  // Connects if need be; runs `body` between `begin` and COMMIT, or ROLLBACK when it throws or
  // abandons. Throws what `body` throws, and StatementFailed: Errc::busy when there is no
  // connection, Errc::io when it was lost while committing, so that the outcome is unknown.
  void run_transaction(const char* begin, const std::function<void(Session&)>& body);

 private:
  struct Finish {
    void operator()(PGconn* connection) const { PQfinish(connection); }
  };
  struct Clear {
    void operator()(PGresult* result) const { PQclear(result); }
  };
  using Result = std::unique_ptr<PGresult, Clear>;
  struct Prepared {
    std::string name;
    std::string text;  // tells a new Statement at an old address
  };

  void connect();
  void commit();
  void roll_back() noexcept;
  void drop() noexcept;
  const std::string& prepared(const Statement& statement);
  Result checked(PGresult* result, std::string_view what);

  ConnectionSettings settings_;
  std::unique_ptr<PGconn, Finish> handle_;
  std::unordered_map<const Statement*, Prepared> statements_;
  std::size_t names_ = 0;
};

}  // namespace fairlead::storage::postgres
