// The real program as a child process: started with a data directory, killed or stopped, started
// again. The child gets a clean environment, so that no setting of the caller reaches it. One
// thread.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace fairlead::whole {

// What a subcommand printed and how it ended.
struct Ran {
  int exit_code = -1;
  std::string out;
  std::string err;
};
// Runs `fairlead <arguments…>` to its end. `environment` is NAME=value on top of the clean one.
Ran run_program(const std::vector<std::string>& arguments,
                const std::vector<std::string>& environment = {});

class ServerProcess {
 public:
  // `fairlead serve` with these arguments and a port chosen by the system; throws
  // std::runtime_error with what the server said when it is not listening within 30 s.
  explicit ServerProcess(std::vector<std::string> arguments);
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  std::uint16_t port() const { return port_; }
  std::uint16_t tls_port() const;  // 0: none
  pid_t pid() const { return pid_; }
  // kill -9, at once.
  void kill_now();
  // SIGTERM (or another signal) and wait; the exit code, or 128 + the signal that ended it.
  int stop(int signal_number = 15);
  std::string log() const;
  // Waits until `text` is in the log `times` times; throws std::runtime_error after 30 s.
  void wait_for_log(const std::string& text, std::size_t times = 1) const;

 private:
  int wait_for_end();

  pid_t pid_ = -1;
  std::uint16_t port_ = 0;
  std::string log_file_;
};

}  // namespace fairlead::whole
