#include "engine/core/error.hpp"

namespace cnnlab {

Error::Error(ErrorCode code, std::string place, Message problem, Message remedy)
    : code_(code), place_(std::move(place)), problem_(std::move(problem)), remedy_(std::move(remedy)) {
    what_ = place_.empty() ? problem_.english() : place_ + ": " + problem_.english();
    if (!remedy_.empty()) what_ += "; " + remedy_.english();
    // A value may hold the character 0, at which what() would end.
    for (size_t at = what_.find('\0'); at != std::string::npos; at = what_.find('\0', at))
        what_.replace(at, 1, "\\u0000");
}

}  // namespace cnnlab
