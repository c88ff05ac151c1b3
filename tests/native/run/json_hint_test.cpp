#include "native/run/json_hint.hpp"

#include <gtest/gtest.h>

namespace cnnlab {
namespace {

TEST(JsonHint, NamesWhatPeopleWrite) {
    const auto expect = [](const char* text, const std::string& words) {
        EXPECT_EQ(json_hint(text).substr(0, words.size()), words) << text;
    };
    expect("{\n\u201Cname\u201D: 1}", "line 2 has a typographic quote");
    expect("{\"a\":\u00A01}", "line 1 has a no-break space");
    expect("{\n\n// mine\n\"a\": 1}", "line 3 has a comment");
    expect("{\"a\": 1 /* mine */}", "line 1 has a comment");
    expect("{\"a\": [1, 2,\n]}", "line 1 has a comma before a closing bracket");
    expect("{'a': 1}", "line 1 has a single quote");
    expect("{\"a\": True}", "line 1 has a word that JSON does not know");
    expect("{\"a\": NaN}", "line 1 has a word that JSON does not know");
}

TEST(JsonHint, SaysNothingOfTextsAndOfOtherMistakes) {
    for (const char* text :
         {R"({"a": "it's // no # comment, True \" ,}"})", R"({"a": 1 "b": 2})", "{", "", "name: x"})
        EXPECT_EQ(json_hint(text), "") << text;
}

}  // namespace
}  // namespace cnnlab
