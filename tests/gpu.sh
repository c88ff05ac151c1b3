#!/usr/bin/env bash
# What needs a GPU, in two commands.
#   tests/gpu.sh pack FOLDER DATA    here, with CUDA's compiler: builds, and puts all that the other machine
#                                    needs into FOLDER (under 64 MiB). DATA: a folder with CIFAR-10, as *.bin
#                                    files or as packs with their unpack.py
#   FOLDER/gpu.sh run FOLDER OUT     there, with a GPU, a driver and CUDA's toolkit, without network: tests, trains,
#                                    benches; logs in OUT, a table of everything last. Exit code 1 if a step failed
# Each step has a limit of its own, in seconds: LIMIT_suite=60 … ; SKIP="sanitize notebooks" leaves steps out,
# ONLY="suite bench" leaves out all others, so that they also fit into several commands of ten minutes. RUNS=5:
# trainings a bench. PEER="python3 airbench94_muon.py": what to time beside.
set -euo pipefail

say() { printf 'gpu: %s\n' "$*" >&2; }
die() { say "$*"; exit 2; }

# ---- pack ------------------------------------------------------------------------------------------

# copy_libraries PROGRAM FOLDER : the shared libraries that another machine may lack; the C
# library and the driver are its own
copy_libraries() {
    ldd "$1" | sed -n 's/.* => \(\/[^ ]*\) .*/\1/p' |
        grep -vE '/(libc|libm|libdl|librt|libpthread|ld-linux[^/]*|libcuda)\.so' | while read -r library; do
        cp -L "$library" "$2/"
    done
}

pack() {
    local folder=$1 data=$2 root build stage
    root=$(cd "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
    build=$root/build/release
    cmake -S "$root" --preset release -DCNNLAB_CUDA=ON >/dev/null
    cmake --build "$build" --target cnnlab cnnlab_tests
    mkdir -p "$folder"
    stage=$(mktemp -d)
    # shellcheck disable=SC2064  # the folder of now
    trap "rm -rf '$stage'" EXIT
    mkdir "$stage/lib"
    for program in cnnlab cnnlab_tests; do
        cp "$build/$program" "$stage/"
        strip "$stage/$program"
        copy_libraries "$build/$program" "$stage/lib"
    done
    # ICU's tables, 31 MB, come with libarchive's reader of XML, which is not used: an empty table of
    # the same name takes their place
    local icu version
    for icu in "$stage"/lib/libicudata.so.*; do
        [ -f "$icu" ] || continue
        version=${icu##*.}
        echo "const char icudt${version}_dat[64] = {0};" | cc -shared -fPIC -Wl,-soname,"${icu##*/}" -x c - -o "$icu"
    done
    # xz's filter for machine code: it packs the programs 6 % smaller, and there is little room beside the images
    tar -C "$stage" -cf - . | xz --x86 --lzma2=preset=9e >"$folder/programs.tar.xz"
    cp "${BASH_SOURCE[0]}" "$folder/gpu.sh"
    mkdir -p "$folder/data"
    if ls "$data"/*.bin >/dev/null 2>&1; then
        (cd "$data" && tar -cJf - -- *.bin) >"$folder/data/cifar10.tar.xz"
    else
        cp "$data"/*.pack "$data/unpack.py" "$folder/data/"
    fi
    local size
    size=$(du -sm --apparent-size "$folder" | cut -f1)
    say "$size MiB in $folder"
    [ "$size" -le 64 ] || die "that is more than 64 MiB"
}

# ---- run -------------------------------------------------------------------------------------------

rows=()
failures=0

# step NAME SECONDS COMMAND... : runs it under a limit with its output in OUT/NAME.log, and books it for the table
step() {
    local name=$1 limit=$2 begin status=0 outcome seconds
    shift 2
    local own="LIMIT_${name//-/_}"
    limit=${!own:-$limit}
    if [[ " ${SKIP:-} " == *" $name "* ]] || { [ -n "${ONLY:-}" ] && [[ " $ONLY " != *" $name "* ]]; }; then
        rows+=("$name|left out|")
        return
    fi
    say "$name (at most $limit s)"
    begin=$(date +%s.%N)
    timeout --kill-after=10 "$limit" "$@" >"$out/$name.log" 2>&1 || status=$?
    seconds=$(awk -v a="$begin" -v b="$(date +%s.%N)" 'BEGIN { printf "%.1f", b - a }')
    case $status in
        0) outcome=ok ;;
        124 | 137) outcome="stopped after $limit s" ;;
        *) outcome="failed ($status)" ;;
    esac
    [ "$status" = 0 ] || failures=$((failures + 1))
    rows+=("$name|$outcome|$seconds")
    [ "$status" = 0 ] || tail -5 "$out/$name.log" >&2
}

unpack_data() {
    mkdir -p "$work/cifar10"
    if [ -f "$folder/data/cifar10.tar.xz" ]; then
        tar -C "$work/cifar10" -xJf "$folder/data/cifar10.tar.xz"
    else
        python3 "$folder/data/unpack.py" "$work/cifar10"
    fi
}

train() { "$work/cnnlab" train "$@" --device cuda --data "$cifar10" --run "$work/runs/$RANDOM$RANDOM" --json; }

notebooks() {
    for name in cifar10-simple cifar10-threeconv cifar10-batchnorm cifar10-resnet; do
        echo "== $name" && train "$name" --precision half
    done
}

# process start to accuracy printed, in seconds, of RUNS runs
whole() {
    local i begin
    for i in $(seq "${RUNS:-5}"); do
        begin=$(date +%s.%N)
        train cifar10-speedrun --precision half --seed "$i" >"$out/whole-$i.json" 2>/dev/null
        awk -v a="$begin" -v b="$(date +%s.%N)" 'BEGIN { printf "%.3f\n", b - a }'
    done
}

table() {
    local row
    printf '\n%-14s %-20s %8s\n' step outcome seconds
    for row in "${rows[@]}"; do
        IFS='|' read -r name outcome seconds <<<"$row"
        printf '%-14s %-20s %8s\n' "$name" "$outcome" "$seconds"
    done
    [ ! -f "$out/suite.log" ] || tail -3 "$out/suite.log"
    [ ! -f "$out/bench.log" ] || { echo && cat "$out/bench.log"; }
    [ ! -f "$out/whole.log" ] || { echo "process start to accuracy printed, s:" && tr '\n' ' ' <"$out/whole.log" && echo; }
    grep -h '"test_accuracy"' "$out"/train-*.log "$out/notebooks.log" 2>/dev/null | cut -c1-400 || true
    [ ! -f "$out/peer.log" ] || { echo "beside:" && tail -3 "$out/peer.log"; }
}

run() {
    folder=$(cd "$1" && pwd)
    mkdir -p "$2"
    out=$(cd "$2" && pwd)
    work=${WORK:-$(mktemp -d)}
    mkdir -p "$work/runs"
    [ -x "$work/cnnlab" ] || tar -C "$work" -xJf "$folder/programs.tar.xz"
    # cuDNN and cuBLASLt: the toolkit's, else those that Python's packages bring
    local libraries=$work/lib path
    for path in /usr/local/cuda/lib64 $(python3 -c 'import sys; print(*(p + "/nvidia" for p in sys.path if p))' 2>/dev/null); do
        while read -r found; do libraries+=:$(dirname "$found"); done < <(find "$path/" -name 'libcudnn.so.9' -o -name 'libcublasLt.so.13' 2>/dev/null)
    done
    export LD_LIBRARY_PATH=$libraries
    cifar10=$work/cifar10
    nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader | tee "$out/gpu.txt" >&2 ||
        die "there is no GPU here (nvidia-smi failed)"
    export -f unpack_data train notebooks whole
    export folder out work cifar10
    step unpack 60 bash -c unpack_data
    step suite 240 "$work/cnnlab_tests" --gtest_brief=1 --gtest_filter='*Conformance*:Contract*:Cuda*'
    step sanitize 240 compute-sanitizer --error-exitcode 9 "$work/cnnlab_tests" --gtest_brief=1 \
        --gtest_filter='chain/*conv_norm_relu_pool*:graph/*residual*:load_batch/*everything*:optimizer/*adamw*:loss/*ten*'
    step racecheck 120 compute-sanitizer --tool racecheck --error-exitcode 9 "$work/cnnlab_tests" --gtest_brief=1 \
        --gtest_filter='chain/*conv_norm_relu_pool*:loss/*ten*'
    step train-half 60 bash -c 'train cifar10-speedrun --precision half'
    step train-fp32 120 bash -c 'train cifar10-speedrun --precision fp32'
    step bench 180 "$work/cnnlab" bench cifar10-speedrun --device cuda --precision half --profile --rounds "${RUNS:-5}" --data "$cifar10"
    step whole 120 bash -c whole
    step notebooks 300 bash -c notebooks
    if [ -n "${PEER:-}" ]; then step peer 120 bash -c "$PEER"; fi
    table
    [ "$failures" = 0 ]
}

case ${1:-} in
    pack) [ $# = 3 ] || die "usage: $0 pack FOLDER DATA" && pack "$2" "$3" ;;
    run) [ $# = 3 ] || die "usage: $0 run FOLDER OUT" && run "$2" "$3" ;;
    *) die "usage: $0 pack FOLDER DATA | run FOLDER OUT" ;;
esac
