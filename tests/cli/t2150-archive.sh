#!/bin/sh
# The archive behind the mock, from outside: plain curl finds, cancels, repeats.
. "$(dirname "$0")/../lib/tap.sh"
. "$root/tests/lib/messages.sh"

command -v curl > /dev/null || skip_all "curl is not installed"

post() {
	mtls_curl -H 'Content-Type: text/xml' --data-binary "@$1" "$mock_url/"
}
# The document out of a content answer on stdin.
decode_answer() {
	tr -d '\r' | sed -n '/^Content-ID/,/^------/p' |
	    sed -e 1d -e '/^------/d' | base64 -d -i
}
cancel_message() {
	printf '<subject><clinicalDocument><id root="%s"/>' "$oid"
	printf '<statusCode code="nullified"/><setId root="%s"/>' "$oid"
	printf '<versionNumber value="1"/><recordTarget><patient>'
	printf '<id extension="%s" root="1.2.246.21"/></patient>' "$patient"
	printf '</recordTarget></clinicalDocument></subject>'
}

archive_message $patient > archive.xml
fetch_message > fetch.xml
query_message > query.xml
sed s/$patient/010594Y9032/ query.xml > other.xml
cancel_message | frame RCMR_IN100025FI01 > cancel.xml
document $patient > document.xml

# ---- Finding and cancelling

start_mock --out run --policy message-id=off
like "$(post archive.xml)" 'typeCode code="AA"' "a document is archived"
answer=$(post query.xml)
like "$answer" 'RCMR_IN100030FI01' "a metadata query has its own answer"
like "$answer" 'queryResponseCode code="OK"' "… which finds"
like "$answer" "clinicalDocument><.*id root=\"$oid\"" "… the document"
unlike "$answer" 'multipart/related' "… without its content"
like "$answer" 'resultTotalQuantity value="1"' "… and counts it"
like "$(post other.xml)" 'queryResponseCode code="NF"' \
    "of another patient nothing is found"

post fetch.xml | decode_answer > returned.xml
grep -q '<copyTime value="[0-9]*"/><recordTarget>' returned.xml
ok $? "what comes back has the archive's copyTime at its place"
sed 's|<copyTime[^>]*>||' returned.xml | cmp -s - document.xml
ok $? "… and is the sent document but for it"

like "$(post cancel.xml)" 'typeCode code="AA"' "the document is cancelled"
like "$(post query.xml)" 'queryResponseCode code="NF"' \
    "a cancelled one is not found"
answer=$(post fetch.xml)
like "$answer" 'statusCode code="nullified"' "… but told of by its id"
unlike "$answer" 'multipart/related' "… without its content"
like "$(post cancel.xml)" 'on mitätöity' "it is cancelled once"
stop_mock
like "$(grep mock_policies run/journal.jsonl | head -n 1)" \
    'certificate-organisation=warn \(1\), signature=warn \(1\)".*"off":".*message-id' \
    "the journal tells which policies looked, and what they found"

# ---- Policies

start_mock --policy certificate-organisation=refuse --policy signature=off
answer=$(post archive.xml)
like "$answer" 'typeCode code="AE"' "another organisation's message is refused"
like "$answer" 'certificate-organisation, varmuus I' \
    "… by a policy that is named, with its certainty"
like "$answer" 'sender/device/id/@root</location>' "… and its place"
like "$(cat mock.log)" 'certificate-organisation=refuse' \
    "the screen tells how to change it"
stop_mock

like "$("$esitesti" mock --policies --policy signature=off)" \
    '^signature +off +I ' "the policies are listed with value and certainty"
"$esitesti" mock --policy nonsuch=off 2> error
is $? 2 "an unknown policy is refused"
like "$(cat error)" 'message-id' "… and the names are told"

# ---- The same message once more

start_mock --archive archive.db --policy message-id=idempotent
like "$(post archive.xml)" 'typeCode code="AA"' "a message is taken"
like "$(post archive.xml)" 'typeCode code="AA"' "… and once more"
stop_mock
start_mock --archive archive.db --policy message-id=idempotent
like "$(post archive.xml)" 'typeCode code="AA"' "… also by the next mock"
like "$(post query.xml)" 'resultTotalQuantity value="1"' "it is stored once"
stop_mock
start_mock --archive archive.db --policy message-id=refuse
like "$(post archive.xml)" "13.1.5 on jo käytetty: sillä tuli asiakirja $oid" \
    "or refused, and told what it brought"
stop_mock

done_testing
