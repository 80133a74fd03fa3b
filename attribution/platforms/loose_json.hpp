// Reading what other people's shops send: null, absent and empty mean the same, numbers come as
// text and text as numbers, unknown fields are nobody's business. Money stays exact: it is read
// from the digits of the text. Pure; any thread.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/money.hpp"
#include "core/result.hpp"
#include "core/time.hpp"

namespace fairlead::attribution {

// A body as JSON: without byte order mark, with U+FFFD where it is not UTF-8, duplicated keys
// allowed.
core::Result<boost::json::object> parse_loose(std::string_view body);

// nullptr when absent or null.
const boost::json::value* find_member(const boost::json::object& object, std::string_view name);
// A part of the object; nullptr when it is anything but an object.
const boost::json::object* find_object(const boost::json::object& object, std::string_view name);
// The objects of an array; what is not an object is skipped, what is not an array is empty.
std::vector<const boost::json::object*> objects_in(const boost::json::object& object,
                                                   std::string_view name);

// Text, number or true/false as text, without NUL, cut to `bytes_max` between two characters; ""
// when absent or anything else. Ids come this way, so 12 and "12" are the same id, beyond 2^53 too.
std::string loose_text(const boost::json::object& object, std::string_view name,
                       std::size_t bytes_max = 128);
bool loose_flag(const boost::json::object& object, std::string_view name);  // true, "true"

// Whole number; absent is `when_absent`. Errc::invalid names the field.
core::Result<std::int64_t> loose_integer(const boost::json::object& object, std::string_view name,
                                         std::int64_t when_absent);
// Minor units of "19.90", 19.9 or 20; absent is 0. Errc::invalid or overflow (beyond 10^15) names
// the field.
core::Result<std::int64_t> loose_money(const boost::json::object& object, std::string_view name,
                                       core::Currency currency);
// The sum of one money field over the objects.
core::Result<std::int64_t> sum_money(const std::vector<const boost::json::object*>& objects,
                                     std::string_view name, core::Currency currency);
// Millionths of a whole unit of "19.905000"; absent is 0. Errc::invalid or overflow (beyond 10^12
// units) names the field.
core::Result<std::int64_t> loose_micros(const boost::json::object& object, std::string_view name);
// Minor units of that many millionths, half away from zero.
std::int64_t minor_of_micros(std::int64_t micros, core::Currency currency);
// The first of the fields that holds a time. Errc::invalid when none does.
core::Result<core::Instant> loose_instant(const boost::json::object& object,
                                          std::initializer_list<std::string_view> names);
// The same, where a time without a zone is UTC.
core::Result<core::Instant> loose_utc(const boost::json::object& object,
                                      std::initializer_list<std::string_view> names);
core::Result<core::Instant> loose_seconds(const boost::json::object& object,
                                          std::string_view name);  // since 1970

}  // namespace fairlead::attribution
