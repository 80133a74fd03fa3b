// The program as it is typed: subcommands and flags, their --help, and the exit code. One thread.
#pragma once

namespace fairlead::app {

// 0: done. 1: it failed, standard error says why. 2: the command line or the configuration is
// wrong.
int run_command_line(int argc, char** argv);

}  // namespace fairlead::app
