#include "tests/storage/disk_faults.hpp"

#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <mutex>

#include "core/check.hpp"

namespace fairlead::test {

namespace {

struct Disk {
  std::atomic<bool> is_watched{false};
  std::mutex mutex;
  std::string path;
  std::vector<DiskCall> calls;
  int calls_until_failure = 0;  // 0: nothing fails
  int error = 0;
  int failures = 0;
};

Disk& disk() {
  static Disk* const the_disk =
      new Disk;  // never destroyed: SQLite may write while the program ends
  return *the_disk;
}

// The errno this call has to fail with, or 0.
int judge(DiskCall::Kind kind, int file) {
  Disk& d = disk();
  if (!d.is_watched) return 0;
  std::array<char, 512> path{};
  const std::string link = "/proc/self/fd/" + std::to_string(file);
  if (::readlink(link.c_str(), path.data(), path.size() - 1) < 0) return 0;
  const std::lock_guard lock(d.mutex);
  const std::string name = path.data();
  if (!name.starts_with(d.path)) return 0;
  d.calls.push_back({kind, file, name});
  if (d.calls_until_failure == 0) return 0;
  if (d.calls_until_failure > 1) {
    --d.calls_until_failure;
    return 0;
  }
  ++d.failures;
  return d.error;
}

}  // namespace

DiskWatch::DiskWatch(std::string path) {
  Disk& d = disk();
  const std::lock_guard lock(d.mutex);
  CHECK(!d.is_watched);
  d.path = std::move(path);
  d.calls.clear();
  d.calls_until_failure = 0;
  d.failures = 0;
  d.is_watched = true;
}

DiskWatch::~DiskWatch() {
  disk().is_watched = false;
}

std::vector<DiskCall> DiskWatch::calls() const {
  const std::lock_guard lock(disk().mutex);
  return disk().calls;
}

void DiskWatch::forget() {
  const std::lock_guard lock(disk().mutex);
  disk().calls.clear();
}

void DiskWatch::fail_from(int nth, int error) {
  const std::lock_guard lock(disk().mutex);
  disk().calls_until_failure = nth;
  disk().error = error;
}

void DiskWatch::heal() {
  fail_from(0, 0);
}

int DiskWatch::failures() const {
  const std::lock_guard lock(disk().mutex);
  return disk().failures;
}

}  // namespace fairlead::test

// The linker prefers these to the C library's; the work itself is done by the system call.
extern "C" {

ssize_t pwrite64(int file, const void* bytes, std::size_t count, off64_t offset) {
  using fairlead::test::DiskCall;
  if (const int error = fairlead::test::judge(DiskCall::Kind::write, file)) {
    errno = error;
    return -1;
  }
  return ::syscall(SYS_pwrite64, file, bytes, count, offset);
}

int fdatasync(int file) {
  using fairlead::test::DiskCall;
  if (const int error = fairlead::test::judge(DiskCall::Kind::sync, file)) {
    errno = error;
    return -1;
  }
  return static_cast<int>(::syscall(SYS_fdatasync, file));
}

int ftruncate64(int file, off64_t length) noexcept {
  using fairlead::test::DiskCall;
  if (const int error = fairlead::test::judge(DiskCall::Kind::truncate, file)) {
    errno = error;
    return -1;
  }
  return static_cast<int>(::syscall(SYS_ftruncate, file, length));
}

}  // extern "C"
