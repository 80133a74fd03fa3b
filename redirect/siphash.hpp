// A SipHash-2-4 context of OpenSSL, set up once and keyed anew for each MAC. Belongs to one thread.
#pragma once

#include <cstddef>
#include <memory>

struct evp_mac_ctx_st;

namespace fairlead::redirect {

struct FreeMacContext {
  void operator()(evp_mac_ctx_st* context) const;
};
using MacContext = std::unique_ptr<evp_mac_ctx_st, FreeMacContext>;

// Makes MACs of 8 or 16 bytes. CHECKs that OpenSSL has SipHash.
MacContext new_siphash(std::size_t mac_bytes);

}  // namespace fairlead::redirect
