// Where log lines go: one JSON object a line on standard error, or plain text when that is a
// terminal.
#pragma once

namespace fairlead::app {

// Call once, before threads start.
void install_log_sink();

}  // namespace fairlead::app
