#include "tests/whole/program.hpp"

#include <fstream>

namespace fairlead::whole {

ProgramOnEveryEngine::ProgramOnEveryEngine() {
  database_.close();  // the program opens it itself
}

std::vector<std::string> ProgramOnEveryEngine::arguments() const {
  return {"--data", directory_.file("data"), "--database", database_.url()};
}

Ran ProgramOnEveryEngine::run(std::vector<std::string> words) const {
  const auto more = arguments();
  words.insert(words.end(), more.begin(), more.end());
  return run_program(words);
}

std::string ProgramOnEveryEngine::file(const std::string& text, const char* name) const {
  const std::string path = directory_.file(name);
  std::ofstream(path, std::ios::binary) << text;
  return path;
}

void ProgramOnEveryEngine::set_up_brand() {
  keys_ = init_brand(arguments());
  ServerProcess server(arguments());
  Shop shop(server.port(), keys_);
  shop.set_up();
  deal_ = shop.deal_id;
  server.stop();
}

}  // namespace fairlead::whole
