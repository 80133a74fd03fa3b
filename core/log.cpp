#include "core/log.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cstdio>
#include <mutex>

namespace fairlead::core {

namespace {

std::mutex sink_mutex;
LogSink installed_sink;

std::string_view name_of(Level level) {
  switch (level) {
    case Level::debug: return "debug";
    case Level::info: return "info";
    case Level::warning: return "warning";
    case Level::error: return "error";
  }
  return "error";
}

}  // namespace

void set_log_sink(LogSink sink) {
  const std::scoped_lock lock(sink_mutex);
  installed_sink = std::move(sink);
}

void log(Level level, std::string_view event, LogFields fields) {
  boost::json::object line{{"level", name_of(level)}, {"event", event}};
  for (const auto& [name, value] : fields) line[name] = value;
  const std::string text = boost::json::serialize(line);
  const std::scoped_lock lock(sink_mutex);
  if (installed_sink) {
    installed_sink(level, text);
  } else {
    std::fprintf(stderr, "%s\n", text.c_str());
  }
}

}  // namespace fairlead::core
