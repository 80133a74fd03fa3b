#include "net/certificates.hpp"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>

#include "core/log.hpp"
#include "net/ascii.hpp"

namespace fairlead::net {
namespace {

using core::Errc;
using core::fail;
using BioPointer = std::unique_ptr<BIO, FreedBy<BIO_free>>;

constexpr std::size_t file_bytes_max = 1024 * 1024;

core::Error broken(const std::string& setting, const std::string& file, const std::string& why) {
  return fail(Errc::config, setting + " " + file + ": " + why);
}

core::Result<std::string> read_file(const std::string& setting, const std::string& file) {
  const std::unique_ptr<std::FILE, FreedBy<std::fclose>> in(std::fopen(file.c_str(), "re"));
  if (!in) {
    const std::string why = errno == ENOENT ? "there is no such file"
                            : errno == EACCES
                                ? "this user may not read it"
                                : "it cannot be read: " + std::string(std::strerror(errno));
    return broken(setting, file, why);
  }
  std::string text(file_bytes_max, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), in.get()));
  if (std::ferror(in.get()) != 0) return broken(setting, file, "it cannot be read");
  return text;
}

std::vector<X509Pointer> parse_chain(const std::string& pem) {
  const BioPointer bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  std::vector<X509Pointer> chain;
  while (X509* one = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr))
    chain.emplace_back(one);
  ERR_clear_error();  // the end of the file is one
  return chain;
}

KeyPointer parse_key(const std::string& pem) {
  // Nobody is there to type a passphrase: an encrypted key fails here and is named.
  const auto no_passphrase = [](char*, int, int, void*) { return -1; };
  const BioPointer bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  KeyPointer key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr));
  ERR_clear_error();
  return key;
}

core::Instant instant_of(const ASN1_TIME* time) {
  std::tm parts{};
  ASN1_TIME_to_tm(time, &parts);
  return core::Instant{}.plus_seconds(timegm(&parts));
}

std::vector<std::string> names_of(X509* leaf) {
  std::vector<std::string> names;
  auto* all =
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(leaf, NID_subject_alt_name, nullptr, nullptr));
  for (int i = 0; i < sk_GENERAL_NAME_num(all); ++i) {
    const GENERAL_NAME* one = sk_GENERAL_NAME_value(all, i);
    if (one->type != GEN_DNS) continue;
    const auto* bytes = reinterpret_cast<const char*>(ASN1_STRING_get0_data(one->d.dNSName));
    std::string name(bytes, static_cast<std::size_t>(ASN1_STRING_length(one->d.dNSName)));
    for (char& c : name)
      c = lower(c);
    names.push_back(std::move(name));
  }
  GENERAL_NAMES_free(all);
  return names;
}

void warn(std::string_view event, const std::string& file, const std::string& detail) {
  core::log(core::Level::warning, event, {{"file", file}, {"detail", detail}});
}

core::Result<Certificate> read_pair(const TlsPair& pair, core::Instant now) {
  Certificate certificate;
  certificate.files = pair;
  auto chain_pem = read_file("tls_cert", pair.certificate_file);
  if (!chain_pem) return chain_pem.error();
  certificate.chain_pem = *std::move(chain_pem);
  auto key_pem = read_file("tls_key", pair.key_file);
  if (!key_pem) return key_pem.error();
  certificate.key_pem = *std::move(key_pem);

  const ParsedCertificate parsed = certificate.parse();
  if (parsed.chain.empty()) {
    return broken("tls_cert", pair.certificate_file,
                  "there is no certificate in it; a PEM file with the chain is needed, the "
                  "server's own certificate first");
  }
  if (!parsed.key) {
    const bool is_encrypted = certificate.key_pem.find("ENCRYPTED") != std::string::npos;
    return broken("tls_key", pair.key_file,
                  is_encrypted ? "it is encrypted; a key without a passphrase is needed"
                               : "there is no private key in it; a PEM file is needed");
  }
  X509* leaf = parsed.chain.front().get();
  const bool is_match = X509_check_private_key(leaf, parsed.key.get()) == 1;
  ERR_clear_error();
  if (!is_match) {
    return broken("tls_key", pair.key_file,
                  "it is not the key of the first certificate in " + pair.certificate_file);
  }
  certificate.names = names_of(leaf);
  certificate.expires_at = instant_of(X509_get0_notAfter(leaf));

  if (certificate.expires_at <= now) {
    warn("certificate_expired", pair.certificate_file,
         "it expired at " + core::format_instant(certificate.expires_at));
  }
  if (instant_of(X509_get0_notBefore(leaf)) > now)
    warn("certificate_not_yet_valid", pair.certificate_file, "clients will refuse it");
  struct stat status {};
  if (::stat(pair.key_file.c_str(), &status) == 0 && (status.st_mode & S_IROTH) != 0)
    warn("key_readable_by_everyone", pair.key_file, "chmod o-r it: who reads it can be this site");
  return certificate;
}

}  // namespace

Certificate::~Certificate() {
  OPENSSL_cleanse(key_pem.data(), key_pem.size());
}

ParsedCertificate Certificate::parse() const {
  return {parse_chain(chain_pem), parse_key(key_pem)};
}

core::Result<std::vector<Certificate>> read_certificates(const std::vector<TlsPair>& pairs,
                                                         core::Instant now) {
  std::vector<Certificate> all;
  for (const TlsPair& pair : pairs) {
    auto one = read_pair(pair, now);
    if (!one) return one.error();
    all.push_back(*std::move(one));
  }
  return all;
}

}  // namespace fairlead::net
