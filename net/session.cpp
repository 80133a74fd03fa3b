// The order of things in a session, which is all the trick there is:
//   head complete → guard and parser → limits of the route, known before the body is read → body →
//   answer → next request, or a close the client can see the answer before.
// Refusals always close: after a head that two readers may understand differently, nobody knows
// where the next request starts.
#include "net/session.hpp"

#include <boost/asio/error.hpp>
#include <chrono>
#include <exception>

#include "core/log.hpp"
#include "net/ascii.hpp"
#include "net/problem.hpp"

namespace fairlead::net {
namespace {

constexpr std::size_t read_bytes = 4 * 1024;  // first size of the buffer for heads
// Memory for a body follows what was sent, not what was said.
constexpr std::size_t body_piece_bytes = 64 * 1024;
constexpr std::size_t kept_bytes_max = 64 * 1024;  // buffers above this are given back
constexpr std::uint32_t drain_idle_ms_max = 250;   // for connections accepted while stopping
constexpr std::size_t blank_bytes_max = 64;        // empty lines in front of a request line

std::string_view first_segment(std::string_view path) {
  path.remove_prefix(1);
  return path.substr(0, path.find('/'));
}

bool is_read_only(Method method) {
  return method == Method::get || method == Method::head;
}

}  // namespace

std::int64_t steady_ms() {
  const auto since = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
}

Session::Session(Stream stream, const ListenOn& listener, std::string peer, const Site& site,
                 ThreadState& thread)
    : stream_(std::move(stream)),
      listener_(listener),
      peer_(std::move(peer)),
      is_behind_proxy_(site.proxies.contains(peer_)),
      site_(site),
      thread_(thread) {
  request_.client_address = peer_;
  request_.headers.reserve(16);
}

Task<void> Session::run() {
  try {
    // Each await stands alone: GCC 12 makes wrong code of awaits inside conditions (decision 0004).
    bool has_head = co_await receive_head();
    while (has_head) {
      co_await exchange();
      if (closing_) break;
      has_head = co_await receive_head();
    }
    co_await finish();
  } catch (const std::exception& failure) {
    thread_.traffic.failures.add();
    core::log(core::Level::error, "session_failed", {{"detail", failure.what()}});
  }
}

// True with a whole head at begin_. Otherwise the connection has ended, or was refused and
// answered.
Task<bool> Session::receive_head() {
  scanner_.reset();
  blank_bytes_ = 0;
  enter(Phase::idle, thread_.is_draining ? std::min(drain_idle_ms_max, site_.limits.idle_ms_max)
                                         : site_.limits.idle_ms_max);
  GuardVerdict verdict;
  bool is_complete = look_for_head(verdict);
  while (!is_complete && verdict.passes()) {
    const bool has_more = co_await receive();
    if (has_more) {
      is_complete = look_for_head(verdict);
    } else if (is_late_ && phase_ == Phase::head) {
      thread_.traffic.late_heads.add();
      verdict = {408, 7, "head_too_slow", "The request did not arrive in time."};
    } else {
      if (is_late_) thread_.traffic.idle.add();
      closing_ = true;
      co_return false;
    }
  }
  if (!verdict.passes()) co_await refuse(verdict);
  co_return is_complete;
}

// Appends what comes to in_. False at the end of the connection and when the wait was ended.
Task<bool> Session::receive() {
  if (!make_room()) co_return false;
  Stream::Error ec;
  const std::span<char> room(in_.data() + end_, in_.size() - end_);
  std::size_t bytes = co_await stream_.read_some(room, ec);
  if (ec == boost::asio::error::operation_aborted && thread_.is_draining && !is_late_ && !is_cut_) {
    // A request may have come while the wait was being ended: it is answered.
    bytes = stream_.read_now(room, ec);
  }
  if (ec) co_return false;
  end_ += bytes;
  co_return true;
}

Task<void> Session::exchange() {
  const std::string_view head_bytes = received().substr(0, scanner_.size());
  GuardVerdict verdict = read_head(head_bytes, site_.limits, request_, head_);
  if (!verdict.passes()) {
    co_await refuse(verdict);
    co_return;
  }
  begin_ += scanner_.size();
  ++requests_;
  // Whoever uses a method nobody knows may speak something else altogether: one answer is enough.
  closing_ = !head_.keeps_alive || thread_.is_draining || request_.method == Method::other ||
             requests_ >= site_.limits.requests_per_connection_max;
  request_.body = {};
  if (is_behind_proxy_) take_client_from_proxy();

  const bool is_api = is_reserved_segment(first_segment(request_.path));
  BodyShare share(thread_);
  if (head_.is_chunked) {  // rule 5: no route takes chunked bodies so far
    verdict = {411, 5, "length_required", "Send the body with Content-Length."};
    co_await refuse(verdict);
    co_return;
  }
  if (is_read_only(request_.method)) {
    // Rule 6: a body on GET is legal and means nothing; it is not read, so nothing may follow it.
    if (head_.content_length > 0) closing_ = has_unread_ = true;
  } else if (head_.content_length > 0) {
    const std::size_t bytes_max = is_api
                                      ? site_.router.body_bytes_max(request_.method, request_.path)
                                      : site_.limits.body_bytes_max;
    if (head_.content_length > bytes_max) {
      const std::string why =
          "The body may have at most " + std::to_string(bytes_max) + " bytes here.";
      verdict = {413, 0, "body_too_long", why};
      co_await refuse(verdict);
      co_return;
    }
    const bool has_body = co_await receive_body(head_.content_length, share);
    if (!has_body) co_return;
  }

  if (is_api ? !listener_.serve_api : !listener_.serve_redirects) {
    core::Answer answer = problem(404, "not_found", "This address does not serve that path.");
    co_await answer_problem(std::move(answer));
  } else if (is_api) {
    co_await answer_api();
  } else {
    co_await answer_redirect();
  }
}

// False when the connection ended or was refused.
Task<bool> Session::receive_body(std::size_t bytes, BodyShare& share) {
  enter(Phase::body, site_.limits.body_ms_max);
  const std::size_t here = std::min(bytes, end_ - begin_);
  if (here == bytes) {
    request_.body = received().substr(0, bytes);
    begin_ += bytes;
    co_return true;
  }
  GuardVerdict verdict;
  if (head_.expect == Head::Expect::unknown) {
    verdict = {417, 0, "expectation_failed", "Expect can be \"100-continue\" only."};
    co_await refuse(verdict);
    co_return false;
  }
  if (head_.expect == Head::Expect::to_continue && head_.is_http11 && here == 0) {
    const bool is_sent = co_await send("HTTP/1.1 100 Continue\r\n\r\n");
    if (!is_sent) co_return false;
    enter(Phase::body, site_.limits.body_ms_max);
  }
  body_.assign(received().substr(0, here));
  begin_ += here;
  while (body_.size() < bytes) {
    const std::size_t size = body_.size();
    body_.resize(std::min(bytes, size + body_piece_bytes));
    Stream::Error ec;
    const std::span<char> room(body_.data() + size, body_.size() - size);
    const std::size_t got = co_await stream_.read_some(room, ec);
    body_.resize(size + got);
    share.grow(got);
    if (thread_.bodies_bytes > site_.limits.bodies_bytes_per_thread_max) {
      verdict = {503, 0, "busy", "The server is reading too many large bodies. Try again."};
      co_await refuse(verdict);
      std::string().swap(body_);
      co_return false;
    }
    if (!ec) continue;
    closing_ = true;
    if (is_late_) {
      thread_.traffic.late_bodies.add();
      verdict = {408, 0, "body_too_slow", "The body did not arrive in time."};
      co_await refuse(verdict);
    }
    co_return false;
  }
  request_.body = body_;
  co_return true;
}

Task<void> Session::answer_redirect() {
  enter(Phase::answering, 0);
  wire_.clear();
  std::string why;
  try {
    co_await site_.fast_path.answer(request_, thread_.index, closing_, wire_);
  } catch (const std::exception& failure) {
    why = failure.what();
    if (why.empty()) why = "an exception without words";
  }
  if (!why.empty() || wire_.size() < 12) {
    thread_.traffic.failures.add();
    core::log(core::Level::error, "redirect_failed", {{"detail", why}});
    core::Answer answer =
        problem(500, "internal_error", "The server failed. The reason is in its log.");
    co_await answer_problem(std::move(answer));
    co_return;
  }
  if (connection() == Connection::stays_http10) {
    wire_.insert(wire_.find("\r\n") + 2, "Connection: keep-alive\r\n");
  }
  count(thread_.traffic.redirects);
  co_await send(wire_);
  if (wire_.capacity() > kept_bytes_max) std::string().swap(wire_);
}

Task<void> Session::answer_api() {
  enter(Phase::answering, 0);
  const core::Instant now = site_.clock.now();
  core::Answer answer = co_await site_.pool.answer(request_, now, stream_.executor());
  if (thread_.is_draining) closing_ = true;
  co_await answer_problem(std::move(answer));
  if (body_.capacity() > kept_bytes_max) std::string().swap(body_);
}

// Sends any answer of the API; most that come from the session itself are problems.
Task<void> Session::answer_problem(core::Answer answer) {
  wire_.clear();
  const Payload payload = request_.method == Method::head ? Payload::left_out : Payload::sent;
  if (!append_answer(wire_, answer, connection(), payload, site_.clock.now())) {
    thread_.traffic.failures.add();
    core::log(core::Level::error, "header_refused",
              {{"detail", "an answer had a header with a control or non-ASCII byte"}});
  }
  count(thread_.traffic.api);
  co_await send(wire_);
  if (wire_.capacity() > kept_bytes_max) std::string().swap(wire_);
}

Task<void> Session::refuse(GuardVerdict verdict) {
  thread_.traffic.refused[static_cast<std::size_t>(verdict.rule)].add();
  closing_ = has_unread_ = true;
  enter(Phase::answering, 0);
  request_.method = Method::other;  // whatever was asked: the client should see the reason
  core::Answer answer = problem(verdict.status, verdict.code, verdict.why);
  co_await answer_problem(std::move(answer));
}

// Writes all of it. False when the client is gone or does not read.
Task<bool> Session::send(std::string_view bytes) {
  Stream::Error ec;
  bytes.remove_prefix(stream_.write_now(bytes, ec));
  while (!bytes.empty() && (!ec || ec == boost::asio::error::would_block)) {
    enter(Phase::writing, site_.limits.write_ms_max);  // for each piece that is taken
    const std::size_t taken = co_await stream_.write_some(bytes, ec);
    bytes.remove_prefix(taken);
  }
  if (bytes.empty()) co_return true;
  if (is_late_) thread_.traffic.late_reads.add();
  closing_ = true;
  has_unread_ = false;
  co_return false;
}

// Closing a socket that has unread bytes resets the connection, and the reset can destroy an answer
// on its way. So the sending side ends first, and what the client is still sending is read and
// dropped.
Task<void> Session::finish() {
  if (is_cut_) co_return;
  stream_.finish_sending();
  Stream::Error ec;
  if (!has_unread_ && begin_ == end_) {
    stream_.close();
    co_return;
  }
  if (in_.size() < read_bytes) in_.resize(read_bytes);
  enter(Phase::lingering, site_.limits.linger_ms_max);
  std::size_t dropped = 0;
  while (!ec && dropped < site_.limits.linger_bytes_max) {
    const std::size_t bytes = co_await stream_.read_some(in_, ec);
    dropped += bytes;
  }
  stream_.close();
}

void Session::sweep(std::int64_t now_ms) {
  if (phase_ == Phase::answering || now_ms < deadline_ms_) return;
  is_late_ = true;  // and again at the next sweep, should nothing have waited just now
  stream_.cancel();
}

void Session::drain() {
  if (phase_ == Phase::idle) stream_.cancel();
}

bool Session::cut() {
  if (std::exchange(is_cut_, true)) return false;
  stream_.close();
  return true;
}

// True when a whole head has been received. What cannot become one is noted in `verdict`.
bool Session::look_for_head(GuardVerdict& verdict) {
  if (!skip_blank_lines()) {
    verdict = {400, 0, "bad_request", "There are too many empty lines before the request."};
    return false;
  }
  if (phase_ == Phase::idle && begin_ != end_) enter(Phase::head, site_.limits.head_ms_max);
  const std::size_t bytes_max = site_.limits.head_bytes_max;
  switch (scanner_.scan(received())) {
    case HeadScanner::State::complete:
      if (scanner_.size() <= bytes_max) return true;
      break;
    case HeadScanner::State::illegal:
      verdict = {400, 0, "bad_request", "Lines must end with CR LF."};
      return false;
    case HeadScanner::State::incomplete:
      break;
  }
  if (end_ - begin_ >= bytes_max) {
    verdict = {431, 0, "head_too_long", "The request line and headers are too long."};
  }
  return false;
}

// RFC 9112 2.2: empty lines before a request line are skipped. False when there are too many.
bool Session::skip_blank_lines() {
  if (begin_ == end_ || in_[begin_] != '\r') return true;
  while (end_ - begin_ >= 2 && in_[begin_] == '\r' && in_[begin_ + 1] == '\n') {
    begin_ += 2;
    blank_bytes_ += 2;
    scanner_.reset();
  }
  return blank_bytes_ <= blank_bytes_max;
}

// Room behind end_ for a head of the longest allowed size. False only when that is reached.
bool Session::make_room() {
  if (begin_ == end_) begin_ = end_ = 0;
  if (end_ < in_.size()) return true;
  if (begin_ > 0) {
    std::copy(in_.begin() + static_cast<std::ptrdiff_t>(begin_),
              in_.begin() + static_cast<std::ptrdiff_t>(end_), in_.begin());
    end_ -= begin_;
    begin_ = 0;
    return true;
  }
  if (in_.size() > site_.limits.head_bytes_max) return false;
  in_.resize(std::max(read_bytes, in_.size() * 2));
  return true;
}

void Session::take_client_from_proxy() {
  request_.client_address = site_.proxies.client_of(peer_, request_);
  request_.via_tls = equal_ignoring_case(trimmed(request_.header("X-Forwarded-Proto")), "https");
}

void Session::enter(Phase phase, std::uint32_t ms_max) {
  phase_ = phase;
  is_late_ = false;
  if (phase != Phase::answering) deadline_ms_ = steady_ms() + ms_max;
}

Connection Session::connection() const {
  if (closing_) return Connection::closes;
  return head_.is_http11 ? Connection::stays : Connection::stays_http10;
}

void Session::count(std::array<Tally, 6>& by_class) {
  const auto status_class = static_cast<std::size_t>(wire_[9] - '0');
  by_class[status_class < by_class.size() ? status_class : 5].add();
}

}  // namespace fairlead::net
