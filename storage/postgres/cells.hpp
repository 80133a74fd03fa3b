// Values on the wire: parameters as text (blobs as bytes), results as text by their type. Internal
// to storage/postgres/; any thread.
#pragma once

#include <libpq-fe.h>

#include <span>
#include <string>
#include <vector>

#include "storage/storage.hpp"

namespace fairlead::storage::postgres {

// The arrays libpq wants. Points into the values it was made from, which must outlive it.
class Parameters {
 public:
  explicit Parameters(std::span<const Value> values);
  int count() const { return static_cast<int>(values_.size()); }
  const char* const* values() const { return values_.data(); }
  const int* lengths() const { return lengths_.data(); }
  const int* formats() const { return formats_.data(); }

 private:
  std::vector<std::string> numbers_;
  std::vector<const char*> values_;
  std::vector<int> lengths_;
  std::vector<int> formats_;  // 0 text, 1 bytes
};

// Whether a Value can hold this type. NUMERIC and floating point it cannot: a SUM of BIGINT has to
// be written CAST(… AS BIGINT).
bool is_supported(Oid type);

// CHECKs that the type is supported.
Value cell_of(const Statement& statement, const PGresult* result, int row, int column);

}  // namespace fairlead::storage::postgres
