// One line per event: a level, a stable event name and named values. The program installs the sink
// once before threads start (app/); without one, lines go to standard error as JSON. Never log
// secrets, tokens, visitor ids, full addresses or click queries. Any thread.
#pragma once

#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace fairlead::core {

enum class Level { debug, info, warning, error };

using LogFields = std::initializer_list<std::pair<std::string_view, std::string>>;
// Receives one finished JSON object without line break.
using LogSink = std::function<void(Level, std::string_view json_line)>;

void set_log_sink(LogSink sink);
void log(Level level, std::string_view event, LogFields fields = {});

}  // namespace fairlead::core
