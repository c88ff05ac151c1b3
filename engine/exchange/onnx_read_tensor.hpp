#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/exchange/onnx_fields.hpp"
#include "engine/exchange/onnx_read.hpp"
#include "engine/exchange/stored_tensor.hpp"

namespace cnnlab::onnx {

/// Reads TensorProtos, whose values stand in one of several fields or in a file beside the model.
class TensorReader {
  public:
    TensorReader(const std::string& place, const ReadBeside& read_beside)
        : place_(place), read_beside_(read_beside), fields_(place) {}

    /// One that has as many bytes as its shape says. Throws Error (bad_file, missing_data).
    StoredTensor read(Fields::Reader in, std::string& name);

  private:
    void check_size(const StoredTensor& tensor, const std::string& name) const;
    void take_beside(const std::map<std::string, std::string>& entries, StoredTensor& tensor);

    const std::string& place_;
    const ReadBeside& read_beside_;
    Fields fields_;
    std::map<std::string, std::shared_ptr<const std::vector<uint8_t>>> files_;
};

}  // namespace cnnlab::onnx
