#!/bin/sh
# Killed with SIGKILL at random moments, the mock has what it acknowledged. This
# is the short form of 'make torture'.
. "$(dirname "$0")/../lib/tap.sh"

command -v python3 > /dev/null || skip_all "python3 is not installed"

test_certs
mkdir torture
python3 "$root/tests/torture/torture.py" "$esitesti" "$certs" torture \
    "${KILLS:-8}" ${SEED:+"$SEED"} > log 2>&1
rc=$?
sed 's/^/# /' log
ok $rc "what was acknowledged is there after each kill, byte for byte"

done_testing
