# What both commands of the README need; sourced, not run. Leaves nothing half done: each step says what is missing.

set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root"

say() { printf '\033[1m%s\033[0m\n' "$*" >&2; }
fail() { printf 'error: %s\n' "$*" >&2; exit 3; }
[ -t 2 ] && [ -z "${NO_COLOR:-}" ] || say() { printf '%s\n' "$*" >&2; }

# Debian's packages: pkg-config name (or - where there is none), header or program to look for, package.
system_packages() {
    cat <<'LIST'
libcurl libcurl4-openssl-dev
libcrypto libssl-dev
liblz4 liblz4-dev
libdeflate libdeflate-dev
libxxhash libxxhash-dev
libzstd libzstd-dev
LIST
}

# Installs whichever C libraries are missing, with apt where that is possible; else says which.
install_system_packages() {
    local missing=() name package
    command -v pkg-config >/dev/null || missing+=(pkg-config)
    while read -r name package; do
        if ! command -v pkg-config >/dev/null || ! pkg-config --exists "$name"; then missing+=("$package"); fi
    done < <(system_packages)
    if [ "${1:-}" = with-python ]; then
        command -v python3 >/dev/null || missing+=(python3)
        python3 -c 'import venv, ensurepip' 2>/dev/null || missing+=(python3-venv)
    fi
    [ ${#missing[@]} -eq 0 ] && return
    command -v apt-get >/dev/null || fail "please install: ${missing[*]} (Debian's names)"
    local sudo=()
    [ "$(id -u)" -eq 0 ] || { command -v sudo >/dev/null || fail "please install as root: ${missing[*]}"; sudo=(sudo); }
    say "Installing ${missing[*]}"
    "${sudo[@]}" apt-get update -qq
    DEBIAN_FRONTEND=noninteractive "${sudo[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null ||
        fail "apt-get could not install: ${missing[*]}"
}

require_swift() {
    command -v swift >/dev/null || fail "Swift 6.2 or later is needed: https://www.swift.org/install/linux/"
    local version
    version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p' | head -n 1)
    case "$version" in
    6.[2-9]* | [7-9].*) ;;
    *) fail "Swift 6.2 or later is needed, found ${version:-none}" ;;
    esac
}

# A virtual environment with the pinned Python peers, remade when the list changes.
prepare_python() {
    local stamp=.venv/requirements.txt
    if ! cmp -s Tests/requirements.txt "$stamp"; then
        say "Preparing the Python peers in .venv"
        python3 -m venv --clear .venv
        .venv/bin/python -m pip install --quiet --disable-pip-version-check -r Tests/requirements.txt
        cp Tests/requirements.txt "$stamp"
    fi
    export BEDROCK_TRACE_PYTHON="$root/.venv/bin/python"
}

# Builds the three programs for use; says where they are in $programs.
build_programs() {
    say "Building the programs (the first time takes some minutes)"
    local product log
    log=$(mktemp)
    for product in bedrock-recorder bedrock-analyzer bedrock-replayer; do
        if ! swift build -c release --product "$product" >"$log" 2>&1; then
            grep -E 'error:' "$log" >&2 || tail -n 20 "$log" >&2
            fail "$product does not build; all the compiler said is in $log"
        fi
    done
    rm "$log"
    programs=$(swift build -c release --show-bin-path)
}

# Starts a replayer on a free port and waits until it listens: $endpoint says where. It ends with this script.
start_replayer() {
    local line
    coproc REPLAYER { exec "$programs/bedrock-replayer" serve --quiet --port 0 "$@"; }
    replayer=$REPLAYER_PID
    trap stop_replayer EXIT
    while read -r line <&"${REPLAYER[0]}"; do
        case "$line" in *http://*) endpoint=http://${line#*http://}; endpoint=${endpoint%% *}; return ;; esac
    done
    fail "the replayer did not start"
}

stop_replayer() {
    [ -n "${replayer:-}" ] || return 0
    kill "$replayer" 2>/dev/null || true
    wait "$replayer" 2>/dev/null || true
    replayer=
    trap - EXIT
}
