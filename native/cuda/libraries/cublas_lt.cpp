#include "native/cuda/libraries/cublas_lt.hpp"

#include <cublasLt.h>

#include "engine/core/error.hpp"
#include "native/cuda/device/error.hpp"
#include "native/cuda/libraries/shared_object.hpp"

namespace cnnlab::cuda {

/// The functions in use, by name.
struct CublasLt::Api {
    SharedObject library{{"libcublasLt.so." + std::to_string(CUBLAS_VER_MAJOR)}};
    decltype(&cublasLtCreate) create = nullptr;
    decltype(&cublasLtDestroy) destroy = nullptr;
    decltype(&cublasLtGetVersion) get_version = nullptr;
    decltype(&cublasLtMatmul) matmul = nullptr;
    decltype(&cublasLtMatmulDescCreate) desc_create = nullptr;
    decltype(&cublasLtMatmulDescDestroy) desc_destroy = nullptr;
    decltype(&cublasLtMatmulDescSetAttribute) desc_set = nullptr;
    decltype(&cublasLtMatrixLayoutCreate) layout_create = nullptr;
    decltype(&cublasLtMatrixLayoutDestroy) layout_destroy = nullptr;
    decltype(&cublasLtMatrixLayoutSetAttribute) layout_set = nullptr;
    decltype(&cublasLtMatmulPreferenceCreate) preference_create = nullptr;
    decltype(&cublasLtMatmulPreferenceDestroy) preference_destroy = nullptr;
    decltype(&cublasLtMatmulPreferenceSetAttribute) preference_set = nullptr;
    decltype(&cublasLtMatmulAlgoGetHeuristic) heuristic = nullptr;
    decltype(&cublasLtGetStatusString) status_string = nullptr;
    cublasLtHandle_t handle = nullptr;

    [[nodiscard]] bool complete() {
        return library.get(create, "cublasLtCreate") && library.get(destroy, "cublasLtDestroy") &&
               library.get(get_version, "cublasLtGetVersion") && library.get(matmul, "cublasLtMatmul") &&
               library.get(desc_create, "cublasLtMatmulDescCreate") &&
               library.get(desc_destroy, "cublasLtMatmulDescDestroy") &&
               library.get(desc_set, "cublasLtMatmulDescSetAttribute") &&
               library.get(layout_create, "cublasLtMatrixLayoutCreate") &&
               library.get(layout_destroy, "cublasLtMatrixLayoutDestroy") &&
               library.get(layout_set, "cublasLtMatrixLayoutSetAttribute") &&
               library.get(preference_create, "cublasLtMatmulPreferenceCreate") &&
               library.get(preference_destroy, "cublasLtMatmulPreferenceDestroy") &&
               library.get(preference_set, "cublasLtMatmulPreferenceSetAttribute") &&
               library.get(heuristic, "cublasLtMatmulAlgoGetHeuristic") &&
               library.get(status_string, "cublasLtGetStatusString");
    }
    void check(cublasStatus_t status, const char* call, int line) const {
        if (status != CUBLAS_STATUS_SUCCESS) fail(status_string(status), call, __FILE__, line);
    }
};

#define CNNLAB_BLAS(api, function, ...) (api).check((api).function(__VA_ARGS__), #function, __LINE__)

namespace {

constexpr size_t workspace_limit = size_t{32} << 20U;

cudaDataType_t type_of(Element element) {
    if (element == Element::f32) return CUDA_R_32F;
    return element == Element::f16 ? CUDA_R_16F : CUDA_R_16BF;
}

/// A product as the library describes it.
struct Description {
    const CublasLt::Api& api;
    cublasLtMatmulDesc_t desc = nullptr;
    cublasLtMatrixLayout_t a = nullptr, b = nullptr, c = nullptr;
    bool swapped;
    float alpha, beta;

    Description(const CublasLt::Api& api_, const BlasProduct& p)
        : api(api_), swapped(p.swapped), alpha(p.alpha), beta(p.beta) {
        CNNLAB_BLAS(api, desc_create, &desc, CUBLAS_COMPUTE_32F, CUDA_R_32F);
        set_transpose(CUBLASLT_MATMUL_DESC_TRANSA, p.transpose_a);
        set_transpose(CUBLASLT_MATMUL_DESC_TRANSB, p.transpose_b);
        a = layout(type_of(p.element), p.transpose_a ? p.k : p.m, p.transpose_a ? p.m : p.k, p.batch);
        b = layout(type_of(p.element), p.transpose_b ? p.n : p.k, p.transpose_b ? p.k : p.n, p.batch);
        c = layout(p.result_in_float ? CUDA_R_32F : type_of(p.element), p.m, p.n, p.batch);
    }
    Description(const Description&) = delete;
    Description& operator=(const Description&) = delete;
    ~Description() {
        for (const cublasLtMatrixLayout_t one : {a, b, c})
            if (one != nullptr) (void)api.layout_destroy(one);
        if (desc != nullptr) (void)api.desc_destroy(desc);
    }

  private:
    void set_transpose(cublasLtMatmulDescAttributes_t which, bool transposed) {
        const cublasOperation_t operation = transposed ? CUBLAS_OP_T : CUBLAS_OP_N;
        CNNLAB_BLAS(api, desc_set, desc, which, &operation, sizeof operation);
    }
    [[nodiscard]] cublasLtMatrixLayout_t layout(cudaDataType_t type, int rows, int columns, int batch) const {
        cublasLtMatrixLayout_t made = nullptr;
        CNNLAB_BLAS(api, layout_create, &made, type, static_cast<uint64_t>(rows),
                    static_cast<uint64_t>(columns), rows);
        if (batch > 1) {
            const int32_t count = batch;
            const int64_t stride = int64_t{rows} * columns;
            CNNLAB_BLAS(api, layout_set, made, CUBLASLT_MATRIX_LAYOUT_BATCH_COUNT, &count, sizeof count);
            CNNLAB_BLAS(api, layout_set, made, CUBLASLT_MATRIX_LAYOUT_STRIDED_BATCH_OFFSET, &stride,
                        sizeof stride);
        }
        return made;
    }
};

}  // namespace

CublasLt::CublasLt(std::unique_ptr<Api> api) : api_(std::move(api)) {}

CublasLt::~CublasLt() { (void)api_->destroy(api_->handle); }

std::unique_ptr<CublasLt> CublasLt::load() {
    auto api = std::make_unique<Api>();
    if (!api->library || !api->complete()) return nullptr;
    if (api->create(&api->handle) != CUBLAS_STATUS_SUCCESS) return nullptr;
    return std::unique_ptr<CublasLt>(new CublasLt(std::move(api)));
}

std::string CublasLt::version() const {
    const size_t version = api_->get_version();
    return "cuBLASLt " + std::to_string(version / 10000) + "." + std::to_string(version / 100 % 100);
}

std::vector<LibraryPlan> CublasLt::plans(const BlasProduct& product, int most) const {
    if (product.beta != 0 && (product.transpose_a || product.k != product.n || product.result_in_float))
        throw Error(ErrorCode::shape_mismatch, "cuBLASLt", "beta adds a matrix of another shape or type");
    const Api& api = *api_;
    const auto description = std::make_shared<const Description>(api, product);
    cublasLtMatmulPreference_t preference = nullptr;
    CNNLAB_BLAS(api, preference_create, &preference);
    CNNLAB_BLAS(api, preference_set, preference, CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, &workspace_limit,
                sizeof workspace_limit);
    // Partial sums are added in fp32, not in the 16 bits of the result.
    const uint32_t reductions = CUBLASLT_REDUCTION_SCHEME_COMPUTE_TYPE;
    if (product.element != Element::f32 && !product.result_in_float)
        CNNLAB_BLAS(api, preference_set, preference, CUBLASLT_MATMUL_PREF_REDUCTION_SCHEME_MASK, &reductions,
                    sizeof reductions);
    std::vector<cublasLtMatmulHeuristicResult_t> found(static_cast<size_t>(most));
    int count = 0;
    const cublasStatus_t status =
        api.heuristic(api.handle, description->desc, description->a, description->b, description->c,
                      description->c, preference, most, found.data(), &count);
    (void)api.preference_destroy(preference);
    if (status != CUBLAS_STATUS_SUCCESS) return {};  // no kernel for this product
    std::vector<LibraryPlan> plans;
    for (int i = 0; i < count; ++i) {
        const auto result = found[static_cast<size_t>(i)];
        if (result.state != CUBLAS_STATUS_SUCCESS) continue;
        plans.push_back({"cuBLASLt", static_cast<int64_t>(result.workspaceSize), product.result_in_float,
                         [&api, description, result](cudaStream_t stream, const void* a, const void* b,
                                                     void* c, void* workspace) {
                             const Description& d = *description;
                             if (d.swapped) std::swap(a, b);
                             const void* added = d.beta != 0 ? a : c;  // never read if beta is 0
                             CNNLAB_BLAS(api, matmul, api.handle, d.desc, &d.alpha, a, d.a, b, d.b, &d.beta,
                                         added, d.c, c, d.c, &result.algo, workspace, result.workspaceSize,
                                         stream);
                         }});
    }
    return plans;
}

}  // namespace cnnlab::cuda
