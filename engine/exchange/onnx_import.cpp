#include "engine/exchange/onnx_import.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>

#include "engine/core/messages.hpp"
#include "engine/core/utf8.hpp"
#include "engine/data/card.hpp"
#include "engine/exchange/card_statistics.hpp"
#include "engine/exchange/onnx_importer.hpp"
#include "engine/model/model_file.hpp"

namespace cnnlab {

namespace {

using onnx::ReadModel;
using onnx::ReadValue;

constexpr int64_t least_read_opset = 7, most_read_opset = 25;
constexpr int largest_image = 4096, most_image_channels = 16;  // as cards have them

std::string names_of(const std::vector<ReadValue>& values) {
    std::vector<std::string> names;
    for (const ReadValue& value : values) names.push_back("\"" + value.name + "\"");
    return list_of(names);
}

/// The output that is wanted.
std::string choose_output(const ReadModel& model, const std::string& wanted, const std::string& place) {
    if (wanted.empty()) {
        if (model.outputs.size() == 1) return model.outputs[0].name;
        throw Error(ErrorCode::unsupported, place, say_import("import.outputs", names_of(model.outputs)),
                    say_import("import.choose_output"));
    }
    std::vector<std::string> known;
    for (const onnx::ReadNode& node : model.nodes)
        known.insert(known.end(), node.outputs.begin(), node.outputs.end());
    if (std::find(known.begin(), known.end(), wanted) != known.end()) return wanted;
    throw Error(ErrorCode::unknown_name, place, say_import("import.no_output", wanted),
                suggest(wanted, known));
}

/// The only input that no weight fills.
const ReadValue& choose_input(const ReadModel& model, const std::string& place) {
    std::vector<ReadValue> open;
    const ReadValue* found = nullptr;
    for (const ReadValue& input : model.inputs) {
        if (model.initializers.contains(input.name)) continue;
        open.push_back(input);
        found = &input;
    }
    if (found != nullptr && open.size() == 1) return *found;
    throw Error(ErrorCode::unsupported, place, say_import("import.inputs", open.size(), names_of(open)),
                say_import("import.one_input"));
}

/// Bytes that a file's weights would take as float: of initializers and Constants, each byte that several share once.
uint64_t weight_bytes(const ReadModel& file) {
    std::vector<const StoredTensor*> tensors;
    const auto add = [&](const StoredTensor& tensor) {
        if (StoredTensor::width(tensor.type) > 0 && !tensor.bytes.empty()) tensors.push_back(&tensor);
    };
    uint64_t values = 0;
    for (const auto& [name, tensor] : file.initializers) add(tensor);
    for (const onnx::ReadNode& node : file.nodes)
        for (const auto& [name, attribute] : node.attributes) {
            add(attribute.tensor);
            values += attribute.numbers.size() + attribute.integers.size();
        }
    std::sort(tensors.begin(), tensors.end(), [](const StoredTensor* a, const StoredTensor* b) {
        return std::less<>()(a->bytes.data(), b->bytes.data());
    });
    const uint8_t* counted = nullptr;
    for (const StoredTensor* tensor : tensors) {
        const uint8_t *begin = tensor->bytes.data(), *end = begin + tensor->bytes.size();
        if (counted != nullptr && std::less<>()(begin, counted)) begin = counted;
        if (!std::less<>()(begin, end)) continue;
        values += static_cast<uint64_t>(end - begin) / StoredTensor::width(tensor->type);
        counted = end;
    }
    return values * sizeof(float);
}

/// The images as [H, W, C], whichever way the input has its axes, and the input as the graph sees it.
Traced trace_input(const ReadValue& input, Pair size, bool channels_first, const std::string& place) {
    const std::vector<int64_t>& shape = input.shape;
    if (shape.size() != 4)
        throw Error(ErrorCode::unsupported, place, say_import("import.image_rank", shape.size()),
                    say_import("import.one_input"));
    // Channels first, unless the last axis looks more like channels.
    const auto likely = [](int64_t extent) { return extent == 1 || extent == 3; };
    const auto possible = [](int64_t extent) { return extent >= 1 && extent <= most_image_channels; };
    const bool last = channels_first || likely(shape[1]) || (!likely(shape[3]) && possible(shape[1]))
                          ? false
                          : possible(shape[3]);
    const int64_t channels = shape[last ? 3 : 1];
    int64_t height = shape[last ? 1 : 2], width = shape[last ? 2 : 3];
    if (height < 1) height = size.height;
    if (width < 1) width = size.width;
    if (height < 1 || width < 1 || channels < 1)
        throw Error(ErrorCode::missing_data, place, say_import("import.image_size"),
                    say_import("import.give_size"));
    if (height > largest_image || width > largest_image || channels > most_image_channels)
        throw Error(ErrorCode::unsupported, place,
                    say_import("import.image_large", std::to_string(height) + "×" + std::to_string(width) +
                                                         "×" + std::to_string(channels)),
                    say_import("import.one_input"));
    Traced value =
        Traced::map("input", {static_cast<int>(height), static_cast<int>(width), static_cast<int>(channels)});
    if (last) (void)value.transpose(std::array<int64_t, 4>{0, 2, 3, 1});
    return value;
}

const std::string* find_metadata(const ReadModel& model, const char* key) {
    const auto found = model.metadata.find(key);
    return found == model.metadata.end() ? nullptr : &found->second;
}

/// What a file of ours says of itself; none where it says nothing that can be read.
template <class Parse>
auto parse_metadata(const ReadModel& model, const char* key, const Parse& parse)
    -> std::optional<decltype(parse(""))> {
    const std::string* text = find_metadata(model, key);
    if (text == nullptr) return std::nullopt;
    try {
        return parse(*text);
    } catch (const Error&) {
        return std::nullopt;
    }
}

Experiment experiment_around(const ReadModel& model, const ImageShape& image, bool own,
                             const std::string& place) {
    if (own)
        if (auto found = parse_metadata(model, "experiment", [&](const std::string& text) {
                return Experiment::parse(parse_json(text, place), place);
            }))
            return *std::move(found);
    Json json{{"name", "imported"},
              {"dataset", {{"name", "folder"}}},
              {"model", {{"layers", {{{"type", "flatten"}}}}}}};
    constexpr int least = 4, most = 1024;  // of a folder's pictures
    if (std::min(image.height, image.width) >= least && std::max(image.height, image.width) <= most) {
        json["dataset"]["size"] = {image.height, image.width};
        json["dataset"]["grey"] = image.channels == 1;
    }
    Experiment experiment = Experiment::parse(json);
    const std::string file = place.substr(place.find_last_of('/') + 1);  // no place ends in one
    experiment.name = to_utf8(file.substr(0, file.find_last_of('.')));
    if (experiment.name.empty()) experiment.name = "imported";
    return experiment;
}

DatasetCard card_around(const ReadModel& model, const OnnxImportOptions& options, const ImageShape& image,
                        bool own, const std::string& place) {
    DatasetCard card = find_card("folder");
    const auto floats = [&](const char* key) {
        return parse_metadata(model, key, [&](const std::string& text) {
            std::vector<float> values;
            read_json(parse_json(text, place), values, place);
            return values;
        });
    };
    const auto channels = static_cast<size_t>(image.channels);
    card.mean.assign(channels, 0);
    card.stddev.assign(channels, 1);
    if (own) {
        if (auto found = parse_metadata(model, "card",
                                        [&](const std::string& text) { return parse_card(text, place); }))
            card = *std::move(found);
        if (const auto mean = floats("mean"); mean && mean->size() == channels) card.mean = *mean;
        if (const auto stddev = floats("stddev"); stddev && stddev->size() == channels) card.stddev = *stddev;
    }
    card.image = image;
    set_statistics(card, options.mean, options.stddev);
    return card;
}

/// Names for what the network gives: those that somebody has given, or numbers.
std::vector<std::string> class_names(const ReadModel& model, const OnnxImportOptions& options, size_t count,
                                     const std::string& place) {
    if (!options.classes.empty()) {
        if (options.classes.size() == count) return options.classes;
        throw Error(ErrorCode::shape_mismatch, place,
                    say_import("import.classes", count, options.classes.size()),
                    say_import("import.classes_remedy"));
    }
    auto found = parse_metadata(model, classes_key, [&](const std::string& text) {
        std::vector<std::string> names;
        read_json(parse_json(text, place), names, place);
        return names;
    });
    if (found && std::set<std::string>(found->begin(), found->end()).size() == count &&
        found->size() == count)
        return *std::move(found);
    std::vector<std::string> numbers;
    for (size_t i = 0; i < count; ++i) numbers.push_back(std::to_string(i));
    return numbers;
}

/// A softmax or sigmoid at the end is part of the loss here.
void take_end(onnx::Importer& importer, Traced& output, Experiment& experiment, bool keep) {
    if (importer.log_softmax) {
        experiment.loss = losses::CrossEntropy{};
        importer.notes.push_back(say_import("import.note_softmax"));
        return;
    }
    auto& all = importer.network.layers();
    if (keep || all.size() < 2 || all.back().name != output.layer) return;
    const bool softmax = std::holds_alternative<layers::Softmax>(all.back().kind);
    if (!softmax && !std::holds_alternative<layers::Sigmoid>(all.back().kind)) return;
    output.layer = all.back().from.empty() ? all[all.size() - 2].name : all.back().from[0];
    importer.network.drop_last();
    if (softmax && !std::holds_alternative<losses::CrossEntropy>(experiment.loss))
        experiment.loss = losses::CrossEntropy{};
    if (!softmax) experiment.loss = losses::BinaryCrossEntropy{};
    importer.notes.push_back(softmax ? say_import("import.note_softmax") : say_import("import.note_sigmoid"));
}

void check_end(const Traced& output, const std::string& place) {
    const ImageShape& shape = output.shape;
    if (output.layer == "input")
        throw Error(ErrorCode::unsupported, place, say_import("import.nothing"),
                    say_import("import.end_row"));
    if (shape.positions() != 1)
        throw Error(ErrorCode::unsupported, place, say_import("import.map_left", output.str()),
                    say_import("import.end_row"));
    std::vector<int> axes;
    for (int axis = 0; axis < output.rank(); ++axis)
        if (!output.is_batch(axis)) axes.push_back(axis);
    if (!output.is_in_order(axes))
        throw Error(ErrorCode::unsupported, place, say_import("import.order_left"),
                    say_import("import.end_row"));
}

/// Everything that another program could have given, as if a person had written it.
void check_model(SavedModel& model, const std::string& place) {
    model.experiment = Experiment::parse(model.experiment.to_json(), place);
    model.card = parse_card(to_json(model.card), place);
    for (const PersistentSpec& spec : compile(model.experiment, compile_options(model.card)).persistents) {
        const auto found = model.weights.find(spec.name);
        if (found == model.weights.end() || found->second.shape() != spec.shape)
            throw Error(ErrorCode::bad_file, place + ": " + spec.name, say("model.no_tensor"),
                        say("report_bug"));
        const auto finite = [](float value) { return std::isfinite(value); };
        if (!std::all_of(found->second.span().begin(), found->second.span().end(), finite))
            throw Error(ErrorCode::bad_file, place, say_import("import.not_finite", spec.name),
                        say_import("import.get_again"));
    }
}

}  // namespace

ImportedModel import_onnx(std::span<const uint8_t> bytes, const std::string& place,
                          const OnnxImportOptions& options, const ReadBeside& read_beside) {
    const ReadModel file = onnx::read_model(bytes, place, read_beside);
    if (file.opset < least_read_opset || file.opset > most_read_opset)
        throw Error(ErrorCode::unsupported, place,
                    say_import("import.opset", file.opset, least_read_opset, most_read_opset),
                    say_import("import.convert"));
    const bool own = file.producer == "cnnlab";
    return import_graph(file, place, options, {.own = own, .named = own});
}

ImportedModel import_graph(const ReadModel& file, const std::string& place, const OnnxImportOptions& options,
                           const GraphForm& form) {
    const ReadValue& input = choose_input(file, place);
    const std::string output_name = choose_output(file, options.output, place);
    Traced images = trace_input(input, options.size, form.channels_first, place);
    const ImageShape image = images.shape;
    onnx::Importer importer(file, output_name, place, StoredTensor::most_bytes(weight_bytes(file)));
    importer.own = form.own;
    importer.names_are_layers = form.named;
    importer.normalised = true;
    Traced output = importer.run(input.name, std::move(images), input.shape[0] < 1 ? -1 : input.shape[0]);

    ImportedModel made;
    made.model.experiment = experiment_around(file, image, importer.own, place);
    if (!options.name.empty()) made.model.experiment.name = options.name;
    take_end(importer, output, made.model.experiment, importer.own && output_name != "probabilities");
    check_end(output, place);
    made.model.card = card_around(file, options, image, importer.own, place);
    const bool binary = output.shape.channels == 1 &&
                        !std::holds_alternative<losses::CrossEntropy>(made.model.experiment.loss);
    made.model.card.classes =
        class_names(file, options, binary ? 2 : static_cast<size_t>(output.shape.channels), place);
    // The last layer gives the logits.
    if (importer.network.layers().back().name != output.layer)
        (void)importer.network.add(layers::Scale{}, "", {output.layer});
    made.model.experiment.model.layers = std::move(importer.network.layers());
    made.model.weights = std::move(importer.network.tensors());
    made.model.experiment.base.reset();
    made.model.experiment.optimizer.groups.clear();  // whose layers may be called otherwise now
    made.notes = std::move(importer.notes);
    check_model(made.model, place);
    return made;
}

}  // namespace cnnlab
