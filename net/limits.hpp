// Every limit of the wire in one place, with its unit in its name. The defaults are those of a
// small public server; app/ may change them from the configuration.
#pragma once

#include <cstddef>
#include <cstdint>

namespace fairlead::net {

struct Limits {
  std::size_t head_bytes_max = 8 * 1024;
  std::size_t target_bytes_max = 4 * 1024;
  std::size_t header_fields_max = 64;
  std::size_t body_bytes_max = 64 * 1024;  // of routes that do not say otherwise
  // Of all bodies a thread holds at one moment, as far as they have come; beyond it: 503.
  std::size_t bodies_bytes_per_thread_max = 64 * 1024 * 1024;
  std::uint32_t handshake_ms_max = 5'000;  // of TLS, from the connection to its end
  std::uint32_t head_ms_max = 5'000;       // from the first byte of a head to its end
  std::uint32_t body_ms_max = 10'000;
  std::uint32_t idle_ms_max = 15'000;   // between two requests
  std::uint32_t write_ms_max = 10'000;  // until the client takes some more of an answer …
  // … and until it has all of it: write_ms_max and the time it takes at this rate.
  std::uint32_t answer_bytes_per_s_min = 4 * 1024;
  // Of all answers of a thread that wait for their clients; beyond it those that have waited
  // longest are cut.
  std::size_t unsent_bytes_per_thread_max = 64 * 1024 * 1024;
  // Of one connection, bytes the kernel holds that have not been sent yet. What slow clients leave
  // there is memory of all connections of the machine: when it is scarce, shoppers wait.
  int unsent_in_kernel_bytes_max = 64 * 1024;
  std::uint32_t linger_ms_max = 2'000;  // a refused client may still be sending: read that long …
  std::size_t linger_bytes_max = 16 * 1024 * 1024;  // … and that much, so that it sees the answer
  std::uint32_t ticket_key_s_max = 43'200;  // a key seals TLS tickets that long, opens them twice
  std::uint32_t sweep_ms = 1'000;
  std::uint32_t requests_per_connection_max = 100'000;
  std::size_t connections_per_thread_max = 10'000;
  std::size_t work_queue_max = 1'024;  // API requests waiting or running; more are answered 503
  std::uint32_t drain_ms_max = 30'000;
  int backlog = 4'096;
};

}  // namespace fairlead::net
