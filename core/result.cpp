#include "core/result.hpp"

namespace fairlead::core {

const char* name_of(Errc code) {
  switch (code) {
    case Errc::invalid:
      return "invalid";
    case Errc::not_found:
      return "not_found";
    case Errc::conflict:
      return "conflict";
    case Errc::overflow:
      return "overflow";
    case Errc::unauthorized:
      return "unauthorized";
    case Errc::forbidden:
      return "forbidden";
    case Errc::busy:
      return "busy";
    case Errc::no_space:
      return "no_space";
    case Errc::io:
      return "io";
    case Errc::too_new:
      return "too_new";
    case Errc::config:
      return "config";
  }
  return "unknown";
}

}  // namespace fairlead::core
