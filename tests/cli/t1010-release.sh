#!/bin/sh
# What users install is built by another compiler's look at the whole program
# (VARIANT=release, LTO), which warns of other things than a build for tests.
. "$(dirname "$0")/../lib/tap.sh"

unset MAKEFLAGS MAKELEVEL
make -s -C "$root" -j2 VARIANT=release build/release/bin/esitesti \
    > "$work/log" 2>&1
ok $? "the release builds without a warning"
sed 's/^/# /' "$work/log" | grep -E 'error|warning'
like "$("$root/build/release/bin/esitesti" --version)" '^esitesti 0' \
    "and runs"
done_testing
