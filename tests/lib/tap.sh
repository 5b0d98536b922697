# TAP for shell tests, and what they share. Source it; end with `done_testing`.
# shellcheck shell=sh disable=SC2034 # variables are for the sourcing test
#
#   ok CONDITION-STATUS TITLE     $? of what went before
#   is GOT WANTED TITLE
#   like TEXT PATTERN TITLE       extended regular expression, per line
#   skip_all REASON
#   start_mock ARGUMENTS…         → $mock_pid $mock_url; ended at exit
#
# $work is a folder of this test's own, removed at exit unless KEEP=1.
set -u

root=$(cd "$(dirname "$0")/../.." && pwd)
esitesti=${ESITESTI:-$root/esitesti}
corpus=${ESITESTI_CORPUS:-$root/../shared/corpus}
export XDG_CACHE_HOME="${XDG_CACHE_HOME:-$root/build/cache}"
unset CI NO_COLOR GITHUB_ACTIONS GITHUB_STEP_SUMMARY TAP_VERSION
unset CI_NODE_INDEX CI_NODE_TOTAL CIRCLE_NODE_INDEX CIRCLE_NODE_TOTAL
unset SYSTEM_JOBPOSITIONINPHASE SYSTEM_TOTALJOBSINPHASE JOB_COMPLETION_INDEX
unset BUILDKITE_PARALLEL_JOB BUILDKITE_PARALLEL_JOB_COUNT
mkdir -p "$root/build"
work=$(mktemp -d "$root/build/cli.XXXXXX")
cd "$work" || exit 2

tap_n=0
tap_failed=0
mock_pids=

clean_up() {
	for pid in $mock_pids; do kill "$pid" 2>/dev/null; done
	for pid in $mock_pids; do wait "$pid" 2>/dev/null; done
	cd "$root" || exit 2
	[ "${KEEP:-}" = 1 ] || rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

ok() {
	tap_n=$((tap_n + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $tap_n - $2"
	else
		echo "not ok $tap_n - $2"
		tap_failed=1
	fi
}

is() {
	[ "$1" = "$2" ]
	ok $? "$3"
	[ "$1" = "$2" ] || printf '# got:    %s\n# wanted: %s\n' "$1" "$2"
}

like() {
	printf '%s\n' "$1" | grep -qE -- "$2"
	like_rc=$?
	ok $like_rc "$3"
	[ $like_rc -eq 0 ] || {
		printf '# no match for: %s\n' "$2"
		printf '%s\n' "$1" | head -20 | sed 's/^/#   /'
	}
}

unlike() {
	printf '%s\n' "$1" | grep -qE -- "$2"
	unlike_rc=$?
	[ $unlike_rc -ne 0 ]
	ok $? "$3"
}

skip() { # skip TITLE REASON
	tap_n=$((tap_n + 1))
	echo "ok $tap_n - $1 # SKIP $2"
}

skip_all() {
	echo "ok 1 - all of it # SKIP $1"
	echo "1..1"
	exit 0
}

done_testing() {
	echo "1..$tap_n"
	exit $tap_failed
}

# The shipped test certificates, made once for all tests.
test_certs() {
	certs=$root/build/cache/test-certs
	if [ ! -f "$certs/client.pem" ]; then
		rm -rf "$certs.$$"
		"$esitesti" certs init "$certs.$$" >/dev/null || exit 2
		mv -T "$certs.$$" "$certs" 2>/dev/null || rm -rf "$certs.$$"
	fi
}

start_mock() {
	test_certs
	rm -f "$work/port"
	"$esitesti" mock --certs "$certs" --port 0 --port-file "$work/port" \
	    "$@" 2> "$work/mock.log" &
	mock_pid=$!
	mock_pids="$mock_pids $mock_pid"
	tries=0
	while [ ! -s "$work/port" ]; do
		kill -0 "$mock_pid" 2>/dev/null || break
		tries=$((tries + 1))
		[ $tries -gt 500 ] && break
		sleep 0.02
	done
	mock_url="https://localhost:$(cat "$work/port" 2>/dev/null)"
}

stop_mock() {
	kill -TERM "$mock_pid"
	wait "$mock_pid"
}

# curl with the client certificate; the rest are curl's arguments.
mtls_curl() {
	curl -sS --max-time 20 --cacert "$certs/ca.pem" \
	    --cert "$certs/client.pem" --key "$certs/client.key" "$@"
}
