#!/bin/sh
# What a developer sees of the mock: its screen, and the page of its run folder.
. "$(dirname "$0")/../lib/tap.sh"

command -v curl > /dev/null || skip_all "curl is not installed"
. "$root/tests/lib/messages.sh"
# A code below 900, put together here: such a thing stands in no file.
living=131052-308
living="${living}T"

post() { # post FILE [curl's arguments]
	post_file=$1
	shift
	mtls_curl -o /dev/null -H 'Content-Type: text/xml' \
	    --data-binary "@$post_file" "$@" "$mock_url/"
}
# The lines of exchange number N and below it, up to the next.
block() {
	awk -v n="#$1" '/^20.*Z #/ { on = $2 == n } on' mock.log
}

archive_message "$patient" > archive.xml
archive_message "$living" > living.xml
sed 's/PP1/SP9/' archive.xml > service.xml
printf '<a' > malformed.xml

# ---- The start says what a developer needs

start_mock --out run --policy signature=off \
    --policy certificate-organisation=off --policy message-id=off
greeting=$(cat mock.log)
like "$greeting" 'not Kanta' "it is not Kanta"
like "$greeting" "certificate +$certs/client.pem" "the certificate to use"
like "$greeting" 'WSDL +https://.*\?wsdl' "the WSDL"
like "$greeting" 'kanta: [0-9]+ of [0-9]+ values are guesses' "the guesses"
like "$greeting" 'stop +Ctrl-C, or kill [0-9]+' "how to stop"
like "$greeting" '^curl .*message.xml https://' "a line to try"

# ---- Why something was refused

post archive.xml
post archive.xml
post service.xml
post malformed.xml
post living.xml
mtls_curl -o /dev/null -H 'Content-Type: multipart/related; type=x' \
    --data-binary @archive.xml "$mock_url/"
like "$(block 1)" 'RCMR_IN100002FI01 [0-9.]+ accepted 200, bare, /' \
    "an exchange is one line"
is "$(block 1 | wc -l)" 1 "… no more when it was accepted"
for row in 'Reason 1 of 1: the document id is in the archive already' \
    'place +/RCMR_IN100002FI01/.*/id/@root' \
    "found +Document $oid is in the archive" \
    'expected +a document id that this archive does not have' \
    'rule +A document whose id is in the archive already is refused' \
    'known how +I, inferred: follows from' \
    'answered +code 4Y00007; dialect key error.duplicate: U, a guess' \
    'next +Give the document a fresh OID'; do
	like "$(block 2)" "^ +$row" "a duplicate: ${row%% *}"
done
like "$(block 3)" 'Reason 2 of 2' "several reasons are counted"
like "$(block 4)" 'place +line 1, column 3' "malformed XML: its place"
like "$(block 4)" 'rule +XML 1.0' "… and the standard"
like "$(block 4)" 'malformed.http-status: U' "… the status is a guess"
like "$(block 6)" 'Switch MTOM off' "MTOM: what to do"
like "$(block 5)" '900 series' "an identity code: what is wrong with it"
grep -qF "$living" mock.log
is $? 1 "… and it is not shown"
unlike "$(cat mock.log)" "$(printf '\033')" "no colours in a file"
stop_mock
like "$(tail -n 1 mock.log)" \
    '^ended: 6 requests taken, 1 accepted, 3 refused, 2 unreadable;' \
    "the end counts"

# ---- The page

"$esitesti" report --lang en run > page.log
is $? 0 "a page is made of the run folder"
page=$(cat run/report.html)
like "$(echo "$page" | tr -d '\n')" '<b>refused</b> #2 RCMR_IN100002FI01' "it shows the exchanges"
like "$page" 'href="messages/0002-' "… with their messages"
accepted=$(echo "$page" | tr -d '\n' |
    sed 's/.*<section class="accepted">//; s/<\/section>.*//')
like "$accepted" 'Policies that found something: -' "… and what policies said"
unlike "$accepted" '<dt>' "… no advice where nothing was wrong"
like "$page" 'Give the document a fresh OID' "… and what to do"
like "$page" 'Kela has neither made nor approved' "… and what it is not"
unlike "$page" 'http-equiv="refresh"' "it loads itself no more"
grep -qF "$living" run/report.html
is $? 1 "it holds no identity code of anybody living"
if command -v xmllint > /dev/null; then
	is "$(xmllint --html --noout run/report.html 2>&1 |
	    grep -vc 'Tag section invalid\|<section\|\^$')" 0 "it is HTML"
fi

cat > browser <<END
#!/bin/sh
printf '%s' "\$1" > "$PWD/browsed"
END
chmod +x browser
DISPLAY=:99 BROWSER=$PWD/browser start_mock --lang "fi" --out live --open-report
post archive.xml
post archive.xml
tries=0
until grep -q '>hylätty<' live/report.html 2> /dev/null; do
	tries=$((tries + 1))
	[ $tries -gt 200 ] && break
	sleep 0.05
done
like "$(cat live/report.html)" '>hylätty<' "the page grows with the run"
like "$(cat live/report.html)" 'http-equiv="refresh"' "… and loads itself anew"
is "$(cat browsed)" live/report.html "a browser was opened on it"
stop_mock
is $? 0 "the mock ends"
unlike "$(cat live/report.html)" 'http-equiv="refresh"' \
    "the page that stays is quiet"
like "$(cat mock.log)" 'hylätty 200' "--lang fi: the screen is Finnish"

out=$("$esitesti" mock --certs "$certs" --open-report 2>&1)
is $? 2 "--open-report without a run folder"
like "$out" '--out DIR' "… says what is missing"

# ---- Queries say how many documents they found

query_message > query.xml
start_mock --policy signature=off --policy certificate-organisation=off
post query.xml
post archive.xml
post query.xml
oid=$oid.2
archive_message "$patient" > second.xml
post second.xml
post query.xml
like "$(block 1)" 'accepted 200, query: no document, bare' "a query: none"
like "$(block 3)" 'accepted 200, query: 1 document, bare' "… one"
like "$(block 5)" 'accepted 200, query: 2 documents, bare' "… several"
stop_mock
start_mock --lang "fi" --policy signature=off
post query.xml
sed 's/patient.id>/patient.name>/g' query.xml > unknown.xml
post unknown.xml
post malformed.xml
sed 's/<acceptAckCode[^>]*>//' archive.xml > frame.xml
post frame.xml
sed 's/BASE64/QUOTED/' archive.xml > coded.xml
post coded.xml
post query.xml -H 'Content-Encoding: gzip'
stop_mock
like "$(block 6 | head -n 1)" ': 415 - .*odotettiin' \
    "a refusal in plain words is Finnish"
like "$(block 2)" 'löytyi +Hakuehdot.*: ”patient.name” ei ole kyselyn hakuehto' \
    "a query's reason is Finnish"
like "$(block 3)" 'löytyi +Sanoma ei.*: 1:3: .*Tiedosto|löytyi +.*Rivin 1 tunnist' \
    "… and the parser's"
like "$(block 4)" 'löytyi +Siirtokehys on.*siitä, missä saa olla.*acceptAckCode' \
    "… and the frame reader's"
like "$(block 5)" 'löytyi +Sanoman asiakirjaa.*odotettiin BASE64' \
    "… and the MIME reader's"
like "$(block 1)" 'hyväksytty 200, kysely: ei yhtään asiakirjaa, ilman kuorta' \
    "… in Finnish"
like "$(tail -n 1 mock.log)" \
    '^lopetettu: 6 pyyntöä otettu vastaan, 1 hyväksytty, .*arkisto oli muistissa' \
    "the end in Finnish"
like "$("$esitesti" mock --faults --lang=fi)" 'kesken kättelyn' \
    "the faults in Finnish"

start_mock --quiet
post archive.xml
stop_mock
is "$(cat mock.log)" "" "--quiet tells nothing"

done_testing
