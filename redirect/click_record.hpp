// A click as it travels from an I/O thread to the journal and on to the click file: plain values in
// memory, and compact bytes with the fixed part first. The bytes are the journal's format and are
// stored: a change of their layout is a new journal version. Values and pure functions; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/events.hpp"
#include "core/id.hpp"
#include "core/time.hpp"
#include "redirect/click_facts.hpp"

namespace fairlead::redirect {

// How many verdicts core::ClickVerdict has; a record with another one is refused.
inline constexpr std::size_t verdict_count = 10;

// Longer texts are cut by append_record().
inline constexpr std::size_t word_bytes_max = 64;   // rule, device, os, browser, app, country
inline constexpr std::size_t utm_bytes_max = 200;   // of a click's utm values together
inline constexpr std::size_t subs_bytes_max = 160;  // of its sub ids together

struct ClickRecord {
  core::ClickId id;
  core::BrandId brand;
  core::LinkId link;
  core::Day day;          // of the click in the brand's zone
  std::uint8_t hour = 0;  // 0 … 23, in the brand's zone
  core::ClickVerdict verdict = core::ClickVerdict::valid;
  std::uint8_t variant = 0;  // the chosen branch of a split, from 1; 0 = the link has none
  Network network;
  std::uint32_t flags = 0;
  std::int64_t visitor = 0;  // 0 = not known
  // Views into whatever the record was made of; it must outlive the record.
  std::string_view rule;  // that decided the verdict; "" = none hit
  std::string_view device;
  std::string_view os;
  std::string_view browser;
  std::string_view app;
  std::string_view country;
  std::string_view language;
  std::string_view referrer;
  std::string_view utm;   // "utm_source=…&utm_medium=…", percent-encoded
  std::string_view subs;  // "sub1=…&sub2=…", percent-encoded

  // A hash of address and agent under a secret of this process, to tell repeats and floods. It is
  // in no bytes and is never stored; 0 = not known.
  std::uint64_t who = 0;
};

void append_record(std::string& bytes, const ClickRecord& click);

// Takes one record off the front; its texts are views into `rest`, its `who` is 0. False, with
// nothing taken, when `rest` does not begin with a whole and valid record.
bool read_record(std::string_view& rest, ClickRecord& click);

// Changes the verdict within the bytes of one record as append_record() wrote them.
void change_verdict(char* record, core::ClickVerdict verdict);

}  // namespace fairlead::redirect
