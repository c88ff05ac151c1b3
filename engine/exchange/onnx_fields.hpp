#pragma once

#include <cstdint>
#include <map>
#include <protozero/pbf_reader.hpp>
#include <span>
#include <string>
#include <vector>

#include "engine/exchange/import_messages.hpp"

namespace cnnlab::onnx {

/// Throws Error (bad_file) about a file that is no ONNX model or a damaged one.
[[noreturn]] void bad_model(const std::string& place, Message problem = say_import("import.no_model"));

/// Values of a message's fields. The library asserts what the wire says of a field: here it is asked first.
class Fields {
  public:
    using Reader = protozero::pbf_reader;

    /// `place` is the file in errors. All throw Error (bad_file).
    explicit Fields(const std::string& place) : place_(place) {}

    /// Gives all fields of a message to `read`, each once.
    template <class Read>
    static void each(Reader in, const Read& read) {
        while (in.next()) read(in);
    }

    [[nodiscard]] int64_t integer(Reader& in) const;
    [[nodiscard]] float number(Reader& in) const;
    [[nodiscard]] std::string text(Reader& in) const;
    [[nodiscard]] Reader message(Reader& in) const;
    [[nodiscard]] std::span<const uint8_t> view(Reader& in) const;
    /// One of repeated numbers, or all of them packed.
    void integers(Reader& in, std::vector<int64_t>& values) const;
    void numbers(Reader& in, std::vector<float>& values) const;
    void doubles(Reader& in, std::vector<double>& values) const;
    /// A StringStringEntryProto.
    void entry(Reader in, std::map<std::string, std::string>& entries) const;

  private:
    void check(const Reader& in, protozero::pbf_wire_type wanted) const;

    const std::string& place_;
};

}  // namespace cnnlab::onnx
