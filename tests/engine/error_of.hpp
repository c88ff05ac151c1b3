#pragma once

#include <gtest/gtest.h>

#include <string>

#include "engine/core/error.hpp"

namespace cnnlab::test {

/// The Error that `action` throws; a failure and an empty one if it throws none.
template <class Action>
Error error_of(const Action& action) {
    try {
        action();
    } catch (const Error& error) {
        return error;
    }
    ADD_FAILURE() << "nothing was thrown";
    return {ErrorCode::io, "", ""};
}

/// The Error's message, checked for its code on the way.
template <class Action>
std::string message_of(ErrorCode code, const Action& action) {
    const Error error = error_of(action);
    EXPECT_EQ(error.code(), code) << error.what();
    return error.what();
}

}  // namespace cnnlab::test
