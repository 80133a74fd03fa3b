// Keeps a second server off a database file: flock on "<file>.lock", held as long as this lives,
// and released by the system however the process ends. Internal to storage/sqlite/.
#pragma once

#include <memory>
#include <string>

#include "core/result.hpp"

namespace fairlead::storage::sqlite {

class LockFile {
 public:
  // Errc::busy names the file and the process that holds it; Errc::config: the file cannot be made.
  static core::Result<std::unique_ptr<LockFile>> take(const std::string& database_path);
  ~LockFile();
  LockFile(const LockFile&) = delete;
  LockFile& operator=(const LockFile&) = delete;

 private:
  explicit LockFile(int file) : file_(file) {}
  int file_;
};

}  // namespace fairlead::storage::sqlite
