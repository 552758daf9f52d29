#!/bin/sh
# Installs the Debian packages leat needs and this machine lacks: setup.sh [product|all]
# "product" builds and runs leat; "all" (the default) tests and measures it, too. Where nothing is missing it does nothing:
# no network, no root. Otherwise it says what it installs and runs apt-get, through sudo unless it is root already.
set -eu

# To build: compiler, build tools, revision of the checkout; the libraries leat links (liburing, jemalloc) and reads (ck, xxhash).
product="gcc libc6-dev make cmake ninja-build pkg-config git liburing-dev libjemalloc-dev libck-dev libxxhash-dev"
# Test programs, the test runner, and what denies io_uring to them.
tests="libcmocka-dev python3 libseccomp-dev"
# The second compiler, sanitizers and libFuzzer with readable reports, and the formatter.
clang="clang-14 libclang-rt-14-dev llvm-14 clang-format-14"
# Exhaustive checks of the protocol models.
models="spin"
# Benches and the peers they are held against.
bench="g++ libbenchmark-dev libsimdjson-dev"

case "${1:-all}" in
product) wanted="$product" ;;
all) wanted="$product $tests $clang $models $bench" ;;
*)
    echo "usage: setup.sh [product|all]" >&2
    exit 64
    ;;
esac

if ! command -v dpkg-query >/dev/null 2>&1; then
    echo "setup: this is no Debian; what is needed here are the counterparts of: $wanted" >&2
    exit 0
fi

missing=""
for package in $wanted; do
    dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

echo "setup: installing from Debian's packages:$missing"
as_root=""
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null 2>&1; then
        echo "setup: neither root nor sudo here; as root, run: apt-get install --no-install-recommends$missing" >&2
        exit 77
    fi
    as_root="sudo"
fi
$as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q
# shellcheck disable=SC2086 # the list is meant to be split into words
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing
