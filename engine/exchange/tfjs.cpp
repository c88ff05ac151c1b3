#include "engine/exchange/tfjs.hpp"

#include <bit>

#include "engine/data/card.hpp"
#include "engine/exchange/keras_layers.hpp"
#include "engine/model/model_file.hpp"

namespace cnnlab {

namespace {

Json layer_json(const keras::Layer& layer, bool chain) {
    Json config{{"name", layer.name}, {"trainable", layer.trainable}, {"dtype", "float32"}};
    config.update(layer.config);
    Json json{{"class_name", layer.type}, {"config", std::move(config)}};
    if (chain) return json;
    Json inputs = Json::array();
    for (const std::string& from : layer.from) inputs.push_back(Json::array({from, 0, 0, Json::object()}));
    json["name"] = layer.name;
    json["inbound_nodes"] = Json::array({std::move(inputs)});
    return json;
}

Json topology(const keras::Network& network) {
    const bool chain = network.is_chain();
    const ImageShape& image = network.image;
    Json input{{"class_name", "InputLayer"},
               {"config",
                {{"name", "input"},
                 {"batch_input_shape", {nullptr, image.height, image.width, image.channels}},
                 {"dtype", "float32"},
                 {"sparse", false}}}};
    if (!chain) {
        input["name"] = "input";
        input["inbound_nodes"] = Json::array();
    }
    Json all = Json::array({std::move(input)});
    for (const keras::Layer& layer : network.layers) all.push_back(layer_json(layer, chain));
    Json config{{"name", network.name}, {"layers", std::move(all)}};
    if (!chain) {
        config["input_layers"] = Json::array({Json::array({"input", 0, 0})});
        config["output_layers"] = Json::array({Json::array({network.output, 0, 0})});
    }
    return {{"class_name", chain ? "Sequential" : "Functional"},
            {"config", std::move(config)},
            {"keras_version", "2.15.0"},
            {"backend", "tensorflow"}};
}

}  // namespace

TfjsModel write_tfjs(const SavedModel& model, const TfjsOptions& options) {
    static_assert(std::endian::native == std::endian::little);  // as the file's numbers are
    const keras::Network network = keras::network_of(model, options.probabilities);
    TfjsModel made;
    size_t bytes = 0;
    for (const keras::Layer& layer : network.layers)
        for (const auto& [name, tensor] : layer.weights) bytes += tensor.span().size_bytes();
    made.weights.reserve(bytes);
    Json weights = Json::array();
    for (const keras::Layer& layer : network.layers)
        for (const auto& [name, tensor] : layer.weights) {
            Json shape = Json::array();
            for (const int64_t extent : tensor.shape()) shape.push_back(extent);
            weights.push_back(
                {{"name", layer.name + "/" + name}, {"shape", std::move(shape)}, {"dtype", "float32"}});
            const auto* first = reinterpret_cast<const uint8_t*>(tensor.span().data());
            made.weights.insert(made.weights.end(), first, first + tensor.span().size_bytes());
        }
    const Json file{{"format", "layers-model"},
                    {"generatedBy", "cnnlab"},
                    {"convertedBy", nullptr},
                    {"modelTopology", topology(network)},
                    {"weightsManifest",
                     Json::array({{{"paths", {TfjsModel::weights_file}}, {"weights", std::move(weights)}}})},
                    {"userDefinedMetadata",
                     {{classes_key, model.card.classes},
                      {"mean", write_json(model.card.mean)},
                      {"stddev", write_json(model.card.stddev)},
                      {"experiment", model.experiment.to_json()},
                      {"card", Json::parse(to_json(model.card))}}}};
    made.json = file.dump() + "\n";
    return made;
}

}  // namespace cnnlab
