// The utm defaults of a link: {"utm_source":"instagram", …} in the database and in the API, where
// the short names ("source") are understood too. Pure; any thread.
#pragma once

#include <array>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "redirect/query.hpp"

namespace fairlead::redirect {

inline constexpr std::size_t utm_value_bytes_max = 200;

// Plain values in the order of utm_names; "" = none.
using UtmValues = std::array<std::string, utm_names.size()>;

// Errc::invalid names the key or value that is wrong and what would be right.
core::Result<UtmValues> read_utm(const boost::json::value& value);
// Of a column; what does not parse counts as none, because a redirect must not fail on it.
UtmValues stored_utm(std::string_view json);
boost::json::object utm_json(const UtmValues& values);
// The index in utm_names of "utm_source" or "source"; utm_names.size() when it is neither.
std::size_t utm_index(std::string_view name);

}  // namespace fairlead::redirect
