#pragma once

#include <exception>
#include <string>

#include "engine/core/message.hpp"

#include "engine/core/fields.hpp"

namespace cnnlab {

/// What kind of thing went wrong. A caller branches on this, never on a message's words.
enum class ErrorCode {
    unknown_name,    ///< an experiment, layer, field or parameter that does not exist
    wrong_type,      ///< a field holds a string where a number is needed, and the like
    out_of_range,    ///< a number outside what the field allows, a label outside the classes
    shape_mismatch,  ///< shapes that do not fit together
    bad_file,        ///< truncated, corrupt or of another format
    missing_data,    ///< a file or data set that is not there
    io,              ///< the operating system refused to read or write
    checkpoint,      ///< a checkpoint that belongs to another model
    unsupported,     ///< this build or backend cannot do it
    diverged,        ///< the loss is no longer a finite number
};
template <>
struct EnumNames<ErrorCode> {
    static constexpr std::array<std::string_view, 10> names{
        "unknown_name", "wrong_type", "out_of_range", "shape_mismatch", "bad_file",
        "missing_data", "io",         "checkpoint",   "unsupported",    "diverged"};
};

/// The engine's only exception. `place` is where ("model.layers[3].kernel", "train-labels.gz"), `problem` is what is
/// wrong, `remedy` is what to do about it, both by key (engine/core/messages.hpp). Thrown on set-up paths, never from a
/// kernel. what() is all of it in English.
class Error : public std::exception {
  public:
    Error(ErrorCode code, std::string place, Message problem, Message remedy = {});

    [[nodiscard]] ErrorCode code() const noexcept { return code_; }
    [[nodiscard]] const std::string& place() const noexcept { return place_; }
    [[nodiscard]] const Message& problem() const noexcept { return problem_; }
    [[nodiscard]] const Message& remedy() const noexcept { return remedy_; }
    [[nodiscard]] const char* what() const noexcept override { return what_.c_str(); }

  private:
    ErrorCode code_;
    std::string place_;
    Message problem_, remedy_;
    std::string what_;
};

}  // namespace cnnlab
