// Result<T>: a value, or a failure of the world (disk, network, input that is not what it says).
// An expected outcome such as "this code has expired" is not a failure; it is a Verdict, a value.
// Values are immutable after construction; any thread.
#pragma once

#include <boost/system/result.hpp>
#include <stdexcept>
#include <string>
#include <utility>

namespace fairlead::core {

// What the caller can do about it. Kept to a dozen values on purpose; the detail says the rest.
enum class Errc {
  invalid,       // the input is wrong; the detail names the field and what would be right
  not_found,     // there is no such thing, or not for this brand
  conflict,      // it contradicts something that is already there
  overflow,      // the number does not fit its type
  unauthorized,  // who you are is not known
  forbidden,     // who you are may not do this
  busy,          // try again: a lock, a full queue, a serialization failure
  no_space,      // the disk is full; it may recover by itself
  io,            // the disk or the network failed; the outcome is unknown
  too_new,       // written by a newer version of this program
  config,        // the configuration is wrong; the detail names key, value and place
};

// The wire and log name of a code ("invalid", "not_found", …). Frozen: add, never rename.
const char* name_of(Errc code);

struct Error {
  Errc code;
  std::string detail;  // plain words for the log or the operator; never a secret
};

template <class T>
using Result = boost::system::result<T, Error>;

inline Error fail(Errc code, std::string detail) {
  return Error{code, std::move(detail)};
}

// Called by Result::value() when there is no value: only tests and start-up code use it that way.
[[noreturn]] inline void throw_exception_from_error(const Error& error,
                                                    const boost::source_location&) {
  throw std::runtime_error(std::string(name_of(error.code)) + ": " + error.detail);
}

}  // namespace fairlead::core
