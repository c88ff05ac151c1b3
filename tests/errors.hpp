#pragma once

#include <gtest/gtest.h>

#include <string>

#include "engine/core/error.hpp"

namespace cnnlab::test {

/// The Error that `action` throws; a failure and an empty one if it throws none.
template <class Action>
Error error_of(Action&& action) {
    try {
        action();
    } catch (const Error& error) {
        return error;
    }
    ADD_FAILURE() << "no Error was thrown";
    return {ErrorCode::io, "", ""};
}

/// The message of the Error that `action` throws, checked for its code on the way.
template <class Action>
std::string message_of(ErrorCode code, Action&& action) {
    const Error error = error_of(action);
    EXPECT_EQ(error.code(), code) << error.what();
    return error.what();
}

/// Expects an Error of that code with a place, a remedy and all the words in its message. Gives the message back.
template <class Action, class... Words>
requires(sizeof...(Words) > 0) std::string
    expect_error(ErrorCode code, Action&& action, const Words&... words) {
    const Error error = error_of(action);
    std::string message = error.what();
    EXPECT_EQ(error.code(), code) << message;
    EXPECT_FALSE(error.place().empty()) << message;
    EXPECT_FALSE(error.remedy().empty()) << message;
    for (const std::string& word : {std::string(words)...})
        EXPECT_NE(message.find(word), std::string::npos) << message << "\n    lacks: " << word;
    return message;
}

}  // namespace cnnlab::test
