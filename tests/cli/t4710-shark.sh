#!/bin/sh
# `esitesti check --shark` against the mock's validation service.
. "$(dirname "$0")/../lib/tap.sh"

"$esitesti" run --dialect sosiaali --case sos-arkistointi-01 --out run > /dev/null 2>&1
sed 's/<soap:Envelope[^>]*><soap:Body>//; s/<\/soap:Body><\/soap:Envelope>//' \
    run/messages/0001-*.request.body > frame.xml
# With the cached certificates, as the command itself has them
"$esitesti" mock --port 0 --port-file "$work/port" 2> mock.log &
mock_pids=$!
tries=0
while [ ! -s port ] && [ $tries -lt 500 ]; do
	tries=$((tries + 1))
	sleep 0.02
done
mock_url="https://localhost:$(cat port)"
mkdir here && cd here || exit 2
cp ../frame.xml .

check() { # → $out $rc
	out=$("$esitesti" check --shark "$@" 2>&1)
	rc=$?
}

check "$mock_url" frame.xml
is "$rc" 0 "a frame with its document: 0"
like "$out" 'empty answer' "… an empty answer"
like "$out" "not Kela's SHARK" "… and who gave it"
sed 's/$/\r/' frame.xml > crlf.xml
check "$mock_url" crlf.xml
is "$rc" 0 "line ends become line feeds"
check "$mock_url" --lang=fi frame.xml "$root/fixtures/sosiaali/asiakasasiakirja.xml"
is "$rc" 1 "another document: 1"
like "$out" '^ +1  .* id eroavat' "… told one by one"
check "$mock_url" "$root/fixtures/sosiaali/asiakasasiakirja.xml"
is "$rc" 3 "no frame: 3"
check shark frame.xml
is "$rc" 5 "the real service without a pool of one's own: the guard stops it"
check shrak frame.xml
is "$rc" 2 "a target that there is not: 2"
like "$out" 'esitesti.xml: that is not here' "… and where targets are named"
unlike "$out" 'self-test' "… not in a file of the program's own"
"$esitesti" certs init other > /dev/null 2>&1
check "$mock_url" --certs other frame.xml
is "$rc" 4 "other certificates than the mock's are no use"
check http://www.kanta.fi frame.xml
is "$rc" 2 "http to anybody else: 2"
check http://127.0.0.1:1 frame.xml
is "$rc" 4 "nobody there: 4"
code="131052-308"
sed "s/<creationTime/<desc>${code}T<\/desc><creationTime/" frame.xml > id.xml
check "$mock_url" id.xml
is "$rc" 5 "an identity code: the guard stops it"
unlike "$out" "$code" "… and does not show it"
check "$mock_url" frame.xml --json x.json
is "$rc" 2 "other renderings are refused"
ESITESTI_SHARK="$mock_url" "$esitesti" check frame.xml > /dev/null 2>&1
is $? 2 "a target does not come from the environment"
cd ..
done_testing
