#include "engine/core/error.hpp"

namespace cnnlab {

Error::Error(ErrorCode code, std::string place, Message problem, Message remedy)
    : code_(code), place_(std::move(place)), problem_(std::move(problem)), remedy_(std::move(remedy)) {
    what_ = place_.empty() ? problem_.english() : place_ + ": " + problem_.english();
    if (!remedy_.empty()) what_ += "; " + remedy_.english();
}

}  // namespace cnnlab
