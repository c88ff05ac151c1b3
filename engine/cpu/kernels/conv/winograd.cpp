#include "engine/cpu/kernels/conv/winograd.hpp"

namespace cnnlab::cpu::CNNLAB_ARCH {

namespace {

/// (target, tap) pairs along an axis that fall inside the source.
int64_t meetings(int source, int target, int before) {
    int64_t count = 0;
    for (int t = 0; t < target; ++t)
        for (int k = 0; k < 3; ++k)
            if (t + k >= before && t + k - before < source) ++count;
    return count;
}

/// Vector instructions of a tile besides the multiply-adds of its products, for each vector of C and of K: loads,
/// sums and stores.
constexpr int64_t around(int m) { return m == 2 ? 60 : 200; }

/// Cost to each image of reading the packed weights once a block, where L2 does not hold them: a vector takes as long
/// as several instructions. With few images and many channels the sum over taps is cheaper.
int64_t weights(int points, const WinogradGrid& g, int images) {
    constexpr int64_t instructions = 16, second_level = 1 << 20;
    const int64_t vectors = int64_t{points} * g.source.channels * whole_vectors(g.target.channels) / width;
    if (vectors * width * 4 <= second_level) return 0;
    return instructions * vectors / (images < block_images ? images : block_images);
}

int64_t cost(WinogradGrid g, int m, int images) {
    g.m = m;
    const int64_t c = g.source.channels, k = whole_vectors(g.target.channels);
    return g.down() * g.across() * (g.points() * c * k + around(m) * (c + k)) / width +
           weights(g.points(), g, images);
}

}  // namespace

WinogradGrid winograd_grid(const Window& window, int groups, ImageShape x, ImageShape y, bool forward,
                           const Program& program) {
    WinogradGrid g{forward ? x : y, forward ? y : x, window.before.height, window.before.width};
    g.block = images_of_block(program);
    if (!forward) g.before_height = 2 - g.before_height, g.before_width = 2 - g.before_width;
    if (window.kernel != cnnlab::Pair{3} || window.stride != cnnlab::Pair{1} ||
        window.dilation != cnnlab::Pair{1} || groups != 1)
        return g;
    const int images = program.phase == Phase::evaluate ? g.block : program.batch;
    // The sum over taps reads them again for each run of positions.
    const int64_t passes = images < block_images ? 2 : 1;
    int64_t best = meetings(g.source.height, g.target.height, g.before_height) *
                       meetings(g.source.width, g.target.width, g.before_width) * g.source.channels *
                       whole_vectors(g.target.channels) / width +
                   passes * weights(9, g, images);
    for (const int m : {2, 4})
        if (cost(g, m, images) < best) best = cost(g, m, images), g.m = m;
    return g;
}

int64_t winograd_rows(const WinogradGrid& g, int channels) {
    constexpr int64_t bytes = 160 << 10, least = 2 * block_images, most = 16 * block_images;
    const int64_t rows = bytes / (int64_t{g.points()} * channels * 4) / block_images * block_images;
    return rows < least ? least : rows > most ? most : rows;
}

}  // namespace cnnlab::cpu::CNNLAB_ARCH
