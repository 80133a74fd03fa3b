// The tests' own PostgreSQL, in a temporary directory, reachable by a unix socket only. A ctest run
// starts it once (tests/support/postgres.sh); a test program run by hand starts and stops one
// itself. One per process; any thread.
#pragma once

#include <atomic>
#include <string>

namespace fairlead::test {

class PostgresServer {
 public:
  // Starts it, or finds the one of the ctest run. Throws std::runtime_error with the reason when it
  // cannot: a test without its engine has failed.
  static PostgresServer& instance();

  std::string create_database();  // answers its URL
  void drop_database(const std::string& url);
  const std::string& socket_directory() const { return socket_directory_; }

 private:
  PostgresServer();
  ~PostgresServer();
  void run_sql(const std::string& sql) const;

  std::string state_;  // names the server this process started; empty when it is the run's
  std::string socket_directory_;
  std::atomic<int> made_{0};
};

}  // namespace fairlead::test
