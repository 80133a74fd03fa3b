// Every statement of every module, collected from the sql/ folders when the build is configured.
#pragma once

#include <vector>

#include "storage/storage.hpp"

namespace fairlead::test {

std::vector<const storage::Statement*> every_statement();

}  // namespace fairlead::test
