// Many single-use codes at once, up to a million: texts nobody can guess, made in small
// transactions so that a checkout never waits long, each of which counts what it made. A crash
// loses at most the chunk that was being written; what stands goes on from there. Table
// code_batches. Functions with a Session run inside its transaction.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codes/codes.hpp"

namespace fairlead::codes {

inline constexpr std::int64_t batch_codes_max = 1'000'000;
// Codes in one transaction: some milliseconds of SQLite's one writer.
inline constexpr std::size_t chunk_codes = 1'000;

// The letters of random texts: no two look alike, to the eye or to skeleton(). 22 of them, so a
// letter is worth 4.46 bits and twelve are worth 53.5.
inline constexpr std::string_view random_letters = "3479ACDEFHJKMNPRTUVWXY";
inline constexpr std::int64_t random_length_min = 6;
inline constexpr std::int64_t random_length_default = 12;
inline constexpr std::int64_t random_length_max = 32;

struct BatchText {
  std::string prefix;  // [A-Z0-9_-], or nothing
  std::string suffix;
  std::int64_t random_length = random_length_default;
};
// From the system's generator, each letter equally likely.
std::string random_text(const BatchText& text);

// The shortest random length at which a guess hits one of `count` codes at most once in 2^20
// tries: the least n with 22^n ≥ count · 2^20.
std::int64_t random_length_for(std::int64_t count);

struct Batch {
  core::BrandId brand;
  core::BatchId id;
  core::DealId deal;
  std::string state;  // "making", "done"
  std::int64_t codes_wanted = 0;
  std::int64_t codes_made = 0;
  BatchText text;
  core::CodeId last_code;  // none of the batch's codes has a greater id
  core::Instant created_at;
  std::optional<core::Instant> done_at;
  bool need_counters = false;
};

// The batch's row and its first code. `terms` holds all of the codes' terms; its text is not
// looked at. Errors as of create_code().
core::Result<core::BatchId> begin_batch(storage::Session& session, core::BrandId brand,
                                        NewCode terms, const BatchText& text, std::int64_t count,
                                        core::Instant now);
std::optional<Batch> find_batch(storage::Session& session, core::BrandId brand, core::BatchId id);
std::optional<Batch> find_unfinished_batch(storage::Session& session);

// Makes codes with these texts, at most as many as are missing, and counts them. A text that is
// taken is left out. nullopt when the batch has gone on since `batch` was read; nothing is written
// then. Else how many were made.
std::optional<std::int64_t> make_codes(storage::Session& session, const Batch& batch,
                                       const std::vector<std::string>& texts, core::Instant now);

}  // namespace fairlead::codes
