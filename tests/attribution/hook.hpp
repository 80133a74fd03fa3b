// A shop that sends webhooks: one integration of a platform, and its deliveries signed as the
// platform signs them. One thread.
#pragma once

#include <string>
#include <string_view>

#include "tests/attribution/shop.hpp"

namespace fairlead::attribution {

class Hook {
 public:
  Hook(const Shop& shop, std::string_view platform);

  Reply deliver(std::string_view body, std::string_view topic = "") const;
  Reply deliver_golden(const std::string& name) const;
  std::string id() const { return id_; }
  std::string path() const { return path_; }

 private:
  Headers headers_of(std::string_view body, std::string_view topic) const;

  const Shop& shop_;
  std::string platform_;
  std::string id_;
  std::string path_;
  mutable std::string texts_[4];  // what the headers' views point into
};

}  // namespace fairlead::attribution
