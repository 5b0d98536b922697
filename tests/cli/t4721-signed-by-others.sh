#!/bin/sh
# Signatures that xmlsec1 made by chains of transforms that we do not sign by:
# inclusive canonicalisation below an xml:lang, and XPath behind either one.
. "$(dirname "$0")/../lib/tap.sh"

command -v xmlsec1 > /dev/null || skip_all "no xmlsec1"

w3=http://www.w3.org
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem \
    -subj "/C=FI/CN=ESITESTI TEST SIGNER" -days 2 2> /dev/null

# document URI C14N TRANSFORMS: one to be signed
document() {
	cat << END
<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:hl7fi="urn:hl7finland"
  xmlns:unused="urn:unused" xmlns:xsi="$w3/2001/XMLSchema-instance"
  xml:lang="fi"><hl7fi:localHeader><hl7fi:signatureCollection>
<hl7fi:signature><Signature xmlns="$w3/2000/09/xmldsig#"><SignedInfo>
<CanonicalizationMethod Algorithm="$2"/>
<SignatureMethod Algorithm="$w3/2001/04/xmldsig-more#rsa-sha256"/>
<Reference URI="$1"><Transforms>$3</Transforms>
<DigestMethod Algorithm="$w3/2001/04/xmlenc#sha256"/><DigestValue/></Reference>
</SignedInfo><SignatureValue/><KeyInfo><X509Data><X509Certificate/></X509Data>
</KeyInfo></Signature></hl7fi:signature></hl7fi:signatureCollection>
</hl7fi:localHeader><component><!-- left out -->
<structuredBody ID="body"><component><section><?left in?>
<title>Esimerkki &lt; &#13; <![CDATA[<osa>]]></title><text/>
<entry><observation><value xsi:type="ST" hl7fi:own="a"/></observation></entry>
</section></component></structuredBody></component></ClinicalDocument>
END
}

# signed_by NAME URI C14N TRANSFORMS
signed_by() {
	document "$2" "$3" "$4" > unsigned.xml
	xmlsec1 --sign --id-attr:ID urn:hl7-org:v3:structuredBody \
	    --privkey-pem key.pem,cert.pem --output signed.xml unsigned.xml \
	    > xmlsec.txt 2>&1
	is $? 0 "xmlsec1 signs by $1"
	out=$("$esitesti" check --stages signature signed.xml)
	like "$out" "ESI-SIG-" "it is looked at"
	unlike "$out" "ESI-SIG-1[23]" \
	    "and holds"
	sed 's/Esimerkki/Esimerkko/' signed.xml > changed.xml
	out=$("$esitesti" check --stages signature changed.xml)
	like "$out" "ESI-SIG-12" "one letter more, and it does not"
}

inclusive=$w3/TR/2001/REC-xml-c14n-20010315
exclusive=$w3/2001/10/xml-exc-c14n#
for c14n in "$inclusive" "$exclusive"; do
	step="<Transform Algorithm='$c14n'/>"
	xpath="<Transform Algorithm='$w3/TR/1999/REC-xpath-19991116'>
<XPath xmlns:h='urn:hl7-org:v3'>ancestor-or-self::h:structuredBody</XPath>
</Transform>"
	signed_by "${c14n##*/}" "#body" "$c14n" "$step"
	signed_by "${c14n##*/} and XPath" "" "$c14n" "$step$xpath"
done
done_testing
