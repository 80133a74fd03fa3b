// The coroutine type of this program: bound to an io_context's own executor, so that nothing is
// type-erased on the hot path. Boost 1.81 notes: as_tuple needs parentheses; no cancel_after.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace fairlead::net {

using Executor = boost::asio::io_context::executor_type;

template <class T>
using Task = boost::asio::awaitable<T, Executor>;

inline constexpr boost::asio::use_awaitable_t<Executor> use_task{};

}  // namespace fairlead::net
