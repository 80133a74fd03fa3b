// QR codes of links and codes as SVG and PNG. Whole modules only: every module has the same width
// in pixels, and what is left over widens the quiet zone, because blurred edges are what scanners
// fail on. Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/answer.hpp"
#include "core/result.hpp"
#include "net/request.hpp"

namespace fairlead::net {

// How much of a code may be damaged: about 7, 15, 25 and 30 %.
enum class ErrorCorrection : std::uint8_t { low, medium, quartile, high };

struct Colour {
  std::uint8_t red = 0;
  std::uint8_t green = 0;
  std::uint8_t blue = 0;
};

struct QrStyle {
  int size_px = 512;       // width and height, 32 … 2048
  int margin_modules = 4;  // the quiet zone, 0 … 16; scanners are promised 4
  ErrorCorrection correction = ErrorCorrection::medium;
  Colour dark{0, 0, 0};
  Colour light{255, 255, 255};
};

// Of WCAG 2.1 between the two colours; below it cameras lose the code in poor light.
inline constexpr double qr_contrast_min = 4.0;

// size, margin, ecc (L M Q H), dark and light (RRGGBB, with or without '#') of a query. Errc::
// invalid begins with the parameter's name and says what would be right; so it does for one that is
// not known (`also` is one more that the caller knows), for dark modules on no lighter ground, and
// for too little contrast.
core::Result<QrStyle> read_qr_style(std::string_view query, std::string_view also = {});

// Errc::invalid when the text is too long for any code, or size too small for this one.
core::Result<std::string> qr_svg(const std::string& text, const QrStyle& style);
core::Result<std::string> qr_png(const std::string& text, const QrStyle& style);

enum class QrPicture : std::uint8_t { svg, png };
// The picture as an answer: made anew for each request, and a 304 for a browser that has the same
// one. A 400 that names the query's parameter when the text does not fit the style.
core::Answer qr_answer(const Request& request, const std::string& text, const QrStyle& style,
                       QrPicture picture);
// 400 for an error that begins with the name of a query's parameter, as those above do.
core::Answer refuse_qr(const core::Error& error);

}  // namespace fairlead::net
