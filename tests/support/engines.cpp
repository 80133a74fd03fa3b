#include "tests/support/engines.hpp"

#include "tests/support/postgres.hpp"

namespace fairlead::storage {

void PrintTo(Engine engine, std::ostream* out) {
  *out << (engine == Engine::sqlite ? "sqlite" : "postgres");
}

}  // namespace fairlead::storage

namespace fairlead::test {

TestDatabase::TestDatabase(storage::Engine engine) : engine_(engine) {
  switch (engine_) {
    case storage::Engine::sqlite:
      url_ = "sqlite:" + directory_.file("fairlead.db");
      break;
    case storage::Engine::postgres:
      url_ = PostgresServer::instance().lend_database();
      break;
  }
  open();
}

TestDatabase::~TestDatabase() {
  close();
  if (engine_ == storage::Engine::postgres) PostgresServer::instance().give_back(url_);
}

void TestDatabase::open() {
  storage::OpenOptions options;
  options.url = url_;
  // value() throws with the reason, which fails the test.
  database_ = storage::open(options).value();
}

std::string engine_name(const testing::TestParamInfo<storage::Engine>& info) {
  return info.param == storage::Engine::sqlite ? "sqlite" : "postgres";
}

}  // namespace fairlead::test
