// The permanent memory of what a repeated POST was answered. The answer is stored in the
// transaction of its effect, so there is never an effect without its answer, nor an answer without
// its effect. Table idempotency_keys is owned here. Runs inside a Session; same thread rules.
#pragma once

#include <functional>
#include <future>

#include "core/answer.hpp"
#include "core/idempotency_key.hpp"
#include "core/result.hpp"
#include "storage/storage.hpp"

namespace fairlead::storage {

// Runs `fn` at most once per key, in one transaction with its memory: the first call's answer is
// stored when its status is below 500 and not 401 or 429, and given again to every later call with
// the same fingerprint, with a header `Idempotency-Replayed: true`. Another fingerprint: 422
// problem+json `idempotency_key_reused`. A key is 1 to 255 visible ASCII characters, bare or in
// quotes, which mean the same; any other is a 400 `idempotency_key_invalid`, and `fn` is not run.
// When `fn` answers ≥ 400 its writes are undone (Savepoint), the memory stays.
core::Result<core::Answer> once(Database& database, const core::IdempotencyKey& key,
                                core::Instant now, const std::function<core::Answer(Session&)>& fn);
// The same without waiting, as Database::transact_async() does: `done` is called with a ready
// future of the answer.
void once_async(Database& database, const core::IdempotencyKey& key, core::Instant now,
                std::function<core::Answer(Session&)> fn,
                std::function<void(std::future<core::Result<core::Answer>>)> done);

// Replaces remembered answers that mention `id` by a 410 problem, for an erasure. Reads all of the
// brand's.
void forget_answers(Session& session, core::BrandId brand, std::string_view id);

}  // namespace fairlead::storage
