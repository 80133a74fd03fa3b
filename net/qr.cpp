#include "net/qr.hpp"

#include <png.h>

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <qrcodegen/qrcodegen.hpp>
#include <vector>

#include "core/check.hpp"
#include "core/crypto.hpp"
#include "net/problem.hpp"

namespace fairlead::net {

namespace {

constexpr int size_px_min = 32;
constexpr int size_px_max = 2048;
constexpr int margin_modules_max = 16;
constexpr std::array<std::string_view, 5> parameters = {"size", "margin", "ecc", "dark", "light"};

core::Error refuse(std::string why) {
  return core::fail(core::Errc::invalid, std::move(why));
}

// The code with its place in a square of style.size_px pixels.
struct Placed {
  qrcodegen::QrCode code;
  int module_px;
  int offset_px;  // of the first module, from the left and from the top
};

qrcodegen::QrCode::Ecc ecc_of(ErrorCorrection correction) {
  switch (correction) {
    case ErrorCorrection::low:
      return qrcodegen::QrCode::Ecc::LOW;
    case ErrorCorrection::medium:
      return qrcodegen::QrCode::Ecc::MEDIUM;
    case ErrorCorrection::quartile:
      return qrcodegen::QrCode::Ecc::QUARTILE;
    case ErrorCorrection::high:
      return qrcodegen::QrCode::Ecc::HIGH;
  }
  return qrcodegen::QrCode::Ecc::MEDIUM;
}

core::Result<Placed> place(const std::string& text, const QrStyle& style) {
  try {
    auto code = qrcodegen::QrCode::encodeText(text.c_str(), ecc_of(style.correction));
    const int modules = code.getSize() + 2 * style.margin_modules;
    const int module_px = style.size_px / modules;
    if (module_px == 0)
      return refuse("size must be at least " + std::to_string(modules) +
                    " for this link, margin and ecc");
    const int offset = (style.size_px - code.getSize() * module_px) / 2;
    return Placed{std::move(code), module_px, offset};
  } catch (const qrcodegen::data_too_long&) {
    return refuse("ecc is too high for a text of " + std::to_string(text.size()) + " bytes");
  }
}

// Calls draw(x, y, width) for each run of dark modules, in modules.
template <class Draw>
void each_run(const qrcodegen::QrCode& code, Draw draw) {
  for (int y = 0; y < code.getSize(); ++y) {
    for (int x = 0; x < code.getSize(); ++x) {
      if (!code.getModule(x, y)) continue;
      const int start = x;
      while (x < code.getSize() && code.getModule(x, y))
        ++x;
      draw(start, y, x - start);
    }
  }
}

std::string hex_of(const Colour& colour) {
  std::array<char, 8> text{};
  std::snprintf(text.data(), text.size(), "#%02x%02x%02x", colour.red, colour.green, colour.blue);
  return text.data();
}

// WCAG 2.1, "relative luminance".
double luminance(const Colour& colour) {
  const auto linear = [](std::uint8_t channel) {
    const double value = channel / 255.0;
    return value <= 0.03928 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
  };
  return 0.2126 * linear(colour.red) + 0.7152 * linear(colour.green) + 0.0722 * linear(colour.blue);
}

core::Result<int> read_number(std::string_view name, const std::string& text, int min, int max) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < min || value > max)
    return refuse(std::string(name) + " must be a whole number from " + std::to_string(min) +
                  " to " + std::to_string(max));
  return value;
}

core::Result<Colour> read_colour(std::string_view name, std::string_view text) {
  if (text.starts_with('#')) text.remove_prefix(1);
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (error != std::errc() || end != text.data() + text.size() || text.size() != 6)
    return refuse(std::string(name) + " must be a colour such as 0b3d2e: six hex digits");
  return Colour{static_cast<std::uint8_t>(value >> 16), static_cast<std::uint8_t>(value >> 8),
                static_cast<std::uint8_t>(value)};
}

core::Result<ErrorCorrection> read_correction(std::string_view text) {
  if (text == "L") return ErrorCorrection::low;
  if (text == "M") return ErrorCorrection::medium;
  if (text == "Q") return ErrorCorrection::quartile;
  if (text == "H") return ErrorCorrection::high;
  return refuse("ecc must be L, M, Q or H");
}

core::Result<void> check_names(std::string_view query, std::string_view also) {
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    const std::string name = percent_decode(pair.substr(0, pair.find('=')));
    const bool is_known =
        name == also || std::find(parameters.begin(), parameters.end(), name) != parameters.end();
    if (!is_known && !pair.empty())
      return refuse(name + " is not known here; there are size, margin, ecc, dark" +
                    (also.empty() ? " and light" : ", light and " + std::string(also)));
  }
  return {};
}

core::Result<void> check_contrast(const QrStyle& style) {
  const double dark = luminance(style.dark);
  const double light = luminance(style.light);
  if (dark >= light)
    return refuse("dark must be darker than light: many scanners cannot read an inverted code");
  const double contrast = (light + 0.05) / (dark + 0.05);
  if (contrast >= qr_contrast_min) return {};
  std::array<char, 160> why{};
  std::snprintf(why.data(), why.size(),
                "dark and light have a contrast of %.1f to 1, and cameras need %.0f to 1; choose "
                "colours further apart",
                contrast, qr_contrast_min);
  return refuse(why.data());
}

}  // namespace

core::Result<QrStyle> read_qr_style(std::string_view query, std::string_view also) {
  if (auto known = check_names(query, also); !known) return known.error();
  QrStyle style;
  if (const auto text = query_value(query, "size")) {
    const auto size = read_number("size", *text, size_px_min, size_px_max);
    if (!size) return size.error();
    style.size_px = *size;
  }
  if (const auto text = query_value(query, "margin")) {
    const auto margin = read_number("margin", *text, 0, margin_modules_max);
    if (!margin) return margin.error();
    style.margin_modules = *margin;
  }
  if (const auto text = query_value(query, "ecc")) {
    const auto correction = read_correction(*text);
    if (!correction) return correction.error();
    style.correction = *correction;
  }
  if (const auto text = query_value(query, "dark")) {
    const auto colour = read_colour("dark", *text);
    if (!colour) return colour.error();
    style.dark = *colour;
  }
  if (const auto text = query_value(query, "light")) {
    const auto colour = read_colour("light", *text);
    if (!colour) return colour.error();
    style.light = *colour;
  }
  if (auto readable = check_contrast(style); !readable) return readable.error();
  return style;
}

core::Result<std::string> qr_svg(const std::string& text, const QrStyle& style) {
  const auto placed = place(text, style);
  if (!placed) return placed.error();
  const std::string size = std::to_string(style.size_px);
  std::string svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + size + "\" height=\"" +
                    size + "\" viewBox=\"0 0 " + size + " " + size +
                    "\" shape-rendering=\"crispEdges\"><path fill=\"" + hex_of(style.light) +
                    "\" d=\"M0 0h" + size + "v" + size + "H0z\"/><path fill=\"" +
                    hex_of(style.dark) + "\" d=\"";
  const int px = placed->module_px;
  each_run(placed->code, [&](int x, int y, int width) {
    svg += "M" + std::to_string(placed->offset_px + x * px) + " " +
           std::to_string(placed->offset_px + y * px) + "h" + std::to_string(width * px) + "v" +
           std::to_string(px) + "h-" + std::to_string(width * px) + "z";
  });
  return svg + "\"/></svg>\n";
}

core::Result<std::string> qr_png(const std::string& text, const QrStyle& style) {
  const auto placed = place(text, style);
  if (!placed) return placed.error();
  // One byte a pixel, 0 light and 1 dark; libpng packs them to a bit each.
  const auto width = static_cast<std::size_t>(style.size_px);
  std::vector<png_byte> pixels(width * width, 0);
  const int px = placed->module_px;
  each_run(placed->code, [&](int x, int y, int run) {
    for (int row = 0; row < px; ++row) {
      const auto at = static_cast<std::size_t>(placed->offset_px + y * px + row) * width +
                      static_cast<std::size_t>(placed->offset_px + x * px);
      std::fill_n(pixels.begin() + static_cast<std::ptrdiff_t>(at), run * px, png_byte{1});
    }
  });
  const std::array<png_byte, 6> colours = {style.light.red, style.light.green, style.light.blue,
                                           style.dark.red,  style.dark.green,  style.dark.blue};
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = image.height = static_cast<png_uint_32>(style.size_px);
  image.format = PNG_FORMAT_RGB_COLORMAP;
  image.colormap_entries = 2;
  png_alloc_size_t bytes = PNG_IMAGE_PNG_SIZE_MAX(image);
  std::string png(bytes, '\0');
  const int is_written =
      png_image_write_to_memory(&image, png.data(), &bytes, 0, pixels.data(), 0, colours.data());
  CHECK(is_written != 0);  // nothing of this is input
  png.resize(bytes);
  return png;
}

core::Answer qr_answer(const Request& request, const std::string& text, const QrStyle& style,
                       QrPicture picture) {
  const bool is_svg = picture == QrPicture::svg;
  auto bytes = is_svg ? qr_svg(text, style) : qr_png(text, style);
  if (!bytes) return refuse_qr(bytes.error());
  const std::string tag =
      "\"" + core::hex(core::as_text(core::sha256(*bytes))).substr(0, 32) + "\"";
  core::Answer answer{200, is_svg ? "image/svg+xml" : "image/png", std::move(*bytes), {}};
  answer.headers.emplace_back("ETag", tag);
  answer.headers.emplace_back("Cache-Control", "private, no-cache");
  const std::string_view known = request.header("If-None-Match");
  if (known == "*" || known.find(tag) != std::string_view::npos) {
    answer.status = 304;
    answer.body.clear();
  }
  return answer;
}

core::Answer refuse_qr(const core::Error& error) {
  const std::string name = error.detail.substr(0, error.detail.find(' '));
  return problem(400, "invalid_request", error.detail,
                 {{"?" + name, "invalid_value", error.detail}});
}

}  // namespace fairlead::net
