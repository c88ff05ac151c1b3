#!/usr/bin/env bash
# tests/fuzz/run.sh [SECONDS [READER...]] : feeds each reader of files mutated ones, under AddressSanitizer and UBSan.
# Needs clang with libFuzzer (Debian: clang, libclang-rt-14-dev). What is found stays in build/fuzz/READER.
# --list: the readers. --build: only compiles. --seeds: only runs what there is in seeds and fixtures. Exit code 77: no
# libFuzzer here.
set -euo pipefail
root=$(cd "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
fixtures=$root/tests/data/fixtures
how=run
case ${1:-} in --list | --build | --seeds) how=$1 && shift ;; esac
seconds=10
if [ "$how" = run ] && [ $# -gt 0 ]; then seconds=$1 && shift; fi
readers=("$@")
[ ${#readers[@]} -gt 0 ] || readers=(npy npy_labels pickle table idx idx_split json safetensors cifar picture label_table)
if [ "$how" = --list ]; then
    printf '%s\n' "${readers[@]}"
    exit
fi
compiler=${CLANG:-clang++}
out=$root/build/fuzz
mkdir -p "$out"
printf 'int LLVMFuzzerTestOneInput(const unsigned char*, unsigned long) { return 0; }\n' >"$out/probe.c"
"${compiler%++}" -fsanitize=fuzzer "$out/probe.c" -o "$out/probe" 2>/dev/null || {
    echo "fuzz: no clang with libFuzzer here (Debian: clang, libclang-rt-14-dev): skipped" >&2
    exit 77
}
sources=(core/error core/message core/names core/utf8 core/parse_json core/spec core/init core/philox
    data/array data/npy data/pickle data/table data/idx data/dataset data/cifar10_binary
    data/picture_bytes data/bmp data/exif data/label_table data/folder_names io/safetensors io/dtype)
flags=(-std=c++20 -O1 -g1 "-fsanitize=fuzzer-no-link,address,undefined" -fno-sanitize-recover=all -I"$root" -isystem "$root/.toolchain/include")
objects=()
for source in "${sources[@]}"; do
    [ -f "$root/engine/$source.cpp" ] || continue
    object=$out/${source//\//_}.o
    objects+=("$object")
    # A header that has changed makes every object anew: there are few of them.
    if [ ! -f "$object" ] || [ -n "$(find "$root/engine" -newer "$object" \( -name '*.hpp' -o -path "*/$source.cpp" \) -print -quit)" ]; then
        "$compiler" "${flags[@]}" -c "$root/engine/$source.cpp" -o "$object"
    fi
done
program=$out/readers
if [ ! -f "$program" ] || [ -n "$(find "$root/tests/fuzz/readers.cpp" "${objects[@]}" -newer "$program" -print -quit)" ]; then
    "$compiler" "${flags[@]}" "$root/tests/fuzz/readers.cpp" "${objects[@]}" -fsanitize=fuzzer,address,undefined -o "$program"
fi
[ "$how" != --build ] || exit 0
python3 "$root/tests/fuzz/seeds.py" "$out/seeds"
for reader in "${readers[@]}"; do
    mkdir -p "$out/$reader" "$out/seeds/$reader"
    # The seeds are what other programs have written.
    seeds=("$out/seeds/$reader" "$fixtures/arrays")
    [ "$reader" != picture ] || seeds=("$out/seeds/$reader" "$fixtures/images")
    limit=(-max_total_time="$seconds")
    [ "$how" = run ] || limit=(-runs=0)
    echo "fuzz: $reader"
    FUZZ_READER=$reader "$program" "${limit[@]}" -max_len=20000 -rss_limit_mb=2048 -timeout=20 -artifact_prefix="$out/$reader/" \
        "$out/$reader" "${seeds[@]}" >"$out/$reader.log" 2>&1 || {
        tail -n 30 "$out/$reader.log" >&2
        echo "fuzz: $reader failed; the input is in build/fuzz/$reader" >&2
        exit 1
    }
    grep -a "DONE" "$out/$reader.log" | tail -n 1 || true
done
