#include "engine/cpu/arch.hpp"

#include <xsimd/xsimd.hpp>

#include "engine/core/messages.hpp"

namespace cnnlab::cpu {

#if CNNLAB_HAS_ARCH_SSE4_2
namespace sse4_2 {
extern const KernelSet kernels;
}
#endif
#if CNNLAB_HAS_ARCH_AVX2
namespace avx2 {
extern const KernelSet kernels;
}
#endif
#if CNNLAB_HAS_ARCH_AVX512
namespace avx512 {
extern const KernelSet kernels;
}
#endif
#if CNNLAB_HAS_ARCH_NEON
namespace neon {
extern const KernelSet kernels;
}
#endif
#if CNNLAB_HAS_ARCH_WASM
namespace wasm {
extern const KernelSet kernels;
}
#endif

const std::vector<Arch>& archs() {
    static const std::vector<Arch> found = [] {
        std::vector<Arch> list;
        [[maybe_unused]] const auto machine = xsimd::available_architectures();
#if CNNLAB_HAS_ARCH_SSE4_2
        if (machine.has(xsimd::sse4_2{})) list.push_back({"sse4_2", &sse4_2::kernels});
#endif
#if CNNLAB_HAS_ARCH_AVX2
        if (machine.has(xsimd::fma3<xsimd::avx2>{})) list.push_back({"avx2", &avx2::kernels});
#endif
#if CNNLAB_HAS_ARCH_AVX512
        if (machine.has(xsimd::avx512bw{}) && __builtin_cpu_supports("avx512vl"))
            list.push_back({"avx512", &avx512::kernels});
#endif
#if CNNLAB_HAS_ARCH_NEON
        list.push_back({"neon", &neon::kernels});
#endif
#if CNNLAB_HAS_ARCH_WASM
        list.push_back({"wasm", &wasm::kernels});
#endif
        return list;
    }();
    return found;
}

const Arch& arch_by_name(const std::string& name) {
    const auto& all = archs();
    if (all.empty()) throw Error(ErrorCode::unsupported, "cpu", say("cpu.no_arch"), say("cpu.build_again"));
    if (name.empty()) return all.back();
    std::vector<std::string> names;
    for (const Arch& arch : all) {
        if (arch.name == name) return arch;
        names.push_back(arch.name);
    }
    throw Error(ErrorCode::unknown_name, "arch", say("cpu.unknown_arch", name),
                say("name.use_one_of", names));
}

}  // namespace cnnlab::cpu
