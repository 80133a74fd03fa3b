// Fuzzes the click token's reader: only what the server has signed may come through.
#include <cstddef>
#include <cstdint>
#include <string>

#include "core/check.hpp"
#include "redirect/token.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace fairlead;
  static const std::vector<redirect::TokenKey> keys = {{1, std::string(32, 'a')},
                                                       {2, std::string(32, 'b')}};
  static redirect::TokenSigner signer(keys);
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto fact = signer.read(text)) {
    const bool is_first = redirect::make_token(keys[0], fact->click, fact->link) == text;
    CHECK(is_first || redirect::make_token(keys[1], fact->click, fact->link) == text);
  }
  return 0;
}
