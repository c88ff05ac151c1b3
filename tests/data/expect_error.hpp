#pragma once

#include <gtest/gtest.h>

#include <string>

#include "engine/core/error.hpp"

namespace cnnlab::test {

/// Expects `action` to throw an Error of that code whose message has all the words; gives the message back.
template <class Action, class... Words>
requires(sizeof...(Words) > 0) std::string
    expect_error(ErrorCode code, Action&& action, const Words&... words) {
    try {
        action();
    } catch (const Error& error) {
        const std::string message = error.what();
        EXPECT_EQ(error.code(), code) << message;
        EXPECT_FALSE(error.place().empty()) << message;
        EXPECT_FALSE(error.remedy().empty()) << message;
        for (const std::string& word : {std::string(words)...}) {
            EXPECT_NE(message.find(word), std::string::npos) << message << "\n    lacks: " << word;
        }
        return message;
    }
    ADD_FAILURE() << "no Error was thrown";
    return {};
}

}  // namespace cnnlab::test
