# A case of 20 archive messages, `c` in its id: awk -v c=1 -f many-steps.awk
function says() {
	return "<says xml:lang=\"fi\">Hyväksytään</says>" \
	    "<says xml:lang=\"en\">Accepted</says>"
}
BEGIN {
	print "<case xmlns=\"urn:esitesti:case:1\" id=\"many-" c "\""
	print "    service=\"test\" content=\"test\" where=\"mock\">"
	print "<title xml:lang=\"fi\">Monta viestiä</title>"
	print "<title xml:lang=\"en\">Many messages</title>"
	print "<rests-on fact=\"sanoma-arkistointi\" mark=\"F\"/>"
	for (s = 1; s <= 20; s++) {
		print "<document name=\"d" s "\" kind=\"hoitokertomus\""
		print "    fixture=\"fixtures/potilastieto/hoitokertomus.xml\"/>"
	}
	for (s = 1; s <= 20; s++) {
		print "<step id=\"s" s "\">"
		print "<send message=\"archive\" document=\"d" s "\"/>"
		print "<expect kind=\"acknowledgement\" outcome=\"accepted\">"
		print says() "</expect></step>"
	}
	print "</case>"
}
