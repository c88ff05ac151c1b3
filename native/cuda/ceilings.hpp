#pragma once

namespace cnnlab {

/// What the GPU reaches at its best, measured: the ceilings that other figures stand beside.
struct CudaCeilings {
    double half_flops =
        0;  ///< operations a second of a large half-precision product (cuBLASLt, 8192³); 0 without cuBLASLt
    double memory_bytes = 0;  ///< bytes a second of a large copy on the device, read and written
};

[[nodiscard]] CudaCeilings measure_cuda_ceilings();

}  // namespace cnnlab
