// Whether a customer is somebody whose e-mail address is known, when of the customer only a hash
// is. Pure; any thread.
#pragma once

#include <string_view>

namespace fairlead::core {

// Whether the hash (64 hex digits, lower case) is the SHA-256 of the address: without blanks and in
// lower case, with or without its "+tag"; at gmail.com and googlemail.com, which are one, also
// without the dots, which do not count there. A customer who puts another tag than the known one
// behind the own name cannot be recognised. Nothing equals an empty hash or address.
bool is_hash_of_email(std::string_view email_sha256, std::string_view email);

}  // namespace fairlead::core
