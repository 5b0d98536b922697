#!/bin/sh
# SOAP clients that nobody here wrote, and plain curl, against the mock: each
# archives a document, and gets it back byte for byte.
. "$(dirname "$0")/../lib/tap.sh"

command -v curl > /dev/null || skip_all "curl is not installed"
clients=$root/tests/clients
. "$root/tests/lib/messages.sh"

soap11=http://schemas.xmlsoap.org/soap/envelope/
soap12=http://www.w3.org/2003/05/soap-envelope
wsa=http://www.w3.org/2005/08/addressing

# envelope NAMESPACE [HEADER]: around the message on stdin
envelope() {
	printf '<s:Envelope xmlns:s="%s">' "$1"
	[ -z "${2:-}" ] || printf '<s:Header>%s</s:Header>' "$2"
	printf '<s:Body>'
	sed 's/^<?xml[^>]*>//'
	printf '</s:Body></s:Envelope>'
}

post() { # post PATH TYPE FILE [curl's arguments]
	post_path=$1
	post_type=$2
	post_file=$3
	shift 3
	mtls_curl -H "Content-Type: $post_type" --data-binary "@$post_file" \
	    "$@" "$mock_url$post_path"
}

# The document out of a content answer on stdin.
decode_answer() {
	tr -d '\r' | sed -n '/^Content-ID/,/^------/p' |
	    sed -e 1d -e '/^------/d' | base64 -d -i
}

document "$patient" > document.xml
archive_message "$patient" > archive.xml
fetch_message > fetch.xml
query_message > query.xml

untouched_dialect > untouched.xml
start_mock --out run --dialect "$PWD/untouched.xml"

# ---- The WSDL

mtls_curl "$mock_url/a/b?wsdl" > service.wsdl
like "$(cat service.wsdl)" "location=\"$mock_url/a/b\"" \
    "?wsdl: the service is where it was asked for"
like "$(cat service.wsdl)" 'Kannan oma WSDL ei ole julkinen' "… it says what it is"
like "$(cat service.wsdl)" "own WSDL is not public" "… in English, too"
if command -v xmllint > /dev/null; then
	xmllint --noout service.wsdl
	ok $? "… it is well-formed"
else
	skip "the WSDL's form" "xmllint is not installed"
fi
mtls_curl -H 'Host: a"><b' -o /dev/null -w '%{http_code}' \
    "$mock_url/?wsdl" > odd
like "$(cat odd)" '^40' "no strange Host comes back in it"
cat > other.xml <<-'END'
	<dialect xmlns="urn:esitesti:dialect:1" name="other" extends="kanta">
	  <title xml:lang="fi">Toinen</title><title xml:lang="en">Other</title>
	  <value key="interaction.archive" mark="U" source="guess">OTHER_IN1</value>
	  <value key="soap.action" mark="U" source="guess">urn:x:{interaction}</value>
	</dialect>
END

# ---- curl

for case in \
    "bare text/xml" "bare application/xml" "soap11 text/xml" \
    "soap12 application/soap+xml"; do
	form=${case%% *}
	type=${case#* }
	path=/curl-$form-$(echo "$type" | tr / -)
	for message in archive fetch; do
		case $form in
		bare) cp $message.xml sent.xml ;;
		soap11) envelope $soap11 < $message.xml > sent.xml ;;
		soap12) envelope $soap12 < $message.xml > sent.xml ;;
		esac
		post "$path" "$type" sent.xml > $message.answer
	done
	like "$(cat archive.answer)" 'typeCode code="AA"' \
	    "curl, $form as $type: archived"
	decode_answer < fetch.answer > back.xml
	cmp -s back.xml document.xml
	ok $? "… and fetched back byte for byte"
	case $form in
	bare) unlike "$(cat archive.answer)" Envelope "… answered bare" ;;
	soap11) like "$(cat archive.answer)" "$soap11" "… in SOAP 1.1" ;;
	soap12) like "$(cat archive.answer)" "$soap12" "… in SOAP 1.2" ;;
	esac
done
like "$(post /t application/soap+xml sent.xml -i)" \
    '^Content-Type: application/soap\+xml' "SOAP 1.2 has its own media type"

hus=$corpus/hus-messages/RCMR_IN100002FI01.xml
if [ -f "$hus" ]; then
	like "$(post /hus text/xml "$hus")" 'typeCode code="AA"' \
	    "a captured message is accepted as it is"
else
	skip "a captured message" "no corpus"
fi

# ---- What SOAP says of headers, versions and faults

blocks="<w:MessageID xmlns:w=\"$wsa\">urn:uuid:1</w:MessageID>
<w:ReplyTo xmlns:w=\"$wsa\"><w:Address>https://127.0.0.1:1/x</w:Address></w:ReplyTo>"
envelope $soap11 "$blocks" < fetch.xml > sent.xml
answer=$(post /wsa text/xml sent.xml)
like "$answer" 'RelatesTo[^>]*>urn:uuid:1<' "WS-Addressing: RelatesTo"
like "$answer" '<wsa:To [^>]*>https://127.0.0.1:1/x<' "… To"
like "$answer" '<wsa:Action [^>]*>urn:hl7-org:v3:RCMR_IN100032FI01<' "… Action"
like "$answer" '<wsa:MessageID [^>]*>urn:oid:' "… and a MessageID"

security='<w:Security xmlns:w="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd" s:mustUnderstand="1"/>'
envelope $soap11 "$security" < fetch.xml > sent.xml
answer=$(post /x text/xml sent.xml -w '%{http_code}')
like "$answer" 'faultcode>soap:MustUnderstand.*500$' \
    "WS-Security that must be understood: a fault"
like "$answer" 'TLS-varmenteesta' "… which says why"
envelope $soap12 '<n:x xmlns:n="urn:n" s:mustUnderstand="true"/>' \
    < fetch.xml > sent.xml
like "$(post /x application/soap+xml sent.xml)" \
    'NotUnderstood[^>]*xmlns:b="urn:n" qname="b:x"' \
    "SOAP 1.2 names the header block"
envelope urn:other < fetch.xml > sent.xml
answer=$(post /x text/xml sent.xml)
like "$answer" 'VersionMismatch' "another envelope: VersionMismatch"
like "$answer" 'SupportedEnvelope.*SupportedEnvelope' \
    "… and the versions that there are"
printf '<a>' > sent.xml
answer=$(post /x application/soap+xml sent.xml -w '%{http_code}')
like "$answer" 'soap:Sender.*xml:lang="fi".*xml:lang="en".*400$' \
    "SOAP 1.2: a fault of the sender's, in both languages"
envelope $soap12 < fetch.xml > sent.xml
like "$(post /x text/xml sent.xml)" 'soap:Sender.*soap\+xml' \
    "SOAP 1.2 as text/xml: a fault names the media type"

like "$(post /x 'multipart/related; type="application/xop+xml"' sent.xml)" \
    'MTOM' "MTOM: words that say what to switch off"
like "$(post /x 'text/xml; charset=ISO-8859-1' fetch.xml)" \
    "charset=ISO-8859-1.*UTF-8" "two encodings at once: refused"
like "$(post /x text/xml fetch.xml -H 'Content-Encoding: gzip')" \
    'gzip' "a compressed request: refused"
{
	printf '\377\376'
	sed '1s/^/<?xml version="1.0" encoding="UTF-16"?>/' fetch.xml |
	    iconv -t UTF-16LE
} > utf16.xml
like "$(post /x 'text/xml; charset=utf-16' utf16.xml)" 'typeCode code="AA"' \
    "UTF-16 is read"

# ---- Whole clients

# whole NAME VERSION COMMAND…: archives, fetches, compares
whole() {
	whole_name="$1, $2"
	whole_path=/$1-$2
	version=$2
	shift 2
	set -- "$@" "$mock_url$whole_path?wsdl" "$certs/ca.pem" \
	    "$certs/client.pem" "$certs/client.key" "$version"
	rm -f back.xml
	is "$("$@" archive.xml back.xml 2>&1)" AA "$whole_name: archived"
	if grep -q 'operation name="RCMR_IN100029FI01"' service.wsdl; then
		is "$("$@" query.xml back.xml 2>&1 | tr '\n' ' ')" "AA $oid " \
		    "… found by a query"
	fi
	is "$("$@" fetch.xml back.xml 2>&1)" AA "… fetched"
	cmp -s back.xml document.xml
	ok $? "… byte for byte"
}

python=/usr/bin/python3
if $python -c 'import zeep' 2> /dev/null; then
	for version in 1.1 1.2 wsa; do
		whole zeep $version $python "$clients/zeep-client.py"
	done
else
	skip "zeep" "python3-zeep is not installed"
fi

# npm's cache makes the second time fast; without network there is none.
node_modules() {
	NODE_PATH=$root/build/cache/node-soap/node_modules export NODE_PATH
	[ ! -d "$NODE_PATH/soap" ] || return 0
	command -v node > /dev/null && command -v npm > /dev/null || return 1
	mkdir -p "${NODE_PATH%/*}"
	(cd "${NODE_PATH%/*}" && timeout 60 npm install --no-audit --no-fund \
	    --no-package-lock --ignore-scripts soap@1) > npm.log 2>&1
}
if node_modules; then
	for version in 1.1 1.2; do
		whole node-soap $version node "$clients/node-soap-client.js"
	done
else
	skip "node-soap" "npm's soap cannot be installed"
fi

stop_mock
is $? 0 "the mock ends"

# ---- Names are the dialect's, and esitesti itself speaks SOAP 1.2

start_mock --dialect "$PWD/other.xml"
mtls_curl "$mock_url/?wsdl" > service.wsdl
like "$(cat service.wsdl)" 'operation name="OTHER_IN1"' \
    "operations have the dialect's names"
like "$(cat service.wsdl)" 'soapAction="urn:x:OTHER_IN1"' "… and its actions"
stop_mock

"$esitesti" run --dialect kanta-soap12 --out run12 --lang en > run12.log 2>&1
is $? 0 "all cases pass in SOAP 1.2"
cat run12/messages/*archive-1.request.head > heads
like "$(cat heads)" \
    'application/soap\+xml; charset=UTF-8; action="urn:hl7-org:v3:RCMR' \
    "… the action is in the media type"
unlike "$(cat heads)" '^SOAPAction' "… and in no field of its own"

done_testing
