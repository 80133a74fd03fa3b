#include "core/log.hpp"

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cstdio>
#include <mutex>

namespace fairlead::core {

namespace {

std::mutex sink_mutex;
LogSink installed_sink;

std::string_view name_of(Level level) {
  switch (level) {
    case Level::debug:
      return "debug";
    case Level::info:
      return "info";
    case Level::warning:
      return "warning";
    case Level::error:
      return "error";
  }
  return "error";
}

// The value itself, or with U+FFFD in place of its non-ASCII bytes when it is not UTF-8: a line
// must stay JSON whatever a client sent.
std::string readable(const std::string& value) {
  const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  if (std::all_of(value.begin(), value.end(), is_ascii)) return value;
  boost::json::error_code broken;
  boost::json::parse(boost::json::serialize(boost::json::string(value)), broken);
  if (!broken) return value;
  std::string text;
  for (const char c : value)
    text += is_ascii(c) ? std::string(1, c) : "\xef\xbf\xbd";
  return text;
}

}  // namespace

void set_log_sink(LogSink sink) {
  const std::scoped_lock lock(sink_mutex);
  installed_sink = std::move(sink);
}

void log(Level level, std::string_view event, LogFields fields) {
  boost::json::object line{{"level", name_of(level)}, {"event", event}};
  for (const auto& [name, value] : fields)
    line[name] = readable(value);
  const std::string text = boost::json::serialize(line);
  const std::scoped_lock lock(sink_mutex);
  if (installed_sink) {
    installed_sink(level, text);
  } else {
    std::fprintf(stderr, "%s\n", text.c_str());
  }
}

}  // namespace fairlead::core
