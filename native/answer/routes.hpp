#pragma once

#include <array>
#include <string>
#include <string_view>

#include "native/answer/service.hpp"

namespace cnnlab {

/// One thing that can be asked for. The table is what is answered, and what openapi.json describes.
struct Route {
    std::string_view method, path, summary, takes, gives;  ///< of bodies: names of schemas, or media types
    Reply (Service::*answer)(const Service::Call&);
};

struct Routes {
    static constexpr std::string_view predict = "/predict", infer = "/v2/models/{model}/infer";
    static constexpr std::array<Route, 11> all{{
        {"GET", "/", "A page to try it", "", "text/html", &Service::page},
        {"GET", "/healthz", "Whether it answers", "", "Health", &Service::health},
        {"GET", "/metrics", "Counters for Prometheus", "", "text/plain", &Service::metrics},
        {"GET", "/openapi.json", "This description", "", "application/json", &Service::openapi},
        {"POST", predict, "The most probable classes of pictures", "image/*", "Predictions",
         &Service::predict},
        {"GET", "/v2", "The server, in KServe's protocol", "", "Server", &Service::server},
        {"GET", "/v2/health/live", "Whether it lives", "", "Live", &Service::live},
        {"GET", "/v2/health/ready", "Whether it answers", "", "Ready", &Service::ready},
        {"GET", "/v2/models/{model}", "The model's inputs and outputs", "", "Model", &Service::model},
        {"GET", "/v2/models/{model}/ready", "Whether the model answers", "", "ModelReady",
         &Service::model_ready},
        {"POST", infer, "Probabilities of images that come as numbers", "InferRequest", "InferAnswer",
         &Service::infer},
    }};
};

/// openapi.json, as the table has it.
/// Source: https://spec.openapis.org/oas/v3.0.3.
[[nodiscard]] Json openapi_description(const Service::Facts& facts, const ServiceLimits& limits);

/// The page to try it: a picture in, classes out. It needs no other file.
[[nodiscard]] std::string try_page(const Service::Facts& facts);

}  // namespace cnnlab
