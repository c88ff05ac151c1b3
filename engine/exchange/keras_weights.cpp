#include "engine/exchange/keras_weights.hpp"

namespace cnnlab::keras {

bool Weights::add(std::string name, StoredTensor tensor) {
    if (name.ends_with(":0")) name.resize(name.size() - 2);
    const size_t bytes = static_cast<size_t>(tensor.count()) * sizeof(float);
    const auto [place, is_new] = tensors_.emplace(name, std::move(tensor));
    if (!is_new) return false;
    float_bytes_ += bytes;
    const size_t last = name.rfind('/');
    const size_t before =
        last == std::string::npos || last == 0 ? std::string::npos : name.rfind('/', last - 1);
    short_names_[before == std::string::npos ? name : name.substr(before + 1)].push_back(&place->second);
    return true;
}

const StoredTensor* Weights::find(const std::vector<std::string>& path, const std::string& weight) const {
    // From the whole path to the layer's own name.
    for (size_t begin = 0; begin < path.size(); ++begin) {
        std::string name;
        for (size_t i = begin; i < path.size(); ++i) name += path[i] + "/";
        if (const auto found = tensors_.find(name + weight); found != tensors_.end()) return &found->second;
    }
    const auto found = short_names_.find(path.back() + "/" + weight);
    return found != short_names_.end() && found->second.size() == 1 ? found->second[0] : nullptr;
}

const StoredTensor* Weights::find(const std::string& place, size_t index) const {
    const auto found = tensors_.find(place + "/vars/" + std::to_string(index));
    return found == tensors_.end() ? nullptr : &found->second;
}

}  // namespace cnnlab::keras
