#include "engine/core/philox.hpp"
#include "engine/reference/kernels.hpp"

namespace cnnlab::reference {

void run(const ops::Dropout& op, Context& c) {
    const Philox random{c.input.seed, op.stream, c.input.step};
    Array y = c[op.x];
    // images lie one after the other in row-major order, so element e of image n is number n · count + e
    for (size_t i = 0; i < y.size(); ++i)
        y.data()[i] = unit_float(random.word(i)) >= op.p ? y.data()[i] / (1.0 - double{op.p}) : 0;
    c[op.y] = y;
}

}  // namespace cnnlab::reference
