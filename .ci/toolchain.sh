#!/usr/bin/env bash
# toolchain.sh headers|fetch|wasm|peers [PREFIX]     (PREFIX: .toolchain next to this repository's CMakeLists.txt)
#   headers  xtensor 0.25, xtl 0.7, xsimd 13, nlohmann-json and protozero into PREFIX/include; a few seconds
#   fetch    also Emscripten, not yet tried: what needs neither python3 nor node
#   wasm     also Emscripten 3.1.69 with its clang 19 into PREFIX/root; 330 MB to download, 650 MB on disk
#   peers    Debian sid with PyTorch, ONNX Runtime and OpenBLAS in PREFIX/peers/sid, for benchmarks; needs root and
#            debootstrap; some minutes, 2 GB on disk. sid has one version at a time: the benchmark names what it found
# Debian 12's own xsimd and Emscripten are too old, so both come out of Debian 13's packages, from the Debian
# mirror that this machine uses already, checked by apt against Debian's key. Nothing outside PREFIX changes and
# (but for peers) no root is needed. An em++ of at least 3.1.50 on PATH is used as it is. The prefix cannot be
# moved afterwards. Environment: DEBIAN_MIRROR=URI, FORCE_LOCAL=1 (ignore an em++ on PATH), KEEP_LTO=1 (system
# libraries for -flto, +245 MB).
set -euo pipefail

readonly suite=trixie llvm=19 oldest_emscripten=3.1.50
readonly header_packages=(libxsimd-dev xtl-dev libxtensor-dev nlohmann-json3-dev libprotozero-dev)
readonly peer_packages=(python3-torch python3-torchvision python3-onnx python3-onnxruntime libopenblas0-openmp)
readonly wasm_packages=(emscripten binaryen "clang-$llvm" "lld-$llvm" "llvm-$llvm" "libllvm$llvm" "libclang-cpp$llvm"
    "libclang-common-$llvm-dev" node-acorn patchelf libc6 libgcc-s1 libstdc++6 zlib1g libzstd1 libxml2 libedit2
    libtinfo6 libz3-4 libffi8 libbsd0 libmd0 liblzma5)

say() { printf 'lab: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

# ---- apt, in a folder of its own -------------------------------------------------------------------

# The Debian mirror in this machine's own apt sources: deb822 files first, then one-line ones.
debian_mirror() {
    {
        cat /etc/apt/sources.list.d/*.sources | sed -n 's/^URIs:[[:space:]]*\([^[:space:]]*\).*/\1/p'
        cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list |
            sed -n 's/^deb[[:space:]]\+\(\[[^]]*\][[:space:]]*\)\?\([^[:space:]]*\).*/\2/p'
    } 2>/dev/null | grep '/debian/\?$' | sed -n 1p || true
}

# download FOLDER PACKAGE... : the packages' files, by a private apt that knows only $suite
download() {
    local folder=$1 mirror architecture key=/usr/share/keyrings/debian-archive-keyring.gpg
    shift
    command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null ||
        die "no apt-get and dpkg-deb here. Install xtensor 0.25, xtl, xsimd >= 11, nlohmann-json and protozero (and emsdk for wasm) yourself; their folder is the CMake variable CNNLAB_DEPS."
    mirror=${DEBIAN_MIRROR:-$(debian_mirror)}
    [ -n "$mirror" ] || die "no Debian mirror in /etc/apt: name one with DEBIAN_MIRROR=URI"
    [ -f $key ] || die "$key is missing: install debian-archive-keyring"
    architecture=$(dpkg --print-architecture)
    mkdir -p "$folder"/apt/{lists/partial,cache/archives/partial,state} "$folder/debs"
    : >"$folder/apt/status"
    echo "deb [signed-by=$key arch=$architecture] $mirror $suite main" >"$folder/apt/sources.list"
    local apt=(apt-get -q=2 -o Dir::Etc::sourcelist="$folder/apt/sources.list" -o Dir::Etc::sourceparts=/dev/null
        -o Dir::Etc::preferences=/dev/null -o Dir::Etc::preferencesparts=/dev/null
        -o Dir::State="$folder/apt/state" -o Dir::State::lists="$folder/apt/lists" -o Dir::State::status="$folder/apt/status"
        -o Dir::Cache="$folder/apt/cache" -o Dir::Log="$folder/apt" -o Debug::NoLocking=1 -o APT::Sandbox::User=
        -o Acquire::Languages=none -o Acquire::Retries=3)
    "${apt[@]}" update || die "apt cannot read the lists of Debian $suite from $mirror"
    (cd "$folder/debs" && "${apt[@]}" download "$@") || die "some of these packages did not arrive: $*"
}

# unpack FOLDER TARGET TAR-OPTION... : FOLDER/debs/*.deb into TARGET
unpack() {
    local folder=$1 target=$2
    shift 2
    mkdir -p "$target"
    # shellcheck disable=SC2016  # the inner shell's variables
    printf '%s\0' "$folder"/debs/*.deb | xargs -0 -P "$(nproc 2>/dev/null || echo 2)" -I '{}' \
        bash -c 'set -o pipefail; dpkg-deb --fsys-tarfile "$1" | tar -x -C "$2" --no-same-owner --exclude="./usr/share/doc*" "${@:3}"' \
        unpack '{}' "$target" "$@"
}

# ---- headers ---------------------------------------------------------------------------------------

headers_ready() {
    local include=$prefix/include
    grep -qs 'VERSION_MAJOR 1[1-9]' "$include/xsimd/config/xsimd_config.hpp" &&
        [ -f "$include/xtensor/xtensor.hpp" ] && [ -f "$include/xtl/xtl_config.hpp" ] && [ -f "$include/nlohmann/json.hpp" ] &&
        [ -f "$include/protozero/pbf_writer.hpp" ]
}

install_headers() {
    local name
    say "fetching ${header_packages[*]} of Debian $suite into $prefix/include"
    download "$work" "${header_packages[@]}"
    unpack "$work" "$work/headers"
    rm -rf "$prefix/headers" "$work/debs"
    mv "$work/headers" "$prefix/headers"
    mkdir -p "$prefix/include"
    for name in xsimd xtl xtensor nlohmann protozero; do ln -sfn "../headers/usr/include/$name" "$prefix/include/$name"; done
    headers_ready || die "the header packages do not hold what was expected: see $prefix/headers"
}

# ---- Emscripten ------------------------------------------------------------------------------------

at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | sed -n 1p)" = "$2" ]; }

system_emscripten() {
    local version
    [ -z "${FORCE_LOCAL:-}" ] && command -v em++ >/dev/null || return 1
    case $(command -v em++) in "$prefix"/*) return 1 ;; esac
    version=$(em++ --version 2>/dev/null | sed -n '1s/.*) \([0-9][0-9.]*\).*/\1/p') || return 1
    [ -n "$version" ] && at_least "$version" $oldest_emscripten
}

# Emscripten reads .emscripten next to em++, so that neither CMake nor ninja needs an environment.
configure_emscripten() {
    local root=$prefix/root/usr
    cat >"$root/share/emscripten/.emscripten" <<CONFIG
LLVM_ROOT = '$root/bin'
BINARYEN_ROOT = '$root'
EMSCRIPTEN_ROOT = '$root/share/emscripten'
NODE_JS = '$(command -v node)'
LLVM_ADD_VERSION = '$llvm'
CLANG_ADD_VERSION = '$llvm'
CACHE = '$root/share/emscripten/cache'
FROZEN_CACHE = True
CONFIG
    printf "export PATH='%s':\"\$PATH\" WASM_INC='%s'\nunset EM_CACHE EM_CONFIG\n" \
        "$root/share/emscripten" "$prefix/include" >"$prefix/env.sh"
}

# Compiles and runs a few lines: C++20, xsimd's wasm batches and Embind.
emscripten_works() {
    local emxx=$1
    cat >"$work/try.cpp" <<'CPP'
#include <emscripten/bind.h>
#include <xsimd/xsimd.hpp>
using Batch = xsimd::batch<float, xsimd::wasm>;
float value() { return xsimd::reduce_add(xsimd::fma(Batch(2.F), Batch(3.F), Batch(1.F))); }
EMSCRIPTEN_BINDINGS(trial) { emscripten::function("value", &value); }
CPP
    "$emxx" -std=c++20 -O1 -msimd128 -fwasm-exceptions -I"$prefix/include" "$work/try.cpp" -lembind -sMODULARIZE=1 \
        -o "$work/try.cjs" >"$work/try.log" 2>&1 &&
        [ "$(node -e "require('$work/try.cjs')().then(module => console.log(module.value()))" 2>>"$work/try.log")" = 28 ]
}

local_emscripten_ready() {
    [ -x "$prefix/root/usr/share/emscripten/em++" ] || return 1
    grep -qsF "NODE_JS = '$(command -v node)'" "$prefix/root/usr/share/emscripten/.emscripten" &&
        grep -qsF "LLVM_ROOT = '$prefix/" "$prefix/root/usr/share/emscripten/.emscripten" || configure_emscripten
    emscripten_works "$prefix/root/usr/share/emscripten/em++"
}

fetch_emscripten() {
    local root=$prefix/root libraries=./usr/share/emscripten/cache/sysroot/lib/wasm32-emscripten file
    [ "$(dpkg --print-architecture 2>/dev/null)" = amd64 ] ||
        die "Emscripten is fetched for amd64 only: install emsdk and put its em++ on PATH"
    [ -d "$prefix/headers" ] || install_headers
    say "fetching Emscripten and clang $llvm of Debian $suite into $prefix/root (330 MB; about a minute)"
    download "$work" "${wasm_packages[@]}"
    local leave_out=(--exclude='./usr/share/man' --exclude='./usr/share/lintian' --exclude='./usr/share/emscripten/tests'
        --exclude="$libraries/pic" --exclude="$libraries/lto-pic" --exclude='*/lib*-asan*.a' --exclude='*/lib[alu]*san_*.a'
        --exclude='*/libsanitizer_*.a' --exclude='./usr/lib/llvm-*/lib/*.a' --exclude='./usr/share/locale')
    [ -n "${KEEP_LTO:-}" ] || leave_out+=(--exclude="$libraries/lto")
    unpack "$work" "$work/root" "${leave_out[@]}"
    rm -rf "$root"
    mv "$work/root" "$root"

    # Debian 13's programs want a newer C library than Debian 12 has: they get their own, by their full paths.
    local library_folder=$root/usr/lib/x86_64-linux-gnu
    local loader=$library_folder/ld-linux-x86-64.so.2
    patch_elf() { "$loader" --library-path "$library_folder" "$root/usr/bin/patchelf" "$@"; }
    for file in "$library_folder"/libLLVM.so.* "$library_folder"/libclang-cpp.so.* "$library_folder"/libbinaryen.so; do
        # shellcheck disable=SC2016  # $ORIGIN is for the loader
        if [ -f "$file" ] && [ ! -L "$file" ]; then patch_elf --set-rpath '$ORIGIN' "$file"; fi
    done
    for file in "$root"/usr/lib/llvm-$llvm/bin/{clang,lld,llvm-*} "$root"/usr/bin/wasm*; do
        [ -f "$file" ] && [ ! -L "$file" ] && [ "$(head -c4 "$file" | tail -c3)" = ELF ] || continue
        patch_elf --set-interpreter "$loader" --force-rpath --set-rpath "$library_folder" "$file"
    done
    ln -sfn nodejs "$root/usr/share/node_modules"   # for `import 'acorn'` under a node that is not Debian's
    touch "$root/.fetched"
}

install_emscripten() {
    local root=$prefix/root
    [ -f "$root/.fetched" ] || fetch_emscripten
    configure_emscripten
    emscripten_works "$root/usr/share/emscripten/em++" || { cat "$work/try.log" >&2; die "the new em++ does not work"; }
}

# ---- peers -----------------------------------------------------------------------------------------

install_peers() {
    local mirror
    [ "$EUID" = 0 ] || die "making a chroot needs root: sudo $0 peers"
    command -v debootstrap >/dev/null || die 'debootstrap is missing (apt-get install debootstrap)'
    mirror=${DEBIAN_MIRROR:-$(debian_mirror)}
    [ -n "$mirror" ] || die "no Debian mirror in /etc/apt: name one with DEBIAN_MIRROR=URI"
    say "installing a Debian sid with ${peer_packages[*]} into $prefix/peers/sid (2 GB; about 6 minutes)"
    # In a mount namespace, so that nothing stays mounted however it ends. A mirror may have been frozen for some weeks;
    # its signature is checked all the same.
    # shellcheck disable=SC2016  # the inner shell's variables
    unshare --mount bash -c '
        set -e
        folder=$1 mirror=$2
        shift 2
        debootstrap --variant=minbase sid "$folder" "$mirror"
        mount --rbind /dev "$folder/dev"
        apt=(env DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 apt-get -q=2 -o Acquire::Check-Valid-Until=false -o Acquire::Retries=3)
        chroot "$folder" "${apt[@]}" update
        chroot "$folder" "${apt[@]}" install --yes --no-install-recommends -o Dpkg::Options::=--force-unsafe-io "$@"
        chroot "$folder" apt-get clean
    ' peers "$work/sid" "$mirror" "${peer_packages[@]}" >"$prefix/peers.log" 2>&1 || {
        tail -n 5 "$prefix/peers.log" >&2
        die "that failed: see $prefix/peers.log"
    }
    mkdir -p "$prefix/peers"
    mv "$work/sid" "$prefix/peers/sid"
    rm -f "$prefix/peers.log"
    say "in $prefix/peers/sid: $(chroot "$prefix/peers/sid" dpkg-query -W -f '${Package} ${Version}; ' "${peer_packages[@]}")"
}

# ---- main ------------------------------------------------------------------------------------------

mode=${1:-}
case $mode in headers | fetch | wasm | peers) ;; *) die "usage: $0 headers|fetch|wasm|peers [PREFIX]" ;; esac
prefix=${2:-$(dirname -- "${BASH_SOURCE[0]}")/../.toolchain}
mkdir -p "$prefix"
prefix=$(cd "$prefix" && pwd -P)
work=$(mktemp -d "$prefix/work.XXXXXX")
trap 'rm -rf --one-file-system "$work"' EXIT
if command -v flock >/dev/null; then
    exec 9>"$prefix/.lock"
    flock 9
fi

if [ "$mode" = peers ]; then
    [ -d "$prefix/peers/sid/usr" ] || install_peers
    exit
fi
headers_ready || install_headers
if [ "$mode" = fetch ] && ! system_emscripten && [ ! -x "$prefix/root/usr/share/emscripten/em++" ]; then fetch_emscripten; fi
if [ "$mode" = wasm ] && ! system_emscripten; then
    for tool in python3 node; do command -v $tool >/dev/null || die "$tool is missing (apt-get install ${tool/%node/nodejs})"; done
    local_emscripten_ready || install_emscripten
fi
