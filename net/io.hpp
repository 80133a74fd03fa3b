// What came of reading or writing without waiting.
#pragma once

namespace fairlead::net {

enum class Io { done, would_block, ended };

}  // namespace fairlead::net
