#include "native/data/matlab.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <bit>
#include <fstream>
#include <memory>
#include <new>
#include <optional>

#include "engine/core/error.hpp"

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

/// What stands before an element of a MATLAB file of version 5.
struct Tag {
    uint32_t type = 0, bytes = 0;
};

/// matio takes what it can of a file that was cut or damaged, and tells nobody. So elements are looked at before: the
/// one of that number and those before it, or all, must lie within the file, and that one must have its checksum if it
/// is compressed. Throws Error (bad_file). Versions 4 and 7.3 have no such elements. Source: MathWorks, MAT-File
/// Format, "Level 5 MAT-File Format".
void check_elements(const fs::path& file, std::optional<size_t> number = std::nullopt) {
    constexpr size_t head_bytes = 128;
    constexpr uint32_t compressed = 15;
    std::ifstream in(file, std::ios::binary);
    std::array<char, head_bytes> head{};
    if (!in.read(head.data(), head.size())) return;
    const bool is_little = head[126] == 'I' && head[127] == 'M',
               is_big = head[126] == 'M' && head[127] == 'I';
    if (!(is_little && head[125] == 1) && !(is_big && head[124] == 1)) return;
    const auto damaged = [&] { bad_matlab(file, "is damaged or was not copied completely"); };
    const uint64_t size = fs::file_size(file);
    uint64_t at = head_bytes;
    Tag tag;
    for (size_t i = 0;; ++i) {
        if (!number && at == size) return;
        std::array<unsigned char, 8> bytes{};
        if (!in.seekg(static_cast<std::streamoff>(at))
                 .read(reinterpret_cast<char*>(bytes.data()), bytes.size()))
            damaged();
        const auto word = [&](size_t from) {
            uint32_t value = 0;
            for (size_t k = 0; k < 4; ++k)
                value |= uint32_t{bytes[from + k]} << (8 * (is_little ? k : 3 - k));
            return value;
        };
        tag = {word(0), word(4)};
        at += bytes.size();
        if (tag.bytes > size - at) damaged();
        if (i == number) break;
        at += tag.bytes;
    }
    if (tag.type != compressed) return;
    z_stream stream{};
    if (inflateInit(&stream) != Z_OK) throw std::bad_alloc();
    const std::unique_ptr<z_stream, int (*)(z_stream*)> end(&stream, inflateEnd);
    std::vector<uint8_t> packed(1U << 20U), sink(1U << 20U);
    int result = Z_OK;
    for (uint64_t left = tag.bytes; result == Z_OK && left > 0;) {
        const auto count = static_cast<size_t>(std::min<uint64_t>(left, packed.size()));
        if (!in.read(reinterpret_cast<char*>(packed.data()), static_cast<std::streamsize>(count))) damaged();
        left -= count;
        stream.next_in = packed.data();
        stream.avail_in = static_cast<uInt>(count);
        do {
            stream.next_out = sink.data();
            stream.avail_out = static_cast<uInt>(sink.size());
            result = inflate(&stream, Z_NO_FLUSH);
        } while (result == Z_OK && (stream.avail_in > 0 || stream.avail_out == 0));
        if (result == Z_BUF_ERROR) result = Z_OK;  // it wants more
    }
    if (result != Z_STREAM_END) damaged();
}

}  // namespace

const bool reads_matlab = true;

std::vector<std::string> matlab_arrays(const fs::path& file) {
    const MatlabFile opened = open_matlab(file);
    check_elements(file);
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
    check_elements(file, number);
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
