// Asio and Beast, compiled once for the whole program: they are slow to build.
#include <boost/asio/impl/src.hpp>
#include <boost/beast/src.hpp>
