#include "native/data/matlab.hpp"

#include <algorithm>
#include <bit>
#include <memory>
#include <optional>

#include "engine/core/error.hpp"
#include "native/data/matlab_elements.hpp"

#ifdef CNNLAB_HAS_MATIO
#include <matio.h>
#if MATIO_VERSION < 1523  // older ones read beyond damaged files
#undef CNNLAB_HAS_MATIO
#endif
#endif

namespace cnnlab {

namespace fs = std::filesystem;

#ifdef CNNLAB_HAS_MATIO

namespace {

constexpr uint64_t largest_array = uint64_t{1} << 30U;

[[noreturn]] void bad_matlab(const fs::path& file, const std::string& problem) {
    throw Error(ErrorCode::bad_file, file.string(), problem,
                "get the file again, or save its arrays as .npz");
}

struct CloseMatlab {
    void operator()(mat_t* file) const { Mat_Close(file); }
    void operator()(matvar_t* array) const { Mat_VarFree(array); }
};
using MatlabFile = std::unique_ptr<mat_t, CloseMatlab>;
using MatlabArray = std::unique_ptr<matvar_t, CloseMatlab>;

MatlabFile open_matlab(const fs::path& file) {
    MatlabFile opened(Mat_Open(file.c_str(), MAT_ACC_RDONLY));
    if (!opened) bad_matlab(file, "is no MATLAB file");
    return opened;
}

/// A type of numbers as NumPy writes it; nothing for what is none.
std::string descr_of(const matvar_t& array) {
    const char order = std::endian::native == std::endian::little ? '<' : '>';
    if (array.isComplex != 0) return "";
    switch (array.class_type) {
        case MAT_C_DOUBLE:
            return std::string{order} + "f8";
        case MAT_C_SINGLE:
            return std::string{order} + "f4";
        case MAT_C_INT8:
            return "|i1";
        case MAT_C_UINT8:
            return "|u1";
        case MAT_C_INT16:
            return std::string{order} + "i2";
        case MAT_C_UINT16:
            return std::string{order} + "u2";
        case MAT_C_INT32:
            return std::string{order} + "i4";
        case MAT_C_UINT32:
            return std::string{order} + "u4";
        case MAT_C_INT64:
            return std::string{order} + "i8";
        case MAT_C_UINT64:
            return std::string{order} + "u8";
        default:
            return "";
    }
}

/// What stands before the numbers in a .npy file of version 1. Source: NumPy Enhancement Proposal 1.
std::vector<uint8_t> npy_head(const matvar_t& array, const std::string& descr) {
    std::string text = "{'descr': '" + descr + "', 'fortran_order': True, 'shape': (";
    // MATLAB has no vectors: a list of labels is a row.
    const int first = array.rank == 2 && array.dims[0] == 1 ? 1 : 0;
    for (int axis = first; axis < array.rank; ++axis) text += std::to_string(array.dims[axis]) + ", ";
    text += "), }";
    constexpr size_t unit = 64, before = 10;
    text.resize((before + text.size() + unit) / unit * unit - before - 1, ' ');
    text += '\n';
    std::vector<uint8_t> head{0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};
    head.push_back(static_cast<uint8_t>(text.size() % 256));
    head.push_back(static_cast<uint8_t>(text.size() / 256));
    head.insert(head.end(), text.begin(), text.end());
    return head;
}

/// Bytes of all numbers; nothing where they are more than anybody's images.
std::optional<uint64_t> size_of(const matvar_t& array, const std::string& descr) {
    uint64_t size = static_cast<uint64_t>(descr.back() - '0');
    for (int axis = 0; axis < array.rank; ++axis) {
        const uint64_t extent = array.dims[axis];
        if (extent != 0 && size > largest_array / extent) return std::nullopt;
        size *= extent;
    }
    return size;
}

}  // namespace

const bool reads_matlab = true;

std::vector<std::string> matlab_arrays(const fs::path& file) {
    const MatlabFile opened = open_matlab(file);
    check_matlab_elements(file);
    std::vector<std::string> names;
    while (const MatlabArray array{Mat_VarReadNextInfo(opened.get())}) {
        if (array->name == nullptr || descr_of(*array).empty()) continue;
        const std::string name = array->name;
        if (name.find('/') == std::string::npos && std::find(names.begin(), names.end(), name) == names.end())
            names.push_back(name);
    }
    return names;
}

std::vector<uint8_t> matlab_as_npy(const fs::path& file, const std::string& array) {
    const MatlabFile opened = open_matlab(file);
    MatlabArray found(Mat_VarReadNextInfo(opened.get()));
    size_t number = 0;
    for (; found && (found->name == nullptr || array != found->name); ++number)
        found.reset(Mat_VarReadNextInfo(opened.get()));
    if (!found)
        throw Error(ErrorCode::missing_data, file.string(), "has no array " + array, "name another one");
    const std::string descr = descr_of(*found);
    if (descr.empty() || found->rank < 1) bad_matlab(file, "has no numbers in " + array);
    const auto size = size_of(*found, descr);
    if (!size) bad_matlab(file, "has more than " + std::to_string(largest_array) + " bytes in " + array);
    check_matlab_elements(file, number);
    if (Mat_VarReadDataAll(opened.get(), found.get()) != 0 || (found->data == nullptr && *size > 0) ||
        found->nbytes != *size)
        bad_matlab(file, "is damaged or was not copied completely: " + array + " cannot be read");
    std::vector<uint8_t> bytes = npy_head(*found, descr);
    const auto* numbers = static_cast<const uint8_t*>(found->data);
    bytes.insert(bytes.end(), numbers, numbers + *size);
    return bytes;
}

#else

namespace {

[[noreturn]] void without_matlab(const fs::path& file) {
    throw Error(ErrorCode::unsupported, file.string(),
                "is a MATLAB file, and this program was built without matio 1.5.23",
                "install libmatio-dev and build again, or save its arrays as .npz");
}

}  // namespace

const bool reads_matlab = false;

std::vector<std::string> matlab_arrays(const fs::path& file) { without_matlab(file); }
std::vector<uint8_t> matlab_as_npy(const fs::path& file, const std::string&) { without_matlab(file); }

#endif

}  // namespace cnnlab
