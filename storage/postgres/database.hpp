// The engine for more than one machine: a pool of PostgreSQL connections. Internal to storage/;
// made by storage/open.cpp. Any thread.
#pragma once

#include <chrono>
#include <memory>

#include "storage/pool.hpp"
#include "storage/postgres/connection.hpp"
#include "storage/storage.hpp"

namespace fairlead::storage::postgres {

class PostgresDatabase final : public Database {
 public:
  // Errors as storage::open() and open_read_only() promise. Errc::config names host, port and
  // reason when the server cannot be reached.
  static core::Result<std::unique_ptr<Database>> open(const OpenOptions& options);
  static core::Result<std::unique_ptr<Database>> open_read_only(const OpenOptions& options);

  Engine engine() const override { return Engine::postgres; }
  core::Result<void> check() override;
  void append_metrics(std::vector<core::Metric>& metrics) const override;

 protected:
  core::Result<void> in_write_transaction(const Body& body) override;
  core::Result<void> in_read_transaction(const Body& body) override;

 private:
  enum class Access { write, read };
  PostgresDatabase(const OpenOptions& options, Access access);
  void run(const char* begin, const Body& body);

  const Access access_;
  const std::chrono::milliseconds wait_;
  Pool<Connection> connections_;
};

}  // namespace fairlead::storage::postgres
