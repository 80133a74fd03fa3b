// Certificates and their keys, read from PEM files and checked before anything uses them. What is
// read here is text: each I/O thread makes its own OpenSSL objects of it, so that threads share no
// reference counts. Any thread.
#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "core/time.hpp"
#include "net/net.hpp"

namespace fairlead::net {

template <auto function>
struct FreedBy {
  template <class T>
  void operator()(T* object) const {
    function(object);
  }
};
using X509Pointer = std::unique_ptr<X509, FreedBy<X509_free>>;
using KeyPointer = std::unique_ptr<EVP_PKEY, FreedBy<EVP_PKEY_free>>;

// One pair of files as OpenSSL's objects.
struct ParsedCertificate {
  std::vector<X509Pointer> chain;  // the leaf first
  KeyPointer key;
};

struct Certificate {
  TlsPair files;  // for messages
  std::string chain_pem;
  std::string key_pem;
  std::vector<std::string> names;  // DNS names of the leaf in lower case, "*.example.com" as it is
  core::Instant expires_at;

  Certificate() = default;
  Certificate(Certificate&&) = default;
  Certificate& operator=(Certificate&&) = default;
  ~Certificate();  // wipes the key

  // Cannot fail for what read_certificates() returned.
  ParsedCertificate parse() const;
};

// Reads all pairs. Errc::config names the file and what is wrong with it: missing, unreadable, not
// PEM, encrypted, a key of another certificate. What still works but should not stay so is a
// warning in the log: an expired certificate, a key that everyone may read.
core::Result<std::vector<Certificate>> read_certificates(const std::vector<TlsPair>& pairs,
                                                         core::Instant now);

}  // namespace fairlead::net
