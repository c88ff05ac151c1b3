#pragma once

#include <string>
#include <vector>

#include "engine/core/spec.hpp"
#include "native/run/predictions.hpp"

/// What the service answers, beside what infer.hpp has.
namespace cnnlab {

struct Failure {
    std::string error, field_name;

    static constexpr auto fields() {
        using F = Failure;
        return std::tuple{
            field("error", &F::error, "what is wrong, and what to do"),
            field("field", &F::field_name, "where: a field, a header or a file's name").if_set()};
    }
};

struct Health {
    std::string status, network;
    ImageShape image;
    std::vector<std::string> classes;

    static constexpr auto fields() {
        using H = Health;
        return std::tuple{field("status", &H::status, "ok"),
                          field("network", &H::network, "the model's name"),
                          field("image", &H::image, "the size of its images"),
                          field("classes", &H::classes, "names, by number")};
    }
};

struct Predictions {
    std::string network;
    std::vector<Prediction> predictions;

    static constexpr auto fields() {
        using P = Predictions;
        return std::tuple{field("network", &P::network, "the model's name"),
                          field("predictions", &P::predictions, "one for each picture, in their order")};
    }
};

struct ServerFacts {
    std::string name, version;
    std::vector<std::string> extensions;

    static constexpr auto fields() {
        using S = ServerFacts;
        return std::tuple{field("name", &S::name, "cnnlab"), field("version", &S::version, "the program's"),
                          field("extensions", &S::extensions, "none")};
    }
};

struct Live {
    bool live = true;

    static constexpr auto fields() { return std::tuple{field("live", &Live::live, "true")}; }
};

struct Ready {
    bool ready = true;

    static constexpr auto fields() { return std::tuple{field("ready", &Ready::ready, "true")}; }
};

struct ModelReady {
    std::string name;
    bool ready = true;

    static constexpr auto fields() {
        using M = ModelReady;
        return std::tuple{field("name", &M::name, "the model's name"), field("ready", &M::ready, "true")};
    }
};

}  // namespace cnnlab
