#include "storage/coverage.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <mutex>
#include <set>
#include <string>

#include "core/check.hpp"

namespace fairlead::storage {

namespace {

// One write() of a whole line to a file opened with O_APPEND: lines of parallel tests do not mix.
void append_line(const char* path, const std::string& line) {
  const int file = ::open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  CHECK(file >= 0);
  CHECK(::write(file, line.data(), line.size()) == static_cast<ssize_t>(line.size()));
  ::close(file);
}

}  // namespace

void note_first_run(Engine engine, const Statement& statement) {
  static const char* const path = std::getenv("FAIRLEAD_SQL_COVERAGE");
  if (path == nullptr || *path == '\0') return;
  static std::mutex mutex;
  static std::set<std::string> seen;
  std::string line = engine == Engine::sqlite ? "sqlite " : "postgres ";
  line += statement.name;
  line += '\n';
  std::lock_guard lock(mutex);
  if (seen.insert(line).second) append_line(path, line);
}

}  // namespace fairlead::storage
