#include "engine/io/safetensors.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "engine/core/philox.hpp"
#include "engine/io/dtype.hpp"
#include "tests/errors.hpp"
#include "tests/sanitizer.hpp"

namespace cnnlab {
namespace {

using Bytes = std::vector<uint8_t>;
using test::expect_error;

/// A file from a header's text and its data.
Bytes file_of(const std::string& header, const Bytes& data) {
    Bytes bytes(8 + header.size());
    const uint64_t length = header.size();
    std::memcpy(bytes.data(), &length, 8);
    std::memcpy(bytes.data() + 8, header.data(), header.size());
    bytes.insert(bytes.end(), data.begin(), data.end());
    return bytes;
}

template <class T>
Bytes bytes_of(std::initializer_list<T> values) {
    Bytes bytes(values.size() * sizeof(T));
    if (!bytes.empty()) std::memcpy(bytes.data(), values.begin(), bytes.size());
    return bytes;
}

/// The header's entry of one tensor "t".
std::string entry(const std::string& dtype, const std::string& shape, const std::string& offsets) {
    return R"({"t":{"dtype":")" + dtype + R"(","shape":)" + shape + R"(,"data_offsets":)" + offsets + "}}";
}

TensorFile small_file() {
    return {.tensors = {{"conv.weight", HostTensor(Shape{2, 1, 1, 2}, {1, 2, 3, 4})},
                        {"bias", HostTensor(Shape{2}, {-0.5F, 1e-30F})},
                        {"step", HostTensor(Shape{}, std::vector<float>{7})}},
            .metadata = {{"format", "cnnlab"}, {"note", "ñ \"quoted\""}}};
}

void expect_bad(const std::string& header, const Bytes& data, const std::string& word) {
    expect_error(
        ErrorCode::bad_file, [&] { read_safetensors(file_of(header, data), "m.safetensors"); },
        "m.safetensors", word);
}

TEST(Safetensors, ReadsBackWhatItWrites) {
    const TensorFile file = small_file();
    const Bytes bytes = write_safetensors(file);
    EXPECT_EQ(bytes, write_safetensors(file));
    const TensorFile read = read_safetensors(bytes, "m");
    EXPECT_EQ(read.metadata, file.metadata);
    ASSERT_EQ(read.tensors.size(), 3U);
    for (size_t i = 0; i < 3; ++i) {
        EXPECT_EQ(read.tensors[i].name, file.tensors[i].name);
        EXPECT_EQ(read.tensors[i].tensor.shape(), file.tensors[i].tensor.shape());
        EXPECT_TRUE(std::ranges::equal(read.tensors[i].tensor.span(), file.tensors[i].tensor.span()));
    }
    EXPECT_EQ(write_safetensors(read), bytes);
    ASSERT_NE(read.find("bias"), nullptr);
    EXPECT_EQ((*read.find("bias"))[0], -0.5F);
    EXPECT_EQ(read.find("weight"), nullptr);
}

TEST(Safetensors, MetadataAreReadWithoutTensors) {
    const Bytes bytes = write_safetensors(small_file());
    EXPECT_EQ(read_safetensors_metadata(bytes, "m"), small_file().metadata);
    EXPECT_TRUE(read_safetensors_metadata(write_safetensors({}), "m").empty());
    expect_error(
        ErrorCode::bad_file, [&] { read_safetensors_metadata(std::span(bytes).first(20), "m"); },
        "truncated");
}

TEST(Safetensors, DataStartAtAMultipleOfEight) {
    for (size_t length = 1; length <= 9; ++length) {
        const Bytes bytes = write_safetensors(
            {.tensors = {{std::string(length, 'n'), HostTensor(Shape{1})}}, .metadata = {}});
        uint64_t header = 0;
        std::memcpy(&header, bytes.data(), 8);
        EXPECT_EQ(header % 8, 0U);
        EXPECT_EQ(bytes.size(), 8 + header + 4);
        EXPECT_EQ(bytes[8], '{');
    }
}

TEST(Safetensors, NothingIsAFileToo) {
    EXPECT_TRUE(read_safetensors(write_safetensors({}), "m").tensors.empty());
    const TensorFile empty{
        .tensors = {{"a", HostTensor(Shape{0, 3})}, {"b", HostTensor(Shape{1})}, {"c", HostTensor(Shape{0})}},
        .metadata = {}};
    const TensorFile read = read_safetensors(write_safetensors(empty), "m");
    ASSERT_EQ(read.tensors.size(), 3U);
    EXPECT_EQ(read.tensors[0].tensor.shape(), (Shape{0, 3}));
}

TEST(Safetensors, KeepsEveryBitOfAFloat) {
    HostTensor tensor(Shape{1000});
    const Philox random{.seed = 5};
    for (int64_t i = 0; i < 1000; ++i)
        tensor[i] = std::bit_cast<float>(random.word(static_cast<uint64_t>(i)));
    const TensorFile read =
        read_safetensors(write_safetensors({.tensors = {{"t", tensor}}, .metadata = {}}), "m");
    EXPECT_EQ(std::memcmp(read.tensors[0].tensor.data(), tensor.data(), 4000), 0);
}

TEST(Safetensors, OtherTypesBecomeFloat) {
    const auto read = [](const std::string& dtype, const Bytes& data, int64_t count) {
        const std::string header =
            entry(dtype, "[" + std::to_string(count) + "]", "[0," + std::to_string(data.size()) + "]");
        const HostTensor tensor = read_safetensors(file_of(header, data), "m").tensors.at(0).tensor;
        return std::vector<float>(tensor.span().begin(), tensor.span().end());
    };
    using Floats = std::vector<float>;
    EXPECT_EQ(read("F32", bytes_of({1.5F, -2.0F}), 2), (Floats{1.5F, -2}));
    EXPECT_EQ(read("F64", bytes_of({1.5, 1e-300, 0.1}), 3), (Floats{1.5F, 0, 0.1F}));
    EXPECT_EQ(read("F16", bytes_of<uint16_t>({0x3C00, 0xC000, 0x7BFF, 0x0001, 0x8000}), 5),
              (Floats{1, -2, 65504, 5.9604645e-8F, -0.0F}));
    EXPECT_EQ(read("BF16", bytes_of<uint16_t>({0x3F80, 0xC0A0}), 2), (Floats{1, -5}));
    EXPECT_EQ(read("I64", bytes_of<int64_t>({-3, 16777217}), 2), (Floats{-3, 16777216}));
    EXPECT_EQ(read("I32", bytes_of<int32_t>({-3, 2147483647}), 2), (Floats{-3, 2147483648.0F}));
    EXPECT_EQ(read("U8", Bytes{0, 255}, 2), (Floats{0, 255}));
    expect_error(
        ErrorCode::unsupported, [&] { read("F8_E4M3", Bytes{0}, 1); }, "tensor \"t\"", "F8_E4M3", "F32");
    expect_error(
        ErrorCode::bad_file, [&] { read("F64", bytes_of({1e39}), 1); }, "tensor \"t\"", "too large");
    EXPECT_TRUE(std::isinf(read("F64", bytes_of({std::numeric_limits<double>::infinity()}), 1)[0]));
}

TEST(Safetensors, EveryHalfIsExact) {
    for (uint32_t bits = 0; bits < 65536; ++bits) {
        const float value = half_to_float(static_cast<uint16_t>(bits));
        const int exponent = static_cast<int>(bits >> 10U & 31U);
        const double fraction = (bits & 1023U) / 1024.0;
        double wanted = exponent == 0 ? std::ldexp(fraction, -14) : std::ldexp(1 + fraction, exponent - 15);
        if (exponent == 31) {
            ASSERT_EQ(std::isnan(value), fraction != 0);
            wanted = std::numeric_limits<double>::infinity();
        }
        if (!std::isnan(value)) {
            ASSERT_EQ(std::abs(static_cast<double>(value)), wanted);
        }
        ASSERT_EQ(std::signbit(value), bits >= 0x8000U);
    }
}

TEST(Safetensors, EveryTruncationIsAnError) {
    const Bytes bytes = write_safetensors(small_file());
    for (size_t length = 0; length < bytes.size(); ++length) {
        const Bytes cut(bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(length));
        expect_error(
            ErrorCode::bad_file, [&] { read_safetensors(cut, "m.safetensors"); }, "m.safetensors");
    }
}

TEST(Safetensors, EveryBitFlipOfTheHeaderIsReadOrRefused) {
    const Bytes bytes = write_safetensors(small_file());
    uint64_t header = 0;
    std::memcpy(&header, bytes.data(), 8);
    int refused = 0;
    for (size_t bit = 0; bit < 8 * (8 + header); ++bit) {
        Bytes flipped = bytes;
        flipped[bit / 8] ^= static_cast<uint8_t>(1U << bit % 8);
        try {
            read_safetensors(flipped, "m");
        } catch (const Error&) {
            ++refused;
        }
    }
    EXPECT_GT(refused, 100);  // the rest changed a name or a text
}

TEST(Safetensors, HeadersThatLie) {
    const Bytes data(16);
    for (uint64_t length : {uint64_t{9}, uint64_t{100'000'001}, uint64_t{1} << 63U, ~uint64_t{0}}) {
        Bytes bytes = file_of("{}", {});
        std::memcpy(bytes.data(), &length, 8);
        expect_error(
            ErrorCode::bad_file, [&] { read_safetensors(bytes, "m"); }, "header");
    }
    expect_bad("", {}, "JSON");
    expect_bad("[]", {}, "JSON");
    expect_bad("{", {}, "JSON");
    expect_bad(" {}", {}, "JSON");
    expect_bad("{}{}", {}, "JSON");
    expect_bad("{\"t\":\"\xff\"}", {}, "JSON");
    expect_bad(std::string(20000, '['), {}, "JSON");
    expect_bad("{\"t\":" + std::string(20000, '['), {}, "nested");
    const size_t deep = test::has_sanitizer ? 50'000 : 1'000'000;  // sanitizers are slow
    expect_bad("{\"__metadata__\":{\"a\":" + std::string(deep, '[') + std::string(deep, ']') + "}}", {},
               "nested");
    std::string many = "{\"__metadata__\":{";
    for (int i = 0; i <= 20000; ++i) many += "\"" + std::to_string(i) + "\":\"\",";
    expect_bad(many + "\"x\":\"\"}}", {}, "more than 20000 names");
    expect_bad(R"({"t":[]})", {}, "tensor \"t\"");
    expect_bad(R"({"t":{}})", {}, "dtype");
    expect_bad(R"({"t":{"dtype":"F32"}})", {}, "shape");
    expect_bad(R"({"t":{"dtype":"F32","shape":[4]}})", data, "data_offsets");
    expect_bad(R"({"__metadata__":{"a":1}})", {}, "metadata");
    expect_bad(R"({"__metadata__":[]})", {}, "metadata");
}

TEST(Safetensors, ShapesThatLie) {
    const Bytes data(16);
    expect_bad(entry("F32", "[5]", "[0,16]"), data, "shape");
    expect_bad(entry("F32", "[3]", "[0,16]"), data, "12 bytes");
    expect_bad(entry("F32", "[0]", "[0,16]"), data, "0 bytes");
    expect_bad(entry("F16", "[4]", "[0,16]"), data, "8 bytes");
    expect_bad(entry("F32", "[-4]", "[0,16]"), data, "-4");
    expect_bad(entry("F32", "[4.0]", "[0,16]"), data, "4.0");
    expect_bad(entry("F32", "4", "[0,16]"), data, "shape");
    // products that overflow 64 bits to 4, and to 0
    expect_bad(entry("F32", "[9223372036854775810,2]", "[0,16]"), data, "shape");
    expect_bad(entry("F32", "[4294967296,4294967296]", "[0,0]"), {}, "shape");
    expect_bad(entry("F32", "[2147483647,2147483647,2147483647,2147483647]", "[0,16]"), data, "shape");
    expect_error(
        ErrorCode::unsupported,
        [&] { read_safetensors(file_of(entry("F32", "[1,1,1,2,2]", "[0,16]"), data), "m"); }, "tensor \"t\"",
        "rank 5");
}

TEST(Safetensors, OffsetsThatLie) {
    const Bytes data(16);
    expect_bad(entry("F32", "[4]", "[0,17]"), data, "outside");
    expect_bad(entry("F32", "[4]", "[16,0]"), data, "outside");
    expect_bad(entry("F32", "[4]", "[4,20]"), data, "outside");
    expect_bad(entry("F32", "[4]", "[0,18446744073709551615]"), data, "outside");
    expect_bad(entry("F32", "[4]", "[0]"), data, "outside");
    expect_bad(entry("F32", "[3]", "[0,12]"), data, "belong to no tensor");
    expect_bad(entry("F32", "[3]", "[4,16]"), data, "gap");
    const auto two = [](const std::string& a, const std::string& b) {
        return R"({"a":{"dtype":"F32","shape":[2],"data_offsets":)" + a +
               R"(},"b":{"dtype":"F32","shape":[2],"data_offsets":)" + b + "}}";
    };
    expect_bad(two("[0,8]", "[4,12]"), Bytes(12), "overlaps");
    expect_bad(two("[0,8]", "[0,8]"), Bytes(8), "overlaps");
    EXPECT_EQ(read_safetensors(file_of(two("[8,16]", "[0,8]"), data), "m").tensors[0].name, "b");
}

TEST(Safetensors, NamesGivenTwice) {
    const std::string one = R"("t":{"dtype":"F32","shape":[2],"data_offsets":[0,8]})";
    expect_bad("{" + one + "," + one + "}", Bytes(8), "twice");
    expect_bad(R"({"t":{"dtype":"F32","dtype":"F16","shape":[2],"data_offsets":[0,8]}})", Bytes(8), "twice");
    const auto write = [](std::vector<NamedTensor> tensors) {
        return [tensors = std::move(tensors)] { write_safetensors({.tensors = tensors, .metadata = {}}); };
    };
    expect_error(ErrorCode::bad_file, write({{"t", HostTensor(Shape{1})}, {"t", HostTensor(Shape{1})}}),
                 "\"t\"");
    expect_error(ErrorCode::bad_file, write({{"__metadata__", HostTensor(Shape{1})}}), "__metadata__");
    expect_error(ErrorCode::bad_file, write({{"\xff", HostTensor(Shape{1})}}), "UTF-8");
    expect_error(ErrorCode::shape_mismatch, write({{"t", HostTensor(Shape{3}, {1, 2})}}), "\"t\"",
                 "2 values");
}

}  // namespace
}  // namespace cnnlab
