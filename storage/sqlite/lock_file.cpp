#include "storage/sqlite/lock_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace fairlead::storage::sqlite {

using core::Errc;

namespace {

// The lock's holder writes its process number into the file, for the message of the one who waits.
std::string holder_of(int file) {
  char text[32] = {};
  const ssize_t bytes = ::pread(file, text, sizeof text - 1, 0);
  return bytes > 0 ? " (process " + std::string(text, static_cast<std::size_t>(bytes)) + ")" : "";
}

core::Error refused(const std::string& path, int error) {
  if (error == ENOSPC || error == EDQUOT) {
    return core::fail(Errc::no_space, path + ": the disk is full; free some space and start again");
  }
  std::string advice = "the data directory must exist and be writable for this user";
  if (error == EROFS) advice = "the file system is mounted read-only";
  return core::fail(Errc::config,
                    "cannot create " + path + ": " + std::strerror(error) + "; " + advice);
}

}  // namespace

core::Result<std::unique_ptr<LockFile>> LockFile::take(const std::string& database_path) {
  const std::string path = database_path + ".lock";
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return refused(path, errno);
  std::unique_ptr<LockFile> lock(new LockFile(file));
  if (::flock(file, LOCK_EX | LOCK_NB) != 0) {
    return core::fail(Errc::busy, "another fairlead" + holder_of(file) + " is using " +
                                      database_path + " (it holds " + path +
                                      "); stop it, or choose another data directory");
  }
  const std::string process = std::to_string(::getpid());
  // Only for the message above: when it cannot be written the lock holds all the same.
  if (::ftruncate(file, 0) == 0) {
    [[maybe_unused]] const ssize_t written = ::pwrite(file, process.data(), process.size(), 0);
  }
  return lock;
}

LockFile::~LockFile() {
  ::close(file_);
}

}  // namespace fairlead::storage::sqlite
