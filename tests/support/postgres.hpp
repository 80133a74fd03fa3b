// The tests' own PostgreSQL, in a temporary directory, reachable by a unix socket only. A ctest run
// starts it once (tests/support/postgres.sh); a test program run by hand starts and stops one
// itself. One per process; any thread.
#pragma once

#include <mutex>
#include <string>
#include <vector>

namespace fairlead::test {

class PostgresServer {
 public:
  // Starts it, or finds the one of the ctest run. Throws std::runtime_error with the reason when it
  // cannot: a test without its engine has failed.
  static PostgresServer& instance();

  // An empty database; answers its URL. One that was given back is emptied and lent again, because
  // emptying is six times as fast as creating. All of them go away with the server.
  std::string lend_database();
  void give_back(const std::string& url);
  const std::string& socket_directory() const { return socket_directory_; }

 private:
  PostgresServer();
  ~PostgresServer();
  void run_sql(const std::string& database, const std::string& sql) const;

  std::string state_;  // names the server this process started; empty when it is the run's
  std::string socket_directory_;
  std::mutex mutex_;
  int made_ = 0;
  std::vector<std::string> idle_;  // names
};

}  // namespace fairlead::test
