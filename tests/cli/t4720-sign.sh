#!/bin/sh
# Signing: what esitesti signs, others verify; a document of the test
# environment gets another identity code and a new signature, and is accepted.
. "$(dirname "$0")/../lib/tap.sh"

"$esitesti" run ptv-arkistointi-01 --out shipped > /dev/null
is $? 0 "the signed fixture is archived, and comes back with its signature"
body=$(ls shipped/messages/*-archive-1.request.body)
sed -n '/^Content-ID/,/^------/p' "$body" | sed -e 1d -e '/^------/d' |
    base64 -d -i > record.xml
out=$("$esitesti" check --stages signature --lang en "$body")
is $? 0 "the message that was sent passes the check"
like "$out" "Signatures: 1" "its signature was looked at"

out=$("$esitesti" sign record.xml 2>&1)
is $? 3 "it is not signed twice"
like "$out" "has a signature already" "and that is said"
"$esitesti" sign --replace record.xml --out again.xml
is $? 0 "unless it is asked for"
"$esitesti" check --stages signature again.xml > /dev/null
is $? 0 "the new signature holds"
sed 's/<signatureCollection.*<\/signatureCollection>//' record.xml > a
sed 's/<signatureCollection.*<\/signatureCollection>//' again.xml > b
cmp -s a b
ok $? "every other byte is as it was"

sed 's/Keuhkojen/Keuhkojem/' again.xml > changed.xml
out=$("$esitesti" check --stages signature --lang en changed.xml)
is $? 1 "one letter of the body is another"
like "$out" "ESI-SIG-12" "and the digest is wrong"
like "$out" "content was changed after signing" "for that cause"
sed 's/^ *</</' again.xml > flat.xml
out=$("$esitesti" check --stages signature --lang en flat.xml)
like "$out" "re-indented after signing" "a formatted one is called so"

# Put together here, so that it stands in no file.
person="131052-30""8T"
sed "s/010181-900C/$person/g" record.xml > person.xml
out=$("$esitesti" sign --replace person.xml 2>&1)
is $? 5 "no document with a person's code is signed"
unlike "$out" "$person" "and the code is not shown"

openssl req -x509 -newkey rsa:2048 -nodes -keyout prod.key -out prod.pem \
    -subj "/C=FI/CN=DVV Social Welfare and Healthcare Service Certs" \
    -days 2 2> /dev/null
out=$("$esitesti" sign --replace --certificate prod.pem --key prod.key \
    record.xml 2>&1)
is $? 2 "nothing is signed by what no test CA issued"
like "$out" "is not of a test CA" "and that is said"

if command -v xmlsec1 > /dev/null; then
	xmlsec1 --verify --insecure \
	    --id-attr:ID urn:hl7-org:v3:structuredBody \
	    --id-attr:ID urn:hl7finland:signatureTimestamp \
	    again.xml > xmlsec.txt 2>&1
	is $? 0 "xmlsec1 verifies the signature, too"
	xmlsec1 --verify --insecure \
	    --id-attr:ID urn:hl7-org:v3:structuredBody \
	    --id-attr:ID urn:hl7finland:signatureTimestamp \
	    changed.xml > xmlsec.txt 2>&1
	is $? 1 "and not that of the changed one"
else
	echo "# skipped: no xmlsec1"
fi

"$esitesti" certs init pki > /dev/null
start_mock --certs pki --policy signature=refuse
out=$("$esitesti" run ptv-arkistointi-01 --target "$mock_url" --certs pki \
    --document hoitokertomus=changed.xml --out refused --lang en)
is $? 1 "a mock that verifies refuses the changed one"
like "$(cat refused/messages/*-archive-1.response.body)" "ESI-SIG-12" \
    "by the same rule"

hus=$corpus/hus-messages/RCMR_IN100002FI01.decoded-mime-part.ClinicalDocument.xml
if [ -r "$hus" ]; then
	sed -e "s/010100A998F/010181-900C/g" "$hus" > exchanged.xml
	"$esitesti" check --stages signature exchanged.xml > /dev/null
	is $? 1 "an exchanged code breaks the signature"
	"$esitesti" sign --replace exchanged.xml --out signed.xml
	is $? 0 "it is signed anew"
	"$esitesti" run ptv-arkistointi-01 --target "$mock_url" --certs pki \
	    --document hoitokertomus=signed.xml --out accepted > run.txt
	is $? 0 "and the mock that verifies accepts it"
else
	echo "# skipped: no '$hus'"
fi
done_testing
