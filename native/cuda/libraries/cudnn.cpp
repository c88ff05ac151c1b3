#include "native/cuda/libraries/cudnn.hpp"

#include "native/cuda/device/error.hpp"

#if __has_include(<cudnn.h>)

#include <cudnn.h>

#include <algorithm>
#include <array>
#include <utility>

#include "native/cuda/libraries/shared_object.hpp"

namespace cnnlab::cuda {

/// The functions in use, by name.
struct Cudnn::Api {
    SharedObject library{{"libcudnn.so." + std::to_string(CUDNN_MAJOR)}};
    decltype(&cudnnCreate) create = nullptr;
    decltype(&cudnnDestroy) destroy = nullptr;
    decltype(&cudnnGetVersion) get_version = nullptr;
    decltype(&cudnnGetErrorString) error_string = nullptr;
    decltype(&cudnnSetStream) set_stream = nullptr;
    decltype(&cudnnBackendCreateDescriptor) make = nullptr;
    decltype(&cudnnBackendDestroyDescriptor) unmake = nullptr;
    decltype(&cudnnBackendSetAttribute) set = nullptr;
    decltype(&cudnnBackendGetAttribute) get = nullptr;
    decltype(&cudnnBackendFinalize) finalize = nullptr;
    decltype(&cudnnBackendExecute) execute = nullptr;
    cudnnHandle_t handle = nullptr;

    [[nodiscard]] bool complete() {
        return library.get(create, "cudnnCreate") && library.get(destroy, "cudnnDestroy") &&
               library.get(get_version, "cudnnGetVersion") &&
               library.get(error_string, "cudnnGetErrorString") &&
               library.get(set_stream, "cudnnSetStream") &&
               library.get(make, "cudnnBackendCreateDescriptor") &&
               library.get(unmake, "cudnnBackendDestroyDescriptor") &&
               library.get(set, "cudnnBackendSetAttribute") && library.get(get, "cudnnBackendGetAttribute") &&
               library.get(finalize, "cudnnBackendFinalize") && library.get(execute, "cudnnBackendExecute");
    }
    void check(cudnnStatus_t status, const char* call, int line) const {
        if (status != CUDNN_STATUS_SUCCESS) fail(error_string(status), call, __FILE__, line);
    }
};

#define CNNLAB_CUDNN(api, function, ...) (api).check((api).function(__VA_ARGS__), #function, __LINE__)

namespace {

/// A descriptor of the library, owned.
class Descriptor {
  public:
    Descriptor(const Cudnn::Api& api, cudnnBackendDescriptorType_t type) : api_(&api) {
        CNNLAB_CUDNN(api, make, type, &descriptor_);
    }
    Descriptor(Descriptor&& other) noexcept
        : api_(other.api_), descriptor_(std::exchange(other.descriptor_, nullptr)) {}
    Descriptor& operator=(Descriptor&&) = delete;
    ~Descriptor() {
        if (descriptor_ != nullptr) (void)api_->unmake(descriptor_);
    }
    [[nodiscard]] cudnnBackendDescriptor_t get() const { return descriptor_; }

    void set(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type, int64_t count,
             const void* values) {
        CNNLAB_CUDNN(*api_, set, descriptor_, name, type, count, values);
    }
    void set(cudnnBackendAttributeName_t name, int64_t value) { set(name, CUDNN_TYPE_INT64, 1, &value); }
    void set(cudnnBackendAttributeName_t name, const Descriptor& value) {
        set(name, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, &value.descriptor_);
    }
    /// False if the library has nothing for this.
    [[nodiscard]] bool try_finalize() { return api_->finalize(descriptor_) == CUDNN_STATUS_SUCCESS; }
    void finalize() { CNNLAB_CUDNN(*api_, finalize, descriptor_); }

  private:
    const Cudnn::Api* api_;
    cudnnBackendDescriptor_t descriptor_ = nullptr;
};

cudnnDataType_t type_of(Element element) {
    if (element == Element::f32) return CUDNN_DATA_FLOAT;
    return element == Element::f16 ? CUDNN_DATA_HALF : CUDNN_DATA_BFLOAT16;
}

constexpr int64_t x_id = 1, weight_id = 2, y_id = 3;

/// A tensor of images: extents in the library's order (N, C, H, W), channels contiguous.
Descriptor tensor(const Cudnn::Api& api, int64_t id, cudnnDataType_t type, int64_t n, int64_t c, int64_t h,
                  int64_t w) {
    Descriptor d(api, CUDNN_BACKEND_TENSOR_DESCRIPTOR);
    const std::array<int64_t, 4> extents{n, c, h, w}, strides{h * w * c, 1, w * c, c};
    d.set(CUDNN_ATTR_TENSOR_DATA_TYPE, CUDNN_TYPE_DATA_TYPE, 1, &type);
    d.set(CUDNN_ATTR_TENSOR_DIMENSIONS, CUDNN_TYPE_INT64, 4, extents.data());
    d.set(CUDNN_ATTR_TENSOR_STRIDES, CUDNN_TYPE_INT64, 4, strides.data());
    d.set(CUDNN_ATTR_TENSOR_UNIQUE_ID, id);
    d.set(CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT, 16);
    d.finalize();
    return d;
}

Descriptor window_of(const Cudnn::Api& api, const WindowMap& w) {
    Descriptor d(api, CUDNN_BACKEND_CONVOLUTION_DESCRIPTOR);
    const cudnnDataType_t compute = CUDNN_DATA_FLOAT;
    const cudnnConvolutionMode_t mode = CUDNN_CROSS_CORRELATION;
    using Two = std::array<int64_t, 2>;
    // The padding at the end that gives exactly this output size.
    const auto after = [](int out, int stride, int dilation, int kernel, int in, int before) {
        return int64_t{(out - 1) * stride + dilation * (kernel - 1) + 1 - in - before};
    };
    const Two stride{w.stride_y, w.stride_x}, dilation{w.dilation_y, w.dilation_x},
        before{w.before_y, w.before_x},
        behind{after(w.out_height, w.stride_y, w.dilation_y, w.kernel_height, w.height, w.before_y),
               after(w.out_width, w.stride_x, w.dilation_x, w.kernel_width, w.width, w.before_x)};
    d.set(CUDNN_ATTR_CONVOLUTION_COMP_TYPE, CUDNN_TYPE_DATA_TYPE, 1, &compute);
    d.set(CUDNN_ATTR_CONVOLUTION_CONV_MODE, CUDNN_TYPE_CONVOLUTION_MODE, 1, &mode);
    d.set(CUDNN_ATTR_CONVOLUTION_SPATIAL_DIMS, 2);
    d.set(CUDNN_ATTR_CONVOLUTION_FILTER_STRIDES, CUDNN_TYPE_INT64, 2, stride.data());
    d.set(CUDNN_ATTR_CONVOLUTION_DILATIONS, CUDNN_TYPE_INT64, 2, dilation.data());
    d.set(CUDNN_ATTR_CONVOLUTION_PRE_PADDINGS, CUDNN_TYPE_INT64, 2, before.data());
    d.set(CUDNN_ATTR_CONVOLUTION_POST_PADDINGS, CUDNN_TYPE_INT64, 2, behind.data());
    d.finalize();
    return d;
}

/// The library's names for the parts of one of the three operations.
struct Names {
    cudnnBackendDescriptorType_t type;
    cudnnBackendAttributeName_t alpha, beta, window, x, weight, y;
};
Names names_of(ConvPass pass) {
    switch (pass) {
        case ConvPass::forward:
            return {CUDNN_BACKEND_OPERATION_CONVOLUTION_FORWARD_DESCRIPTOR,
                    CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_ALPHA,
                    CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_BETA,
                    CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_CONV_DESC,
                    CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_X,
                    CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_W,
                    CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_Y};
        case ConvPass::backward_input:
            return {CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_DATA_DESCRIPTOR,
                    CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_ALPHA,
                    CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_BETA,
                    CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_CONV_DESC,
                    CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DX,
                    CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_W,
                    CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DY};
        case ConvPass::backward_weight:
            break;
    }
    return {CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_FILTER_DESCRIPTOR,
            CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_ALPHA,
            CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_BETA,
            CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_CONV_DESC,
            CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_X,
            CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_DW,
            CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_DY};
}

/// The engine of a configuration: its number, and whether it may be used.
struct Engine {
    int64_t number = -1;
    bool allowed = true;
};
Engine engine_of(const Cudnn::Api& api, const Descriptor& configuration, Element element) {
    Descriptor engine(api, CUDNN_BACKEND_ENGINE_DESCRIPTOR);
    cudnnBackendDescriptor_t place = engine.get();
    int64_t count = 0;
    Engine found;
    if (api.get(configuration.get(), CUDNN_ATTR_ENGINECFG_ENGINE, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, &count,
                &place) != CUDNN_STATUS_SUCCESS)
        return {-1, false};
    (void)api.get(place, CUDNN_ATTR_ENGINE_GLOBAL_INDEX, CUDNN_TYPE_INT64, 1, &count, &found.number);
    std::array<cudnnBackendNumericalNote_t, CUDNN_NUMERICAL_NOTE_TYPE_COUNT> notes{};
    if (api.get(place, CUDNN_ATTR_ENGINE_NUMERICAL_NOTE, CUDNN_TYPE_NUMERICAL_NOTE,
                static_cast<int64_t>(notes.size()), &count, notes.data()) != CUDNN_STATUS_SUCCESS)
        return {found.number, false};
    for (int64_t i = 0; i < count; ++i) {
        const auto note = notes[static_cast<size_t>(i)];
        // Tensor cores round fp32 to TF32; Winograd and Fourier transforms lose digits too.
        const bool loses = note == CUDNN_NUMERICAL_NOTE_TENSOR_CORE ||
                           note == CUDNN_NUMERICAL_NOTE_DOWN_CONVERT_INPUTS ||
                           note == CUDNN_NUMERICAL_NOTE_FFT || note == CUDNN_NUMERICAL_NOTE_WINOGRAD;
        if (note == CUDNN_NUMERICAL_NOTE_NONDETERMINISTIC ||
            note == CUDNN_NUMERICAL_NOTE_REDUCED_PRECISION_REDUCTION || (loses && element == Element::f32))
            found.allowed = false;
    }
    return found;
}

/// The plans for one operation with tensors of these types. `result`: the type of the tensor written.
void add_plans(const Cudnn::Api& api, ConvPass pass, const ConvShape& s, Element element,
               cudnnDataType_t result, float scale, std::vector<LibraryPlan>& plans) {
    const WindowMap& w = s.window;
    const cudnnDataType_t type = type_of(element);
    const auto written = [&](ConvPass by) { return pass == by ? result : type; };
    auto parts = std::make_shared<std::vector<Descriptor>>();
    parts->push_back(
        tensor(api, x_id, written(ConvPass::backward_input), s.batch, w.channels, w.height, w.width));
    parts->push_back(tensor(api, weight_id, written(ConvPass::backward_weight), s.out_channels, s.in_group(),
                            w.kernel_height, w.kernel_width));
    parts->push_back(
        tensor(api, y_id, written(ConvPass::forward), s.batch, s.out_channels, w.out_height, w.out_width));
    parts->push_back(window_of(api, w));
    const Names names = names_of(pass);
    const float beta = 0;
    Descriptor operation(api, names.type);
    operation.set(names.alpha, CUDNN_TYPE_FLOAT, 1, &scale);
    operation.set(names.beta, CUDNN_TYPE_FLOAT, 1, &beta);
    operation.set(names.x, (*parts)[0]);
    operation.set(names.weight, (*parts)[1]);
    operation.set(names.y, (*parts)[2]);
    operation.set(names.window, (*parts)[3]);
    if (!operation.try_finalize()) return;
    Descriptor graph(api, CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR);
    graph.set(CUDNN_ATTR_OPERATIONGRAPH_OPS, operation);
    graph.set(CUDNN_ATTR_OPERATIONGRAPH_HANDLE, CUDNN_TYPE_HANDLE, 1, &api.handle);
    if (!graph.try_finalize()) return;

    Descriptor heuristics(api, CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR);
    const cudnnBackendHeurMode_t mode = CUDNN_HEUR_MODE_A;
    heuristics.set(CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH, graph);
    heuristics.set(CUDNN_ATTR_ENGINEHEUR_MODE, CUDNN_TYPE_HEUR_MODE, 1, &mode);
    if (!heuristics.try_finalize()) return;
    constexpr int64_t most = 12;
    std::vector<Descriptor> configurations;
    std::vector<cudnnBackendDescriptor_t> places;
    for (int64_t i = 0; i < most; ++i) {
        configurations.emplace_back(api, CUDNN_BACKEND_ENGINECFG_DESCRIPTOR);
        places.push_back(configurations.back().get());
    }
    int64_t count = 0;
    if (api.get(heuristics.get(), CUDNN_ATTR_ENGINEHEUR_RESULTS, CUDNN_TYPE_BACKEND_DESCRIPTOR, most, &count,
                places.data()) != CUDNN_STATUS_SUCCESS)
        return;
    parts->push_back(std::move(operation));
    parts->push_back(std::move(graph));

    for (int64_t i = 0; i < std::min(count, most); ++i) {
        Descriptor& configuration = configurations[static_cast<size_t>(i)];
        const Engine engine = engine_of(api, configuration, element);
        if (!engine.allowed) continue;
        auto plan = std::make_shared<Descriptor>(api, CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR);
        plan->set(CUDNN_ATTR_EXECUTION_PLAN_HANDLE, CUDNN_TYPE_HANDLE, 1, &api.handle);
        plan->set(CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG, configuration);
        if (!plan->try_finalize()) continue;
        int64_t workspace = 0, one = 0;
        CNNLAB_CUDNN(api, get, plan->get(), CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE, CUDNN_TYPE_INT64, 1,
                     &one, &workspace);
        auto kept = std::make_shared<Descriptor>(std::move(configuration));
        plans.push_back(
            {"cuDNN engine " + std::to_string(engine.number), workspace, result == CUDNN_DATA_FLOAT,
             [&api, pass, parts, kept, plan](cudaStream_t stream, const void* a, const void* b, void* c,
                                             void* space) {
                 // a, b, c are x weight y, dy weight dx, or x dy dweight
                 void *first = const_cast<void*>(a), *second = const_cast<void*>(b);
                 std::array<void*, 3> tensors{first, second, c};
                 if (pass == ConvPass::backward_input) tensors = {c, second, first};
                 if (pass == ConvPass::backward_weight) tensors = {first, c, second};
                 const std::array<int64_t, 3> ids{x_id, weight_id, y_id};
                 Descriptor pack(api, CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR);
                 pack.set(CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS, CUDNN_TYPE_VOID_PTR, 3, tensors.data());
                 pack.set(CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS, CUDNN_TYPE_INT64, 3, ids.data());
                 pack.set(CUDNN_ATTR_VARIANT_PACK_WORKSPACE, CUDNN_TYPE_VOID_PTR, 1, &space);
                 pack.finalize();
                 CNNLAB_CUDNN(api, set_stream, api.handle, stream);
                 CNNLAB_CUDNN(api, execute, api.handle, plan->get(), pack.get());
             }});
    }
}

}  // namespace

Cudnn::Cudnn(std::unique_ptr<Api> api) : api_(std::move(api)) {}

Cudnn::~Cudnn() { (void)api_->destroy(api_->handle); }

std::unique_ptr<Cudnn> Cudnn::load() {
    auto api = std::make_unique<Api>();
    if (!api->library || !api->complete()) return nullptr;
    if (api->create(&api->handle) != CUDNN_STATUS_SUCCESS) return nullptr;
    return std::unique_ptr<Cudnn>(new Cudnn(std::move(api)));
}

std::string Cudnn::version() const {
    const size_t version = api_->get_version();
    return "cuDNN " + std::to_string(version / 10000) + "." + std::to_string(version / 100 % 100);
}

std::vector<LibraryPlan> Cudnn::plans(ConvPass pass, const ConvShape& shape, Element element,
                                      float scale) const {
    std::vector<LibraryPlan> plans;
    const bool gradient = pass == ConvPass::backward_weight;
    if (gradient && element != Element::f32)
        add_plans(*api_, pass, shape, element, CUDNN_DATA_FLOAT, scale, plans);
    // A gradient in half precision is scaled after it has become fp32.
    const float alpha = gradient && element == Element::f32 ? scale : 1.0F;
    add_plans(*api_, pass, shape, element, type_of(element), alpha, plans);
    return plans;
}

}  // namespace cnnlab::cuda

#else

/// Built without cuDNN's headers.
namespace cnnlab::cuda {

struct Cudnn::Api {};
Cudnn::Cudnn(std::unique_ptr<Api> api) : api_(std::move(api)) {}
Cudnn::~Cudnn() = default;
std::unique_ptr<Cudnn> Cudnn::load() { return nullptr; }
std::string Cudnn::version() const { return {}; }
std::vector<LibraryPlan> Cudnn::plans(ConvPass, const ConvShape&, Element, float) const { return {}; }

}  // namespace cnnlab::cuda

#endif
