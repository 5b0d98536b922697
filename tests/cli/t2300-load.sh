#!/bin/sh
# Honest clients of the mock among idle, slow and senseless ones. This is the
# short form of 'make load'; how fast is not asserted tightly on a busy machine.
. "$(dirname "$0")/../lib/tap.sh"

command -v python3 > /dev/null || skip_all "python3 is not installed"
flood=$root/build/debug/tests/bench/flood
[ -x "$flood" ] || skip_all "'make tools' was not run"

ESITESTI=$esitesti FLOOD=$flood IDLE=60 SLOW=60 GARBAGE=20 SECONDS_EACH=1 \
    PATIENCE=1 RATIO=${RATIO:-25} "$root/tests/load/load" > log 2>&1
rc=$?
sed 's/^/# /' log
ok $rc "honest clients get all their answers, and no connection stays open"
like "$(cat log)" 'heard-408=' "who is too slow is told so"
like "$(cat log)" 'heard-400=' "who speaks no HTTP is told so"

done_testing
