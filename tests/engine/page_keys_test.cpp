#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "engine/core/messages.hpp"
#include "engine/data/picture_messages.hpp"
#include "engine/model/concern_messages.hpp"
#include "engine/model/experiment.hpp"
#include "engine/model/help.hpp"
#include "tests/paths.hpp"
#include "web/bindings/messages.hpp"

namespace cnnlab {
namespace {

/// web/src/i18n/keys.generated.ts: what the page has to say in every language.
std::string page_keys() {
    std::ostringstream text;
    text << "/** Made by tests/engine/page_keys_test.cpp, which checks it: what C++ says, by key, in "
            "English. */\n";
    const auto line = [&](std::string_view key, std::string_view english) {
        text << "  " << Json(key).dump() << ": " << Json(english).dump() << ",\n";
    };
    text << "\nexport const engineMessages = {\n";
    for (const Sentence& sentence : engine_sentences) line(sentence.id, sentence.english);
    for (const Sentence& sentence : picture_sentences) line(sentence.id, sentence.english);
    for (const Sentence& sentence : concern_sentences) line(sentence.id, sentence.english);
    for (const Sentence& sentence : web::binding_sentences) line(sentence.id, sentence.english);
    text << "} as const;\n\n/** Of the fields of forms. */\nexport const fieldHelp = {\n";
    for (const FieldHelp& field : all_help()) line(field.key, field.help);
    text << "} as const;\n\nexport const experimentTitles = {\n";
    for (const std::string& name : experiment_names())
        line(name, experiment_json(name).value("title", std::string()));
    text << "} as const;\n";
    return text.str();
}

/// CNNLAB_WRITE=1 writes the file instead of comparing it.
TEST(PageKeys, AreThoseOfTheGeneratedFile) {
    const auto path = test::source_folder() / "web/src/i18n/keys.generated.ts";
    if (std::getenv("CNNLAB_WRITE") != nullptr) std::ofstream(path) << page_keys();
    std::stringstream given;
    given << std::ifstream(path).rdbuf();
    EXPECT_EQ(given.str(), page_keys())
        << "write it anew: CNNLAB_WRITE=1 cnnlab_tests --gtest_filter='PageKeys.*'";
}

}  // namespace
}  // namespace cnnlab
