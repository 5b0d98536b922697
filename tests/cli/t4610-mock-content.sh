#!/bin/sh
# The mock judges what it is sent by the rules of 'esitesti check': with its
# policy set so it refuses, and names the same rules. Not all of these messages
# are signed, of which its policy for signatures would tell.
. "$(dirname "$0")/../lib/tap.sh"

command -v curl > /dev/null || skip_all "curl is not installed"
clean=$root/fixtures/clean/sanoma-arkistointi.xml

post() {
	mtls_curl -H 'Content-Type: text/xml' --data-binary "@$1" "$mock_url/"
}
# The errors of a check; the rules of an answer. Sorted, with spaces between.
check_rules() {
	"$esitesti" check --lang en --stages syntactic,schema,rules,codes "$1" |
	    sed -nE 's/^.*: error (ESI-[A-Z]+-[0-9]+): .*/\1/p' |
	    LC_ALL=C sort -u | paste -sd' ' -
}
answer_rules() {
	printf '%s' "$1" | grep -oE 'ESI-[A-Z]+-[0-9]+' | LC_ALL=C sort -u |
	    paste -sd' ' -
}

start_mock --policy content=refuse --policy signature=off --out run
like "$(post "$clean")" 'typeCode code="AA"' "a clean message is accepted"
for twin in interactionid-juuri heratetapahtuma palvelupyynto-sosiaalihuollon \
    toinen-potilas content-id asiakirjan-viittaus-tyhjaan \
    asiakirjan-karkauspaiva asiakirjan-vieras-elementti asiakirjan-koodi; do
	file=$root/fixtures/defects/sanoma-$twin.xml
	answer=$(post "$file")
	rules=$(check_rules "$file")
	[ -n "$rules" ]
	ok $? "check finds an error in $twin"
	is "$(answer_rules "$answer")" "$rules" "the mock refuses by the same"
	like "$answer" 'typeCode code="AE"' "… and does not accept it"
done
answer=$(post "$root/fixtures/defects/sanoma-asiakirjan-viittaus-tyhjaan.xml")
like "$answer" 'ESI-B-20: Viittaus .*ei osoita mihink' "in Finnish"
like "$answer" 'base64 &gt; /ClinicalDocument/.*/text/reference' "with the place"
stop_mock
grep -q 'ESI-B-20.*The reference' run/journal.jsonl
ok $? "the journal has the English sentence, too"

start_mock --policy content=warn --policy signature=off
answer=$(post "$root/fixtures/defects/sanoma-asiakirjan-viittaus-tyhjaan.xml")
like "$answer" 'typeCode code="AA"' "warning only, it accepts"
is "$(answer_rules "$answer")" "ESI-B-20" "… and says what it found"
stop_mock
start_mock --policy signature=off
answer=$(post "$root/fixtures/defects/sanoma-asiakirjan-viittaus-tyhjaan.xml")
is "$(answer_rules "$answer")" "" "by itself it does not look"
stop_mock

start_mock
post "$root/fixtures/defects/sanoma-allekirjoitus-puuttuu.xml" > answer.xml
stop_mock
like "$(cat mock.log)" \
    'Remark [0-9] of [0-9]: not fulfilled \(policy signature\): the document has' \
    "the screen's heading says that the demand is not met"
like "$(cat mock.log)" '^ +next +Sign' "… and a remark says what to do"

start_mock --policy signature=refuse
like "$(post "$clean")" 'typeCode code="AA"' "a signed message is accepted"
for twin in allekirjoitus-puuttuu allekirjoituksen-jalkeen-muutettu; do
	file=$root/fixtures/defects/sanoma-$twin.xml
	answer=$(post "$file")
	rules=$("$esitesti" check --lang en --stages signature "$file" |
	    sed -nE 's/^.*: error (ESI-SIG-[0-9]+): .*/\1/p')
	like "$rules" '^ESI-SIG-[0-9]+$' "check finds an error in $twin"
	is "$(answer_rules "$answer")" "$rules" "the mock refuses by the same"
	like "$answer" 'typeCode code="AE"' "… and does not accept it"
done
stop_mock
done_testing
