// A blocking HTTP/1.1 client for tests, on plain POSIX sockets and without any code of net/, so
// that a test never asks the server's own parser whether the server is right. One thread at a time.
//
// When the environment variable FAIRLEAD_EXCHANGES names a file, every exchange of request() is
// appended to it as one JSON line; the API description is checked against those lines.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fairlead::test {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

struct HttpAnswer {
  int status = 0;
  std::string reason;
  HttpHeaders headers;  // in order, names as sent
  std::string body;

  // The first header of that name, compared without case; "" when there is none.
  std::string header(std::string_view name) const;
  std::size_t count(std::string_view name) const;
};

class HttpClient {
 public:
  // Connects when the first byte is sent. Waits for at most `wait_ms` on every read.
  explicit HttpClient(std::uint16_t port, std::string address = "127.0.0.1", int wait_ms = 20'000);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // Sent as "Authorization: Bearer …" with every request() from now on; "" for none.
  void use_key(std::string key) { key_ = std::move(key); }

  // One exchange on a kept-alive connection; connects again when the server closed it. Adds Host
  // and, with a body, Content-Length and Content-Type: application/json unless given. Throws
  // std::runtime_error when the connection fails or the answer is not HTTP.
  HttpAnswer request(std::string_view method, std::string_view target,
                     const HttpHeaders& headers = {}, std::string_view body = {});
  HttpAnswer get(std::string_view target, const HttpHeaders& headers = {}) {
    return request("GET", target, headers);
  }
  HttpAnswer post(std::string_view target, std::string_view body, const HttpHeaders& headers = {}) {
    return request("POST", target, headers, body);
  }

  // The raw side. connect() is implied; send_raw() returns false when the peer does not take it
  // all.
  void connect();
  bool is_connected() const { return socket_ >= 0; }
  bool send_raw(std::string_view bytes);
  // The next answer; nullopt when the connection ends, or the wait is over, before one byte of it.
  // head_only: the answer belongs to a HEAD request and has no body whatever its head says.
  enum class Expect { body, head_only };
  std::optional<HttpAnswer> read_answer(Expect expect = Expect::body);
  // What one read of at most that many bytes gives; "" at the end of the connection.
  std::string read_some(std::size_t bytes_max);
  // Everything until the peer closes.
  std::string read_to_end();
  // True when the peer has closed (cleanly or not) within the wait; false when bytes came or time
  // ended.
  bool is_closed_by_peer();
  void finish_sending();  // half close
  void close();

 private:
  bool fill();
  void record(std::string_view method, std::string_view target, std::string_view request_body,
              const HttpAnswer& answer) const;

  std::uint16_t port_;
  std::string address_;
  int wait_ms_;
  int socket_ = -1;
  std::string key_;
  std::string pending_;  // read from the socket, not yet part of an answer
};

}  // namespace fairlead::test
