#include "engine/cpu/kernels/finish.hpp"

namespace cnnlab::cpu::CNNLAB_ARCH {

Finisher::Finisher(const ops::Finish& finish, const Binding& b, ImageShape target, int groups, int rows,
                   float* storage, bool heavy)
    : exists_(finish),
      groups_(finish_in_store ? groups : 1),
      columns_(target.channels / groups_),
      block_(b.images),
      target_(target),
      rows_(rows),
      cuts_(finish && !heavy),
      eps_(finish.eps),
      addend_(b.buffer(finish.addend)) {
    if (finish.variance) {
        mean_ = b.buffer(finish.mean).whole();
        variance_ = b.buffer(finish.variance).whole();
        weight_ = b.buffer(finish.weight).whole();
        bias_ = b.buffer(finish.bias).whole();
        scale_ = storage;
        shift_ = storage + padded(columns_) * groups_;
    }
    clamps_ = finish.activates;
    high_ = finish.activation == ActivationKind::relu6 ? 6.0F : __builtin_inff();
}

void Finisher::prologue() {
    if (scale_ == nullptr) return;
    const auto whole = static_cast<int>(padded(columns_));
    for (int g = 0; g < groups_; ++g)
        for (int k = 0; k < whole; k += width) {
            const int64_t from = int64_t{g} * columns_ + k, to = int64_t{g} * whole + k;
            const int count = columns_ - k;
            const Normalisation n =
                normalisation(load_some(weight_ + from, count), load_some(bias_ + from, count),
                              load_some(mean_ + from, count), load_some(variance_ + from, count), Vec(eps_));
            store(scale_ + to, n.scale);
            store(shift_ + to, n.shift);
        }
}

int Finisher::strips_until(int first, int last) const {
    constexpr int64_t most = (16 << 10) / sizeof(float);
    const int64_t row = int64_t{target_.width} * block_ * target_.channels;
    const int64_t strip =
        rows_ > 0 ? row * rows_ : int64_t{target_.height} * target_.width * block_ * tile_width;
    const int64_t some = strip < most ? most / strip : 1;
    return cuts_ && some < last - first ? first + static_cast<int>(some) : last;
}

void Finisher::finish_strips(const MapContext& c, float* y, int first, int last) const {
    const int channels = target_.channels;
    int begin = 0, end = target_.height, column = 0, columns = channels;
    if (rows_ > 0) {
        begin = first * rows_;
        end = last * rows_ < end ? last * rows_ : end;
    } else {
        column = first * tile_width;
        columns = (last * tile_width < channels ? last * tile_width : channels) - column;
    }
    // Rows of channels, as many as follow each other.
    const int positions = (end - begin) * target_.width;
    const bool all = c.computed == block_;
    const int runs = all ? 1 : positions, rows = all ? positions * block_ : c.computed;
    const Finish f{nullptr, nullptr, addend_ ? addend_.at(c) : nullptr,
                   y,       true,    clamps_ ? 0.0F : -__builtin_inff(),
                   high_};
    const int64_t position = int64_t{block_} * channels;
    float* const from = y + int64_t{begin} * target_.width * position + column;
    const auto each = [&](int k, auto&& row) __attribute__((always_inline)) {
        for (int run = 0; run < runs; ++run) {
            float* at = from + run * position + k;
            for (int r = 0; r < rows; ++r, at += channels) row(at, f.addend_of(at));
        }
    };
    for_channels(
        columns,
        [&]<int n>(std::integral_constant<int, n>, int k) {
            // Times 1 plus −0 changes nothing.
            Vec scale[n], shift[n];
            unroll<n>([&](auto v) {
                const int at = column + k + v * width;
                scale[v] = scale_ != nullptr ? load(scale_ + at) : Vec(1.0F);
                shift[v] = scale_ != nullptr ? load(shift_ + at) : Vec(-0.0F);
            });
            each(k, [&](float* at, const float* addend) {
                unroll<n>([&](auto v) {
                    Vec value = madd(load(at + v * width), scale[v], shift[v]);
                    if (addend != nullptr) value = value + load(addend + v * width);
                    store(at + v * width, clamped(f, value));
                });
            });
        },
        [&](int k) {
            const float scale = scale_ != nullptr ? scale_[column + k] : 1.0F,
                        shift = scale_ != nullptr ? shift_[column + k] : -0.0F;
            each(k, [&](float* at, const float* addend) {
                float value = *at * scale + shift;
                if (addend != nullptr) value = value + *addend;
                value = value > f.high ? f.high : value;
                *at = value < f.low ? f.low : value;
            });
        });
}

}  // namespace cnnlab::cpu::CNNLAB_ARCH
