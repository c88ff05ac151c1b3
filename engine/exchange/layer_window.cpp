#include "engine/exchange/layer_window.hpp"

namespace cnnlab {

Window window_of(const Compiled& compiled, size_t layer) {
    Window window;
    for (size_t i = 0; i < compiled.program.ops.size(); ++i)
        if (compiled.program.layer_of_op[i] == static_cast<int>(layer))
            std::visit(
                [&](const auto& op) {
                    if constexpr (requires { op.window; }) window = op.window;
                },
                static_cast<const OpVariant&>(compiled.program.ops[i]));
    return window;
}

}  // namespace cnnlab
