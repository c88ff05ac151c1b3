#!/usr/bin/env bash
# tests/fuzz/run.sh [SECONDS [READER...]] : feeds each reader of files mutated ones, under AddressSanitizer and UBSan,
# for so many seconds of a processor, whatever else the machine does. FUZZ_JOBS of them run side by side (1). Needs
# clang with libFuzzer (Debian: clang, libclang-rt-14-dev). What is found stays in build/fuzz/found, and inputs that
# reach more code in build/fuzz/corpus, for the next time.
# --list: the readers. --build: only compiles. --seeds: only runs what there is in seeds and fixtures. Exit code 77: no
# libFuzzer here.
set -euo pipefail
root=$(cd "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
how=run
case ${1:-} in --list | --build | --seeds) how=$1 && shift ;; esac
seconds=10
if [ "$how" = run ] && [ $# -gt 0 ]; then seconds=$1 && shift; fi
readers=("$@")
# The rows of the lists in tests/fuzz/*.cpp: {"npy", npy}
[ ${#readers[@]} -gt 0 ] || mapfile -t readers < <(grep -Eoh '\{"[a-z0-9_]+", [a-z0-9_]+[,}]' "$root"/tests/fuzz/*.cpp | cut -d '"' -f 2)
if [ "$how" = --list ]; then
    printf '%s\n' "${readers[@]}"
    exit
fi

export root how seconds
export out=$root/build/fuzz
mkdir -p "$out"
compiler=${CLANG:-clang++}
printf 'int LLVMFuzzerTestOneInput(const unsigned char*, unsigned long) { return 0; }\n' >"$out/probe.c"
"${compiler%++}" -fsanitize=fuzzer "$out/probe.c" -o "$out/probe" 2>/dev/null || {
    echo "fuzz: no clang with libFuzzer here (Debian: clang, libclang-rt-14-dev): skipped" >&2
    exit 77
}
if [ ! -f "$out/build.ninja" ] && [ ! -f "$out/Makefile" ]; then
    generator=()
    command -v ninja >/dev/null || generator=(-G 'Unix Makefiles')
    (cd "$root" && cmake --preset fuzz "${generator[@]}" -DCMAKE_CXX_COMPILER="$compiler") >&2
fi
cmake --build "$out" --target cnnlab_fuzz >&2
[ "$how" != --build ] || exit 0
python3 "$root/tests/fuzz/seeds.py" "$root" "$out/seeds"

# round READER LIMIT... : one process, and the milliseconds of a processor that it used
round() {
    local reader=$1 log=$out/$1.log used
    shift
    used=$(
        TIMEFORMAT='%U %S'
        { time FUZZ_READER=$reader "$out/cnnlab_fuzz" "$@" -max_len=65536 -rss_limit_mb=2048 -timeout=600 \
            -artifact_prefix="$out/found/$reader-" "$out/corpus/$reader" "$out/seeds/$reader" >"$log" 2>&1; } 2>&1
    ) || return 1
    awk '{ printf "%d\n", ($1 + $2) * 1000 }' <<<"$used"
}

# One reader. Prints what it did; 1 if something was found.
fuzz() {
    local reader=$1 log=$out/$1.log used=0 inputs=0 spent last
    mkdir -p "$out/corpus/$reader" "$out/found" "$out/seeds/$reader"
    FUZZ_READER=$reader FUZZ_SEED=$out/seeds/$reader/own "$out/cnnlab_fuzz"
    local -a limit=(-max_total_time="$((seconds < 60 ? seconds : 60))")
    [ "$how" = run ] || limit=(-runs=0)
    while :; do
        spent=$(round "$reader" "${limit[@]}") || {
            tail -n 30 "$log" >&2
            echo "fuzz: $reader failed; the input is in build/fuzz/found"
            return 1
        }
        last=$(grep -aE '^#[0-9]+[[:space:]]+DONE' "$log" | tail -n 1 | tr -s ' \t' ' ')
        used=$((used + spent)) inputs=$((inputs + $(sed -E 's/^#([0-9]+) .*/\1/' <<<"$last")))
        if [ "$how" != run ] || [ "$used" -ge $((seconds * 1000)) ]; then break; fi
    done
    echo "fuzz: $reader: $inputs inputs in $((used / 1000)) s of a processor; the last round: $last"
}
export -f fuzz round
printf '%s\n' "${readers[@]}" | xargs -P "${FUZZ_JOBS:-1}" -I '{}' bash -c 'fuzz {}'
