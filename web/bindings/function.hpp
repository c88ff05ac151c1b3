#pragma once

#include <emscripten/bind.h>

#include "web/bindings/values.hpp"

namespace cnnlab::web {

/// A captureless lambda as a function of the module. Numbers, texts and `val` come in; out goes what value_of knows.
template <class F, class Signature = decltype(&F::operator())>
struct ModuleFunction;
template <class F, class Result, class... Arguments>
struct ModuleFunction<F, Result (F::*)(Arguments...) const> {
    static val call(Arguments... arguments) {
        return guarded([&]() -> val {
            if constexpr (std::is_void_v<Result>) {
                F{}(arguments...);
                return val::undefined();
            } else {
                return value_of(F{}(arguments...));
            }
        });
    }
};

/// A function as a captureless lambda.
template <auto Function>
struct AsLambda;
template <class Result, class... Arguments, Result (*Function)(Arguments...)>
struct AsLambda<Function> {
    static auto make() {
        return [](Arguments... arguments) { return Function(arguments...); };
    }
};

/// Registers a call under its name: function("imagesDrop", [](int id) { … }).
template <class F>
void function(const char* name, F /*lambda*/) {
    emscripten::function(name, &ModuleFunction<F>::call);
}
template <auto Function>
void function(const char* name) {
    function(name, AsLambda<Function>::make());
}

}  // namespace cnnlab::web
