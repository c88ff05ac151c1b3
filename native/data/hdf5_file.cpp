#include "native/data/hdf5_file.hpp"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <memory>
#include <vector>

#include "engine/core/error.hpp"
#include "engine/core/sanitizers.hpp"

#ifdef CNNLAB_HAS_HDF5
#include <hdf5.h>
#endif

namespace cnnlab {

#ifdef CNNLAB_HAS_HDF5

bool has_hdf5() { return true; }

namespace {

/// What the library gives a number for, closed at the end.
class Handle {
  public:
    Handle(hid_t id, herr_t (*close)(hid_t)) : id_(id), close_(close) {}
    ~Handle() {
        if (id_ >= 0) (void)close_(id_);
    }
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
    operator hid_t() const { return id_; }  // NOLINT: it stands for the number
    [[nodiscard]] bool is_open() const { return id_ >= 0; }

  private:
    hid_t id_;
    herr_t (*close_)(hid_t);
};

class Reader {
  public:
    Reader(std::span<const uint8_t> bytes, const std::string& place)
        : bytes_(bytes), place_(place), left_(4 * bytes.size() + (size_t{1} << 20U)) {}

    Hdf5File read() {
        (void)H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);  // the library's own words on stderr
        const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
        constexpr size_t step = size_t{1} << 20U;
        // The library takes a copy; nothing is written back.
        auto* image = const_cast<uint8_t*>(bytes_.data());
        if (H5Pset_fapl_core(access, step, false) < 0 || H5Pset_file_image(access, image, bytes_.size()) < 0)
            fail();
        const Handle file(H5Fopen("model.h5", H5F_ACC_RDONLY, access), H5Fclose);
        if (!file.is_open()) fail();
        read_attribute(file, "model_config");
        read_attribute(file, "keras_version");
        walk(file, "", 0);
        return std::move(made_);
    }

  private:
    [[noreturn]] void fail(const std::string& what = "is no HDF5 file, or a damaged one") const {
        throw Error(ErrorCode::bad_file, place_, what, "get the file again");
    }

    void read_attribute(hid_t file, const char* name) {
        if (H5Aexists(file, name) <= 0) return;
        const Handle attribute(H5Aopen(file, name, H5P_DEFAULT), H5Aclose);
        const Handle type(H5Aget_type(attribute), H5Tclose), space(H5Aget_space(attribute), H5Sclose);
        if (!attribute.is_open() || H5Tget_class(type) != H5T_STRING ||
            H5Sget_simple_extent_npoints(space) != 1)
            return;
        if (H5Tis_variable_str(type) > 0) {
            const Handle text(H5Tcopy(H5T_C_S1), H5Tclose);
            (void)H5Tset_size(text, H5T_VARIABLE);
            (void)H5Tset_cset(text, H5Tget_cset(type));
            char* read = nullptr;
            if (H5Aread(attribute, text, static_cast<void*>(&read)) < 0 || read == nullptr) fail();
            const std::unique_ptr<char, herr_t (*)(void*)> owner(
                read, [](void* memory) -> herr_t { return H5free_memory(memory); });
            made_.attributes[name] = read;
            return;
        }
        const size_t size = H5Tget_size(type);
        take(size);
        std::string text(size, '\0');
        if (H5Aread(attribute, type, text.data()) < 0) fail();
        text.resize(text.find_last_not_of('\0') + 1);
        made_.attributes[name] = text;
    }

    /// Counts bytes that will be made.
    void take(size_t bytes) {
        if (bytes > left_) fail("unpacks to far more bytes than it has");
        left_ -= bytes;
    }

    void walk(hid_t group, const std::string& path, int depth) {
        constexpr int deepest = 64;
        constexpr size_t most = 100'000;
        if (depth > deepest) fail("has groups in each other more than 64 deep");
        hsize_t count = 0;
        if (H5G_info_t info; H5Gget_info(group, &info) >= 0) count = info.nlinks;
        for (hsize_t i = 0; i < count; ++i) {
            if (++seen_ > most) fail("has more than 100000 values");
            H5L_info_t link;
            if (H5Lget_info_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_INC, i, &link, H5P_DEFAULT) < 0) fail();
            if (link.type != H5L_TYPE_HARD) continue;  // others lead to files
            const ssize_t length =
                H5Lget_name_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_INC, i, nullptr, 0, H5P_DEFAULT);
            constexpr ssize_t longest = 4096;
            if (length < 0 || length > longest) fail();
            std::string name(static_cast<size_t>(length) + 1, '\0');
            if (H5Lget_name_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_INC, i, name.data(), name.size(),
                                   H5P_DEFAULT) < 0)
                fail();
            name.pop_back();
            const std::string below = path.empty() ? name : path + "/" + name;
            const Handle object(H5Oopen(group, name.c_str(), H5P_DEFAULT), H5Oclose);
            const H5I_type_t kind = object.is_open() ? H5Iget_type(object) : H5I_BADID;
            if (kind == H5I_GROUP) walk(object, below, depth + 1);
            if (kind == H5I_DATASET) read_tensor(object, below);
            if (kind == H5I_BADID) fail();
        }
    }

    void read_tensor(hid_t dataset, const std::string& path) {
        const Handle type(H5Dget_type(dataset), H5Tclose), space(H5Dget_space(dataset), H5Sclose),
            made(H5Dget_create_plist(dataset), H5Pclose);
        if (H5Tget_class(type) != H5T_FLOAT) return;
        if (H5Pget_external_count(made) != 0) return;
        const int rank = H5Sget_simple_extent_ndims(space);
        if (rank < 0 || rank > static_cast<int>(StoredTensor::most_axes)) fail();
        std::vector<hsize_t> extents(static_cast<size_t>(rank));
        if (rank > 0 && H5Sget_simple_extent_dims(space, extents.data(), nullptr) < 0) fail();
        StoredTensor tensor;
        tensor.type = StoredTensor::f32;
        for (const hsize_t extent : extents)
            tensor.shape.push_back(extent > (hsize_t{1} << 40U) ? -1 : static_cast<int64_t>(extent));
        const int64_t values = tensor.count();
        if (values < 0) fail("has a tensor \"" + path + "\" of shape " + extents_text(tensor.shape));
        take(static_cast<size_t>(values) * sizeof(float));
        std::vector<uint8_t> read(static_cast<size_t>(values) * sizeof(float));
        if (values > 0 && H5Dread(dataset, H5T_IEEE_F32LE, H5S_ALL, H5S_ALL, H5P_DEFAULT, read.data()) < 0)
            fail("has a tensor \"" + path + "\" that cannot be read");
        tensor.own(std::move(read));
        made_.tensors.emplace(path, std::move(tensor));
    }

    std::span<const uint8_t> bytes_;
    const std::string& place_;
    size_t left_, seen_ = 0;
    Hdf5File made_;
};

}  // namespace

namespace {

/// What goes from the process that reads to the one that waits: numbers of eight bytes, and texts behind their length.
class Parcel {
  public:
    std::vector<uint8_t> bytes;

    void put(uint64_t number) { put(&number, sizeof number); }
    void put(const std::string& text) {
        put(text.size());
        put(text.data(), text.size());
    }
    void put(const void* data, size_t size) {
        const auto* first = static_cast<const uint8_t*>(data);
        bytes.insert(bytes.end(), first, first + size);
    }

    // Taken back in the same order. False where there is less, as of a process that was damaged.
    [[nodiscard]] bool take(uint64_t& number) { return take(&number, sizeof number); }
    [[nodiscard]] bool take(std::string& text) {
        uint64_t size = 0;
        if (!take(size) || size > bytes.size() - at_) return false;
        text.resize(static_cast<size_t>(size));
        return take(text.data(), text.size());
    }
    [[nodiscard]] bool take(std::vector<uint8_t>& data, size_t size) {
        if (size > bytes.size() - at_) return false;
        data.resize(size);
        return take(data.data(), size);
    }

  private:
    [[nodiscard]] bool take(void* data, size_t size) {
        if (size > bytes.size() - at_) return false;
        if (size > 0) std::memcpy(data, bytes.data() + at_, size);
        at_ += size;
        return true;
    }

    size_t at_ = 0;
};

constexpr uint64_t is_read = 1, is_refused = 2;

Parcel packed(const Hdf5File& file) {
    Parcel parcel;
    parcel.put(is_read);
    parcel.put(file.attributes.size());
    for (const auto& [name, text] : file.attributes) {
        parcel.put(name);
        parcel.put(text);
    }
    parcel.put(file.tensors.size());
    for (const auto& [name, tensor] : file.tensors) {
        parcel.put(name);
        parcel.put(tensor.shape.size());
        for (const int64_t extent : tensor.shape) parcel.put(static_cast<uint64_t>(extent));
        parcel.put(tensor.bytes.data(), tensor.bytes.size());
    }
    return parcel;
}

bool unpack(Parcel& parcel, Hdf5File& file) {
    uint64_t count = 0;
    if (!parcel.take(count)) return false;
    for (uint64_t i = 0; i < count; ++i) {
        std::string name, text;
        if (!parcel.take(name) || !parcel.take(text)) return false;
        file.attributes[name] = text;
    }
    if (!parcel.take(count)) return false;
    for (uint64_t i = 0; i < count; ++i) {
        std::string name;
        uint64_t rank = 0;
        StoredTensor tensor;
        tensor.type = StoredTensor::f32;
        if (!parcel.take(name) || !parcel.take(rank) || rank > StoredTensor::most_axes) return false;
        for (uint64_t axis = 0; axis < rank; ++axis) {
            uint64_t extent = 0;
            if (!parcel.take(extent)) return false;
            tensor.shape.push_back(static_cast<int64_t>(extent));
        }
        std::vector<uint8_t> values;
        if (tensor.count() < 0 || !parcel.take(values, static_cast<size_t>(tensor.count()) * sizeof(float)))
            return false;
        tensor.own(std::move(values));
        file.tensors.emplace(name, std::move(tensor));
    }
    return true;
}

/// Reads and says so through the pipe. Never returns.
[[noreturn]] void read_apart(std::span<const uint8_t> bytes, const std::string& place, int pipe) {
    constexpr rlim_t most_seconds = 20;
    const rlimit seconds{most_seconds, most_seconds}, no_core{0, 0};
    (void)setrlimit(RLIMIT_CPU, &seconds);
    (void)setrlimit(RLIMIT_CORE, &no_core);
    // A crash is the end of this process and of nothing else, whoever handles signals in this program.
    for (const int signal : {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL}) (void)std::signal(signal, SIG_DFL);
#ifndef CNNLAB_ADDRESS_SANITIZER  // which maps more than there is
    const rlim_t most_memory = 16 * static_cast<rlim_t>(bytes.size()) + (rlim_t{4} << 30U);
    const rlimit memory{most_memory, most_memory};
    (void)setrlimit(RLIMIT_AS, &memory);
#endif
    Parcel parcel;
    try {
        parcel = packed(Reader(bytes, place).read());
    } catch (const Error& error) {
        parcel.put(is_refused);
        parcel.put(error.problem().english());
    } catch (const std::exception&) {
        _exit(1);
    }
    size_t at = 0;
    while (at < parcel.bytes.size()) {
        const ssize_t count = ::write(pipe, parcel.bytes.data() + at, parcel.bytes.size() - at);
        if (count < 0 && errno != EINTR) _exit(1);
        at += count > 0 ? static_cast<size_t>(count) : 0;
    }
    _exit(0);
}

}  // namespace

Hdf5File read_hdf5(std::span<const uint8_t> bytes, const std::string& place) {
    const auto fail = [&](Message what) {
        throw Error(ErrorCode::bad_file, place, std::move(what), "get the file again");
    };
    int ends[2];
    if (::pipe(ends) != 0)
        throw Error(ErrorCode::io, place, "cannot be read: no pipe", "close other programs");
    const pid_t child = ::fork();
    if (child == 0) {
        ::close(ends[0]);
        read_apart(bytes, place, ends[1]);
    }
    ::close(ends[1]);
    Parcel parcel;
    std::vector<uint8_t> piece(size_t{1} << 16U);
    const size_t most = 8 * bytes.size() + (size_t{64} << 20U);
    for (;;) {
        const ssize_t count = child < 0 ? 0 : ::read(ends[0], piece.data(), piece.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0 || parcel.bytes.size() > most) break;
        parcel.put(piece.data(), static_cast<size_t>(count));
    }
    ::close(ends[0]);
    int status = -1;
    while (child > 0 && ::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (child < 0) throw Error(ErrorCode::io, place, "cannot be read: no process", "close other programs");
    const std::string damaged = "is no HDF5 file, or a damaged one";
    uint64_t how = 0;
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0 || !parcel.take(how)) fail(damaged);
    Hdf5File file;
    std::string problem;
    if (how == is_refused && parcel.take(problem)) fail(problem);
    if (how != is_read || !unpack(parcel, file)) fail(damaged);
    return file;
}

#else

bool has_hdf5() { return false; }

Hdf5File read_hdf5(std::span<const uint8_t> /*bytes*/, const std::string& place) {
    throw Error(ErrorCode::unsupported, place, "is an HDF5 file, and this program was built without HDF5",
                "install libhdf5-dev and build again, or save the model for TensorFlow.js or as ONNX");
}

#endif

}  // namespace cnnlab
