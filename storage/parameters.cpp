#include "storage/parameters.hpp"

#include <string>

#include "core/check.hpp"
#include "core/utf8.hpp"

namespace fairlead::storage {

namespace {

bool is_storable(std::string_view text) {
  return text.find('\0') == text.npos && core::is_utf8(text);
}

}  // namespace

void check_parameters(const Statement& statement, std::span<const Value> values) {
  CHECK(values.size() == static_cast<std::size_t>(statement.parameters));
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto* text = std::get_if<std::string>(&values[i].cell());
    if (text == nullptr || is_storable(*text)) continue;
    throw StatementFailed{
        core::fail(core::Errc::invalid, std::string(statement.name) + ": parameter " +
                                            std::to_string(i + 1) +
                                            " holds a NUL or is not valid UTF-8"),
        false};
  }
}

}  // namespace fairlead::storage
