#include "native/cuda/cuda_backend.hpp"

#include <algorithm>
#include <array>
#include <numeric>

#include "native/cuda/executable.hpp"
#include "native/cuda/libraries/nccl.hpp"

namespace cnnlab {

namespace {

using namespace cuda;

Element element_of(Precision precision) {
    switch (precision) {
        case Precision::half:
            return Element::f16;
        case Precision::bf16:
            return Element::bf16;
        case Precision::fp32:
            break;
    }
    return Element::f32;
}

const char* name_of(Element element) {
    if (element == Element::f32) return "fp32";
    return element == Element::f16 ? "half" : "bf16";
}

class CudaBackend : public Backend {
  public:
    explicit CudaBackend(const CudaOptions& options)
        : shared_{open_device(options.device),
                  element_of(options.precision),
                  Libraries(options.libraries),
                  nullptr,
                  {}},
          stream_(std::make_unique<Stream>()) {
        shared_.stream = stream_->stream;
        shared_.fuse = options.fuse;
        if (options.group == nullptr || options.group->size() == 1) return;
        shared_.peers = std::make_unique<Peers>();
        shared_.peers->group = options.group;
        shared_.peers->collective =
            options.connect ? options.connect(*options.group) : connect_nccl(*options.group);
        shared_.peers->stream = std::make_unique<Stream>();
        shared_.peers->bucket_floats = options.bucket_floats;
    }

    [[nodiscard]] BackendInfo info() const override {
        // the number of GPUs first: it decides the bits, as bits_of() has them
        const std::string count = shared_.peers ? std::to_string(shared_.peers->size()) + " × " : "",
                          joined = shared_.peers ? ", " + shared_.peers->collective->text() : "";
        return {"cuda", count + shared_.device.name + ", " + name_of(shared_.element) + ", " +
                            shared_.libraries.text() + joined};
    }
    [[nodiscard]] int processes() const override { return shared_.peers ? shared_.peers->size() : 1; }

    [[nodiscard]] int runs_in_flight() const override { return most_runs; }
    void synchronize() override { CNNLAB_CUDA(cudaStreamSynchronize(shared_.stream)); }

  protected:
    void do_allocate(std::span<const PersistentInfo> tensors) override {
        synchronize();
        constexpr int64_t alignment = 256;
        int64_t bytes = 0;
        std::vector<int64_t> offsets;
        for (const auto& info : tensors) {
            offsets.push_back(bytes);
            bytes += (bytes_of(info) + alignment - 1) / alignment * alignment;
        }
        storage_ = DeviceBuffer();
        storage_ = DeviceBuffer(bytes, "the parameters");
        if (bytes > 0)
            CNNLAB_CUDA(cudaMemsetAsync(storage_.data(), 0, static_cast<size_t>(bytes), shared_.stream));
        shared_.persistents.clear();
        for (const int64_t offset : offsets) shared_.persistents.push_back(storage_.data() + offset);
    }

    void do_upload(int persistent, const HostTensor& tensor) override {
        copy(shared_.persistents[static_cast<size_t>(persistent)], tensor.data(),
             bytes_of(persistent_info(persistent)), cudaMemcpyHostToDevice);
    }

    [[nodiscard]] HostTensor do_download(int persistent) override {
        const PersistentInfo& info = persistent_info(persistent);
        HostTensor tensor(info.shape);
        copy(tensor.data(), shared_.persistents[static_cast<size_t>(persistent)], bytes_of(info),
             cudaMemcpyDeviceToHost);
        return tensor;
    }

    void do_upload_split(SplitName name, const ImageShape& /*image*/, const Split& split) override {
        synchronize();  // a run may still read the previous one
        DeviceSplit& mine = splits_[static_cast<size_t>(name)];
        mine = {};
        mine.images = DeviceBuffer(static_cast<int64_t>(split.images.size()), "the images");
        mine.labels = DeviceBuffer(split.count() * int64_t{sizeof(int32_t)}, "the labels");
        copy(mine.images.data(), split.images.data(), mine.images.bytes(), cudaMemcpyHostToDevice);
        copy(mine.labels.data(), split.labels.data(), mine.labels.bytes(), cudaMemcpyHostToDevice);
        std::vector<uint32_t> order(static_cast<size_t>(split.count()));
        std::iota(order.begin(), order.end(), 0U);
        do_upload_order(name, order);
    }

    void do_upload_order(SplitName name, std::span<const uint32_t> order) override {
        DeviceSplit& mine = splits_[static_cast<size_t>(name)];
        const auto bytes = static_cast<int64_t>(order.size_bytes());
        if (bytes > mine.order.bytes()) {
            synchronize();
            mine.order = DeviceBuffer(bytes, "the order of the images");
        }
        // From page-locked memory, so that nothing waits for steps under way. Two of them, as one may be on its way.
        Staging& staging = staging_[turn_ = 1 - turn_];
        staging.wait();
        staging.reserve(bytes);
        std::copy(order.begin(), order.end(), staging.memory.as<uint32_t>());
        if (bytes > 0)
            CNNLAB_CUDA(cudaMemcpyAsync(mine.order.data(), staging.memory.as<void>(),
                                        static_cast<size_t>(bytes), cudaMemcpyHostToDevice, shared_.stream));
        CNNLAB_CUDA(cudaEventRecord(staging.passed.get(), shared_.stream));
        staging.used = true;
    }

    [[nodiscard]] std::unique_ptr<Executable> do_prepare(const Program& program) override {
        return std::make_unique<CudaExecutable>(program, shared_);
    }

    RunOutput do_run(Executable& executable, const RunInput& input) override {
        do_begin(executable, input);
        return do_finish(executable);
    }
    void do_begin(Executable& executable, const RunInput& input) override {
        static_cast<CudaExecutable&>(executable).begin(input, splits_[static_cast<size_t>(input.split)]);
    }
    RunOutput do_finish(Executable& executable) override {
        return static_cast<CudaExecutable&>(executable).finish();
    }

    [[nodiscard]] HostTensor do_download(Executable& executable, ValueId value) override {
        return static_cast<CudaExecutable&>(executable).download(value);
    }

    void do_set_profiling(Executable& executable, bool on) override {
        static_cast<CudaExecutable&>(executable).set_profiling(on);
    }
    [[nodiscard]] std::vector<double> do_op_seconds(Executable& executable) override {
        return static_cast<CudaExecutable&>(executable).op_seconds();
    }

  private:
    /// Page-locked memory on its way to the device.
    struct Staging {
        PinnedBuffer memory;
        int64_t bytes = 0;
        Event passed;
        bool used = false;

        void wait() const {
            if (used) CNNLAB_CUDA(cudaEventSynchronize(passed.get()));
        }
        void reserve(int64_t wanted) {
            if (wanted <= bytes) return;
            memory = PinnedBuffer(wanted);
            bytes = wanted;
        }
    };

    static int64_t bytes_of(const PersistentInfo& info) {
        return info.shape.count() * int64_t{sizeof(float)};
    }

    void copy(void* to, const void* from, int64_t bytes, cudaMemcpyKind kind) {
        if (bytes > 0)
            CNNLAB_CUDA(cudaMemcpyAsync(to, from, static_cast<size_t>(bytes), kind, shared_.stream));
        synchronize();
    }

    Shared shared_;
    std::unique_ptr<Stream> stream_;
    DeviceBuffer storage_;
    std::array<DeviceSplit, 3> splits_;
    std::array<Staging, 2> staging_;
    int turn_ = 0;
};

}  // namespace

std::unique_ptr<Backend> make_cuda_backend(const CudaOptions& options) {
    return std::make_unique<CudaBackend>(options);
}

int cuda_device_count() {
    int count = 0;
    return cudaGetDeviceCount(&count) == cudaSuccess ? count : 0;
}

bool cuda_device_present() { return cuda_device_count() > 0; }

std::string cuda_device_address(int device) {
    std::array<char, 32> text{};
    return cudaDeviceGetPCIBusId(text.data(), static_cast<int>(text.size()), device) == cudaSuccess
               ? text.data()
               : "";
}

}  // namespace cnnlab
