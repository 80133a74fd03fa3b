#include "redirect/siphash.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include "core/check.hpp"

namespace fairlead::redirect {

void FreeMacContext::operator()(evp_mac_ctx_st* context) const {
  EVP_MAC_CTX_free(context);
}

MacContext new_siphash(std::size_t mac_bytes) {
  EVP_MAC* const siphash = EVP_MAC_fetch(nullptr, "SIPHASH", nullptr);
  CHECK(siphash != nullptr);
  MacContext context(EVP_MAC_CTX_new(siphash));
  EVP_MAC_free(siphash);
  CHECK(context != nullptr);
  const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_size_t(OSSL_MAC_PARAM_SIZE, &mac_bytes),
                                   OSSL_PARAM_construct_end()};
  CHECK(EVP_MAC_CTX_set_params(context.get(), parameters) == 1);
  return context;
}

}  // namespace fairlead::redirect
