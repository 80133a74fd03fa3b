#include "app/log_sink.hpp"

#include <unistd.h>

#include <boost/json.hpp>
#include <cstdio>
#include <string>

#include "core/log.hpp"
#include "core/time.hpp"

namespace fairlead::app {

namespace {

void write_json(core::Level, std::string_view line) {
  const std::string at = core::format_instant(core::SystemClock().now());
  std::string text = "{\"at\":\"" + at + "\",";
  text.append(line.substr(1));
  text += '\n';
  std::fwrite(text.data(), 1, text.size(), stderr);
}

// {"level":"info","event":"listening","url":"…"} → "12:00:01 listening url=…"
void write_plain(core::Level level, std::string_view line) {
  const std::string at = core::format_instant(core::SystemClock().now());
  std::string text = at.substr(11, 8) + " ";
  if (level == core::Level::warning) text += "warning: ";
  if (level == core::Level::error) text += "error: ";
  const boost::json::value value = boost::json::parse({line.data(), line.size()});
  for (const auto& [name, field] : value.as_object()) {
    if (name == "level") continue;
    if (name == "event") {
      text += field.as_string().c_str();
      continue;
    }
    text += " " + std::string(name) + "=" + field.as_string().c_str();
  }
  text += '\n';
  std::fwrite(text.data(), 1, text.size(), stderr);
}

}  // namespace

void install_log_sink() {
  core::set_log_sink(::isatty(STDERR_FILENO) != 0 ? write_plain : write_json);
}

}  // namespace fairlead::app
