#include <gtest/gtest.h>

#include <set>

#include "engine/core/error.hpp"
#include "engine/core/messages.hpp"
#include "engine/core/names.hpp"
#include "engine/core/transfer_messages.hpp"
#include "engine/data/file_messages.hpp"
#include "engine/data/look_messages.hpp"
#include "engine/data/matlab_messages.hpp"
#include "engine/data/picture_messages.hpp"
#include "engine/exchange/exchange_messages.hpp"
#include "engine/exchange/import_messages.hpp"
#include "engine/exchange/keras_messages.hpp"
#include "engine/model/base_messages.hpp"
#include "engine/model/concern_messages.hpp"
#include "engine/model/explain_messages.hpp"
#include "engine/study/study_messages.hpp"

namespace cnnlab {
namespace {

TEST(Message, PutsItsArgumentsIntoTheEnglish) {
    EXPECT_EQ(say("layer.groups", 3, 4, 8).english(), "3 does not divide 4 input and 8 output channels");
    EXPECT_EQ(say("value.is_kind", say("kind.text", "a{b}")).english(), "is the text \"a{b}\"");
    EXPECT_EQ(say("give.one_of", std::vector<std::string>{"a", "b", "c"}).english(), "give one of a, b or c");
}

TEST(Message, ChoosesThePluralForm) {
    EXPECT_EQ(say("model.outputs", 1, 10).english(), "gives 1 output for 10 classes");
    EXPECT_EQ(say("model.outputs", 7, 10).english(), "gives 7 outputs for 10 classes");
}

TEST(Message, WithoutArgumentsStandsAsItIs) {
    EXPECT_EQ(Message("help.train.resolutions", "a list of {\"epoch\", \"size\"}").english(),
              "a list of {\"epoch\", \"size\"}");
}

TEST(Message, NamesItsArgumentsInTheOrderOfTheEnglish) {
    const SentenceNames names(
        "gives {outputs, plural, one {# output} other {# outputs}} for {classes} classes, {outputs}");
    ASSERT_EQ(names.count, 2U);
    EXPECT_EQ(names.names[0], "outputs");
    EXPECT_EQ(names.names[1], "classes");
}

TEST(Message, EveryKeyStandsOnce) {
    std::set<std::string_view> ids;
    const auto look = [&](const auto& table) {
        for (const Sentence& sentence : table) {
            EXPECT_TRUE(ids.insert(sentence.id).second) << sentence.id;
            EXPECT_FALSE(sentence.english.empty()) << sentence.id;
        }
    };
    look(engine_sentences);
    look(picture_sentences);
    look(matlab_sentences);
    look(look_sentences);
    look(concern_sentences);
    look(study_sentences);
    look(transfer_sentences);
    look(explain_sentences);
    look(file_sentences);
    look(base_sentences);
    look(exchange_sentences);
    look(import_sentences);
    look(keras_sentences);
}

TEST(Error, IsASentence) {
    const Error error(ErrorCode::out_of_range, "train.batch", say("value.is", "0"),
                      say("give.at_least", "1"));
    EXPECT_STREQ(error.what(), "train.batch: is 0; give a number of at least 1");
    EXPECT_STREQ(Error(ErrorCode::io, "", say("value.is_empty")).what(), "is empty");
}

}  // namespace
}  // namespace cnnlab
