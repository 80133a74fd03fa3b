// What of a session is no plain redirect: the API, bodies, refusals, clients that do not read or go
// on sending. One coroutine is started for it, and it ends with the next request or with the
// connection.
#include <boost/asio/post.hpp>
#include <exception>

#include "core/log.hpp"
#include "net/problem.hpp"
#include "net/session.hpp"

namespace fairlead::net {
namespace {

// Memory for a body follows what was sent, not what was said.
constexpr std::size_t body_piece_bytes = 64 * 1024;
constexpr std::size_t kept_bytes_max = 64 * 1024;  // buffers above this are given back
constexpr std::size_t dropped_piece_bytes = 4 * 1024;
constexpr std::size_t dropped_at_once_max = 256 * 1024;

// Of what is reserved, what shoppers' browsers load and what shops and trackers report to: it is
// served wherever redirects are.
bool is_for_everybody(std::string_view path) {
  return path == "/track.js" || path == "/v1/codes/check" ||
         (path.starts_with("/v1/webhooks/") && !path.starts_with("/v1/webhooks/failed"));
}

}  // namespace

// From here on a coroutine decides what happens; it ends with the next request, or with the
// connection.
void Session::begin(Task<Step> rest) {
  enter(Phase::answering, 0);
  thread_.spawn(run(std::move(rest)));
}

Task<void> Session::run(Task<Step> rest) {
  Step step = Step::go_on;
  try {
    // Each await stands alone: GCC 12 makes wrong code of awaits inside conditions (decision 0004).
    step = co_await std::move(rest);
    if (step == Step::go_on && closing_) co_await finish();
  } catch (const std::exception& failure) {
    thread_.traffic.failures.add();
    core::log(core::Level::error, "session_failed", {{"detail", failure.what()}});
    closing_ = true;
  }
  if (step == Step::wait) co_return;  // somebody else goes on
  if (closing_ || is_cut_) {
    end();
  } else {
    expect_head();
    advance();
  }
}

// All that is no redirect without a body.
Task<Session::Step> Session::exchange_rest(bool is_api) {
  GuardVerdict verdict;
  std::string why;
  bool is_complete = true;
  BodyShare share(thread_);
  const std::size_t bytes = is_read_only() ? 0 : head_.content_length;
  const std::size_t bytes_max = is_api ? site_.router.body_bytes_max(request_.method, request_.path)
                                       : site_.limits.body_bytes_max;
  if (head_.is_chunked) {  // rule 5: no route takes chunked bodies so far
    verdict = {411, 5, "length_required", "Send the body with Content-Length."};
  } else if (bytes > 0 && bytes > bytes_max) {
    why = "The body may have at most " + std::to_string(bytes_max) + " bytes here.";
    verdict = {413, 0, "body_too_long", why};
  } else if (bytes > 0) {
    is_complete = co_await receive_body(bytes, share);
  }
  if (!verdict.passes()) co_return co_await refuse(verdict);
  if (!is_complete) co_return Step::go_on;

  const bool is_as_redirects = !is_api || is_for_everybody(request_.path);
  if (!(is_api && listener_.serve_api) && !(is_as_redirects && listener_.serve_redirects)) {
    core::Answer answer = problem(404, "not_found", "This address does not serve that path.");
    co_return co_await answer_problem(std::move(answer));
  }
  if (!is_api) co_return exchange_redirect();
  co_return co_await answer_api();
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
    std::size_t got = 0;
    const Io io = co_await receive_some({body_.data() + size, body_.size() - size}, got);
    body_.resize(size + got);
    share.grow(got);
    if (thread_.bodies_bytes > site_.limits.bodies_bytes_per_thread_max) {
      verdict = {503, 0, "busy", "The server is reading too many large bodies. Try again."};
      co_await refuse(verdict);
      std::string().swap(body_);
      co_return false;
    }
    if (io == Io::done) continue;
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

Task<Session::Step> Session::answer_api() {
  enter(Phase::answering, 0);
  const core::Instant now = site_.clock.now();
  core::Answer answer = co_await site_.pool.answer(request_, now, thread_.executor);
  if (thread_.is_draining) closing_ = true;
  co_await answer_problem(std::move(answer));
  if (body_.capacity() > kept_bytes_max) std::string().swap(body_);
  co_return Step::go_on;
}

// Sends any answer of the API; most that come from the session itself are problems.
Task<Session::Step> Session::answer_problem(core::Answer answer) {
  wire_.clear();
  const Payload payload = request_.method == Method::head ? Payload::left_out : Payload::sent;
  if (!append_answer(wire_, answer, connection(), payload, site_.clock.now())) {
    thread_.traffic.failures.add();
    core::log(core::Level::error, "header_refused",
              {{"detail", "an answer had a header with a control or non-ASCII byte"}});
  }
  std::string().swap(answer.body);  // it is in wire_, for as long as the client takes
  count(thread_.traffic.api);
  if (closing_) stream_.next_is_last();
  co_await send(wire_);
  if (wire_.capacity() > kept_bytes_max) std::string().swap(wire_);
  co_return Step::go_on;
}

Task<Session::Step> Session::refuse(GuardVerdict verdict) {
  thread_.traffic.refused[static_cast<std::size_t>(verdict.rule)].add();
  closing_ = has_unread_ = true;
  enter(Phase::answering, 0);
  request_.method = Method::other;  // whatever was asked: the client should see the reason
  core::Answer answer = problem(verdict.status, verdict.code, verdict.why);
  co_return co_await answer_problem(std::move(answer));
}

// The part of a redirect that the socket did not take, and then the close when there is to be one.
Task<Session::Step> Session::send_rest(std::size_t sent) {
  co_await send(std::string_view(wire_).substr(sent));
  co_return Step::go_on;
}

// The other connections first.
Task<Session::Step> Session::yield() {
  co_await boost::asio::post(thread_.executor, use_task);
  co_return Step::go_on;
}

// Writes all of it. False when the client is gone or does not read; then the connection closes.
Task<bool> Session::send(std::string_view bytes) {
  const Limits& limits = site_.limits;
  const std::size_t size = bytes.size();
  const std::int64_t end_at_ms =
      thread_.now_ms + limits.write_ms_max +
      static_cast<std::int64_t>(size) * 1'000 / limits.answer_bytes_per_s_min;
  UnsentShare share(thread_, *this);
  enter(Phase::writing, limits.write_ms_max);
  while (!bytes.empty()) {
    std::size_t sent = 0;
    const Io io = stream_.write_now(bytes, sent);
    bytes.remove_prefix(sent);
    if (io == Io::done) {
      enter(Phase::writing, limits.write_ms_max);  // for each piece that is taken
      deadline_ms_ = std::min(deadline_ms_, end_at_ms);
      continue;
    }
    if (io == Io::would_block && watch()) {
      if (!share.is_linked()) {
        share.take(size);
        make_room_for(share);
      }
      thread_.poller.watch_writes(stream_.socket(), *this);
      co_await news();
      if (!is_late_ && !is_cut_) continue;
    }
    if (is_late_) thread_.traffic.late_reads.add();
    closing_ = true;
    has_unread_ = false;
    begin_ = end_ = 0;
    co_return false;
  }
  co_return true;
}

// Who has been at it the longest goes first; never the newest, which may well be reading.
void Session::make_room_for(const UnsentShare& share) {
  const auto bytes_max = static_cast<std::int64_t>(site_.limits.unsent_bytes_per_thread_max);
  while (thread_.traffic.unsent_bytes.value() > bytes_max && &thread_.unsent.front() != &share) {
    UnsentShare& oldest = thread_.unsent.front();
    Session& its_session = oldest.session();
    oldest.give_back();
    thread_.traffic.crowded_reads.add();
    its_session.cut();
  }
}

// Waits until something has come. `ended` also when the wait was.
Task<Io> Session::receive_some(std::span<char> into, std::size_t& bytes) {
  Io io = stream_.read_now(into, bytes);
  while (io == Io::would_block) {
    if (!watch()) co_return Io::ended;
    co_await news();
    if (is_late_ || is_cut_) co_return Io::ended;
    io = stream_.read_now(into, bytes);
  }
  co_return io;
}

bool Session::watch() {
  if (!is_watched_) is_watched_ = thread_.poller.watch(stream_.socket(), *this);
  if (is_watched_ && stream_.has_unsent()) thread_.poller.watch_writes(stream_.socket(), *this);
  return is_watched_;
}

// Resumes when the poller has something to tell, or the wait was ended.
Task<void> Session::news() {
  return boost::asio::async_initiate<const boost::asio::use_awaitable_t<Executor>, void()>(
      [this](Wakeup wakeup) { waiting_.emplace(std::move(wakeup)); }, use_task);
}

void Session::wake() {
  Wakeup wakeup = std::move(*waiting_);
  waiting_.reset();
  std::move(wakeup)();
}

// Closing a socket that has unread bytes resets the connection, and the reset can destroy an answer
// on its way. So the sending side ends first, and what the client is still sending is read and
// dropped.
Task<void> Session::finish() {
  if (is_cut_ || (!has_unread_ && begin_ == end_)) co_return;
  stream_.finish_sending();
  if (in_.empty()) in_.resize(dropped_piece_bytes);
  enter(Phase::lingering, site_.limits.linger_ms_max);
  std::size_t dropped = 0;
  std::size_t dropped_at_once = 0;
  Io io = Io::done;
  while (io == Io::done && dropped < site_.limits.linger_bytes_max) {
    std::size_t bytes = 0;
    io = co_await receive_some(in_, bytes);
    dropped += bytes;
    dropped_at_once += bytes;
    if (dropped_at_once < dropped_at_once_max) continue;
    dropped_at_once = 0;
    co_await yield();
  }
}

}  // namespace fairlead::net
