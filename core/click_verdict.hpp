// How verdicts are called on the wire and in reports, metrics and golden files. Frozen: add, never
// rename. Any thread.
#pragma once

#include "core/events.hpp"

namespace fairlead::core {

constexpr const char* name_of(ClickVerdict verdict) {
  switch (verdict) {
    case ClickVerdict::valid:
      return "valid";
    case ClickVerdict::head:
      return "head";
    case ClickVerdict::prefetch:
      return "prefetch";
    case ClickVerdict::bot:
      return "bot";
    case ClickVerdict::preview:
      return "preview";
    case ClickVerdict::unknown_agent:
      return "unknown_agent";
    case ClickVerdict::duplicate:
      return "duplicate";
    case ClickVerdict::datacenter:
      return "datacenter";
    case ClickVerdict::flood:
      return "flood";
    case ClickVerdict::embedded:
      return "embedded";
  }
  return "";  // none of them: from a newer version
}

}  // namespace fairlead::core
