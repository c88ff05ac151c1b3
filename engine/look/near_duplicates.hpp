#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/core/fields.hpp"
#include "engine/data/dataset.hpp"

namespace cnnlab {

/// A test image and the training image that is nearest to it (pixel_distance).
struct NearDuplicate {
    int64_t test = 0, train = 0;
    double distance = 0;

    bool operator==(const NearDuplicate&) const = default;

    static constexpr auto fields() {
        using N = NearDuplicate;
        return std::tuple{field("test", &N::test, "number of the test image"),
                          field("train", &N::train, "number of the training image that is nearest to it"),
                          field("distance", &N::distance,
                                "root mean square of the differences of their pixels, from 0 to 1")};
    }
};

/// How many pairs have two different labels.
[[nodiscard]] int64_t disagreeing(std::span<const NearDuplicate> pairs, const Split& train,
                                  const Split& test);

/// Looks for test images that a training image nearly equals: a network that has learned these by heart is right about
/// those. Every pair counts and none is missed, though few are compared pixel by pixel: means over the fields of a
/// grid, weighted by √(field's share of the image), have a Euclidean distance that is never more than pixel_distance
/// (by Jensen's inequality), and one of 1, 4 or 16 such numbers rules out nearly all pairs.
/// Mirrored, shifted or recoloured copies are not found. The splits must outlive the search.
class NearDuplicates {
  public:
    /// Pairs within `most`, from 0 (equal pixels) to 1.
    NearDuplicates(const Split& train, const Split& test, const ImageShape& image, double most);

    /// Goes on with so many test images; false when all have been looked at.
    bool run(int64_t images);

    [[nodiscard]] int64_t done() const { return done_; }
    [[nodiscard]] int64_t count() const { return test_->count(); }
    /// For each test image so far that has one, the nearest training image; of equally near ones the first. The
    /// nearest pairs first, then by the number of the test image.
    [[nodiscard]] std::vector<NearDuplicate> found() const;

  private:
    /// Means over the fields of grids of 1, 4 and 16.
    struct Thumbnail {
        float mean;
        std::array<float, 4> quarters;
        std::array<float, 16> sixteenths;
        uint32_t image;
    };
    [[nodiscard]] Thumbnail thumbnail(const uint8_t* pixels) const;
    void look_at(int64_t test);

    const Split *train_, *test_;
    ImageShape image_;
    double most_;
    std::vector<Thumbnail> thumbnails_;  ///< of the training images, by mean
    int64_t done_ = 0;
    std::vector<NearDuplicate> found_;
};

}  // namespace cnnlab
