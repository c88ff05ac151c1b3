#include <algorithm>
#include <cstring>
#include <vector>

#include "engine/data/augment_image.hpp"
#include "engine/reference/kernels.hpp"

namespace cnnlab::reference {

void run(const ops::LoadBatch& op, Context& c) {
    const ImageShape shape = c.image(op.images);
    const Philox random{c.input.seed, op.stream, c.input.step};
    Array images = c.zeros(op.images), targets = c.zeros(op.targets);
    const std::vector<double> mean(op.mean.begin(), op.mean.end()),
        stddev(op.stddev.begin(), op.stddev.end());
    const Array means = xt::adapt(mean), stddevs = xt::adapt(stddev);
    for (int n = 0; n < c.input.count; ++n) {
        const size_t number = c.split.order[static_cast<size_t>(c.input.cursor + n)];
        const auto size = static_cast<size_t>(shape.count());
        targets.data()[n] = c.split.data.labels[number];
        if (op.floats) {
            std::vector<float> values(size);
            std::memcpy(values.data(), c.split.data.images.data() + number * size * sizeof(float),
                        size * sizeof(float));
            std::copy(values.begin(), values.end(), images.data() + static_cast<size_t>(n) * size);
            continue;
        }
        const auto draw = draw_augmentation(op.augment, random, static_cast<uint64_t>(n), shape.height,
                                            shape.width, static_cast<uint32_t>(number), c.input.epoch);
        auto image = xt::view(images, n);
        augment_image(c.split.data.images.data() + number * size, shape, op.augment, draw,
                      {images.data() + static_cast<size_t>(n) * size, size});
        image = (image / 255.0 - means) / stddevs;
        if (op.augment.cutout > 0) {
            const auto span = [&](int start, int extent) {
                return xt::range(std::clamp(start, 0, extent),
                                 std::clamp(start + op.augment.cutout, 0, extent));
            };
            xt::view(image, span(draw.cutout_y, shape.height), span(draw.cutout_x, shape.width), xt::all()) =
                0.0;
        }
    }
    c[op.images] = images;
    c[op.targets] = targets;
}

}  // namespace cnnlab::reference
