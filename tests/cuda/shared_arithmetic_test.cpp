#include <gtest/gtest.h>

#include "native/cuda/kernels/activation_math.hpp"
#include "native/cuda/kernels/augmented_pixel.hpp"
#include "native/cuda/kernels/channel_sums.hpp"
#include "native/cuda/kernels/gemm.hpp"
#include "native/cuda/kernels/window_map.hpp"

/// What kernels share with the host: how windows lie, how a launch is cut, what an augmented pixel is.
namespace cnnlab::cuda {

TEST(CudaWindowMap, taps_and_windows_are_inverse) {
    for (const int stride : {1, 2, 3})
        for (const int dilation : {1, 2})
            for (const int before : {0, 1, 3}) {
                const WindowMap w{7, 6, 4, 3, 1, 3, 2, stride, stride, dilation, dilation, before, before};
                int meetings = 0, back = 0;
                for (int y = 0; y < w.out_height; ++y)
                    for (int x = 0; x < w.out_width; ++x)
                        for (int i = 0; i < w.kernel_height; ++i)
                            for (int j = 0; j < w.kernel_width; ++j) {
                                const Place2d p = w.pixel({y, x}, i, j);
                                if (!w.inside(p)) continue;
                                ++meetings;
                                Place2d o;
                                ASSERT_TRUE(w.window(p, i, j, o));
                                EXPECT_EQ(o.y, y);
                                EXPECT_EQ(o.x, x);
                            }
                for (int y = 0; y < w.height; ++y)
                    for (int x = 0; x < w.width; ++x)
                        for (int i = 0; i < w.kernel_height; ++i)
                            for (int j = 0; j < w.kernel_width; ++j) {
                                Place2d o;
                                back += w.window({y, x}, i, j, o) ? 1 : 0;
                            }
                EXPECT_EQ(meetings, back) << stride << " " << dilation << " " << before;
            }
}

TEST(CudaWindowMap, taps_inside_count_what_is_not_padding) {
    const WindowMap w{4, 4, 4, 4, 1, 3, 3, 1, 1, 1, 1, 1, 1};
    EXPECT_EQ(w.taps_inside({0, 0}), 4);
    EXPECT_EQ(w.taps_inside({0, 1}), 6);
    EXPECT_EQ(w.taps_inside({1, 2}), 9);
}

TEST(CudaGemm, splits_cover_the_sums_without_gaps) {
    for (const int k : {1, 15, 16, 17, 511, 512, 5000, 100001})
        for (const int m : {3, 64, 700}) {
            GemmShape shape{m, 27, k, 1, splits_for(m, 27, k, 1)};
            EXPECT_GE(shape.splits, 1);
            EXPECT_EQ(shape.split_length() % 16, 0);
            EXPECT_GE(int64_t{shape.split_length()} * shape.splits, k);
            EXPECT_LT(int64_t{shape.split_length()} * (shape.splits - 1), k) << "an empty part of " << k;
        }
}

TEST(CudaChannelSums, blocks_depend_on_the_shape_alone) {
    EXPECT_EQ(ChannelSumsGrid(1, 1, 3).row_blocks, 1U);
    EXPECT_EQ(ChannelSumsGrid(64, 2, 3).row_blocks, 2U);
    EXPECT_EQ(ChannelSumsGrid(961, 2000, 64).row_blocks, 512U);
    EXPECT_EQ(ChannelSumsGrid(64, 2, 3).scratch(2), 12);
}

TEST(CudaAugmentedPixel, moves_flips_and_cuts) {
    const uint8_t pixels[] = {1, 2, 3, 4, 5, 6};
    const SourceImage black{pixels, 2, 3, 1, CropPadding::zero},
        mirrored{pixels, 2, 3, 1, CropPadding::reflect};
    AugmentationDraw draw;
    EXPECT_EQ(moved_pixel(black, false, draw, 1, 2, 0), 6);
    draw.shift_x = 1;
    EXPECT_EQ(moved_pixel(black, false, draw, 0, 0, 0), 2);
    EXPECT_EQ(moved_pixel(black, false, draw, 0, 2, 0), 0) << "outside";
    EXPECT_EQ(moved_pixel(mirrored, false, draw, 0, 2, 0), 2) << "the edge is not repeated";
    draw.flip = true;
    EXPECT_EQ(moved_pixel(black, false, draw, 0, 0, 0), 2) << "the shift comes before the flip";
    EXPECT_EQ(moved_pixel(black, false, draw, 0, 1, 0), 1);
    EXPECT_FLOAT_EQ(black.between(0.5F, 0.5F, 0), (1 + 2 + 4 + 5) / 4.0F);
    draw.cutout_y = draw.cutout_x = -1;
    EXPECT_TRUE(is_cut_out(2, draw, 0, 0));
    EXPECT_FALSE(is_cut_out(2, draw, 1, 0));
    draw.contrast = 2;
    draw.brightness = 5;
    EXPECT_EQ(recoloured(10, 8, draw), 17);
    EXPECT_EQ(recoloured(250, 8, draw), 255) << "limited";
}

TEST(CudaActivationMath, is_good_enough_for_16_bits) {
    for (int i = -8 * 64; i <= 8 * 64; ++i) {
        const float x = static_cast<float>(i) / 64;
        const Normal exact = normal<false>(x), fast = normal<true>(x);
        EXPECT_NEAR(fast.cdf, exact.cdf, 3e-7) << x;
        EXPECT_NEAR(fast.pdf, exact.pdf, 1e-7) << x;
        // in the lower tail within the rounding of a half, down to where x Φ(x) is too small for a normal one
        if (x > -4) {
            EXPECT_NEAR(fast.cdf / exact.cdf, 1, 0x1p-11) << x;
        }
        EXPECT_NEAR(logistic<true>(x), logistic<false>(x), 1e-7) << x;
        for (const auto kind : {ActivationKind::gelu, ActivationKind::silu, ActivationKind::sigmoid}) {
            EXPECT_NEAR(activate<true>(kind, x, 0), activate<false>(kind, x, 0), 2e-6) << x;
            EXPECT_NEAR(activation_slope<true>(kind, x, 0), activation_slope<false>(kind, x, 0), 2e-6) << x;
        }
    }
    EXPECT_EQ(normal<true>(1e30F).cdf, 1);
    EXPECT_EQ(normal<true>(-1e30F).cdf, 0);
    EXPECT_EQ(logistic<true>(-1e30F), 0);
}

}  // namespace cnnlab::cuda
