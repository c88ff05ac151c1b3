#!/usr/bin/env bash
# ./lab check: format, lint, types, and what kernel objects share. Sourced by ./lab.
# shellcheck shell=bash disable=SC2154  # $root, $program and the like are lab's

# Files under version control or about to be, by pattern, as paths from the root.
files() {
    local file
    git -C "$root" ls-files --cached --others --exclude-standard -- "$@" | sort -u |
        while read -r file; do if [ -f "$root/$file" ]; then echo "$file"; fi; done
}

# What the work at hand is compared with: where it left main; on main itself, the commit before.
landed_commit() {
    local main base
    for main in origin/main main; do
        base=$(git -C "$root" merge-base HEAD "$main" 2>/dev/null) || continue
        if [ "$base" != "$(git -C "$root" rev-parse HEAD)" ]; then echo "$base" && return; fi
    done
    echo 'HEAD~1'
}

changed_files() {
    {
        git -C "$root" diff --name-only HEAD -- 2>/dev/null || true
        git -C "$root" ls-files --others --exclude-standard
        git -C "$root" diff --name-only "$(landed_commit)"...HEAD -- 2>/dev/null || true
    } | sort -u
}

sources() { files '*.cpp' '*.hpp' '*.cu' '*.cuh'; }

check_format() (
    local list
    mapfile -t list < <(sources)
    [ ${#list[@]} -gt 0 ] || return 0
    cd "$root" || return 1
    clang-format --dry-run -Werror "${list[@]}" 2>&1 | sed -n 's/^\([^:]*\):[0-9]*:[0-9]*: error: .*/\1/p' | uniq -c |
        awk '{ print $2 ": " $1 " places are not formatted (./lab check --fix)" } END { exit NR > 0 }'
)

# clang-tidy over translation units: all, or those that changed or include a changed header, but not hours of them.
readonly most_tidy_files=30
check_tidy() {
    local all=$1 changed header
    local -a units chosen=()
    # A database of its own, of single files: clang cannot read what GCC has precompiled.
    (cd "$root" && cmake --preset release -B build/tidy -DCNNLAB_PCH=OFF -DCNNLAB_UNITY=OFF -DCNNLAB_CUDA=OFF) >/dev/null || return 1
    mapfile -t units < <(files 'engine/*.cpp' 'native/*.cpp' 'tests/*.cpp')
    if [ -n "$all" ]; then
        chosen=("${units[@]}")
    elif [ ${#units[@]} -gt 0 ]; then
        changed=$(changed_files)
        mapfile -t chosen < <(
            {
                printf '%s\n' "${units[@]}" | grep -Fxf <(printf '%s\n' "$changed") || true
                for header in $(printf '%s\n' "$changed" | grep '\.hpp$' || true); do
                    (cd "$root" && grep -lF "#include \"$header\"" "${units[@]}") || true
                done
            } | sort -u
        )
    fi
    if [ -z "$all" ] && [ ${#chosen[@]} -gt $most_tidy_files ]; then
        say "clang-tidy: ${#chosen[@]} files have changed, of which it reads $most_tidy_files; ./lab check --all reads all"
        chosen=("${chosen[@]:0:most_tidy_files}")
    fi
    say "clang-tidy over ${#chosen[@]} of ${#units[@]} files"
    [ ${#chosen[@]} = 0 ] || (cd "$root" && printf '%s\0' "${chosen[@]}" |
        xargs -0 -n 1 -P "$CMAKE_BUILD_PARALLEL_LEVEL" clang-tidy -p build/tidy --quiet --warnings-as-errors='*' \
            --extra-arg=-Wno-unknown-warning-option 2> >(grep -Ev '^[0-9]+ warnings? |^Suppressed|^Use -header' >&2))
}

check_scripts() {
    local file result=0
    while read -r file; do
        if head -n1 "$root/$file" | grep -q '^#!.*\bbash'; then
            bash -n "$root/$file" || result=1
            if have shellcheck; then shellcheck -S warning "$root/$file" || result=1; fi
        fi
    done < <(files lab .ci '*.sh')
    return $result
}

# An inline function that the linker finds in the objects of two instruction sets becomes one function for all:
# code with AVX-512 would then run on machines without it. Kernels must keep what they call in their own namespace.
# What std::visit throws is let through: it holds no arithmetic.
check_kernels() {
    local folder=$root/build/release/CMakeFiles shared
    have nm || { say 'no nm here' && return 1; }
    # Two instruction sets at least: all of them, unless somebody chose.
    widen
    timed 'compiling the program' build release cnnlab || return 1
    shared=$(
        for group in "$folder"/*.dir; do
            find "$group" -name '*.o' -exec nm --defined-only {} + 2>/dev/null |
                awk -v group="$(basename "$group")" '$2 == "W" && $3 !~ /bad_variant_access/ { print $3, group }' | sort -u
        done | awk '{ groups[$1] = groups[$1] " " $2; if ($2 ~ /^cnnlab_kernels_/) kernel[$1] = 1; ++count[$1] }
                    END { for (name in kernel) if (count[name] > 1) print name ":" groups[name] }' | sort
    )
    [ -z "$shared" ] || { echo "$shared" | head -n 40 | { if have c++filt; then c++filt; else cat; fi; } | cut -c 1-200; return 1; }
}

# Nobody here runs the NEON kernels; that they compile and stay free of warnings can be seen anyway. Clang reads them in
# a third of the time in which GCC compiles them, which it does as well with --all.
check_neon() {
    local all=$1 compiler
    local -a flags=(-std=c++20 -DCNNLAB_ARCH=neon -DCNNLAB_ARCH_NEON=1 -I. -isystem .toolchain/include
        -Wall -Wextra -Wpedantic -Wshadow -Wno-missing-field-initializers -Werror)
    for compiler in clang++ aarch64-linux-gnu-g++; do
        have $compiler || { say "$compiler is not here; ./lab setup check installs it"; return 1; }
    done
    each_kernel() { (cd "$root" && files 'engine/cpu/kernels/*.cpp' | xargs -P "$CMAKE_BUILD_PARALLEL_LEVEL" -I '{}' "$@" '{}'); }
    each_kernel clang++ --target=aarch64-linux-gnu -fsyntax-only "${flags[@]}" || return 1
    if [ -z "$all" ]; then return; fi
    each_kernel aarch64-linux-gnu-g++ -O0 "${flags[@]}" -Wno-psabi -Wno-maybe-uninitialized -Wno-uninitialized -c -o /dev/null
}

# Comments and READMEs: lines of at most 120 characters.
check_prose() (
    local list
    mapfile -t list < <(files '*.cpp' '*.hpp' '*.cu' '*.ts' '*.mjs' '*.js' '*.sh' '*.py' '*.cmake' '*.md' CMakeLists.txt '*/CMakeLists.txt' lab .ci)
    cd "$root" && node .ci/prose.mjs "${list[@]}"
)

# No circle of files or folders, and no arrow upward: .ci/arrows.mjs has the order.
check_arrows() (
    local list
    mapfile -t list < <(files 'engine/*.[ch]pp' 'native/*.[ch]pp' 'native/*.cu' 'web/bindings/*.[ch]pp' 'web/src/*.ts')
    cd "$root" && node .ci/arrows.mjs "${list[@]}"
)

# The page: format, lint, types, side by side, as each has one thread.
check_web() {
    local pid result=0
    local -a pids=()
    setup web
    node_packages || return 1
    (cd "$root/web" && npx --no-install prettier --log-level warn --check .) & pids+=($!)
    (cd "$root/web" && npx --no-install eslint .) & pids+=($!)
    (cd "$root/web" && npx --no-install tsc --noEmit) & pids+=($!)
    for pid in "${pids[@]}"; do wait "$pid" || result=1; done
    return $result
}

readonly check_steps=(format scripts prose arrows border touches web kernels neon tidy)

# In how many files a fact stands between C++ and the page.
check_border() { (cd "$root" && node .ci/border.mjs >&2); }

# What HACKING.md promises that adding things touches.
check_touches() { (cd "$root" && node .ci/touches.mjs >&2); }

# Fills check_failures.
run_check_steps() {
    local all=${1:-} step start
    check_failures=()
    setup_together build check web
    for step in "${check_steps[@]}"; do
        start=$SECONDS
        if "check_$step" "$all"; then
            say "check: $step is fine ($((SECONDS - start)) s)"
        else
            say "check: $step failed ($((SECONDS - start)) s)"
            check_failures+=("$step")
        fi
    done
}

check_verb() {
    local all='' fix=''
    while [ $# -gt 0 ]; do
        case $1 in
            --all) all=1 ;;
            --fix) fix=1 ;;
            *) die "check: '$1' is neither --all nor --fix" ;;
        esac
        shift
    done
    setup_together build check web
    if [ -n "$fix" ]; then
        sources | (cd "$root" && xargs -r -d '\n' clang-format -i)
        node_packages && (cd "$root/web" && npx --no-install prettier --log-level warn --write .)
    fi
    run_check_steps "$all"
    [ ${#check_failures[@]} = 0 ]
}
