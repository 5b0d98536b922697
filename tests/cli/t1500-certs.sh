#!/bin/sh
# certs init and certs show, on files that other tools made.
. "$(dirname "$0")/../lib/tap.sh"

export ESITESTI_PASS=

"$esitesti" certs init pki > out
is $? 0 "certs init succeeds"
for f in ca.pem server.pem server.key client.pem client.key client.p12 \
    client.p12.pass signer.pem signer.key bad/expired.pem bad/expired.key; do
	[ -s "pki/$f" ]
	ok $? "it leaves $f"
done
is "$(find pki -name '*.key' ! -perm 600)" "" "keys are for their owner alone"
openssl verify -CAfile pki/ca.pem -untrusted pki/client.pem pki/client.pem \
    > out 2>&1
is $? 0 "openssl trusts client.pem under ca.pem"
openssl pkcs12 -in pki/client.p12 -passin file:pki/client.p12.pass -nodes \
    > all.pem 2> err
is $? 0 "openssl opens client.p12"

out=$("$esitesti" certs init pki 2>&1)
is $? 2 "a folder with keys is not overwritten"
like "$out" "never overwritten" "and says so"
out=$(env -u HOME -u XDG_CACHE_HOME "$esitesti" run 2>&1)
is $? 2 "a run without a home has no place for certificates"
like "$out" "hint: set HOME" "and says what to do"

out=$("$esitesti" certs show pki/client.pem)
is $? 1 "a certificate that is not DVV's would not do"
like "$out" "a server certificate" "it is named"
like "$out" "no test CA of DVV" "and the reason is told"
like "$out" "^2. a CA certificate" "its issuer is described, too"

out=$("$esitesti" certs show --pass-file pki/client.p12.pass pki/client.p12)
is $? 1 "PKCS#12 is opened with a pass phrase from a file"
like "$out" "Esimerkkiorganisaatio" "and described"
out=$(ESITESTI_PASS=$(cat pki/client.p12.pass) "$esitesti" certs show \
    pki/client.p12)
is $? 1 "… or from the environment"
out=$(ESITESTI_PASS=wrong "$esitesti" certs show pki/client.p12 2>&1)
is $? 2 "a wrong pass phrase is an error"
like "$out" "pass phrase does not open" "and is called that"

out=$("$esitesti" certs show --crl pki/crl.pem pki/bad/revoked.pem)
like "$out" "its issuer revoked it on 20[0-9-]*" \
    "a revoked certificate is found on the list that is given"
unlike "$("$esitesti" certs show pki/bad/revoked.pem)" "revoked it" \
    "and not without it"
out=$("$esitesti" certs show --crl pki/ca.pem pki/client.pem 2>&1)
is $? 2 "a certificate is no revocation list"
like "$out" "holds a certificate, no revocation list" "and is recognised"
openssl verify -crl_check -CAfile pki/ca.pem -CRLfile pki/crl.pem \
    -untrusted pki/bad/revoked.pem pki/bad/revoked.pem > out 2>&1
like "$(cat out)" "certificate revoked" "openssl agrees"
start_mock --certs pki
alert() { # alert SHELF/NAME: what curl says that the mock told
	curl -sS -o /dev/null --max-time 20 --cacert pki/ca.pem \
	    --cert "pki/$1.pem" \
	    --key "pki/$1.key" "$mock_url/" 2>&1
}
like "$(alert bad/revoked)" "revoked" "the mock refuses a revoked certificate"
like "$(alert bad/not-a-ca)" "unknown ca" "and one that no CA issued"
is "$(alert odd/no-organisation)" "" "one without an organisation is let in"
stop_mock

out=$("$esitesti" certs show pki/client.key 2>&1)
is $? 2 "a key is no certificate"
like "$out" "holds a private key, no certificate" "and is recognised"
: > empty.pem
out=$("$esitesti" certs show empty.pem 2>&1)
is $? 2 "an empty file is an error"
out=$("$esitesti" certs show empty.pem pki/ca.pem 2>&1)
is $? 2 "the worst of several files counts"
like "$out" "a CA certificate" "and the others are shown"

if openssl pkcs12 -export -legacy -in all.pem -out old.p12 -passout pass:x \
    -certpbe PBE-SHA1-RC2-40 2> err; then
	out=$(ESITESTI_PASS=x "$esitesti" certs show old.p12 2>&1)
	is $? 2 "PKCS#12 with RC2 is an error"
	like "$out" "openssl pkcs12 -legacy" "and the hint converts it"
else
	skip "PKCS#12 with RC2" "openssl has no legacy provider here"
fi

done_testing
