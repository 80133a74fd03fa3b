#include <cstdio>
#include <exception>

#include "app/command_line.hpp"

int main(int argc, char** argv) {
  try {
    return fairlead::app::run_command_line(argc, argv);
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "fairlead: stopped by an unforeseen failure: %s\n", failure.what());
    return 1;
  }
}
