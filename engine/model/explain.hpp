#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/model/model.hpp"

/// What a network looks at. All gradients are of one output z_k before softmax or sigmoid, of the network as it
/// evaluates: running statistics, no dropout, moving averages of the weights where it keeps them, one view.
namespace cnnlab {

/// The layer nearest to the end whose output is a map of more than one position; empty where there is none.
[[nodiscard]] std::string last_map(const std::vector<LayerInfo>& layers);

/// Of some images, in their order.
struct Explanation {
    /// [images, h, w]: Grad-CAM (Selvaraju et al., 2017), max(0, Σ_c ā_c A_c), where A is the map and ā_c the mean of
    /// ∂z/∂A_c over its positions. Where a global mean and a dense layer follow the map, it is h·w times smaller than
    /// the class activation map of Zhou et al. (2016), and has no bias.
    HostTensor map;
    /// [images, H, W]: the largest |∂z/∂x| of a pixel's channels (Simonyan et al., 2014); x is 0 … 1. Where the network
    /// resizes its images, of the resized ones.
    HostTensor saliency;
};

/// Explains images of the model's card.
class Explainer {
  public:
    /// `layer`: whose map Grad-CAM reads; empty: none, and Explanation::map stays empty. `batch`: images at a time.
    /// Throws unknown_name for a layer that is not there, shape_mismatch for one whose output is no map. The model
    /// must outlive it.
    Explainer(Model& model, const std::string& layer, int batch);

    /// Each for the output that its label names. Throws out_of_range for a label beyond the outputs. Takes the place
    /// of the backend's SplitName::input.
    [[nodiscard]] Explanation explain(const Split& images);

  private:
    Model* model_;
    Compiled compiled_;
    std::unique_ptr<Executable> executable_;
};

/// The units of a layer are its channels. What one of them answers to an image is the mean, or the largest value, of
/// its map.
struct ExcitingImages {
    std::vector<std::vector<int64_t>>
        images;  ///< by unit: those with the largest values, the first of equals first
    std::vector<std::vector<float>> values;  ///< of those
};

/// The images of an uploaded split that excite each unit of a layer most, by the largest value of its map; `count`
/// images are looked at, `most` are kept of each unit. Throws unknown_name.
[[nodiscard]] ExcitingImages exciting_images(Model& model, const std::string& layer, SplitName split,
                                             int64_t count, size_t most);

/// How an image is made that excites a unit.
struct AscentOptions {
    int steps = 120;
    float rate = 0.04F;  ///< a step's length: the root mean square of what it adds, of pixels from 0 to 1
    int jitter = 2;      ///< pixels that the image moves at most before each step, so that no grid builds up
    float blur = 0.1F;   ///< share of a pixel that its neighbours take at each step, against noise
    uint64_t seed = 0;
};

/// Images, [units, H, W, C] as bytes, that excite these units of a layer: steps up the gradient of the mean of each
/// unit's map, from grey with a little noise (Erhan et al., 2009). H and W are those that the network resizes its
/// images to. Throws unknown_name for the layer, out_of_range for a unit that it does not have. Takes the place of the
/// backend's SplitName::input.
struct PreferredImages {
    ImageShape shape;
    std::vector<uint8_t> images;
    std::vector<float> before, after;  ///< by unit: the mean of its map for the first image and for the last
};
[[nodiscard]] PreferredImages preferred_images(Model& model, const std::string& layer,
                                               const std::vector<int>& units, const AscentOptions& options);

}  // namespace cnnlab
