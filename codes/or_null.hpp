// A value of an answer, null where there is none. Pure; any thread.
#pragma once

#include <boost/json/value.hpp>
#include <optional>

#include "core/time.hpp"

namespace fairlead::codes {

template <class T>
boost::json::value or_null(const std::optional<T>& maybe) {
  if (!maybe) return nullptr;
  return *maybe;
}

inline boost::json::value or_null(const std::optional<core::Instant>& maybe) {
  if (!maybe) return nullptr;
  return boost::json::string(core::format_instant(*maybe));
}

}  // namespace fairlead::codes
