#include "tests/conformance/harness.hpp"

namespace cnnlab::test {

namespace {

/// A convolution over an image of `height`×`width`; `fields` are its JSON fields beside out_channels.
struct Row {
    int height, width, in, out, batch;
    const char* fields;
};

/// "7x9_3to8_b8_kernel_3_stride_2".
std::string name_of(const Row& row) {
    std::string name = std::to_string(row.height) + "x" + std::to_string(row.width) + "_" +
                       std::to_string(row.in) + "to" + std::to_string(row.out) + "_b" +
                       std::to_string(row.batch);
    bool gap = true;
    for (const char* c = row.fields; *c != 0; ++c) {
        const bool plain = std::isalnum(static_cast<unsigned char>(*c)) != 0;
        if (plain && gap) name += '_';
        if (plain) name += *c;
        gap = !plain;
    }
    return name;
}

std::string conv(const Row& row) {
    return R"({"type": "conv2d", "out_channels": )" + std::to_string(row.out) + ", " + row.fields + "}";
}

std::vector<Case> behind_conv(const std::vector<Row>& rows) {
    std::vector<Case> cases;
    for (const Row& row : rows)
        cases.push_back(
            {name_of(row), network_behind_conv(row.in, conv(row)), {row.height, row.width, 3}, row.batch});
    return cases;
}

/// The convolution as the first layer: its input is the image and wants no gradient.
std::vector<Case> on_the_image(const std::vector<Row>& rows) {
    std::vector<Case> cases;
    for (const Row& row : rows)
        cases.push_back(
            {name_of(row), network("[" + conv(row) + "]"), {row.height, row.width, row.in}, row.batch});
    return cases;
}

}  // namespace

CNNLAB_CONFORMANCE(conv2d_kernel, behind_conv({
                                      {5, 5, 3, 8, 8, R"("kernel": 1)"},
                                      {6, 7, 8, 8, 8, R"("kernel": 2)"},
                                      {7, 5, 8, 16, 13, R"("kernel": 3)"},
                                      {8, 8, 8, 8, 8, R"("kernel": 4)"},
                                      {9, 9, 3, 5, 3, R"("kernel": 5)"},
                                      {11, 13, 4, 6, 8, R"("kernel": 7)"},
                                      {8, 9, 5, 8, 8, R"("kernel": [1, 3])"},
                                      {9, 8, 8, 5, 8, R"("kernel": [5, 2])"},
                                      {9, 12, 3, 4, 1, R"("kernel": [2, 7])"},
                                      {3, 3, 8, 8, 8, R"("kernel": 3)"},
                                      {1, 13, 8, 8, 8, R"("kernel": [1, 4])"},
                                      {13, 1, 8, 8, 8, R"("kernel": [4, 1])"},
                                      {1, 1, 17, 9, 16, R"("kernel": 1)"},
                                  }));

CNNLAB_CONFORMANCE(conv2d_stride, behind_conv({
                                      {7, 7, 3, 8, 8, R"("kernel": 3, "stride": 2)"},
                                      {8, 9, 8, 8, 8, R"("kernel": 3, "stride": 3)"},
                                      {9, 9, 8, 8, 8, R"("kernel": 1, "stride": 2)"},
                                      {9, 10, 8, 8, 8, R"("kernel": 2, "stride": 3)"},
                                      {10, 11, 5, 6, 8, R"("kernel": [3, 2], "stride": [1, 3])"},
                                      {8, 8, 8, 16, 16, R"("kernel": 3, "stride": 2, "padding": 1)"},
                                      {9, 7, 8, 8, 3, R"("kernel": 5, "stride": 2, "padding": 2)"},
                                      {11, 11, 3, 4, 13, R"("kernel": 7, "stride": 3, "padding": 3)"},
                                  }));

CNNLAB_CONFORMANCE(conv2d_padding,
                   behind_conv({
                       {5, 5, 8, 8, 8, R"("kernel": 3, "padding": 1)"},
                       {5, 6, 8, 8, 8, R"("kernel": 3, "padding": 2)"},
                       {4, 5, 8, 8, 8, R"("kernel": 5, "padding": 4)"},
                       {6, 6, 5, 7, 13, R"("kernel": 3, "padding": "same")"},
                       {6, 5, 8, 8, 8, R"("kernel": 2, "padding": "same")"},
                       {7, 7, 8, 8, 8, R"("kernel": 4, "padding": "same")"},
                       {7, 6, 8, 8, 8, R"("kernel": 5, "padding": "same", "stride": 2)"},
                       {6, 6, 8, 8, 8, R"("kernel": 3, "padding": "valid")"},
                       {7, 8, 8, 8, 8, R"("kernel": 3, "padding": "same_upper", "stride": 2)"},
                       {8, 9, 8, 8, 8, R"("kernel": 4, "padding": "same_upper", "stride": 3)"},
                       {6, 5, 8, 8, 8, R"("kernel": 2, "padding": "same_upper")"},
                       {6, 7, 8, 8, 8, R"("kernel": 3, "padding": [0, 1])"},
                       {6, 7, 8, 8, 8, R"("kernel": 3, "padding": [2, 0, 1, 3])"},
                       {5, 5, 8, 8, 8, R"("kernel": [3, 4], "padding": [0, 3, 2, 0], "stride": 2)"},
                       {1, 1, 8, 8, 8, R"("kernel": 3, "padding": 1)"},
                       {2, 3, 8, 8, 8, R"("kernel": 7, "padding": 3)"},
                       {1, 2, 8, 8, 8, R"("kernel": 1, "padding": 2)"},
                   }));

CNNLAB_CONFORMANCE(conv2d_dilation,
                   behind_conv({
                       {7, 7, 8, 8, 8, R"("kernel": 3, "dilation": 2)"},
                       {9, 8, 3, 8, 8, R"("kernel": [2, 3], "dilation": [3, 2])"},
                       {7, 7, 8, 8, 13, R"("kernel": 3, "dilation": 2, "padding": "same")"},
                       {9, 9, 8, 5, 8, R"("kernel": 3, "dilation": 3, "stride": 2, "padding": 3)"},
                       {5, 6, 8, 8, 8, R"("kernel": 2, "dilation": 4, "padding": "same_upper", "stride": 3)"},
                       {6, 6, 8, 8, 8, R"("kernel": 3, "dilation": 2, "groups": 2, "padding": 2)"},
                   }));

CNNLAB_CONFORMANCE(conv2d_groups,
                   behind_conv({
                       {5, 5, 8, 8, 8, R"("kernel": 3, "groups": 2)"},
                       {5, 6, 6, 9, 8, R"("kernel": 3, "groups": 3, "padding": 1)"},
                       {5, 5, 16, 32, 8, R"("kernel": 3, "groups": 4, "padding": 1, "stride": 2)"},
                       {6, 5, 10, 5, 13, R"("kernel": 2, "groups": 5)"},
                       {4, 4, 34, 20, 8, R"("kernel": 3, "groups": 2, "padding": "same")"},
                       {5, 5, 32, 16, 3, R"("kernel": 1, "groups": 2)"},
                       // depthwise: one group a channel
                       {7, 7, 8, 0, 8, R"("kernel": 3, "groups": 0, "padding": 1)"},
                       {7, 5, 5, 0, 13, R"("kernel": 3, "groups": 0)"},
                       {7, 7, 17, 0, 8, R"("kernel": 5, "groups": 0, "padding": "same", "stride": 2)"},
                       {6, 6, 32, 0, 16, R"("kernel": 3, "groups": 0, "padding": "same_upper", "stride": 2)"},
                       {5, 6, 10, 0, 1, R"("kernel": [2, 3], "groups": 0, "bias": false)"},
                       {8, 8, 3, 0, 8, R"("kernel": 3, "groups": 0, "dilation": 2)"},
                       // depthwise with several filters a channel
                       {6, 6, 4, 8, 8, R"("kernel": 3, "groups": 0)"},
                       {5, 5, 8, 24, 8, R"("kernel": 3, "groups": 0, "padding": 1)"},
                   }));

CNNLAB_CONFORMANCE(conv2d_channels, behind_conv({
                                        {5, 5, 1, 1, 8, R"("kernel": 3)"},
                                        {5, 4, 1, 8, 8, R"("kernel": 3, "padding": 1)"},
                                        {4, 5, 8, 1, 8, R"("kernel": 3, "padding": 1)"},
                                        {5, 5, 3, 10, 8, R"("kernel": 3, "padding": 1)"},
                                        {4, 4, 5, 17, 8, R"("kernel": 3, "padding": 1)"},
                                        {4, 4, 10, 31, 8, R"("kernel": 3, "padding": 1)"},
                                        {4, 3, 16, 32, 8, R"("kernel": 3, "padding": 1)"},
                                        {3, 4, 17, 33, 8, R"("kernel": 3, "padding": 1)"},
                                        {4, 4, 31, 48, 8, R"("kernel": 3, "padding": 1)"},
                                        {4, 4, 32, 64, 8, R"("kernel": 3, "padding": 1)"},
                                        {3, 4, 33, 70, 8, R"("kernel": 3, "padding": 1)"},
                                        {4, 3, 48, 16, 8, R"("kernel": 3, "padding": 1)"},
                                        {4, 4, 64, 5, 8, R"("kernel": 3, "padding": 1)"},
                                        {3, 3, 70, 70, 13, R"("kernel": 3, "padding": 1)"},
                                        {4, 4, 64, 64, 8, R"("kernel": 3)"},
                                        {2, 2, 70, 3, 8, R"("kernel": 1)"},
                                        {3, 3, 48, 31, 8, R"("kernel": 2, "bias": false)"},
                                    }));

CNNLAB_CONFORMANCE(conv2d_batch, behind_conv({
                                     {6, 6, 5, 10, 1, R"("kernel": 3, "padding": 1)"},
                                     {6, 6, 5, 10, 3, R"("kernel": 3, "padding": 1)"},
                                     {6, 6, 5, 10, 8, R"("kernel": 3, "padding": 1, "bias": false)"},
                                     {6, 6, 5, 10, 13, R"("kernel": 3, "padding": 1)"},
                                     {6, 6, 5, 10, 16, R"("kernel": 3, "padding": 1)"},
                                     {6, 6, 5, 10, 27, R"("kernel": 3, "padding": 1)"},
                                     {6, 6, 5, 10, 64, R"("kernel": 3, "padding": 1)"},
                                     {13, 13, 3, 8, 64, R"("kernel": 3)"},
                                 }));

CNNLAB_CONFORMANCE(conv2d_first_layer, on_the_image({
                                           {8, 8, 3, 32, 8, R"("kernel": 3, "padding": 1)"},
                                           {7, 9, 1, 10, 13, R"("kernel": 5, "padding": "same")"},
                                           {9, 9, 5, 17, 3, R"("kernel": 3, "stride": 2)"},
                                           {6, 6, 8, 8, 8, R"("kernel": 3, "groups": 0)"},
                                           {6, 6, 17, 33, 8, R"("kernel": 3, "bias": false)"},
                                           {4, 4, 70, 8, 8, R"("kernel": 2, "padding": "same_upper")"},
                                       }));

// Few channels in: Winograd's products without storing them.
CNNLAB_CONFORMANCE(conv2d_thin_tiles, on_the_image({
                                          {12, 12, 3, 32, 8, R"("kernel": 3, "padding": 1)"},
                                          {11, 9, 3, 16, 13, R"("kernel": 3, "padding": 1)"},
                                          {14, 15, 3, 48, 3, R"("kernel": 3)"},
                                          {16, 13, 3, 32, 1, R"("kernel": 3, "padding": 1, "bias": false)"},
                                          {9, 14, 5, 64, 7, R"("kernel": 3, "padding": 1)"},
                                          {13, 12, 7, 80, 9, R"("kernel": 3, "padding": [2, 0, 1, 3])"},
                                          {12, 12, 20, 64, 10, R"("kernel": 3, "padding": 1)"},
                                          {20, 21, 2, 16, 1, R"("kernel": 3, "padding": 1)"},
                                          {12, 14, 3, 24, 8, R"("kernel": 3, "padding": 1)"},
                                          {13, 12, 3, 6, 9, R"("kernel": 3, "padding": 1)"},
                                      }));

// 3×3 windows with a stride of 1, mostly over whole vectors of channels: the CPU computes these by Winograd's
// algorithm, in tiles of 2×2 or 4×4 outputs, whole or cut off by the edge.
CNNLAB_CONFORMANCE(conv2d_tiles, behind_conv({
                                     {4, 4, 16, 16, 8, R"("kernel": 3)"},
                                     {6, 6, 16, 16, 8, R"("kernel": 3)"},
                                     {6, 6, 16, 32, 8, R"("kernel": 3, "padding": 1)"},
                                     {8, 8, 32, 16, 13, R"("kernel": 3, "padding": 1)"},
                                     {9, 7, 16, 48, 8, R"("kernel": 3, "padding": 1)"},
                                     {7, 13, 32, 32, 3, R"("kernel": 3, "padding": 1)"},
                                     {14, 14, 16, 16, 1, R"("kernel": 3, "padding": 1, "bias": false)"},
                                     {11, 10, 16, 16, 8, R"("kernel": 3)"},
                                     {10, 11, 16, 16, 8, R"("kernel": 3, "padding": 2)"},
                                     {9, 6, 16, 16, 8, R"("kernel": 3, "padding": [2, 0, 1, 3])"},
                                     {5, 5, 48, 80, 17, R"("kernel": 3, "padding": 1)"},
                                     {16, 18, 16, 16, 20, R"("kernel": 3, "padding": 1)"},
                                     {33, 5, 32, 16, 8, R"("kernel": 3, "padding": 1)"},
                                     {8, 8, 16, 24, 8, R"("kernel": 3, "padding": 1)"},
                                     {8, 8, 4, 4, 8, R"("kernel": 3, "padding": 1)"},
                                     {8, 8, 64, 64, 8, R"("kernel": 3, "padding": 1)"},
                                     {12, 12, 24, 24, 8, R"("kernel": 3, "padding": 1)"},
                                     {13, 11, 40, 41, 13, R"("kernel": 3, "padding": 1)"},
                                     {12, 12, 7, 90, 3, R"("kernel": 3, "padding": 1)"},
                                 }));

// The same with ops that stream row by row behind it, where tiles end below the last row.
CNNLAB_CONFORMANCE(
    conv2d_tiles_streamed,
    (std::vector<Case>{
        {"pooled",
         network_behind_conv(16, R"({"type": "conv2d", "out_channels": 32, "kernel": 3, "padding": 1}, "relu",
                           {"type": "max_pool2d", "kernel": 2}, {"type": "conv2d", "out_channels": 16, "kernel": 3, "padding": 1}, "relu")"),
         {12, 12, 3},
         13},
        {"odd",
         network_behind_conv(16, R"({"type": "conv2d", "out_channels": 16, "kernel": 3, "padding": 1}, "relu",
                           {"type": "max_pool2d", "kernel": 2}, {"type": "conv2d", "out_channels": 16, "kernel": 3, "padding": 1}, "relu")"),
         {15, 13, 3},
         13},
        {"normed",
         network_behind_conv(
             16, R"({"type": "conv2d", "out_channels": 16, "kernel": 3, "padding": 1, "bias": false},
                           "batch_norm", "relu", {"type": "conv2d", "out_channels": 32, "kernel": 3}, "relu", {"type": "max_pool2d", "kernel": 3})"),
         {11, 14, 3},
         9},
        {"one_image",
         network_behind_conv(16, R"({"type": "conv2d", "out_channels": 32, "kernel": 3, "padding": 1}, "relu",
                           {"type": "max_pool2d", "kernel": 2}, {"type": "conv2d", "out_channels": 32, "kernel": 3}, "relu")"),
         {18, 18, 3},
         1},
    }));

// Enough channels that the gradient is summed over the whole batch. Rounding errors of 4×4 tiles grow with the sum
// over channels: 2.2e-5 here.
CNNLAB_CONFORMANCE(
    conv2d_tiles_wide,
    (std::vector<Case>{
        {"wide",
         network_behind_conv(320, R"({"type": "conv2d", "out_channels": 320, "kernel": 3, "padding": 1})"),
         {4, 4, 3},
         32,
         {},
         2},
        {"piecewise",
         network_behind_conv(96, R"({"type": "conv2d", "out_channels": 112, "kernel": 3, "padding": 1})"),
         {5, 6, 3},
         19,
         {},
         2}}));

}  // namespace cnnlab::test
