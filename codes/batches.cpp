#include "codes/batches.hpp"

#include <array>

#include "codes/rules.hpp"
#include "codes/sql.hpp"
#include "core/check.hpp"
#include "core/crypto.hpp"

namespace fairlead::codes {

namespace {

Batch read_batch(const storage::Row& row) {
  return {.brand = row.id<core::BrandId>(0),
          .id = row.id<core::BatchId>(1),
          .deal = row.id<core::DealId>(2),
          .state = row.text(3),
          .codes_wanted = row.integer(4),
          .codes_made = row.integer(5),
          .text = {.prefix = row.text(6), .suffix = row.text(7), .random_length = row.integer(8)},
          .last_code = row.id<core::CodeId>(9),
          .created_at = row.instant(10),
          .done_at = row.maybe_instant(11),
          .need_counters = !row.is_null(12) || !row.is_null(13)};
}

std::optional<Batch> first_batch(const storage::Rows& rows) {
  if (rows.empty()) return std::nullopt;
  return read_batch(rows.one());
}

}  // namespace

std::string random_text(const BatchText& text) {
  // The largest multiple of 22 that a byte can say: what is above would favour the first letters.
  constexpr std::uint8_t fair = 256 / random_letters.size() * random_letters.size();
  std::string made = text.prefix;
  const auto length = text.prefix.size() + static_cast<std::size_t>(text.random_length);
  std::array<std::uint8_t, 16> bytes{};
  while (made.size() < length) {
    core::fill_random(bytes);
    for (const std::uint8_t byte : bytes) {
      if (byte < fair && made.size() < length) made += random_letters[byte % random_letters.size()];
    }
  }
  return made + text.suffix;
}

std::int64_t random_length_for(std::int64_t count) {
  const std::int64_t least = count << 20;
  std::int64_t length = random_length_min;
  std::int64_t texts = 22 * 22 * 22 * 22 * 22 * 22;
  static_assert(random_letters.size() == 22 && random_length_min == 6);
  for (; texts < least; ++length)
    texts *= 22;
  return length;
}

core::Result<core::BatchId> begin_batch(storage::Session& session, core::BrandId brand,
                                        NewCode terms, const BatchText& text, std::int64_t count,
                                        core::Instant now) {
  // The batch's id comes first: the codes that this process makes have greater ones.
  const auto batch = core::new_id<core::BatchId>(now);
  terms.origin = CodeOrigin::generated;
  constexpr int tries_max = 8;
  for (int tries = 1;; ++tries) {
    terms.text = random_text(text);
    const auto first = create_code(session, brand, terms, now);
    if (!first && first.error().code == core::Errc::conflict && tries < tries_max) continue;
    if (!first) return first.error();
    session.run(sql::insert_batch, brand, batch, *first, count, text.prefix, text.suffix,
                text.random_length);
    session.run(sql::join_batch, brand, *first, batch);
    return batch;
  }
}

std::optional<Batch> find_batch(storage::Session& session, core::BrandId brand, core::BatchId id) {
  return first_batch(session.run(sql::find_batch, brand, id));
}

std::optional<Batch> find_unfinished_batch(storage::Session& session) {
  return first_batch(session.run(sql::find_unfinished_batch));
}

std::optional<std::int64_t> make_codes(storage::Session& session, const Batch& batch,
                                       const std::vector<std::string>& texts, core::Instant now) {
  CHECK(static_cast<std::int64_t>(texts.size()) <= batch.codes_wanted - batch.codes_made);
  // Texts hold nothing that JSON would escape.
  std::string rows = "[";
  core::CodeId first;
  core::CodeId last;
  for (const auto& text : texts) {
    last = core::new_id<core::CodeId>(now);
    if (!first) first = last;
    rows += (rows.size() > 1 ? ",[" : "[") + std::to_string(last.number) + ",\"" + text + "\"]";
  }
  rows += "]";
  if (session.run(sql::claim_batch, batch.brand, batch.id, batch.codes_made, last).changed != 1)
    return std::nullopt;
  const auto made = session.run(sql::insert_batch_codes, batch.brand, batch.id, rows, now).changed;
  if (batch.need_counters) session.run(sql::insert_batch_counters, batch.brand, batch.id, first);
  session.run(sql::count_batch, batch.brand, batch.id, made, now);
  return made;
}

}  // namespace fairlead::codes
