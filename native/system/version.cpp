#include "native/system/version.hpp"

namespace cnnlab {

std::string program_version() { return CNNLAB_VERSION; }

}  // namespace cnnlab
