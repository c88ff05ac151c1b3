#!/usr/bin/env bash
# What is missing on this machine, and how to get it: the part of ./lab that installs. Sourced by it.
# shellcheck shell=bash disable=SC2154  # $root, $program and the like are lab's

# Requirements: part|what to look for|Debian package|why.
# tool:A/B is either program; header:X is what the compiler can include; file:X is a file.
readonly requirements=(
    'build|tool:c++|g++|compiles the engine'
    'build|tool:cmake|cmake|configures the build'
    'build|tool:ninja/make|ninja-build|runs the compiler'
    'build|header:zlib.h|zlib1g-dev|reads .gz files'
    'build|header:archive.h|libarchive-dev|reads .tar.gz archives'
    'build|header:isa-l/igzip_lib.h|libisal-dev|unpacks them fast'
    'build|header:curl/curl.h|libcurl4-openssl-dev|downloads data sets'
    'build|header:openssl/evp.h|libssl-dev|checks their sha256'
    'build|header:CLI/CLI.hpp|libcli11-dev|parses the command line'
    'build|header:jpeglib.h|libjpeg-dev|reads JPEG images'
    'build|header:png.h|libpng-dev|reads and writes PNG images'
    'build|header:webp/demux.h|libwebp-dev|reads WebP images'
    'build|header:gif_lib.h|libgif-dev|reads GIF images'
    'build|header:httplib.h|libcpp-httplib-dev|answers over HTTP'
    'matlab|header:matio.h|libmatio-dev|reads MATLAB files'
    'keras|header:hdf5/serial/hdf5.h|libhdf5-dev|reads Keras files'
    'mpi|header:mpi/mpi.h|libopenmpi-dev|builds training on several processes'
    'mpi|tool:mpirun|openmpi-bin|starts them'
    'test|file:/usr/src/googletest/googletest/src/gtest-all.cc|googletest|runs the tests'
    'sanitizers|tool:clang++|clang|compiles tests under sanitizers faster'
    'sanitizers|clang:address|libclang-rt-dev|is what they are linked to'
    'check|tool:clang-format|clang-format|checks the format'
    'check|tool:clang-tidy|clang-tidy|finds likely mistakes'
    'wasm|tool:cmake|cmake|configures the build'
    'wasm|tool:ninja/make|ninja-build|runs the compiler'
    'check|tool:git|git|knows what changed'
    'check|tool:clang++|clang|reads the kernels for NEON'
    'check|tool:aarch64-linux-gnu-g++|g++-aarch64-linux-gnu|has the headers for that, and compiles them with --all'
    'wasm|tool:python3|python3|runs Emscripten'
    'wasm|tool:node|nodejs|runs WebAssembly'
    'web|tool:node|nodejs|builds and serves the page'
    'web|tool:npm|npm|fetches what the page is built with'
    'peers|tool:debootstrap|debootstrap|makes a folder with Debian sid, which has PyTorch and ONNX Runtime'
    'peers|tool:unshare|util-linux|runs programs in it'
    'browser|tool:chromium/google-chrome|chromium|opens the page in tests and benchmarks'
    'firefox|tool:firefox-esr/firefox|firefox-esr|opens the page in tests'
    'webkit|tool:WebKitWebDriver|webkit2gtk-driver|opens the page in tests, in the engine that Safari has'
    'webkit|tool:Xvfb|xvfb|shows it a screen'
)

compiler() { echo "${CXX:-c++}"; }

# Those of the given headers that the compiler does not find, by one run of its preprocessor.
missing_headers() {
    local header source=''
    for header in "$@"; do source+="#if !__has_include(<$header>)"$'\n'"missing $header"$'\n#endif\n'; done
    # shellcheck disable=SC2046  # CXX may hold options
    printf '%s' "$source" | $(compiler) -std=c++20 -E -P -x c++ - | sed -n 's/^missing //p' | tr -d ' '
}

is_there() {  # is_there KIND:WHAT, for tools and files
    local name
    case $1 in
        tool:c++)
            name=$(compiler)
            have "${name%% *}"
            ;;
        tool:*)
            for name in $(tr '/' ' ' <<<"${1#tool:}"); do have "$name" && return 0; done
            return 1
            ;;
        file:*) [ -e "${1#file:}" ] ;;
        clang:*) clang++ "-fsanitize=${1#clang:}" -x c++ - -o /dev/null <<<'int main() {}' >/dev/null 2>&1 ;;
    esac
}

# Fills missing_packages and missing_reasons for some parts.
find_missing() {
    local part
    missing_packages=() missing_reasons=()
    for part in "$@"; do find_missing_of "$part"; done
}

find_missing_of() {
    local part=$1 line what package reason header absent=''
    local -a headers=()
    for line in "${requirements[@]}"; do
        IFS='|' read -r _ what _ _ <<<"$line"
        if [ "${line%%|*}" = "$part" ] && [[ $what == header:* ]]; then headers+=("${what#header:}"); fi
    done
    if [ ${#headers[@]} -gt 0 ]; then
        # Without a compiler only Debian's own folders can be looked at.
        if is_there tool:c++; then
            absent=" $(missing_headers "${headers[@]}" | tr '\n' ' ')" ||
                die "$(compiler) does not read C++20: use g++ 12, clang 15 or newer (CXX names the compiler)"
        else
            for header in "${headers[@]}"; do
                compgen -G "/usr/include/$header" >/dev/null || compgen -G "/usr/include/*/$header" >/dev/null ||
                    absent+=" $header "
            done
        fi
    fi
    for line in "${requirements[@]}"; do
        IFS='|' read -r _ what package reason <<<"$line"
        [ "${line%%|*}" = "$part" ] || continue
        case $what in
            header:*) [[ $absent == *" ${what#header:} "* ]] || continue ;;
            *) is_there "$what" && continue ;;
        esac
        [[ " ${missing_packages[*]} " != *" $package "* ]] || continue
        missing_packages+=("$package")
        missing_reasons+=("${what#*:} ($package: $reason)")
    done
}

# Sets as_root to the words that run a command as root, or fails.
find_root() {
    as_root=()
    [ "$EUID" = 0 ] && return 0
    have sudo || return 1
    if sudo -n true 2>/dev/null || { [ -t 0 ] && [ -z "${CI:-}" ]; }; then
        as_root=(sudo)
        return 0
    fi
    return 1
}

apt_install() {
    local log=$root/.toolchain/apt.log
    # Hundreds of small packages (npm's) take minutes where dpkg waits for the disk after each.
    local apt=(env DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 apt-get -q=2 -o Dpkg::Options::=--force-unsafe-io)
    mkdir -p "$root/.toolchain"
    "${as_root[@]}" "${apt[@]}" update >"$log" 2>&1 || say 'apt-get update failed; trying with the lists that are there'
    # The data set that the page and most experiments begin with, where it is a package.
    if ! has_fashion && [[ " $* " != *' dataset-fashion-mnist '* ]] && apt-cache show dataset-fashion-mnist >/dev/null 2>&1; then
        set -- "$@" dataset-fashion-mnist
    fi
    # The libraries that the program can do without.
    local part
    for part in matlab keras; do
        find_missing "$part"
        if [ ${#missing_packages[@]} -gt 0 ] && apt-cache show "${missing_packages[@]}" >/dev/null 2>&1; then
            set -- "$@" "${missing_packages[@]}"
        fi
    done
    say "running apt-get install $*"
    "${as_root[@]}" "${apt[@]}" install --yes --no-install-recommends "$@" >>"$log" 2>&1 || { tail -n 20 "$log" >&2 && return 1; }
}

# Installs what some parts of the requirements lack, or says what to run and exits 1.
setup_packages() {
    local reason command
    find_missing "$@"
    [ ${#missing_packages[@]} -gt 0 ] || return 0
    say "missing for '$*':"
    for reason in "${missing_reasons[@]}"; do say "  $reason"; done
    command="apt-get install --no-install-recommends ${missing_packages[*]}"
    have apt-get || die "there is no apt-get here: install these with your own package manager, then run ./lab again"
    find_root || die "installing them needs root. Run this, then ./lab again:  sudo $command"
    # Emscripten, or the headers, arrive meanwhile.
    local fetching='' toolchain=headers what=headers
    if [[ " $* " == *' wasm '* ]]; then toolchain=fetch what=Emscripten; fi
    if [[ " $* " == *' wasm '* || " $* " == *' build '* ]]; then
        timed "fetching $what" "$root/.ci/toolchain.sh" $toolchain &
        fetching=$!
    fi
    timed 'apt-get' apt_install "${missing_packages[@]}" || die "apt-get failed. To repeat it by hand:  $command"
    if [ -n "$fetching" ]; then wait "$fetching" || exit 1; fi
    find_missing "$@"
    [ ${#missing_packages[@]} = 0 ] || die "still missing after the installation: ${missing_reasons[*]}"
}

# The headers that Debian 12 has too old: a system-wide xsimd of at least 11 serves as well.
setup_headers() {
    # shellcheck disable=SC2046
    if [ ! -f "$root/.toolchain/include/xsimd/xsimd.hpp" ] &&
        printf '#include <xsimd/config/xsimd_config.hpp>\n#if XSIMD_VERSION_MAJOR < 11 || !__has_include(<xtensor/xtensor.hpp>) || !__has_include(<nlohmann/json.hpp>)\n#error\n#endif\n' |
        $(compiler) -std=c++20 -E -x c++ - >/dev/null 2>&1; then
        return 0
    fi
    "$root/.ci/toolchain.sh" headers
}

has_fashion() {
    local folder
    for folder in "$fashion_folder" "$root/data/fashion-mnist" data/fashion-mnist \
        "${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}/cnnlab/fashion-mnist"; do
        compgen -G "$folder/train-images-idx3-ubyte*" >/dev/null && return 0
    done
    return 1
}

# Fashion-MNIST as a Debian package, where that is possible. The program can fetch it too, so this never fails.
setup_fashion() {
    if has_fashion || ! have apt-get || ! apt-cache show dataset-fashion-mnist >/dev/null 2>&1; then return 0; fi
    if find_root; then
        say 'Fashion-MNIST is not here: installing the package dataset-fashion-mnist (30 MB)'
        apt_install dataset-fashion-mnist || say 'that failed; the program will say how else to get the data'
    else
        say 'Fashion-MNIST is not here. As a Debian package (30 MB):  sudo apt-get install dataset-fashion-mnist'
    fi
}

# ONNX Runtime as npm has it, for the large networks of `bench`, and for those in a browser LiteRT as well. Its script
# would fetch what CUDA needs.
setup_node_peer() {
    local folder=$root/.toolchain/peers/node
    if [ -d "$folder/node_modules/@litertjs" ]; then return 0; fi
    say 'fetching ONNX Runtime and LiteRT for Node and browsers into .toolchain/peers/node (450 MB)'
    rm -rf "$folder"
    mkdir -p "$folder.part"
    echo '{"private": true}' >"$folder.part/package.json"
    (cd "$folder.part" && npm install --ignore-scripts --no-audit --no-fund --loglevel=error onnxruntime-node@1.30.0 \
        onnxruntime-web@1.30.0 @litertjs/core@2.5.3 >&2) ||
        die 'that failed (npm says why); ./lab bench works without it'
    mv "$folder.part" "$folder"
}

# What `bench` compares with: in a Debian sid of its own, because a chroot can hold other
# versions than this machine has.
setup_peers() {
    setup_node_peer
    if [ -d "$root/.toolchain/peers/sid/usr" ]; then return 0; fi
    find_root || die 'the peers go into a chroot, which needs root. Run this, then ./lab again:  sudo ./lab setup peers'
    "${as_root[@]}" "$root/.ci/toolchain.sh" peers || die 'setting up the peers failed; ./lab bench works without them'
}

node_is_new_enough() { node -e 'process.exit(Number(process.versions.node.split(".")[0]) < 20 ? 1 : 0)'; }

# The page's tools need Node 20, and Debian 12 has 18. npm carries Node's own builds.
setup_node() {
    local version=22.21.1 machine folder
    if node_is_new_enough; then return 0; fi
    case $(uname -m) in
        x86_64) machine=x64 ;;
        aarch64 | arm64) machine=arm64 ;;
        *) die "node $(node --version) is too old for the page's tools: install Node 20 or newer" ;;
    esac
    say "node $(node --version) is too old for the page's tools: fetching Node $version (50 MB) into .toolchain/node"
    folder=$root/.toolchain/node.part
    rm -rf "$folder"
    mkdir -p "$folder"
    (cd "$folder" && npm pack --loglevel=error "node-linux-$machine@$version" >/dev/null && tar -xzf ./*.tgz package/bin/node package/LICENSE) ||
        die 'that failed (npm says why): install Node 20 or newer'
    rm -rf "$root/.toolchain/node"
    mv "$folder/package" "$root/.toolchain/node"
    rm -rf "$folder"
    export PATH=$root/.toolchain/node/bin:$PATH
    node_is_new_enough || die 'the Node that npm carries does not run here: install Node 20 or newer'
}

# What a finished setup depended on. As long as it is unchanged, nothing is looked for again.
setup_key() { { cat "$root/lab" "$root"/.ci/{setup,toolchain}.sh; echo "$MACHTYPE ${CXX:-} $root"; } | cksum; }

is_ready() { [ -f "$root/.toolchain/.ready-$1" ] && [ "$(<"$root/.toolchain/.ready-$1")" = "$(setup_key)" ]; }

# setup PART [again]: nothing to do where the stamp is fresh, unless asked to look again
setup() {
    local part=$1 stamp=$root/.toolchain/.ready-$1
    [ -z "${CNNLAB_SKIP_SETUP:-}" ] || return 0
    if [ -z "${2:-}" ] && is_ready "$part"; then return 0; fi
    setup_packages "$part"
    case $part in
        build)
            setup_headers
            setup_fashion
            ;;
        wasm) timed 'looking at Emscripten' "$root/.ci/toolchain.sh" wasm ;;
        web) timed 'looking at Node' setup_node ;;
        peers) setup_peers ;;
    esac
    { mkdir -p "$root/.toolchain" && setup_key >"$stamp"; } 2>/dev/null || true
}

# Several parts with one run of apt.
setup_together() {
    local part
    local -a stale=()
    if [ -z "${CNNLAB_SKIP_SETUP:-}" ]; then
        for part in "$@"; do is_ready "$part" || stale+=("$part"); done
        if [ ${#stale[@]} -gt 0 ]; then setup_packages "${stale[@]}"; fi
    fi
    for part in "$@"; do setup "$part"; done
}

# What the tests can do without: installed where that is possible, else they skip it and say so.
setup_if_possible() { (setup "$@") || say "going on without $1"; }

setup_verb() {
    local part other
    [ $# -gt 0 ] || set -- build
    [ "$1" != all ] || set -- build test check wasm web
    for part in "$@"; do
        case $part in
            build | test | check | wasm | web | browser | firefox | webkit | mpi | peers) ;;
            *) die "setup: '$part' is none of build, test, check, wasm, web, browser, firefox, webkit, mpi, peers and all" ;;
        esac
        [ "$part" = build ] || setup build
        setup "$part" again
        say "$part: everything is there"
        case $part in
            test)
                setup_if_possible mpi again
                setup_if_possible sanitizers again
                setup_verb browser
                ;;
            browser) for other in firefox webkit; do setup_if_possible $other again; done ;;
        esac
    done
}
