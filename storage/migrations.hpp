// The embedded migrations, numbered from 1 without gaps. A merged migration is never edited: its
// hash is stored when it is applied and compared at every start.
#pragma once

#include <span>
#include <string_view>

#include "storage/storage.hpp"

namespace fairlead::storage {

struct Migration {
  int number;
  std::string_view name;
  std::string_view sqlite;
  std::string_view postgres;
  std::string_view sha256;  // of the .sql file as it stands in the tree
};

std::span<const Migration> migrations(Schema schema);

}  // namespace fairlead::storage
