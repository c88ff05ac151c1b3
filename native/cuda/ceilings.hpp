#pragma once

namespace cnnlab {

/// The ceilings of the GPU, measured: other figures are given relative to these.
struct CudaCeilings {
    double half_flops =
        0;  ///< operations a second of a large half-precision product (cuBLASLt, 8192³); 0 without cuBLASLt
    double memory_bytes = 0;  ///< bytes a second of a large copy on the device, read and written
};

[[nodiscard]] CudaCeilings measure_cuda_ceilings();

}  // namespace cnnlab
