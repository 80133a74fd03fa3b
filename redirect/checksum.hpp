// CRC-32C (Castagnoli), the checksum of the journal's frames. Pure; any thread.
#pragma once

#include <cstdint>
#include <string_view>

namespace fairlead::redirect {

// Of `bytes` behind those that gave `before`; 0 to begin with.
std::uint32_t crc32c(std::string_view bytes, std::uint32_t before = 0);

// The same without the processor's instruction for it; for machines without one, and to compare.
std::uint32_t crc32c_by_table(std::string_view bytes, std::uint32_t before = 0);

}  // namespace fairlead::redirect
