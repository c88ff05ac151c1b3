#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace cnnlab {

/// Long-tailed classes: of the n_c images of class c = 0 … C − 1 remain n_c · ratio^(c / (C − 1)), to the nearest whole
/// number, and one at least where there was one. With equally many images a class, ratio is that of the rarest class to
/// the commonest. Source: Cui, Jia, Lin, Song, Belongie: "Class-Balanced Loss Based on Effective Number of Samples",
/// CVPR 2019, section 5.1 (n = n_c · μ^c); Cao et al.: "Learning Imbalanced Datasets with Label-Distribution-Aware
/// Margin Loss", NeurIPS 2019.
[[nodiscard]] std::vector<int64_t> long_tail_counts(std::span<const int64_t> counts, double ratio);

/// Which images remain, in their order: those of a class at even distances, its first one among them.
[[nodiscard]] std::vector<size_t> long_tail_images(std::span<const int32_t> labels, size_t classes,
                                                   double ratio);

}  // namespace cnnlab
