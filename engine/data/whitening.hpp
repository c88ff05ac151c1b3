#pragma once

#include "engine/core/init.hpp"
#include "engine/data/dataset.hpp"

namespace cnnlab {

/// Filters [2 n, Kh, Kw, C], n = Kh · Kw · C, that whiten image patches. M is the second moment (not centred) of all
/// Kh×Kw patches of the first init.images normalised images. Filter i is M's eigenvector i / √(λ_i + init.eps), λ
/// ascending; filter n + i is its negative.
/// Source: Page, "How to train your ResNet", 2018, in the form of Jordan, 2024. Throws missing_data for a split
/// without images.
[[nodiscard]] HostTensor whitening_filters(const Shape& shape, const InitSpec& init, const DatasetCard& card,
                                           const Split& split);

}  // namespace cnnlab
