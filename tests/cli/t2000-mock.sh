#!/bin/sh
# The mock from outside: plain curl and openssl against 'esitesti mock'.
. "$(dirname "$0")/../lib/tap.sh"

command -v curl > /dev/null || skip_all "curl is not installed"

. "$root/tests/lib/messages.sh"
# A code below 900, put together here: such a thing stands in no file.
living=131052-308
living="${living}T"

# The document out of a content answer on stdin.
decode_answer() {
	tr -d '\r' | sed -n '/^Content-ID/,/^------/p' |
	    sed -e 1d -e '/^------/d' | base64 -d -i
}

post() { # post FILE [curl's arguments]
	post_file=$1
	shift
	mtls_curl -H "Content-Type: ${type:-text/xml}" \
	    --data-binary "@$post_file" "$@" "$mock_url/"
}
status() { # as above, the HTTP status alone
	status_file=$1
	shift
	post "$status_file" -o /dev/null -w '%{http_code}' "$@"
}

archive_message $patient > archive.xml
archive_message "$living" > living.xml
fetch_message > fetch.xml
document $patient > document.xml

# As it is stored, without what an archive fills in.
untouched_dialect > untouched.xml

start_mock --out run --archive archive.db --dialect ./untouched.xml

# ---- Archive and fetch

answer=$(post archive.xml)
like "$answer" 'typeCode code="AA"' "an archive message is accepted"
like "$answer" 'targetMessage><id root="1.2.246.10.1.13.1.5"' \
    "the acknowledgement names the message's id"
post fetch.xml | decode_answer > fetched.xml
cmp -s fetched.xml document.xml
ok $? "the document comes back byte for byte"
like "$(post archive.xml)" 'on jo arkistoitu' "a duplicate is refused"
like "$(mtls_curl -H 'Content-Type: text/xml' --data-binary @archive.xml \
    "$mock_url/other")" 'typeCode code="AA"' "each path is its own archive"

hus=$corpus/hus-messages
if [ -f "$hus/RCMR_IN100002FI01.xml" ]; then
	answer=$(post "$hus/RCMR_IN100002FI01.xml")
	like "$answer" 'code="AA"' "a real message of 2017 is accepted"
	id=1.2.246.537.10.15675350.10.0.13.2.1.1506082558936.1901
	like "$answer" "targetMessage><id root=\"$id\"" "… under its own id"
	sed -e s/1.2.246.10.1.11.77/1.2.246.537.10.15675350.10.1.11220.19098/ \
	    fetch.xml > fetch-hus.xml
	post fetch-hus.xml | decode_answer > hus.xml
	cmp -s hus.xml "$hus"/*decoded-mime-part.ClinicalDocument.xml
	ok $? "… and its document is kept byte for byte"
	sed "s/<patient><id extension=\"[^\"]*\"/<patient><id \
extension=\"$living\"/" "$hus/RCMR_IN100002FI01.xml" > hus-living.xml
	like "$(post hus-living.xml)" \
	    'location>[^<]*recordTarget/patient/id/@extension' \
	    "a planted code below 900 is refused, its place named"
else
	skip "a real message of 2017" "no corpus"
fi

# ---- An identity code outside the 900 series

answer=$(post living.xml)
like "$answer" 'code="AE"' "an identity code below 900 is refused"
like "$answer" 'Virheellinen henkilötunnus' "… the detail says so"
like "$answer" '/recordTarget/patient/id/@extension</location>' \
    "… and where"
unlike "$answer" "$living" "… without repeating it"
mtls_curl -o /dev/null -H 'Content-Type: text/plain' \
    --data-binary @living.xml "$mock_url/"
grep -rqF "$living" run/messages run/journal.jsonl mock.log archive.db*
is $? 1 "it is neither in the messages, the journal, the log nor the archive"
is "$(find run/quarantine -type f ! -perm 600 | wc -l)" 0 \
    "quarantined files are private"
grep -lqF "$living" run/quarantine/*
ok $? "the bytes are in quarantine/"

# ---- HTTP

like "$(mtls_curl "$mock_url/")" 'is not Kanta' "GET: what this is"
like "$(mtls_curl -i -X PUT --data x "$mock_url/")" '^Allow: POST' \
    "the 405 says what is allowed"
is "$(type=application/soap+xml status archive.xml)" 400 \
    "SOAP 1.2 without an envelope: a fault"
is "$(type=application/json status archive.xml)" 415 "another media type: 415"
is "$(mtls_curl -I "$mock_url/" "$mock_url/" | grep -c '^HTTP/1.1 200')" 2 \
    "HEAD: the same without a body"
is "$(mtls_curl -o /dev/null -X BREW -w '%{http_code}' "$mock_url/")" 405 \
    "a method that nobody knows: 405"
printf '<a>' > malformed.xml
like "$(post malformed.xml -w ' %{http_code}' | tr -d '\n')" \
    'soap:Client.* 500$' "malformed XML: a SOAP fault"
answer=$(post malformed.xml)
unlike "$answer" 'not well-formed' "… which says it once"
like "$(post document.xml)" 'ei sanoma: asiakirja lähetetään sanomassa RCMR_IN1' \
    "a document is no message, which is said"
like "$(cat mock.log)" '^      found +This is a document, not a message' \
    "… on the screen, too"
head -c 9000000 /dev/zero > big
is "$(status big)" 413 "over the dialect's cap: 413"
is "$(status big -H Expect:)" 413 "… also without asking first"
is "$(status big -H Expect: -H 'Transfer-Encoding: chunked')" 413 \
    "… also in chunks"
like "$(post fetch.xml -H Expect: -H 'Transfer-Encoding: chunked')" \
    'code="AA"' "a message in chunks is read"
grep -q '"http-status":413' run/journal.jsonl
ok $? "the journal knows what was too large"
head -c 100700000 /dev/zero > huge
is "$(status huge -H Expect:)" 413 "over our own cap: 413"
rm -f big huge

# ---- TLS

connect=${mock_url#https://}
no_certificate() {
	openssl s_client -connect "$connect" -CAfile "$certs/ca.pem" "$@" \
	    < /dev/null 2>&1
	sleep 0
}
if command -v openssl > /dev/null; then
	n=0
	seen=0
	while [ $n -lt 100 ]; do
		n=$((n + 1))
		# keep the input open: the alert comes behind the handshake
		if (sleep 2 & echo $! > sleep.pid; wait) |
		    openssl s_client -tls1_3 -connect "$connect" \
		        -CAfile "$certs/ca.pem" 2>&1 |
		    { grep -q 'alert number 116'; rc=$?
		      kill "$(cat sleep.pid)" 2>/dev/null; exit $rc; }; then
			seen=$((seen + 1))
		fi
	done
	is $seen 100 "TLS 1.3 without a certificate: the alert is always seen"
	like "$(no_certificate -tls1_2)" 'alert handshake failure' \
	    "TLS 1.2 without a certificate is refused"
	like "$(no_certificate -tls1_1)" 'alert|no protocols' "no TLS 1.1"
else
	skip "alerts" "openssl is not installed"
fi
for defect in "$certs"/bad/*.pem; do
	name=$(basename "$defect" .pem)
	case $name in *expired* | *unknown* | *self*) ;; *) continue ;; esac
	curl -sS -o /dev/null --max-time 20 --cacert "$certs/ca.pem" \
	    --cert "$defect" --key "${defect%.pem}.key" "$mock_url/" \
	    2> /dev/null
	rc=$?
	[ $rc -ne 0 ]
	ok $? "client certificate '$name' is refused"
done
is "$(status fetch.xml)" 200 "the mock still serves"

# ---- The end

stop_mock
is $? 0 "SIGTERM ends it with 0"
like "$(tail -n 1 mock.log)" \
    '^ended: [0-9]+ requests taken, [0-9]+ accepted.*; archive archive.db; run folder run$' \
    "and its last line says what there is"
like "$(cat mock.log)" ' PUT /: 405 - This is a mock' "a PUT is told as such"
like "$(cat mock.log)" '^      found +Document .* is in the archive already' \
    "a refusal's reasons have lines of their own"
like "$(tail -n 1 run/journal.jsonl)" '"event":"seal"' "the journal is sealed"
like "$(cat mock.log)" "RCMR_IN100002FI01 $oid accepted 200" \
    "the log has a line for the exchange"

start_mock --archive archive.db
like "$(post archive.xml)" 'on jo arkistoitu' "an archive file outlives it"
stop_mock

# ---- Misbehaviour

start_mock --out bent --fault reset@1 --fault status=503@2 --fault say-ok@3 \
    --fault stall@4
post fetch.xml > /dev/null 2>&1
rc=$?
[ $rc -eq 52 ] || [ $rc -eq 56 ]
ok $? "reset: no answer"
is "$(status fetch.xml)" 503 "status: another one"
is "$(post fetch.xml)" ok "say-ok: ok"
post fetch.xml --max-time 1 > /dev/null 2>&1
is $? 28 "stall: no answer either"
is "$(status fetch.xml)" 200 "the fifth message is answered again"
stop_mock
is $? 0 "a stalled connection does not keep it from ending"
is "$(grep -c mock_fault_used bent/journal.jsonl)" 4 \
    "its journal tells each misbehaviour"

start_mock --fault no-client-check
is "$(curl -sS -o /dev/null -w '%{http_code}' --cacert "$certs/ca.pem" \
    -H 'Content-Type: text/xml' --data-binary @fetch.xml "$mock_url/")" 200 \
    "no-client-check: anybody may come"
stop_mock

# ---- Without certificates of one's own
"$esitesti" mock --port-file port2 2> cached.log &
mock_pid=$!
mock_pids="$mock_pids $mock_pid"
tries=0
while [ ! -s port2 ] && [ $tries -lt 500 ]; do
	tries=$((tries + 1))
	sleep 0.02
done
cp archive.xml message.xml
like "$(sh -c "$(sed -n 's/^curl/& -sS --max-time 20/p' cached.log)")" \
    'code="AA"' "the cached test certificates do, and the curl line works"
stop_mock

# ---- Usage

wrong() { # wrong TITLE PATTERN ARGUMENTS…
	wrong_title=$1
	wrong_pattern=$2
	shift 2
	wrong_text=$("$esitesti" mock "$@" 2>&1)
	wrong_rc=$?
	[ $wrong_rc -ne 0 ]
	ok $? "$wrong_title: exit code $wrong_rc"
	like "$wrong_text" "$wrong_pattern" "… and says why"
}
wrong "no such folder" 'nowhere' --certs nowhere
wrong "no such fault" 'reset' --certs "$certs" --fault resset
wrong "no such dialect" 'nonsuch' --certs "$certs" --dialect nonsuch
wrong "an operand" "operand: 'x'" --certs "$certs" x
mkdir full && : > full/file
wrong "a run folder in use" 'full' --certs "$certs" --out full
wrong "an archive that is none" 'database' --certs "$certs" \
    --archive document.xml

"$esitesti" mock --certs "$certs" --ready-fd 3 3> ready 2> /dev/null &
mock_pid=$!
mock_pids="$mock_pids $mock_pid"
tries=0
while [ ! -s ready ] && [ $tries -lt 500 ]; do
	tries=$((tries + 1))
	sleep 0.02
done
like "$(cat ready)" '^[0-9]+$' "the port is told on a descriptor"
wrong "a port in use" '127.0.0.1' --certs "$certs" --port "$(cat ready)"
stop_mock

done_testing
