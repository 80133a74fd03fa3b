// Certificates for tests, made when a test runs and signed by themselves. Any thread.
#pragma once

#include <string>
#include <vector>

namespace fairlead::test {

enum class KeyKind { p256, rsa2048 };

struct CertificateWish {
  std::vector<std::string> names = {"localhost"};  // the first is the common name, too
  KeyKind kind = KeyKind::p256;
  int expires_year = 2040;  // on its first day; valid from 2020
};

// Writes PEM files, the key with mode 0600. Throws std::runtime_error.
void write_certificate(const std::string& certificate_file, const std::string& key_file,
                       const CertificateWish& wish = {});

}  // namespace fairlead::test
