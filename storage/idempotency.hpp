// The permanent memory of what a repeated POST was answered. The answer is stored in the
// transaction of its effect, so there is never an effect without its answer, nor an answer without
// its effect. Table idempotency_keys is owned here. Runs inside a Session; same thread rules.
#pragma once

#include <functional>
#include <string>

#include "core/answer.hpp"
#include "core/id.hpp"
#include "core/result.hpp"
#include "storage/storage.hpp"

namespace fairlead::storage {

struct IdempotencyKey {
  core::BrandId brand;
  std::string scope;  // "POST /v1/codes/redeem", with the key's owner
  std::string key;    // 1–255 bytes from the header; "" = none was sent, nothing is remembered
  std::string fingerprint;  // SHA-256 of the request's body
};

// Runs `fn` at most once per key, in one transaction with its memory: the first call's answer is
// stored when its status is below 500 and not 401 or 429, and given again to every later call with
// the same fingerprint, with a header `Idempotency-Replayed: true`. Another fingerprint: 422
// problem+json `idempotency_key_reused`. When `fn` answers ≥ 400 its writes are undone (Savepoint),
// the memory stays.
core::Result<core::Answer> once(Database& database, const IdempotencyKey& key, core::Instant now,
                                const std::function<core::Answer(Session&)>& fn);

}  // namespace fairlead::storage
