#include "tests/whole/server_process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace fairlead::whole {

namespace {

std::string read_file(const std::string& path) {
  std::ifstream in(path);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::string temporary_file() {
  std::string path = (std::filesystem::temp_directory_path() / "fairlead-XXXXXX").string();
  const int file = ::mkstemp(path.data());
  if (file < 0) throw std::runtime_error("no temporary file");
  ::close(file);
  return path;
}

// Only what a program needs to run under the sanitizers and to report which statements it executed.
std::vector<std::string> clean_environment(const std::vector<std::string>& extra) {
  std::vector<std::string> variables = extra;
  for (const char* name : {"PATH", "HOME", "TMPDIR", "ASAN_OPTIONS", "UBSAN_OPTIONS",
                           "TSAN_OPTIONS", "FAIRLEAD_SQL_COVERAGE"})
    if (const char* value = std::getenv(name)) variables.push_back(std::string(name) + "=" + value);
  return variables;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (std::string& text : texts)
    all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

pid_t start(std::vector<std::string> arguments, std::vector<std::string> environment,
            const std::string& out, const std::string& err) {
  arguments.insert(arguments.begin(), FAIRLEAD_BINARY);
  auto argv = pointers(arguments);
  auto envp = pointers(environment);
  const pid_t pid = ::fork();
  if (pid != 0) return pid;
  const int out_file = ::open(out.c_str(), O_WRONLY | O_TRUNC);
  const int err_file = ::open(err.c_str(), O_WRONLY | O_TRUNC | O_APPEND);
  ::dup2(out_file, STDOUT_FILENO);
  ::dup2(err_file, STDERR_FILENO);
  ::chdir(std::filesystem::temp_directory_path().c_str());  // no fairlead.toml there
  ::execve(FAIRLEAD_BINARY, argv.data(), envp.data());
  ::_exit(127);
}

int exit_code_of(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

Ran run_program(const std::vector<std::string>& arguments,
                const std::vector<std::string>& environment) {
  const std::string out = temporary_file();
  const std::string err = temporary_file();
  const pid_t pid = start(arguments, clean_environment(environment), out, err);
  int status = 0;
  ::waitpid(pid, &status, 0);
  Ran ran{exit_code_of(status), read_file(out), read_file(err)};
  std::filesystem::remove(out);
  std::filesystem::remove(err);
  return ran;
}

ServerProcess::ServerProcess(std::vector<std::string> arguments) : log_file_(temporary_file()) {
  // The tests click as one person and as fast as they can; repeats have tests of their own.
  arguments.insert(arguments.begin(),
                   {"serve", "--listen", "127.0.0.1:0", "--duplicate-window-s", "0",
                    "--flood-person-minute-max", "0", "--flood-network-minute-max", "0"});
  pid_ = start(arguments, clean_environment({}), "/dev/null", log_file_);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (std::chrono::steady_clock::now() < deadline) {
    const std::string text = log();
    const std::size_t listening = text.find("\"event\":\"listening\"");
    const std::size_t port = text.find("\"port\":\"", listening);
    if (listening != std::string::npos && port != std::string::npos) {
      port_ = static_cast<std::uint16_t>(std::stoi(text.substr(port + 8)));
      return;
    }
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) == pid_) {
      pid_ = -1;
      throw std::runtime_error("the server ended with " + std::to_string(exit_code_of(status)) +
                               ": " + log());
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));  // the child tells by its log only
  }
  kill_now();
  throw std::runtime_error("the server does not listen: " + log());
}

ServerProcess::~ServerProcess() {
  if (pid_ > 0) kill_now();
  std::filesystem::remove(log_file_);
}

void ServerProcess::kill_now() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  wait_for_end();
}

int ServerProcess::stop(int signal_number) {
  if (pid_ <= 0) return -1;
  ::kill(pid_, signal_number);
  return wait_for_end();
}

std::string ServerProcess::log() const {
  return read_file(log_file_);
}

std::uint16_t ServerProcess::tls_port() const {
  const std::string key = "\"tls_port\":\"";
  const std::string text = log();
  const std::size_t at = text.find(key);
  if (at == std::string::npos) throw std::runtime_error("no TLS port in the log: " + text);
  return static_cast<std::uint16_t>(std::stoi(text.substr(at + key.size())));
}

void ServerProcess::wait_for_log(const std::string& text, std::size_t times) const {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (std::chrono::steady_clock::now() < deadline) {
    const std::string all = log();
    std::size_t found = 0;
    for (auto at = all.find(text); at != std::string::npos; at = all.find(text, at + 1))
      ++found;
    if (found >= times) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));  // the child tells by its log only
  }
  throw std::runtime_error("not in the log: " + text + "\n" + log());
}

int ServerProcess::wait_for_end() {
  int status = 0;
  ::waitpid(pid_, &status, 0);
  pid_ = -1;
  return exit_code_of(status);
}

}  // namespace fairlead::whole
