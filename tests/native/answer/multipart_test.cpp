// Forms as browsers and curl send them, and bodies that are none.

#include "native/answer/multipart.hpp"

#include "tests/errors.hpp"

namespace cnnlab::test {
namespace {

constexpr auto type = "multipart/form-data; boundary=XX";

TEST(Multipart, ReadsNamesAndContents) {
    const std::string body =
        "--XX\r\nContent-Disposition: form-data; name=\"image\"; filename=\"a b.png\"\r\n"
        "Content-Type: image/png\r\n\r\n\x89PNG\r\n--X\r\n\r\n--XX\r\n"
        "content-disposition: form-data; filename=b.png; name=other\r\n\r\n\r\n--XX--\r\n";
    const auto parts = read_form(type, body, 8);
    ASSERT_EQ(parts.size(), 2U);
    EXPECT_EQ(parts[0].name, "image");
    EXPECT_EQ(parts[0].filename, "a b.png");
    EXPECT_EQ(parts[0].content, "\x89PNG\r\n--X\r\n");
    EXPECT_EQ(parts[1].name, "other");
    EXPECT_EQ(parts[1].filename, "b.png");
    EXPECT_EQ(parts[1].content, "");
}

TEST(Multipart, TakesWhatTheStandardAllows) {
    // a preamble, an epilogue, blanks behind a boundary, a quoted boundary, a part without a head, quotes in a name
    const std::string body =
        "preamble\r\n--a b\r\n\r\nplain\r\n--a b  \r\nContent-Disposition: form-data; "
        "name=\"q\\\"q;x\"\r\n\r\n1\r\n"
        "--a b--\r\nepilogue";
    const auto parts = read_form("Multipart/Form-Data ; Boundary=\"a b\"", body, 8);
    ASSERT_EQ(parts.size(), 2U);
    EXPECT_EQ(parts[0].content, "plain");
    EXPECT_EQ(parts[1].name, "q\"q;x");
    EXPECT_TRUE(read_form(type, "--XX--", 8).empty());
    EXPECT_TRUE(is_form("multipart/form-data;boundary=x"));
    EXPECT_FALSE(is_form("multipart/mixed; boundary=x"));
    EXPECT_FALSE(is_form(""));
}

TEST(Multipart, RefusesWhatEndsTooEarly) {
    const std::string whole = "--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\ncontent\r\n--XX--";
    EXPECT_EQ(read_form(type, whole, 8).size(), 1U);
    for (size_t size = 0; size < whole.size(); ++size)
        expect_error(
            ErrorCode::bad_file, [&] { (void)read_form(type, whole.substr(0, size), 8); }, "body");
}

TEST(Multipart, HasLimits) {
    std::string many;
    for (int i = 0; i < 9; ++i) many += "--XX\r\n\r\n\r\n";
    expect_error(
        ErrorCode::bad_file, [&] { (void)read_form(type, many + "--XX--", 8); }, "more than 8 parts");
    // What a library with std::regex falls over.
    const std::string long_head = "--XX\r\nContent-Disposition: form-data; name=\"" +
                                  std::string(1 << 20, 'a') + "\"\r\n\r\n\r\n--XX--";
    expect_error(
        ErrorCode::bad_file, [&] { (void)read_form(type, long_head, 8); }, "4096 bytes");
    for (const std::string& header :
         {std::string("multipart/form-data"), std::string("multipart/form-data; boundary="),
          std::string("multipart/form-data; boundary=\""),
          "multipart/form-data; boundary=" + std::string(71, 'x')})
        expect_error(
            ErrorCode::bad_file, [&] { (void)read_form(header, "--XX--", 8); }, "boundary");
}

}  // namespace
}  // namespace cnnlab::test
