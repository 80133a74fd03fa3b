#include "tests/support/certificate.hpp"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <cstdio>
#include <memory>
#include <stdexcept>

namespace fairlead::test {
namespace {

void demand(bool is_done, const char* what) {
  if (!is_done) throw std::runtime_error(std::string("certificate for a test: ") + what);
}

using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

File open_for_writing(const std::string& file) {
  File out(std::fopen(file.c_str(), "we"), std::fclose);
  demand(out != nullptr, file.c_str());
  return out;
}

}  // namespace

void write_certificate(const std::string& certificate_file, const std::string& key_file,
                       const CertificateWish& wish) {
  const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key(
      wish.kind == KeyKind::p256 ? EVP_EC_gen("P-256") : EVP_RSA_gen(2048), EVP_PKEY_free);
  demand(key != nullptr, "key");
  const std::unique_ptr<X509, void (*)(X509*)> certificate(X509_new(), X509_free);
  X509* x509 = certificate.get();
  X509_set_version(x509, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
  const std::string end = std::to_string(wish.expires_year) + "0101000000Z";
  ASN1_TIME_set_string_X509(X509_getm_notBefore(x509), "20200101000000Z");
  ASN1_TIME_set_string_X509(X509_getm_notAfter(x509), end.c_str());
  X509_set_pubkey(x509, key.get());
  X509_NAME* subject = X509_get_subject_name(x509);
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(wish.names.at(0).c_str()), -1,
                             -1, 0);
  X509_set_issuer_name(x509, subject);
  std::string names;
  for (const std::string& name : wish.names)
    names += (names.empty() ? "DNS:" : ",DNS:") + name;
  X509_EXTENSION* extension =
      X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, names.c_str());
  demand(extension != nullptr, "names");
  X509_add_ext(x509, extension, -1);
  X509_EXTENSION_free(extension);
  demand(X509_sign(x509, key.get(), EVP_sha256()) > 0, "signature");

  const File out = open_for_writing(certificate_file);
  demand(PEM_write_X509(out.get(), x509) == 1, "certificate");
  const File key_out = open_for_writing(key_file);
  ::chmod(key_file.c_str(), 0600);
  demand(PEM_write_PrivateKey(key_out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1,
         "key");
}

}  // namespace fairlead::test
