// CSV as programs write it, and what is refused with its line.
#include "core/csv_reader.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "core/csv.hpp"
#include "tests/support/random.hpp"

namespace fairlead::core {
namespace {

// "1:a|b" for each record; "error …" at the end when it is refused.
std::string read(const std::string& text) {
  std::istringstream in(text);
  CsvReader reader(in);
  CsvRecord record;
  std::string all;
  for (;;) {
    const auto more = reader.next(record);
    if (!more) return all + "error " + more.error().detail;
    if (!*more) return all;
    all += std::to_string(record.line) + ":";
    for (std::size_t i = 0; i < record.fields.size(); ++i)
      all += (i == 0 ? "" : "|") + record.fields[i];
    all += ";";
  }
}

TEST(CsvReader, RecordsAndFields) {
  EXPECT_EQ(read(""), "");
  EXPECT_EQ(read("a,b\r\nc,d\r\n"), "1:a|b;2:c|d;");
  EXPECT_EQ(read("a,b\nc,d"), "1:a|b;2:c|d;") << "no line end at the end";
  EXPECT_EQ(read("\xEF\xBB\xBF"
                 "a,b\n"),
            "1:a|b;");
  EXPECT_EQ(read("\xEF\xBB\xBF\"a\",b\n"), "1:a|b;");
  EXPECT_EQ(read("a,,\n,\n"), "1:a||;2:|;");
  EXPECT_EQ(read("a\n\n\r\nb\n"), "1:a;4:b;") << "empty lines";
  EXPECT_EQ(read("a b, c \n"), "1:a b| c ;") << "blanks belong to fields";
  EXPECT_EQ(read("5\" disk,x\n"), "1:5\" disk|x;") << "a quote inside an unquoted field";
}

TEST(CsvReader, Quotes) {
  EXPECT_EQ(read("\"a\",\"b,c\"\n"), "1:a|b,c;");
  EXPECT_EQ(read("\"a\"\"b\",\"\"\r\n"), "1:a\"b|;");
  EXPECT_EQ(read("\"a\nb\r\nc\",d\ne\n"), "1:a\nb\r\nc|d;4:e;") << "lines are counted";
  EXPECT_EQ(read("\"a\""), "1:a;");
  EXPECT_EQ(read("x\n\"a"), "1:x;error line 2: a quoted field has no closing quote");
  EXPECT_EQ(read("x\n\"a\"b,c\n").substr(0, 20), "1:x;error line 2: be");
}

TEST(CsvReader, OtherSeparatorsAreFoundInTheHeader) {
  EXPECT_EQ(read("a;b;c\n1,5;2;3\n"), "1:a|b|c;2:1,5|2|3;");
  EXPECT_EQ(read("a\tb\n1\t2\n"), "1:a|b;2:1|2;");
}

TEST(CsvReader, ARecordHasALimit) {
  const std::string most(CsvReader::record_bytes_max - 2, 'x');
  EXPECT_EQ(read(most + "\n").size(), most.size() + 3);
  EXPECT_NE(read(most + "xxxx\n").find("error line 1"), std::string::npos);
  EXPECT_EQ(read("a,b\n1," + most + "yz\nc,d\n").substr(0, 18), "1:a|b;error line 2")
      << "no record is taken in two parts";
  EXPECT_NE(read("a\n\"" + std::string(CsvReader::record_bytes_max + 9, '\n')).find("error line 2"),
            std::string::npos)
      << "a quote that is never closed does not read the whole file";
}

TEST(CsvReader, ReadsBackWhatTheExportWrites) {
  test::Random random;
  for (int i = 0; i < 200; ++i) {
    std::vector<std::string> fields;
    std::string csv = "h1,h2,h3\r\n";
    std::vector<Cell> cells;
    for (int j = 0; j < 3; ++j) {
      std::string text = "x";  // so that nothing is taken for a formula
      for (std::int64_t k = random.between(0, 6); k > 0; --k)
        text += std::string_view("a\",;\n\r\t ")[static_cast<std::size_t>(random.between(0, 7))];
      fields.push_back(text);
      cells.emplace_back(text);
    }
    append_csv_record(csv, cells);
    std::istringstream in(csv);
    CsvReader reader(in);
    CsvRecord record;
    ASSERT_TRUE(reader.next(record).value());
    ASSERT_TRUE(reader.next(record).value());
    EXPECT_EQ(record.fields, fields);
    EXPECT_FALSE(reader.next(record).value());
  }
}

}  // namespace
}  // namespace fairlead::core
