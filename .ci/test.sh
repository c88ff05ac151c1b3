#!/usr/bin/env bash
# ./lab test: every preset's tests, counted together. Sourced by ./lab.
# shellcheck shell=bash disable=SC2154  # $root, $program and the like are lab's

# Totals over all presets, what one preset adds to them, and what is said again at the end of a long log.
passed=0 failed=0 skipped=0
declare -a last_words=()
# remember COMMAND... : says what the command prints once more at the end. One that finds nothing is no failure.
remember() {
    local words
    words=$("$@" || true)
    if [ -n "$words" ]; then last_words+=("$words"); fi
}
count() {  # count PRESET PASSED FAILED SKIPPED
    passed=$((passed + $2)) failed=$((failed + $3)) skipped=$((skipped + $4))
    printf 'lab: %s: %s passed, %s failed, %s skipped\n' "$@"
}

# The names of all tests of a GoogleTest program, one a line, in the order in which they run.
list_tests() {
    "$@" --gtest_list_tests | awk '
        /^[^ ].*\./ { suite = $1; next }
        /^  / { if (suite !~ /(^|\/)DISABLED_/ && $1 !~ /(^|\/)DISABLED_/) print suite $1 }'
}

# Seconds until tests under sanitizers end for lack of time; nothing where `test` was given no --minutes.
seconds_left() { if [ -n "${deadline:-}" ]; then echo $((deadline > SECONDS ? deadline - SECONDS : 0)); fi; }

# run_list LIST LOG PROGRAM... : runs the listed tests in one process, or some at a time where time may end. Where a
# process dies (a sanitizer stops it at its first finding) the test it died in has failed, and the rest runs in a new
# one. What has no time any more counts as skipped.
run_list() {
    local list=$1 log=$2 part=$2.part died left most=1000000
    # One that hangs is named, too.
    local -a limit=(timeout --signal=KILL 1800)
    shift 2
    : >"$log"
    if [ -n "$(seconds_left)" ]; then most=100; fi
    while [ -s "$list" ]; do
        left=$(seconds_left)
        if [ "$left" = 0 ]; then
            sed 's/.*/[  SKIPPED ] & (no time)/' "$list" >>"$log"
            break
        fi
        if [ -n "$left" ]; then limit=(timeout --signal=KILL "$left"); fi
        head -n "$most" "$list" >"$list.now"
        tail -n "+$((most + 1))" "$list" >"$list.rest"
        { printf -- '--gtest_filter='; paste -sd: "$list.now"; } >"$list.flags"
        "${limit[@]}" "$@" --gtest_flagfile="$list.flags" --gtest_color=no --gtest_brief=0 >"$part" 2>&1 || true
        cat "$part" >>"$log"
        # The summary stands only at the end of a process that came to its end.
        if ! grep -q '^\[==========\] .* ran\.' "$part"; then
            sed -n 's/^\[ *\(OK\|FAILED\|SKIPPED\) *\] \([^ ,]*\).*/\2/p' "$part" >"$list.done"
            if [ "$(seconds_left)" != 0 ]; then
                died=$(sed -n 's/^\[ RUN      \] //p' "$part" | tail -n1)
                printf '\n[  FAILED  ] %s (the process died)\n' "${died:-before the first test}" >>"$log"
                [ -n "$died" ] || break
                echo "$died" >>"$list.done"
            fi
            { grep -Fxvf "$list.done" "$list.now" || true; } | cat - "$list.rest" >"$list.left"
            mv "$list.left" "$list.rest"
        fi
        mv "$list.rest" "$list"
    done
    rm -f "$part" "$list".*
}

# run_shards PRESET FILTER PROGRAM [PREFIX]: a few processes with many tests each, because starting one for each test
# takes a minute, and more under a sanitizer and in Node. PREFIX stands before each test's name.
run_shards() {
    local preset=$1 filter=$2 prefix=${4:-} folder=$root/build/$1/shards/$3 shards=$CMAKE_BUILD_PARALLEL_LEVEL index first
    local -a run=("$root/build/$1/$3")
    [ "$preset" != wasm ] || run=(node "$root/build/wasm/$3.cjs")
    # ThreadSanitizer cannot place its shadow memory under some kernels' address randomisation.
    if [ "$preset" = tsan ] && setarch "$(uname -m)" -R true 2>/dev/null; then run=(setarch "$(uname -m)" -R "${run[@]}"); fi
    rm -rf "$folder"
    mkdir -p "$folder"
    list_tests "${run[@]}" >"$folder/all" || { count "$preset" 0 1 0; return; }
    { sed "s/^/$prefix/" "$folder/all" | grep -E -- "$filter" || true; } | sed "s/^$prefix//" >"$folder/chosen"
    # Where time may end, it is other tests' turn to be the last after each commit.
    if [ -n "$(seconds_left)" ]; then
        first=$(($(git -C "$root" rev-list --count HEAD) * 97 % $(wc -l <"$folder/chosen") + 1))
        { tail -n "+$first" "$folder/chosen" && head -n $((first - 1)) "$folder/chosen"; } >"$folder/turned"
        mv "$folder/turned" "$folder/chosen"
    fi
    say "$preset: $(wc -l <"$folder/chosen") tests of $3 in $shards processes"
    for ((index = 0; index < shards; ++index)); do
        awk -v shards="$shards" -v shard="$index" 'NR % shards == shard' "$folder/chosen" >"$folder/list.$index"
        UBSAN_OPTIONS=print_stacktrace=1 TSAN_OPTIONS=halt_on_error=1 \
            run_list "$folder/list.$index" "$folder/log.$index" "${run[@]}" &
    done
    wait
    cat "$folder"/log.* >"$folder/log"
    local good bad none late
    good=$(grep -c '^\[       OK \]' "$folder/log" || true)
    # Each test's own line ends with its time; the lines of the summary do not.
    bad=$(grep -Ec '^\[  FAILED  \] .*(\([0-9]+ ms\)|\(the process died\))$' "$folder/log" || true)
    none=$(grep -Ec '^\[  SKIPPED \] .*\(([0-9]+ ms|no time)\)$' "$folder/log" || true)
    if [ "$bad" -gt 0 ]; then
        # What each failed test printed, from its start to its end.
        awk '/^\[ RUN      \]/ { text = "" } { text = text $0 "\n" }
             /^\[  FAILED  \].*(\([0-9]+ ms\)|\(the process died\))$/ { printf "%s", text; text = "" }' "$folder/log" |
            tail -n 400 | tee "$folder/failed"
        remember sed -n "1s/^/$preset: /; 1,40p" "$folder/failed"
    fi
    if [ $((good + bad + none)) -lt "$(wc -l <"$folder/chosen")" ] && [ "$bad" = 0 ]; then
        say "$preset: some tests did not run; see $folder/log"
        bad=1
    fi
    count "$preset" "$good" "$bad" "$none"
    late=$(grep -c '(no time)$' "$folder/log" || true)
    if [ "$late" -gt 0 ]; then last_words+=("$preset: $late tests were skipped, as time was over"); fi
}

# Vitest: the protocol, the shards, and the module in Node beside the program.
run_web_tests() {
    local filter=$1 report=$root/build/web-tests.json numbers
    build_modules || { count web 0 1 0 && return; }
    node_packages || die 'npm ci failed'
    build_program
    rm -f "$report"
    (cd "$root/web" && npx vitest run --reporter=default --reporter=json --outputFile.json="$report" ${filter:+-t "$filter"}) || true
    # shellcheck disable=SC2016  # a JavaScript template
    numbers=$(node -p 'const r = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8"));
        `${r.numPassedTests} ${r.numFailedTests + r.testResults.filter((f) => f.status === "failed" && f.assertionResults.length === 0).length} ${r.numPendingTests}`' \
        "$report" 2>/dev/null) || numbers='0 1 0'
    # shellcheck disable=SC2016  # a JavaScript template
    remember node -p 'const r = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8"));
        r.testResults.flatMap((f) => f.assertionResults.filter((t) => t.status === "failed").map((t) =>
            `web: ${t.fullName}: ${t.failureMessages.join(" ").slice(0, 800)}`)).join("\n")' "$report"
    # shellcheck disable=SC2086
    count web $numbers
}

readonly pages_side_by_side=$((CMAKE_BUILD_PARALLEL_LEVEL < 4 ? CMAKE_BUILD_PARALLEL_LEVEL : 4))

# The page in a real browser. CHROMIUM names one.
find_browser() {
    setup browser
    CHROMIUM=${CHROMIUM:-$(command -v chromium || command -v google-chrome)}
    export CHROMIUM
}

# run_page_tests PRESET FILTER SIDE_BY_SIDE FILE... : test files of the page, some side by side, which takes
# less time than one after the other.
run_page_tests() {
    local preset=$1 filter=$2 side_by_side=$3 report=$root/build/$1-tests.tap number
    local -a numbers=()
    shift 3
    rm -f "$report"
    (cd "$root/web" && node --test --test-concurrency="$side_by_side" ${filter:+--test-name-pattern="$filter"} \
        --test-reporter=spec --test-reporter-destination=stdout \
        --test-reporter=tap --test-reporter-destination="$report" "$@") || true
    for number in pass fail skipped; do
        numbers+=("$(sed -n "s/^# $number \([0-9]*\)$/\1/p" "$report" 2>/dev/null)")
    done
    if [ -z "${numbers[0]}" ]; then numbers=(0 1 0); fi
    if [ "${numbers[1]}" -gt 0 ] && [ -f "$report" ]; then
        remember node "$root/.ci/failures.mjs" "$report" --why
        if [ "${numbers[1]}" -le 3 ]; then run_page_tests_again "$preset" "$report"; fi
    fi
    count "$preset" "${numbers[@]}"
}

# Pages in browsers depend on other programs' timing. A few tests that failed run once more, alone; one that passes
# then counts as passed, and is named at the end with what it said the first time.
run_page_tests_again() {
    local preset=$1 report=$2 file name pattern
    while IFS=$'\t' read -r file name; do
        # shellcheck disable=SC2016  # sed's own dollar
        pattern=^$(sed 's/[][\\.*^$+?(){}|\/]/\\&/g' <<<"$name")\$
        say "$preset: once more: $name"
        if (cd "$root/web" && node --test --test-name-pattern="$pattern" --test-reporter=spec "$file") </dev/null; then
            numbers=($((numbers[0] + 1)) $((numbers[1] - 1)) "${numbers[2]}")
            last_words+=("$preset: passed when it ran once more: $name")
        fi
    done < <(node "$root/.ci/failures.mjs" "$report")
}

# All of them in Chromium, and then those that take times.
run_browser_tests() {
    build_page
    find_browser
    # Where time may end, lessons are played in one of two ways, after the next commit in the other.
    if [ -n "$(seconds_left)" ]; then CNNLAB_TURN=$(git -C "$root" rev-list --count HEAD) && export CNNLAB_TURN; fi
    CNNLAB_BROWSER=chromium run_page_tests browser "$1" "$pages_side_by_side" "$root"/web/test/{e2e,browsers}/*.test.mjs
    run_page_tests alone "$1" 1 "$root"/web/test/alone/*.test.mjs
}

# The smoke tests in firefox or webkit, where it is installed.
run_smoke_tests() {
    local browser=$1
    setup_if_possible "$browser"
    find_missing "$browser"
    if [ ${#missing_packages[@]} -gt 0 ]; then
        say "$browser: skipped, for these are missing: ${missing_reasons[*]}"
        count "$browser" 0 0 1
        return
    fi
    build_page
    CNNLAB_BROWSER=$browser run_page_tests "$browser" "$2" "$pages_side_by_side" "$root"/web/test/browsers/*.test.mjs
}

# Each step of ./lab check counts as a test.
run_checks() {
    run_check_steps
    count check $((${#check_steps[@]} - ${#check_failures[@]})) ${#check_failures[@]} 0
}

# Mutated files for each reader, under AddressSanitizer: a short run of what tests/fuzz/run.sh does for long.
run_fuzz() {
    local filter=$1 result
    local -a readers
    mapfile -t readers < <("$root/tests/fuzz/run.sh" --list | grep -E -- "$filter" || true)
    if [ ${#readers[@]} = 0 ]; then return 0; fi
    result=0
    timed 'fuzz: compiling' "$root/tests/fuzz/run.sh" --build >&2 || result=$?
    case $result in
        0) ;;
        77) count fuzz 0 0 ${#readers[@]} && return ;;
        *) count fuzz 0 1 0 && return ;;
    esac
    # Every reader's line, whether it has failed or not.
    local lines bad
    lines=$(FUZZ_JOBS=$CMAKE_BUILD_PARALLEL_LEVEL "$root/tests/fuzz/run.sh" 2 "${readers[@]}") || true
    echo "$lines" >&2
    bad=$((${#readers[@]} - $(grep -c '^fuzz: [a-z0-9_]*: ' <<<"$lines" || true)))
    count fuzz $((${#readers[@]} - bad)) $bad 0
}

# One preset's tests, counted.
test_preset() {
    local preset=$1 filter=$2
    case $preset in
        check) run_checks ;;
        web) run_web_tests "$filter" ;;
        browser) run_browser_tests "$filter" ;;
        fuzz) run_fuzz "$filter" ;;
        firefox | webkit) run_smoke_tests "$preset" "$filter" ;;
        release | debug | asan | tsan | wasm)
            if [[ $preset == *san ]] && [ -n "$(seconds_left)" ] && [ "$(seconds_left)" -lt 600 ]; then
                last_words+=("$preset: left out, as little time was left")
                count "$preset" 0 0 1
                return
            fi
            if [ "$preset" = wasm ]; then setup_together wasm; fi
            if [[ $preset == *san ]]; then setup_if_possible sanitizers; fi
            if [ "$preset" = release ]; then widen; fi
            say "$preset: building the tests"
            # Configured before GoogleTest was here?
            if [ -f "$root/build/$preset/build.ninja" ] && ! grep -q cnnlab_tests "$root/build/$preset/build.ninja"; then
                cmake "$root/build/$preset" >&2
            fi
            if ! timed "$preset: compiling" build "$preset" cnnlab_tests; then
                say "$preset: the tests do not build"
                count "$preset" 0 1 0
                return
            fi
            run_shards "$preset" "$filter" cnnlab_tests
            # Where the build has the GPU's backend: emulated on the host.
            if [ -x "$root/build/$preset/cnnlab_cuda_tests" ]; then
                run_shards "$preset" "$filter" cnnlab_cuda_tests emulated_
            fi
            ;;
    esac
}

test_verb() {
    local presets=(check release wasm web browser firefox webkit fuzz asan tsan) filter='' preset start=0 line deadline=''
    local -a times=()
    while [ $# -gt 0 ]; do
        case $1 in
            --quick) presets=(release) ;;
            --preset) IFS=, read -ra presets <<<"${2:?--preset needs a name}" && shift ;;
            --filter) filter=${2:?--filter needs a regular expression} && shift ;;
            --minutes)
                [[ ${2:-} =~ ^[0-9]+$ ]] || die 'test: --minutes needs a number of minutes'
                deadline=$((SECONDS + 60 * $2)) && shift
                ;;
            --web) presets=(wasm web browser firefox webkit) ;;
            *) die "test: '$1' is none of --quick, --preset NAME, --filter REGEX, --minutes N and --web" ;;
        esac
        shift
    done
    # A filter names tests, and the checks are none.
    if [ -n "$filter" ] && [ "${presets[0]}" = check ]; then presets=("${presets[@]:1}"); fi
    for preset in "${presets[@]}"; do
        case $preset in
            check | release | debug | asan | tsan | wasm | web | browser | firefox | webkit | fuzz) ;;
            *) die "test: '$preset' is none of check, release, debug, asan, tsan, wasm, web, browser, firefox, webkit and fuzz" ;;
        esac
    done
    setup_together build test
    setup_if_possible mpi
    for preset in "${presets[@]}"; do
        start=$SECONDS
        test_preset "$preset" "$filter"
        times+=("$(printf '%-8s %3d:%02d' "$preset" $(((SECONDS - start) / 60)) $(((SECONDS - start) % 60)))")
    done
    for line in "${last_words[@]}"; do echo "$line"; done
    echo 'minutes:'
    for line in "${times[@]}"; do echo "  $line"; done
    # A filter that matches nothing must not look like success.
    if [ $((passed + failed + skipped)) = 0 ]; then say 'no test ran' && failed=1; fi
    if [ "$skipped" -gt 0 ]; then
        echo "$passed passed, $failed failed, $skipped skipped"
    else
        echo "$passed passed, $failed failed"
    fi
    [ "$failed" = 0 ]
}
