// Watches and fails what SQLite writes to disk, by standing in front of the C library's pwrite64,
// fdatasync and ftruncate64 in this test program. Nothing happens unless a DiskWatch is alive; one
// at a time. Any thread may write meanwhile.
#pragma once

#include <string>
#include <vector>

namespace fairlead::test {

struct DiskCall {
  enum class Kind { write, sync, truncate } kind;
  int file;
  std::string path;
};

class DiskWatch {
 public:
  // Watches files whose path starts with this text: a directory, or one file and its "-wal".
  explicit DiskWatch(std::string path);
  ~DiskWatch();
  DiskWatch(const DiskWatch&) = delete;
  DiskWatch& operator=(const DiskWatch&) = delete;

  std::vector<DiskCall> calls()
      const;  // those that were let through or failed since the last forget()
  void forget();
  // From the nth watched call from now on (1 = the next) all of them fail with this errno …
  void fail_from(int nth, int error);
  // … until this is called.
  void heal();
  int failures() const;  // how many calls were failed
};

}  // namespace fairlead::test
