#include "tests/whole/child.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace fairlead::whole {

Child::Child(std::vector<std::string> command, const std::string& before_port) {
  const std::string log = directory_.file("output");
  std::vector<char*> words;
  for (std::string& word : command)
    words.push_back(word.data());
  words.push_back(nullptr);
  pid_ = ::fork();
  if (pid_ == 0) {
    ::setpgid(0, 0);  // a group of its own, so that what it starts ends with it
    const int file = ::open(log.c_str(), O_CREAT | O_WRONLY | O_TRUNC | O_APPEND, 0600);
    ::dup2(file, STDOUT_FILENO);
    ::dup2(file, STDERR_FILENO);
    ::execv(words.front(), words.data());
    ::_exit(127);
  }
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (std::chrono::steady_clock::now() < deadline) {
    const std::string said = output();
    const std::size_t at = said.find(before_port);
    const std::size_t from = at + before_port.size();
    if (at != std::string::npos && said.find_first_not_of("0123456789", from) != from) {
      const std::size_t end = said.find_first_not_of("0123456789", from);
      if (end != std::string::npos) {
        port_ = static_cast<std::uint16_t>(std::stoi(said.substr(from, end - from)));
        return;
      }
    }
    if (::waitpid(pid_, nullptr, WNOHANG) == pid_) {
      pid_ = -1;
      throw std::runtime_error(command.front() + " ended: " + said);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));  // it tells by its output only
  }
  throw std::runtime_error(command.front() + " does not listen: " + output());
}

Child::~Child() {
  if (pid_ <= 0) return;
  ::kill(-pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

std::string Child::output() const {
  std::ifstream in(directory_.file("output"));
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

}  // namespace fairlead::whole
