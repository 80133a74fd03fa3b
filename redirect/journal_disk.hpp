// What the journal asks of the operating system, in one place, so that a test can stall, fail or
// end the process at any one of the calls. Stateless; any thread.
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace fairlead::redirect {

// Every call answers 0, or the errno of its failure.
class JournalDisk {
 public:
  virtual ~JournalDisk() = default;
  // All of the parts one behind the other at the offset. After a failure any part of them may be
  // there.
  virtual int write(int file, std::span<iovec> parts, std::int64_t at);
  virtual int sync(int file);  // its data; blocks until the medium has it
  // Makes a file of so many zero bytes whose blocks are written, so that writing over them later
  // changes no metadata; it has that name only when it is whole and synced.
  virtual int make(const std::string& directory, const std::string& name, std::size_t bytes);
  virtual int remove(const std::string& path);
};

}  // namespace fairlead::redirect
