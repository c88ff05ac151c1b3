#!/usr/bin/env bash
# tests/fuzz/run.sh [SECONDS [READER...]] : feeds each reader of files mutated ones, under AddressSanitizer and UBSan.
# Needs clang with libFuzzer (Debian: clang, libclang-rt-14-dev). What is found stays in build/fuzz/READER.
set -euo pipefail
root=$(cd "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
seconds=${1:-10}
[ $# -eq 0 ] || shift
readers=("$@")
[ ${#readers[@]} -gt 0 ] || readers=(npy npy_labels pickle table idx json safetensors cifar)
compiler=${CLANG:-clang++}
out=$root/build/fuzz
mkdir -p "$out"
printf 'int LLVMFuzzerTestOneInput(const unsigned char*, unsigned long) { return 0; }\n' >"$out/probe.c"
"${compiler%++}" -fsanitize=fuzzer "$out/probe.c" -o "$out/probe" 2>/dev/null || {
    echo "fuzz: no clang with libFuzzer here (Debian: clang, libclang-rt-14-dev): skipped" >&2
    exit 0
}
sources=(core/error core/message core/names core/parse_json core/spec core/init data/array data/npy data/pickle data/table data/idx
    data/dataset data/cifar10_binary io/safetensors io/dtype core/philox)
flags=(-std=c++20 -O1 -g1 "-fsanitize=fuzzer-no-link,address,undefined" -fno-sanitize-recover=all -I"$root" -isystem "$root/.toolchain/include")
objects=()
for source in "${sources[@]}"; do
    [ -f "$root/engine/$source.cpp" ] || continue
    object=$out/${source//\//_}.o
    objects+=("$object")
    [ "$object" -nt "$root/engine/$source.cpp" ] || "$compiler" "${flags[@]}" -c "$root/engine/$source.cpp" -o "$object"
done
for reader in "${readers[@]}"; do
    "$compiler" "${flags[@]}" -DFUZZ_READER="$reader" "$root/tests/fuzz/readers.cpp" "${objects[@]}" -fsanitize=fuzzer,address,undefined \
        -o "$out/$reader.fuzz"
    mkdir -p "$out/$reader"
    # The seeds are what other programs have written.
    echo "fuzz: $reader, $seconds s"
    "$out/$reader.fuzz" -max_total_time="$seconds" -max_len=20000 -rss_limit_mb=2048 -timeout=10 -artifact_prefix="$out/$reader/" \
        "$out/$reader" "$root/tests/data/fixtures/arrays" >"$out/$reader.log" 2>&1 || {
        tail -n 30 "$out/$reader.log" >&2
        echo "fuzz: $reader failed; the input is in build/fuzz/$reader" >&2
        exit 1
    }
    grep -a "DONE" "$out/$reader.log" | tail -n 1 || true
done
