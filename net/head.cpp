#include "net/head.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>

#include "net/ascii.hpp"

namespace fairlead::net {
namespace {

namespace http = boost::beast::http;
using boost::beast::error_code;

std::string_view view(boost::beast::string_view text) {
  return {text.data(), text.size()};
}

Method method_of(http::verb verb) {
  switch (verb) {
    case http::verb::get:
      return Method::get;
    case http::verb::head:
      return Method::head;
    case http::verb::post:
      return Method::post;
    case http::verb::patch:
      return Method::patch;
    case http::verb::put:
      return Method::put;
    case http::verb::delete_:
      return Method::del;
    case http::verb::options:
      return Method::options;
    default:  // Beast knows 30 more, this program does not
      return Method::other;
  }
}

// Hands the fields on as views into the input. That is safe because the guard refused folded lines,
// the one case in which Beast gives a view into a buffer of its own.
class HeadParser final : public http::basic_parser<true> {
 public:
  HeadParser(Request& request, Head& head) : request_(request), head_(head) {
    eager(false);
    body_limit(boost::none);  // the session has its own limits
  }

 private:
  void on_request_impl(http::verb verb, boost::beast::string_view, boost::beast::string_view, int,
                       error_code&) override {
    request_.method = method_of(verb);
  }
  void on_field_impl(http::field field, boost::beast::string_view name,
                     boost::beast::string_view value, error_code&) override {
    request_.headers.emplace_back(view(name), view(value));
    if (field == http::field::expect) {
      head_.expect = equal_ignoring_case(view(value), "100-continue") ? Head::Expect::to_continue
                                                                      : Head::Expect::unknown;
    }
  }
  void on_header_impl(error_code&) override {}

  // Bodies are read by the session, chunked ones are refused: none of these is reached.
  void on_response_impl(int, boost::beast::string_view, int, error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(boost::beast::string_view body, error_code&) override {
    return body.size();
  }
  void on_chunk_header_impl(std::uint64_t, boost::beast::string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, boost::beast::string_view body,
                                 error_code&) override {
    return body.size();
  }
  void on_finish_impl(error_code&) override {}

  Request& request_;
  Head& head_;
};

}  // namespace

GuardVerdict read_head(std::string_view bytes, const Limits& limits, Request& request, Head& head) {
  request.headers.clear();
  head = {};
  Framing framing;
  if (const GuardVerdict verdict = guard(bytes, framing); !verdict.passes()) return verdict;
  if (framing.target_bytes > limits.target_bytes_max) {
    return {414, 0, "target_too_long", "The target is too long."};
  }
  if (framing.fields > limits.header_fields_max) {
    return {431, 0, "too_many_headers", "The request has too many headers."};
  }

  HeadParser parser(request, head);
  parser.header_limit(static_cast<std::uint32_t>(bytes.size()) + 1);
  error_code ec;
  const std::size_t used = parser.put(boost::asio::buffer(bytes.data(), bytes.size()), ec);
  if (ec && ec != http::error::need_more) {
    return {400, 0, "bad_request", "The head is not HTTP/1.1."};
  }
  const auto length = parser.is_header_done() ? parser.content_length() : boost::none;
  if (!parser.is_header_done() || used != bytes.size() ||
      request.headers.size() != framing.fields || parser.chunked() != framing.is_chunked ||
      length.value_or(0) != framing.content_length) {
    return {400, 0, "ambiguous_head", "The head can be read in two ways."};
  }

  request.path = framing.path;
  request.query = framing.query;
  request.host = framing.host;
  head.content_length = framing.content_length;
  head.is_http11 = framing.is_http11;
  head.is_chunked = framing.is_chunked;
  head.keeps_alive = parser.keep_alive();
  return {};
}

}  // namespace fairlead::net
