#include "native/run/model_file.hpp"

#include "engine/model/model_file.hpp"
#include "native/system/file_bytes.hpp"

namespace cnnlab {

Model read_model(const std::filesystem::path& path, Backend& backend) {
    return read_model(read_file(path), path.string(), backend);
}

}  // namespace cnnlab
