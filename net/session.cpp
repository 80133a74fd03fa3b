// The order of things in a session, which is all the trick there is:
//   head complete → guard and parser → limits of the route, known before the body is read → body →
//   answer → next request, or a close the client can see the answer before.
// Refusals always close: after a head that two readers may understand differently, nobody knows
// where the next request starts.
#include "net/session.hpp"

#include <chrono>
#include <exception>

#include "core/log.hpp"
#include "net/ascii.hpp"
#include "net/plain_head.hpp"
#include "net/problem.hpp"

namespace fairlead::net {
namespace {

constexpr std::size_t read_bytes = 4 * 1024;      // first size of the buffer for heads
constexpr std::uint32_t drain_idle_ms_max = 250;  // for connections accepted while stopping
constexpr std::size_t blank_bytes_max = 64;       // empty lines in front of a request line
constexpr std::size_t headers_usual = 16;
constexpr int served_at_once_max = 32;  // of one connection, before others have a turn

std::string_view first_segment(std::string_view path) {
  path.remove_prefix(1);
  return path.substr(0, path.find('/'));
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
  request_.via_tls = listener_.is_tls;
}

void Session::start() {
  if (stream_.is_tls()) {
    enter(Phase::handshake, site_.limits.handshake_ms_max);
    return shake_hands();
  }
  expect_head();
  advance();
}

void Session::on_ready(bool has_end) {
  has_news_ = true;
  has_end_ |= has_end;
  if (waiting_) {
    wake();
  } else if (phase_ == Phase::handshake) {
    shake_hands();
  } else if (phase_ == Phase::idle || phase_ == Phase::head) {
    advance();
  }
}

void Session::release() {
  if (is_cut_) return end();
  if (std::exchange(is_unwritten_, false)) finish_redirect();
  if (send_redirect() == Step::go_on) advance();
}

void Session::sweep(std::int64_t now_ms) {
  const bool may_last = phase_ == Phase::answering || phase_ == Phase::ended;
  const bool is_overdue = !may_last && now_ms >= deadline_ms_;
  if (!is_overdue) {
    const bool is_resting = phase_ == Phase::idle && begin_ == end_ && in_.capacity() > 0;
    const auto rested_ms = site_.limits.idle_ms_max - (deadline_ms_ - now_ms);
    if (is_resting && rested_ms > site_.limits.sweep_ms) give_back_memory();
    return;
  }
  is_late_ = true;  // and again at the next sweep, should nothing have waited just now
  if (waiting_) {
    wake();
  } else if (phase_ == Phase::handshake) {
    thread_.traffic.late_handshakes.add();
    end();
  } else if (phase_ == Phase::idle) {
    thread_.traffic.idle.add();
    end();
  } else if (phase_ == Phase::head) {
    thread_.traffic.late_heads.add();
    begin(refuse({408, 7, "head_too_slow", "The request did not arrive in time."}));
  }
}

void Session::drain() {
  if (phase_ != Phase::idle) return;
  has_news_ = true;  // a request may have come that the poller has not told of yet: it is answered
  advance();
  if (phase_ == Phase::idle) end();
}

bool Session::cut() {
  if (phase_ == Phase::ended || std::exchange(is_cut_, true)) return false;
  thread_.poller.forget(*this);
  stream_.close();
  if (waiting_) {
    wake();
  } else if (phase_ == Phase::handshake || phase_ == Phase::idle || phase_ == Phase::head) {
    end();
  }
  return true;
}

void Session::expect_head() {
  scanner_.reset();
  blank_bytes_ = 0;
  enter(Phase::idle, thread_.is_draining ? std::min(drain_idle_ms_max, site_.limits.idle_ms_max)
                                         : site_.limits.idle_ms_max);
}

// Goes on with the handshake as far as it goes without waiting.
void Session::shake_hands() {
  Traffic& traffic = thread_.traffic;
  const Handshake handshake = stream_.shake_hands();
  switch (handshake) {
    case Handshake::waits:
      if (!watch()) end();
      return;
    case Handshake::full:
    case Handshake::resumed:
      (handshake == Handshake::full ? traffic.full_handshakes : traffic.resumed_handshakes).add();
      has_news_ = true;  // a request may have come with the end of the handshake
      expect_head();
      return advance();
    case Handshake::speaks_http:
      traffic.failed_handshakes.add();
      stream_.drop_tls();
      return begin(refuse({400, 0, "tls_needed", "This port speaks HTTPS: use https://."}));
    case Handshake::failed:
      traffic.failed_handshakes.add();
      return end();
  }
}

// Serves redirects for as long as nothing has to be waited for.
void Session::advance() {
  for (int served = 0;;) {
    GuardVerdict verdict;
    std::size_t head_bytes = 0;
    if (has_head(head_bytes, verdict)) {
      if (++served > served_at_once_max) return begin(yield());
      if (exchange(head_bytes) == Step::wait) return;
    } else if (!verdict.passes()) {
      return begin(refuse(verdict));
    } else if (!receive()) {
      return;
    }
  }
}

// Appends what has come to in_. False when nothing has, or the connection ended.
bool Session::receive() {
  if (has_news_) {
    if (!make_room()) {
      end();
      return false;
    }
    std::size_t bytes = 0;
    const Io io = stream_.read_now({in_.data() + end_, in_.size() - end_}, bytes);
    end_ += bytes;
    has_news_ = has_end_ || stream_.may_have_more();
    if (io == Io::done) return true;
    if (io == Io::ended) {
      end();
      return false;
    }
  }
  // Watched only now: a connection that brings its request along and ends with its answer never is.
  if (!watch()) end();
  return false;
}

// True when a whole head has been received and read. What cannot become one is noted in `verdict`.
bool Session::has_head(std::size_t& bytes, GuardVerdict& verdict) {
  request_.headers.reserve(headers_usual);
  // Only at the first look: a head that comes in pieces is looked at once per byte.
  if (phase_ == Phase::idle) {
    bytes = read_plain_head(received(), site_.limits, request_, head_);
    if (bytes > 0) return true;
  }
  if (!look_for_head(verdict)) return false;
  bytes = scanner_.size();
  verdict = read_head(received().substr(0, bytes), site_.limits, request_, head_);
  return verdict.passes();
}

Session::Step Session::exchange(std::size_t head_bytes) {
  begin_ += head_bytes;
  ++requests_;
  // Whoever uses a method nobody knows may speak something else altogether: one answer is enough.
  closing_ = !head_.keeps_alive || thread_.is_draining || request_.method == Method::other ||
             requests_ >= site_.limits.requests_per_connection_max;
  request_.body = {};
  if (is_behind_proxy_) take_client_from_proxy();

  const bool is_api = is_reserved_segment(first_segment(request_.path));
  const bool is_plain = is_read_only() && !head_.is_chunked;
  // Rule 6: a body on GET is legal and means nothing; it is not read, so nothing may follow it.
  if (is_plain && head_.content_length > 0) closing_ = has_unread_ = true;
  if (is_plain && !is_api && listener_.serve_redirects) return exchange_redirect();
  begin(exchange_rest(is_api));
  return Step::wait;
}

Session::Step Session::exchange_redirect() {
  enter(Phase::answering, 0);
  wire_.clear();
  FastPath::Leaves leaves = FastPath::Leaves::now;
  std::string why;
  try {
    leaves = site_.fast_path.answer(request_, thread_.index, closing_, wire_, *this);
  } catch (const std::exception& failure) {
    why = failure.what();
    if (why.empty()) why = "an exception without words";
  }
  if (why.empty() && leaves == FastPath::Leaves::when_written) {
    is_unwritten_ = true;
    return Step::wait;
  }
  if (!why.empty() || wire_.size() < 12) {
    thread_.traffic.failures.add();
    core::log(core::Level::error, "redirect_failed", {{"detail", why}});
    begin(answer_problem(
        problem(500, "internal_error", "The server failed. The reason is in its log.")));
    return Step::wait;
  }
  finish_redirect();
  return leaves == FastPath::Leaves::now ? send_redirect() : Step::wait;
}

void Session::finish_redirect() {
  if (connection() == Connection::stays_http10) {
    wire_.insert(wire_.find("\r\n") + 2, "Connection: keep-alive\r\n");
  }
  count(thread_.traffic.redirects);
}

Session::Step Session::send_redirect() {
  std::size_t sent = 0;
  if (closing_) stream_.next_is_last();
  const Io io = stream_.write_now(wire_, sent);
  const bool is_sent = sent == wire_.size();
  if (is_sent && !closing_) {
    expect_head();
    return Step::go_on;
  }
  if (io == Io::ended || (is_sent && !has_unread_ && begin_ == end_)) {
    end();
  } else {
    begin(send_rest(sent));
  }
  return Step::wait;
}

void Session::end() {
  phase_ = Phase::ended;
  thread_.poller.forget(*this);
  stream_.close();
  thread_.on_ended(*this);
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
  const std::string_view protocol = trimmed(request_.header("X-Forwarded-Proto"));
  request_.via_tls = protocol.empty() ? listener_.is_tls : equal_ignoring_case(protocol, "https");
}

void Session::give_back_memory() {
  std::vector<char>().swap(in_);
  std::string().swap(wire_);
  std::string().swap(body_);
  request_ = {};
  request_.client_address = peer_;
  request_.via_tls = listener_.is_tls;
  begin_ = end_ = 0;
}

void Session::enter(Phase phase, std::uint32_t ms_max) {
  phase_ = phase;
  is_late_ = false;
  deadline_ms_ = thread_.now_ms + ms_max;
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
