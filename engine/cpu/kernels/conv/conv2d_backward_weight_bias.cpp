#include "engine/cpu/kernels/conv/weight_gradient.hpp"

namespace cnnlab::cpu::CNNLAB_ARCH {

namespace {

/// dbias[k] = Σ dy[k] over images and positions, where the weights are frozen and only the bias learns.
/// Legend: shard, the sums of one shard, [packed K]; the epilogue adds the shards.
class BiasGradient : public Kernel {
  public:
    BiasGradient(const ops::Conv2dBackwardWeight& op, const Binding& b)
        : dy_(b.buffer(op.dy)), image_(b.image(op.dy)), dbias_(b.buffer(op.dbias).whole()), binding_(b) {}

    void map_rows(const MapContext& c, int first, int last) override {
        float* sums = binding_.shard(c.shard);
        if (c.first_of_shard && first == 0)
            for (int k = 0; k < packed_columns(image_.channels); ++k) sums[k] = 0.0F;
        const int64_t row = int64_t{image_.width} * block_images;
        add_rows(dy_.at(c) + first * row * image_.channels, (last - first) * row, image_.channels, sums);
    }

    void epilogue(int /*part*/, Run& run) override {
        for (int k = 0; k < image_.channels; ++k) {
            float sum = 0;
            for (int l = 0; l < run.shards; ++l) sum += binding_.shard(l)[k];
            dbias_[k] = sum;
        }
    }

  private:
    Buffer dy_;
    ImageShape image_;
    float* dbias_;
    Binding binding_;
};

}  // namespace

Traits bias_gradient_traits(const ops::Conv2dBackwardWeight& op, const Program& program) {
    const ImageShape image(program.shape(op.dy));
    Traits t = mapping_rows(image.height, {op.dy});
    t.has_epilogue = true;
    t.sharing = Sharing::sums;
    t.shard_bytes = int64_t{packed_columns(image.channels)} * 4;
    return t;
}

std::unique_ptr<Kernel> bias_gradient(const ops::Conv2dBackwardWeight& op, const Binding& b) {
    return std::make_unique<BiasGradient>(op, b);
}

}  // namespace cnnlab::cpu::CNNLAB_ARCH
