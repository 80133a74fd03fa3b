#include "tests/support/postgres.hpp"

#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include "tests/support/temporary_directory.hpp"

namespace fairlead::test {

namespace {

// Runs a command; throws with what it printed when it fails.
void run_command(const std::string& command) {
  std::FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("cannot run " + command);
  std::string output;
  std::array<char, 512> buffer;
  while (const std::size_t bytes = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
    output.append(buffer.data(), bytes);
  }
  if (::pclose(pipe) != 0) throw std::runtime_error(command + " failed: " + output);
}

std::string first_line(const std::string& file) {
  std::ifstream in(file);
  std::string line;
  if (!std::getline(in, line)) throw std::runtime_error("PostgreSQL is not running: no " + file);
  return line;
}

const std::string script = FAIRLEAD_SOURCE_DIR "/tests/support/postgres.sh";

}  // namespace

PostgresServer& PostgresServer::instance() {
  static PostgresServer server;
  return server;
}

PostgresServer::PostgresServer() {
  if (const char* state = std::getenv("FAIRLEAD_TEST_POSTGRES")) {
    socket_directory_ = first_line(state);
    return;
  }
  const auto own =
      std::filesystem::temp_directory_path() / ("fairlead-pg-state-" + std::to_string(::getpid()));
  state_ = own.string();
  // `exec` makes this process the script's parent, whose end its watcher waits for.
  run_command("exec " + script + " start " + state_);
  socket_directory_ = first_line(state_);
}

PostgresServer::~PostgresServer() {
  if (state_.empty()) return;
  try {
    run_command(script + " stop " + state_);
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "%s\n", failure.what());
  }
}

std::string PostgresServer::lend_database() {
  const std::lock_guard lock(mutex_);
  std::string name;
  if (idle_.empty()) {
    name = "test_" + std::to_string(::getpid()) + "_" + std::to_string(made_++);
    run_sql("postgres", "CREATE DATABASE " + name);
  } else {
    name = idle_.back();
    idle_.pop_back();
    run_sql(name,
            "SET client_min_messages = error; SET lock_timeout = 10000;"
            " DROP SCHEMA public CASCADE; CREATE SCHEMA public");
  }
  return "postgresql://fairlead@/" + name + "?host=" + socket_directory_;
}

void PostgresServer::give_back(const std::string& url) {
  const std::lock_guard lock(mutex_);
  const auto start = url.find("@/") + 2;
  idle_.push_back(url.substr(start, url.find('?') - start));
}

void PostgresServer::run_sql(const std::string& database, const std::string& sql) const {
  run_command("psql -X -q -v ON_ERROR_STOP=1 -h " + socket_directory_ + " -U fairlead -d " +
              database + " -c '" + sql + "'");
}

}  // namespace fairlead::test
