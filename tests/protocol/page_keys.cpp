#include "tests/protocol/page_keys.hpp"

#include <sstream>

#include "engine/core/messages.hpp"
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
#include "engine/model/experiment.hpp"
#include "engine/model/explain_messages.hpp"
#include "engine/model/help.hpp"
#include "engine/study/study.hpp"
#include "engine/study/study_messages.hpp"
#include "web/bindings/messages.hpp"

namespace cnnlab::protocol {

std::string page_keys() {
    std::ostringstream text;
    text << "/** Made by ./lab generate (tests/protocol/page_keys.cpp): what C++ says, by key, in English. "
            "*/\n";
    const auto line = [&](std::string_view key, std::string_view english) {
        text << "  " << Json(key).dump() << ": " << Json(english).dump() << ",\n";
    };
    text << "\nexport const engineMessages = {\n";
    for (const Sentence& sentence : engine_sentences) line(sentence.id, sentence.english);
    for (const Sentence& sentence : picture_sentences) line(sentence.id, sentence.english);
    for (const Sentence& sentence : matlab_sentences) line(sentence.id, sentence.english);
    for (const Sentence& sentence : file_sentences) line(sentence.id, sentence.english);
    for (const Sentence& sentence : look_sentences) line(sentence.id, sentence.english);
    for (const Sentence& sentence : concern_sentences) line(sentence.id, sentence.english);
    for (const Sentence& sentence : study_sentences) line(sentence.id, sentence.english);
    for (const Sentence& sentence : explain_sentences) line(sentence.id, sentence.english);
    for (const Sentence& sentence : transfer_sentences) line(sentence.id, sentence.english);
    for (const Sentence& sentence : base_sentences) line(sentence.id, sentence.english);
    for (const Sentence& sentence : exchange_sentences) line(sentence.id, sentence.english);
    for (const Sentence& sentence : import_sentences) line(sentence.id, sentence.english);
    for (const Sentence& sentence : keras_sentences) line(sentence.id, sentence.english);
    for (const Sentence& sentence : web::binding_sentences) line(sentence.id, sentence.english);
    text << "} as const;\n\n/** Of the fields of forms. */\nexport const fieldHelp = {\n";
    for (const FieldHelp& field : all_help()) line(field.key, field.help);
    text << "} as const;\n\nexport const experimentTitles = {\n";
    for (const std::string& name : experiment_names())
        line(name, experiment_json(name).value("title", std::string()));
    text << "} as const;\n\nexport const studyTitles = {\n";
    for (const std::string& name : study_names()) line(name, study_json(name).value("title", std::string()));
    text << "} as const;\n";
    return text.str();
}

}  // namespace cnnlab::protocol
