// The secrets that live beside the databases and never in them or their backups: the keys that sign
// click tokens and the key that seals shops' webhook secrets. Files of the data directory, mode
// 0600, made on first use. Read once at the start.
#pragma once

#include <string>
#include <vector>

#include "core/result.hpp"
#include "redirect/redirect.hpp"

namespace fairlead::app {

struct Secrets {
  std::vector<redirect::TokenKey> token_keys;  // the first signs, all verify
  std::string sealing_key;                     // 32 bytes
};

// Makes the data directory (0700) and the files when they are missing. Errc::io names the path and
// the reason; Errc::config when a file is there but damaged, because a new key in its place would
// invalidate every click token and webhook that is out in the world.
core::Result<Secrets> load_secrets(const std::string& data);

}  // namespace fairlead::app
