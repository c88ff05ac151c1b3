#include "native/cuda/libraries/libraries.hpp"

#include <algorithm>

#include "native/cuda/device/memory.hpp"
#include "native/cuda/libraries/cublas_lt.hpp"
#include "native/cuda/libraries/cudnn.hpp"

namespace cnnlab::cuda {

namespace {

std::string key_of(ConvPass pass, const ConvShape& s, Element element, float scale) {
    const WindowMap& w = s.window;
    std::string key;
    for (const int number :
         {static_cast<int>(pass), static_cast<int>(element), s.batch, s.out_channels, s.groups, w.height,
          w.width, w.out_height, w.out_width, w.channels, w.kernel_height, w.kernel_width, w.stride_y,
          w.stride_x, w.dilation_y, w.dilation_x, w.before_y, w.before_x})
        key += std::to_string(number) + " ";
    return key + std::to_string(scale);
}

std::string key_of(const BlasProduct& p) {
    std::string key = "product ";
    for (const int number : {p.m, p.n, p.k, p.batch, int{p.transpose_a}, int{p.transpose_b}, int{p.swapped},
                             int{p.result_in_float}, static_cast<int>(p.element)})
        key += std::to_string(number) + " ";
    return key + std::to_string(p.alpha) + " " + std::to_string(p.beta);
}

/// A convolution that is one matrix product: of all pixels, or of whole images.
bool is_product(const ConvShape& s) {
    const WindowMap& w = s.window;
    const bool no_padding = w.before_y == 0 && w.before_x == 0;
    const bool pointwise = w.taps() == 1 && w.stride_y == 1 && w.stride_x == 1 && w.out_height == w.height &&
                           w.out_width == w.width;
    const bool whole = w.kernel_height == w.height && w.kernel_width == w.width && w.dilation_y == 1 &&
                       w.dilation_x == 1 && w.out_height == 1 && w.out_width == 1;
    return s.groups == 1 && no_padding && (pointwise || whole);
}

/// Y[rows, K] = X[rows, D] Wᵀ and its two gradients, as column-major cuBLASLt sees row-major matrices: transposed.
BlasProduct product_of(ConvPass pass, const ConvShape& s, Element element, float scale) {
    const WindowMap& w = s.window;
    const int inner = w.channels * w.taps(), rows = s.batch * w.out_height * w.out_width;
    BlasProduct p;
    p.element = element;
    if (pass == ConvPass::forward) {  // Yᵀ [K, rows] = (Wᵀ)ᵀ Xᵀ
        p.m = s.out_channels, p.n = rows, p.k = inner, p.transpose_a = true;
        p.swapped = true;
    } else if (pass == ConvPass::backward_input) {  // dXᵀ [D, rows] = Wᵀ dYᵀ
        p.m = inner, p.n = rows, p.k = s.out_channels;
        p.swapped = true;
    } else {  // dWᵀ [D, K] = Xᵀ (dYᵀ)ᵀ
        p.m = inner, p.n = s.out_channels, p.k = rows, p.transpose_b = true;
        p.result_in_float = true;
        p.alpha = scale;
    }
    return p;
}

struct Sizes {
    int64_t a, b, c;  ///< elements
};
Sizes sizes_of(ConvPass pass, const ConvShape& s) {
    const WindowMap& w = s.window;
    const int64_t x = int64_t{s.batch} * w.height * w.width * w.channels;
    const int64_t y = int64_t{s.batch} * w.out_height * w.out_width * s.out_channels;
    if (pass == ConvPass::forward) return {x, s.weights(), y};
    if (pass == ConvPass::backward_input) return {y, s.weights(), x};
    return {x, y, s.weights()};
}

/// Seconds of a plan, the best of a few.
double measure(const LibraryPlan& plan, const Sizes& sizes, Element element, cudaStream_t stream) {
    const int64_t each = size_of(element);
    const DeviceBuffer a(sizes.a * each, "trying a plan"), b(sizes.b * each, "trying a plan"),
        c(sizes.c * 4, "trying a plan"), workspace(plan.workspace, "trying a plan");
    // Zeros: only the order of plans matters, and NaNs may be slow.
    CNNLAB_CUDA(cudaMemsetAsync(a.data(), 0, static_cast<size_t>(a.bytes()), stream));
    CNNLAB_CUDA(cudaMemsetAsync(b.data(), 0, static_cast<size_t>(b.bytes()), stream));
    const auto once = [&] { plan.run(stream, a.data(), b.data(), c.data(), workspace.data()); };
    once();
    double best = 1e9;
    const Event start(true), end(true);
    for (int i = 0; i < 4; ++i) {
        CNNLAB_CUDA(cudaEventRecord(start.get(), stream));
        once();
        CNNLAB_CUDA(cudaEventRecord(end.get(), stream));
        CNNLAB_CUDA(cudaEventSynchronize(end.get()));
        best = std::min(best, end.seconds_since(start));
    }
    return best;
}

/// The fastest plan here, or nothing.
std::shared_ptr<const LibraryPlan> fastest(std::vector<LibraryPlan> plans, const Sizes& sizes,
                                           Element element, cudaStream_t stream) {
    std::shared_ptr<const LibraryPlan> found;
    double best = 1e9;
    for (LibraryPlan& plan : plans) {
        const double seconds = measure(plan, sizes, element, stream);
        if (seconds >= best) continue;
        best = seconds;
        found = std::make_shared<const LibraryPlan>(std::move(plan));
    }
    return found;
}

}  // namespace

Libraries::Libraries(bool use) {
    if (!use) return;
    cudnn_ = Cudnn::load();
    blas_ = CublasLt::load();
}

Libraries::~Libraries() = default;

std::string Libraries::text() const {
    std::string text = cudnn_ ? cudnn_->version() : "own convolutions";
    text += ", " + (blas_ ? blas_->version() : std::string("own products"));
    return text;
}

std::shared_ptr<const LibraryPlan> Libraries::convolution(ConvPass pass, const ConvShape& shape,
                                                          Element element, float scale, cudaStream_t stream) {
    const auto [found, is_new] = known_.try_emplace(key_of(pass, shape, element, scale));
    if (!is_new) return found->second;
    std::vector<LibraryPlan> plans;
    if (blas_ && is_product(shape)) plans = blas_->plans(product_of(pass, shape, element, scale));
    if (plans.empty() && cudnn_) plans = cudnn_->plans(pass, shape, element, scale);
    return found->second = fastest(std::move(plans), sizes_of(pass, shape), element, stream);
}

std::shared_ptr<const LibraryPlan> Libraries::product(const BlasProduct& product, cudaStream_t stream) {
    const auto [found, is_new] = known_.try_emplace(key_of(product));
    if (!is_new || !blas_) return found->second;
    const int64_t m = product.m, n = product.n, k = product.k, batch = product.batch;
    Sizes sizes{batch * m * k, batch * k * n, batch * m * n};
    if (product.swapped) std::swap(sizes.a, sizes.b);
    return found->second = fastest(blas_->plans(product), sizes, product.element, stream);
}

}  // namespace cnnlab::cuda
