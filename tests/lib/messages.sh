# One document and the messages around it, for tests that post by themselves.
# Source it behind tap.sh.
# shellcheck shell=sh
v3='xmlns="urn:hl7-org:v3"'
oid=1.2.246.10.1.11.77
patient=010181-900C

# document PATIENT
document() {
	printf '<?xml version="1.0" encoding="UTF-8"?>\n'
	printf '<ClinicalDocument %s><id root="%s"/>' "$v3" "$oid"
	printf '<code code="2" codeSystem="1.2.246.537.5.40150.2009"/>'
	printf '<setId root="%s"/><versionNumber value="1"/>' "$oid"
	printf '<recordTarget><patientRole><id extension="%s" ' "$1"
	printf 'root="1.2.246.21"/></patientRole></recordTarget>'
	printf '<component><structuredBody><component><section>\r\n'
	printf '<text>Potilas voi hyvin.</text></section></component>'
	printf '</structuredBody></component></ClinicalDocument>\n'
}

# frame INTERACTION: the wrapper around what comes on stdin
frame() {
	printf '<%s ITSVersion="XML_1.0" %s>' "$1" "$v3"
	printf '<id root="1.2.246.10.1.13.1.5"/>'
	printf '<creationTime value="20261121120000"/>'
	printf '<versionCode code="V3-2006"/><interactionId extension="%s" ' "$1"
	printf 'root="2.16.840.1.113883.1.6"/><processingCode code="D"/>'
	printf '<processingModeCode code="T"/><acceptAckCode code="ER"/>'
	printf '<receiver><device><id root="1.2.246.556.18007.2"/></device>'
	printf '</receiver><sender><device><id root="1.2.246.10.1.13.1"/>'
	printf '</device></sender><controlActProcess moodCode="RQO">'
	printf '<reasonCode code="PP1" codeSystem="1.2.246.537.5.40157.2008"/>'
	cat
	printf '</controlActProcess></%s>' "$1"
}

# archive_message PATIENT: with the document of that patient
archive_message() {
	{
		printf '<subject><clinicalDocument><id root="%s"/>' "$oid"
		printf '<code code="2" codeSystem="1.2.246.537.5.40150.2009"/>'
		printf '<text mediaType="multipart/related">MIME-Version: 1.0\n'
		printf 'Content-Type: multipart/related; boundary="----=_1"\n'
		printf '\n------=_1\nContent-Type: text/xml; charset=UTF-8\n'
		printf 'Content-Transfer-Encoding: BASE64\n'
		printf 'Content-ID: &lt;%s&gt;\n\n' "$oid"
		document "$1" | base64
		printf '\n------=_1--\n</text><setId root="%s"/>' "$oid"
		printf '<versionNumber value="1"/><recordTarget><patient>'
		printf '<id extension="%s" root="1.2.246.21"/>' "$1"
		printf '</patient></recordTarget></clinicalDocument></subject>'
	} | frame RCMR_IN100002FI01
}


fetch_message() {
	printf '<queryByParameter><queryId root="1.2.9"/><clinicalDocument.id>%s' \
	    "<value root=\"$oid\"/></clinicalDocument.id></queryByParameter>" |
	    frame RCMR_IN100031FI01
}

# By the patient; esitesti(1) and `esitesti show dialect` have the rest.
query_message() {
	printf '<queryByParameter><queryId root="1.2.8"/><patient.id><value %s/>' \
	    "root=\"1.2.246.21\" extension=\"$patient\"" |
	    sed 's|$|</patient.id></queryByParameter>|' |
	    frame RCMR_IN100029FI01
}

# A dialect whose mock returns documents as they are stored, without what an
# archive fills in.
untouched_dialect() {
	cat << END
<dialect xmlns="urn:esitesti:dialect:1" name="untouched" extends="kanta">
<title xml:lang="fi">a</title><title xml:lang="en">a</title>
<value key="archive.returns" mark="U" source="a test">untouched</value>
</dialect>
END
}
