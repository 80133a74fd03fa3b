#include "redirect/utm.hpp"

#include <boost/json/parse.hpp>

#include "net/json.hpp"

namespace fairlead::redirect {

std::size_t utm_index(std::string_view name) {
  if (name.starts_with("utm_")) name.remove_prefix(4);
  for (std::size_t i = 0; i < utm_names.size(); ++i)
    if (utm_names[i].substr(4) == name) return i;
  return utm_names.size();
}

core::Result<UtmValues> read_utm(const boost::json::value& value) {
  const auto refuse = [](std::string why) {
    return core::fail(core::Errc::invalid, std::move(why));
  };
  if (!value.is_object())
    return refuse("utm must be an object such as {\"utm_source\":\"instagram\"}");
  UtmValues values;
  for (const auto& [key, text] : value.get_object()) {
    const std::size_t i = utm_index(key);
    if (i == utm_names.size())
      return refuse(
          "utm knows utm_source, utm_medium, utm_campaign, utm_term and utm_content, not \"" +
          std::string(std::string_view(key).substr(0, 40)) + "\"");
    if (text.is_null()) continue;
    if (!text.is_string() || net::number_source(text))
      return refuse(std::string(utm_names[i]) + " must be a text");
    if (!values[i].empty())
      return refuse(std::string(utm_names[i]) + " is there twice, with and without utm_");
    const std::string_view plain = text.get_string();
    if (plain.size() > utm_value_bytes_max)
      return refuse(std::string(utm_names[i]) + " may have at most " +
                    std::to_string(utm_value_bytes_max) + " bytes");
    for (const char c : plain)
      if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
        return refuse(std::string(utm_names[i]) + " must not contain control characters");
    values[i] = plain;
  }
  return values;
}

UtmValues stored_utm(std::string_view json) {
  boost::system::error_code broken;
  const boost::json::value value = boost::json::parse({json.data(), json.size()}, broken);
  if (broken) return {};
  auto values = read_utm(value);
  return values ? *values : UtmValues{};
}

boost::json::object utm_json(const UtmValues& values) {
  boost::json::object object;
  for (std::size_t i = 0; i < values.size(); ++i)
    if (!values[i].empty()) object.emplace(utm_names[i], values[i]);
  return object;
}

}  // namespace fairlead::redirect
