#include "attribution/platforms.hpp"

namespace fairlead::attribution {

std::span<const Platform> platforms() {
  // clang-format off
  static const Platform table[] = {
      shopify(),
      woocommerce(),
      stripe(),
      standard(),
      postback(),
      pixel(),
      acp(),
      tune(),
      keitaro(),
      voluum(),
      affise(),
      everflow(),
      impact(),
      dub(),
      firstpromoter(),
  };
  // clang-format on
  return table;
}

const Platform* find_platform(std::string_view name) {
  for (const Platform& platform : platforms()) {
    if (platform.name == name) return &platform;
  }
  return nullptr;
}

}  // namespace fairlead::attribution
