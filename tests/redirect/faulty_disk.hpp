// The journal's disk as a test wants it: calls are counted, may wait at a gate, fail, or end the
// process as kill -9 would.
#pragma once

#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>

#include "redirect/journal_disk.hpp"

namespace fairlead::test {

class FaultyDisk final : public redirect::JournalDisk {
 public:
  enum class Call { write, sync, make, remove };
  // Asked before each call: 0 lets it through, another number is the errno of its failure.
  using Judge = std::function<int(Call call, int number)>;

  void set_judge(Judge judge) {
    const std::scoped_lock lock(mutex_);
    judge_ = std::move(judge);
  }
  void fail_with(int error) {
    set_judge([error](Call call, int) { return call == Call::write ? error : 0; });
  }
  // While it is shut a sync waits.
  void set_open(bool open) {
    const std::scoped_lock lock(mutex_);
    is_open_ = open;
    changed_.notify_all();
  }
  void wait_for_syncs(int count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return syncs_ >= count; });
  }
  int writes() {
    const std::scoped_lock lock(mutex_);
    return writes_;
  }

  int write(int file, std::span<iovec> parts, std::int64_t at) override {
    if (const int error = ask(Call::write, writes_)) return error;
    return JournalDisk::write(file, parts, at);
  }
  int sync(int file) override {
    if (const int error = ask(Call::sync, syncs_)) return error;
    return JournalDisk::sync(file);
  }
  int make(const std::string& directory, const std::string& name, std::size_t bytes) override {
    if (const int error = ask(Call::make, makes_)) return error;
    return JournalDisk::make(directory, name, bytes);
  }
  int remove(const std::string& path) override {
    if (const int error = ask(Call::remove, removes_)) return error;
    return JournalDisk::remove(path);
  }

 private:
  int ask(Call call, int& count) {
    std::unique_lock lock(mutex_);
    ++count;
    changed_.notify_all();
    if (call == Call::sync) changed_.wait(lock, [&] { return is_open_; });
    return judge_ ? judge_(call, count) : 0;
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  Judge judge_;
  bool is_open_ = true;
  int writes_ = 0;
  int syncs_ = 0;
  int makes_ = 0;
  int removes_ = 0;
};

}  // namespace fairlead::test
