#include "redirect/journal_disk.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

namespace fairlead::redirect {

namespace {

constexpr std::size_t zero_bytes = 64 * 1024;

// Closes when it goes out of scope.
struct Descriptor {
  int number;
  ~Descriptor() {
    if (number >= 0) ::close(number);
  }
};

int sync_directory(const std::string& directory) {
  const Descriptor folder{::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (folder.number < 0) return errno;
  return ::fsync(folder.number) == 0 ? 0 : errno;
}

int fill(int file, std::size_t bytes) {
  // Told at once when there is no room, instead of after a part of it is used up.
  if (const int refused = ::posix_fallocate(file, 0, static_cast<off_t>(bytes)); refused != 0)
    return refused;
  const std::string zeros(std::min(bytes, zero_bytes), '\0');
  for (std::size_t at = 0; at < bytes;) {
    const ssize_t written =
        ::pwrite(file, zeros.data(), std::min(zeros.size(), bytes - at), static_cast<off_t>(at));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return written == 0 ? ENOSPC : errno;
    at += static_cast<std::size_t>(written);
  }
  return ::fsync(file) == 0 ? 0 : errno;
}

}  // namespace

int JournalDisk::write(int file, std::span<iovec> parts, std::int64_t at) {
  while (!parts.empty()) {
    const ssize_t written = ::pwritev(file, parts.data(), static_cast<int>(parts.size()), at);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    if (written == 0) return ENOSPC;
    at += written;
    auto left = static_cast<std::size_t>(written);
    while (!parts.empty() && left >= parts.front().iov_len) {
      left -= parts.front().iov_len;
      parts = parts.subspan(1);
    }
    if (parts.empty()) break;
    parts.front().iov_base = static_cast<char*>(parts.front().iov_base) + left;
    parts.front().iov_len -= left;
  }
  return 0;
}

int JournalDisk::sync(int file) {
  return ::fdatasync(file) == 0 ? 0 : errno;
}

int JournalDisk::make(const std::string& directory, const std::string& name, std::size_t bytes) {
  const std::string path = directory + "/" + name;
  const std::string unfinished = path + ".new";
  int failure = 0;
  {
    const Descriptor file{::open(unfinished.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)};
    if (file.number < 0) return errno;
    failure = fill(file.number, bytes);
  }
  if (failure == 0 && ::rename(unfinished.c_str(), path.c_str()) != 0) failure = errno;
  if (failure == 0) failure = sync_directory(directory);
  if (failure != 0) ::unlink(unfinished.c_str());
  return failure;
}

int JournalDisk::remove(const std::string& path) {
  return ::unlink(path.c_str()) == 0 ? 0 : errno;
}

}  // namespace fairlead::redirect
