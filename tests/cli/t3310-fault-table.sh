#!/bin/sh
# What each of the mock's faults looks like: to plain curl, and to 'run'. Both
# really meet each of them; the table is harness/mock-faults.md, which UPDATE=1
# writes anew.
. "$(dirname "$0")/../lib/tap.sh"

command -v curl > /dev/null || skip_all "curl is not installed"

table=$root/harness/mock-faults.md
test_certs
"$esitesti" mock --faults > faults.txt
ok $? "the mock tells its faults"

# ---- Where a fault shows: a case, and which of its messages is looked at

scene() { # scene NAME: sets $case and $message
	case=ptv-arkistointi-01
	message=1
	bodies=
	case ${1%%=*} in
	no-client-check) case=ptv-yhteys-01 bodies=ptv-arkistointi-01 ;;
	stray-documents) case=ptv-kysely-09 message=2 ;;
	detail-drop) case=ptv-eheys-01 ;;
	no-fault) case=ptv-sanoma-02 ;;
	old-version) case=ptv-versiointi-01 message=3 ;;
	honest) case=ptv-hairio-01 ;;
	not-stored | not-found | other-document | other-patient | document | \
	    truncated | signature-drop) message=2 ;;
	esac
	bodies=${bodies:-$case}
}

# The value where one must be given.
word() {
	case $1 in
	status | status-only) echo "$1=500" ;;
	delay) echo "$1=300" ;;
	rename) echo "$1=typeCode" ;;
	*) echo "$1" ;;
	esac
}

for case in ptv-arkistointi-01 ptv-eheys-01 ptv-sanoma-02 ptv-versiointi-01 \
    ptv-hairio-01 ptv-kysely-09; do
	"$esitesti" run --out "honest-$case" --fault honest "$case" \
	    > /dev/null 2>&1
done

# ---- What they say

# Neither ports nor ids nor lengths that follow from them.
plain() {
	sed -e 's/\(127\.0\.0\.1\|localhost\):[0-9]*/the mock/g' \
	    -e 's/the mock port [0-9]*/the mock/' \
	    -e 's/127\.0\.0\.1 port [0-9]*/the mock/' \
	    -e 's/1\.2\.246\.10\.[0-9.]*[0-9]/1.2.246.10.…/g' \
	    -e 's/with [0-9]* \(out of [0-9]* \)\{0,1\}bytes received/with N bytes received/' \
	    -e 's/with [0-9][0-9][0-9]* bytes remaining/with N bytes remaining/' \
	    -e 's/OpenSSL\/[^:]*: error:[0-9A-F]*:SSL routines::/TLS: /' \
	    -e 's/after [0-9]* milliseconds/in time/' \
	    -e 's/read: [0-9]*:[0-9]*: /read: LINE:COLUMN: /' \
	    -e 's/at offset [0-9]*/at offset N/' \
	    -e "s/&#39;/'/g" -e 's/&lt;/</g' -e 's/&gt;/>/g' \
	    -e 's/&quot;/"/g' -e 's/&amp;/\&/g' -e 's/|/\\|/g' -e 's/  */ /g' -e 's/ *$//'
}

# What is in a body, as far as a look at it tells.
look() {
	[ -s "$1" ] || { echo "no body"; return; }
	case $(head -c 2 "$1" | od -An -tx1) in
	*1f*8b*) echo "compressed bytes"; return ;;
	esac
	code=$(grep -aoE 'typeCode="?[^>]*code="[A-Z]{2}"' "$1" | tail -n 1 |
	    grep -oE '[A-Z]{2}"$' | tr -d '"')
	[ -z "$code" ] && code=$(grep -ao '<typeCode code="[A-Z]*"' "$1" |
	    head -n 1 | sed 's/.*code="//; s/"//')
	if [ -n "$code" ]; then
		echo "acknowledgement $code"
	elif grep -aq ':Fault' "$1"; then
		echo "a SOAP fault"
	elif grep -aqi '<html' "$1"; then
		echo "an HTML page"
	else
		# shellcheck disable=SC2016 # Markdown
		head -c 40 "$1" | tr -cd '[:print:]' | sed 's/^/`/; s/$/`/'
	fi
}

without() {
	[ "$1" != no-client-check ] || echo "without a certificate: "
}

curl_says() { # curl_says WORD: posts the case's messages to a mock of its own
	"$esitesti" mock --certs "$certs" --port-file port --fault "$1" \
	    2> mock.log &
	pid=$!
	tries=0
	while [ ! -s port ] && [ $tries -lt 500 ]; do
		tries=$((tries + 1))
		sleep 0.02
	done
	limit=20
	case $1 in stall* | drip*) limit=1 ;; esac
	# who needs no certificate shows none
	set -- "$1" --cert "$certs/client.pem" --key "$certs/client.key"
	[ "$1" = no-client-check ] && set -- "$1"
	word=$1
	shift
	n=0
	for body in "$work/honest-$bodies"/messages/*.request.body; do
		n=$((n + 1))
		rm -f body
		said=$(curl -sS --max-time $limit --cacert "$certs/ca.pem" \
		    "$@" -H 'Content-Type: text/xml' --data-binary "@$body" \
		    -o body -w '%{http_code} %{content_type}' \
		    "https://127.0.0.1:$(cat port)/$bodies" 2> curl.err)
		rc=$?
		[ "$n" -eq "$message" ] && break
	done
	kill "$pid"
	wait "$pid" 2> /dev/null
	if [ "$rc" -eq 0 ]; then
		echo "${word:+$(without "$word")}HTTP ${said% }; $(look body)"
	else
		head -n 1 curl.err | sed 's/^curl: (\([0-9]*\))/exit \1:/'
	fi | plain
}

run_says() { # run_says WORD: the first expectation that did not pass
	deadline=1
	[ "$1" = huge-body ] && deadline=30
	"$esitesti" run --lang en --deadline $deadline --jobs 1 --out run \
	    --fault "$1" "$case" > run.txt 2>&1
	awk '
	function text() { sub(/^[^>]*>/, ""); sub(/<\/text>.*/, ""); return $0 }
	/^<expect / {
		match($0, / kind="[^"]*"/)
		kind = substr($0, RSTART + 7, RLENGTH - 8)
		found = cause = expected = ""
	}
	/^<(expected|found|cause|next) / { part = substr($1, 2) }
	/^<text xml:lang="en">/ && part == "expected" { expected = text() }
	/^<text xml:lang="en">/ && part == "found" { found = text() }
	/^<text xml:lang="en">/ && part == "cause" { cause = text() }
	/^<\/(found|cause|expected|next)>/ { part = "" }
	/^<\/expect>/ && kind != "pass" && kind != "skip" {
		if (found ~ /^(&#39;|no such place)/)
			found = found ", expected: " expected
		print "**" kind "**: " found (cause ? " – " cause : "")
		told = 1
		exit
	}
	END { if (!told) print "passes" }' run/results.xml | plain |
	    sed 's/; errors: .*/; errors: …/' |
	    if [ "$1" = truncated ]; then # where it is cut follows from ids
		    sed 's/\(COLUMN\): .*/\1: …/'
	    else
		    cat
	    fi
}

# More values that are worth a row of their own.
more() {
	case $1 in
	server-certificate) echo server-certificate=not-yet-valid \
	    server-certificate=wrong-host server-certificate=unknown-ca \
	    server-certificate=self-signed server-certificate=no-chain ;;
	tls-alert) echo tls-alert=bad_certificate \
	    tls-alert=certificate_revoked tls-alert=certificate_expired \
	    tls-alert=unknown_ca tls-alert=protocol_version \
	    tls-alert=internal_error tls-alert=unrecognized_name ;;
	status) echo status=201 ;;
	status-only) echo status-only=401 status-only=404 status-only=429 ;;
	error-page) echo error-page=403 ;;
	blocked) echo blocked=403 ;;
	esac
}

while IFS='	' read -r level syntax meaning; do
	name=${syntax%%[=[]*}
	printf '%s\t%s\t%s\t%s\n' "$level" "$syntax" "$(word "$name")" "$meaning"
	for one in $(more "$name"); do
		printf '%s\t%s\t%s\t\n' "$level" "$one" "$one"
	done
done < faults.txt > rows.txt

# ---- All of them, eight at a time

row() { # row NUMBER WORD
	mkdir "row-$1"
	cd "row-$1" || exit 2
	scene "$2"
	said=$2
	curl=$(curl_says "$said")
	run=$(run_says "$said")
	printf '%s | %s |\n' "$curl" "$run" > said
	grep -qE '"event":"seal"' run/journal.jsonl && : > whole
}

n=0
while IFS='	' read -r level syntax said meaning; do
	n=$((n + 1))
	(row $n "$said") < /dev/null &
	[ $((n % 8)) -eq 0 ] && wait
done < rows.txt
wait
is "$(find row-* -name whole | wc -l)" "$(wc -l < rows.txt)" \
    "no fault keeps a run from its end"

title() {
	case $1 in
	tls) echo TLS ;;
	http) echo HTTP ;;
	soap) echo "SOAP and XML" ;;
	frame) echo "The message's frame" ;;
	ack) echo "The acknowledgement" ;;
	archive) echo "The archive" ;;
	case) echo "Cases" ;;
	esac
}

{
	cat << 'END'
# What goes wrong, and what it looks like

`esitesti mock --fault NAME` makes the mock misbehave, for your own system to meet
it; `esitesti run --fault NAME` shows what the harness says to the same. `NAME@3`
is the third message only, counted by arrival (for TLS: the third connection). A
value in brackets may be left out; the usual one is in parentheses behind the
meaning. Several faults may be given at once.

Each row was made by doing it: plain `curl` (7.88) and `esitesti run --deadline 1` met
the fault when the same message was sent; `tests/cli/t3310-fault-table.sh` does
it again in each `make check`. *inconclusive* means that nothing was learned of
the message (target down, blocked, answer lost), *error* that the harness could not
judge, *fail* that the answer was wrong.
END
	last=
	n=0
	while IFS='	' read -r level syntax said meaning; do
		n=$((n + 1))
		if [ "$level" != "$last" ]; then
			printf '\n## %s\n\n' "$(title "$level")"
			echo "| fault | what the mock does | plain curl | esitesti run |"
			echo "|---|---|---|---|"
			last=$level
		fi
		# shellcheck disable=SC2016 # Markdown
		printf '| `%s` | %s | ' \
		    "$(echo "$syntax" | sed 's/|/\\|/')" "$meaning"
		cat "row-$n/said"
	done < rows.txt
} > table.md

[ "${UPDATE:-}" = 1 ] && cp table.md "$table"
# Another curl has other words: then only those of 'run' are compared.
comparable() {
	if curl --version | grep -q '^curl 7\.88\.'; then
		cat "$1"
	else
		awk -F' [|] ' '{ print $1, $2, $NF }' "$1"
	fi
}
comparable "$table" > wanted.md
comparable table.md > got.md
diff wanted.md got.md | sed 's/^/# /'
cmp -s wanted.md got.md
ok $? "the table is the one that is checked in"

# ---- @N, a case's own wish, and who hears it

out() { # out NAME FAULT…: results of ptv-arkistointi-01 with these
	"$esitesti" run --lang en --out "$1" --jobs 1 --fault "$2" \
	    ptv-arkistointi-01 > "$1.txt" 2>&1
}
out second ack-flip@2
like "$(grep '"step":"fetch","expectation":"acknowledgement"' \
    second/journal.jsonl)" '"kind":"fail"' "@2 bends the second message"
like "$(grep '"step":"archive","expectation":"acknowledgement"' \
    second/journal.jsonl)" '"kind":"pass"' "… and not the first"

start_mock --case-faults
mtls_curl -o /dev/null -H 'Content-Type: text/xml' -H 'X-Esitesti-Fault: reset' \
    --data-binary '<a/>' "$mock_url/" 2> /dev/null
rc=$?
[ $rc -eq 52 ] || [ $rc -eq 56 ]
ok $? "a run's own mock does what a message asks for"
stop_mock
start_mock
is "$(mtls_curl -o /dev/null -w '%{http_code}' -H 'Content-Type: text/xml' \
    -H 'X-Esitesti-Fault: reset' --data-binary '<a/>' "$mock_url/")" 500 \
    "no other mock does"
XDG_CACHE_HOME=$root/build/cache "$esitesti" run --lang en --certs "$certs" \
    --target "https://localhost:${mock_url##*:}" --out loopback \
    ptv-hairio-01 > loopback.txt 2>&1
like "$(grep '"event":"verdict"' loopback/journal.jsonl | head -n 1)" \
    '"kind":"omit"' "a case with a fault is left out against any other mock"
stop_mock

done_testing
