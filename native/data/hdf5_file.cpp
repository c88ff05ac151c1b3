#include "native/data/hdf5_file.hpp"

#include <memory>
#include <vector>

#include "engine/core/error.hpp"

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
        if (H5Pset_fapl_core(access, step, 0) < 0 || H5Pset_file_image(access, image, bytes_.size()) < 0)
            fail();
        const Handle file(H5Fopen("model.h5", H5F_ACC_RDONLY, access), H5Fclose);
        if (!file.is_open()) fail();
        for (const char* name : {"model_config", "keras_version", "layer_names"}) read_attribute(file, name);
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

Hdf5File read_hdf5(std::span<const uint8_t> bytes, const std::string& place) {
    return Reader(bytes, place).read();
}

#else

bool has_hdf5() { return false; }

Hdf5File read_hdf5(std::span<const uint8_t> /*bytes*/, const std::string& place) {
    throw Error(ErrorCode::unsupported, place, "is an HDF5 file, and this program was built without HDF5",
                "install libhdf5-dev and build again, or save the model for TensorFlow.js or as ONNX");
}

#endif

}  // namespace cnnlab
