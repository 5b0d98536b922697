#!/bin/sh
# Every expectation of every shipped case can fail, and fails alone: for each, a
# named fault turns exactly that expectation red and leaves its siblings. The
# table is tests/golden/fault-matrix.txt; UPDATE=1 writes it anew.
. "$(dirname "$0")/../lib/tap.sh"

golden=$root/tests/golden/fault-matrix.txt
"$esitesti" run --out honest --jobs 1 > honest.txt 2>&1
ok $? "the honest run passes"
"$esitesti" run --dialect sosiaali --out social --jobs 1 > social.txt 2>&1
ok $? "that of social welfare, too"

# What each expectation is and which of its case's messages it judges:
# dialect, case, step, expectation, kind, number of the message, select
expectations_of() {
	awk -v dialect="$2" '
function attribute(line, name,   at, rest) {
	at = index(line, " " name "=\"")
	if (!at) return "-"
	rest = substr(line, at + length(name) + 3)
	return substr(rest, 1, index(rest, "\"") - 1)
}
{ gsub(/></, ">\n<") }
{
	n = split($0, part, "\n")
	for (i = 1; i <= n; i++) {
		l = part[i]
		if (l ~ /^ *<case /) { c = attribute(l, "id"); number = 0 }
		if (l ~ /^ *<step /) step = attribute(l, "id")
		if (l ~ /^ *<exchange / &&
		    attribute(l, "ending") ~ /^(answered|lost)$/)
			number++
		if (l ~ /^ *<expect /)
			print dialect, c, step, attribute(l, "id"), \
			    attribute(l, "expects"), number, \
			    attribute(l, "where")
	}
}' "$1/results.xml"
}
{ expectations_of honest kanta && expectations_of social sosiaali; } \
    > expectations
is "$(grep -c . expectations)" \
    "$(cat honest/journal.jsonl social/journal.jsonl |
	grep -c '"event":"verdict"')" \
    "every expectation of the run is in the table"

# A document with a test person, for where the honest one must be stopped.
awk '/^(PD94|PENs)/ { on = 1 } /^-/ || /^$/ { on = 0 } on' "$(find \
    honest/messages -name '*arkistointi-01-archive-1.request.body')" |
    base64 -d > clean.xml

# fault KIND NUMBER SELECT EXPECTATION CASE: the words that make such a one fail
fault() {
	case $1 in
	acknowledgement) echo "--fault ack-flip@$2" ;;
	acknowledgement-detail) echo "--fault detail-drop@$2" ;;
	http-status) echo "--fault status=299@$2" ;;
	soap-fault) echo "--fault no-fault@$2" ;;
	same-document) echo "--fault document@$2" ;;
	found)
		# what must not be found is there, or the contrary
		case $4 in
		nothing | without) echo "--fault stray-documents@$2" ;;
		*) echo "--fault rename=clinicalDocument@$2" ;;
		esac
		;;
	xpath)
		# the element that the expression ends in
		name=$(echo "$3" | sed 's/[[@].*//; s/^.*count(//; s/)*$//
		    s/\/*$//; s/.*[\/:]//')
		echo "--fault rename=$name@$2"
		;;
	# the message leaves after all; nothing is kept, so that the case's
	# own look into the archive still finds nothing
	guard-refused)
		echo "--document record=clean.xml --fault always-accept@1" ;;
	# the answer comes after all; what was not to be stored still is not
	no-answer)
		case $5 in
		*request-lost*) echo "--fault honest@$2 --fault not-stored@$2" ;;
		*) echo "--fault honest@$2" ;;
		esac ;;
	tls-refused) echo "--fault no-client-check" ;;
	esac
}

# row DIRECTORY DIALECT CASE STEP EXPECTATION KIND NUMBER SELECT
row() {
	words=$(fault "$6" "$7" "$8" "$5" "$(cat "$root/cases/"*/"$3.xml")")
	rm -rf "$1"
	# shellcheck disable=SC2086 # two words
	"$esitesti" run --out "$1" --jobs 1 --case "$3" --dialect "$2" \
	    $words > "$1.txt" 2>&1
	red=$(grep '"event":"verdict"' "$1/journal.jsonl" |
	    grep -v '"kind":"pass"' |
	    sed 's/.*"step":"\([^"]*\)","expectation":"\([^"]*\)".*/\1\/\2/')
	[ "$red" = "$4/$5" ] ||
		words="$words BUT RED: $(echo "$red" | tr '\n' ' ')"
	echo "$3 $4/$5 $6: $words"
}

# rows PART: every third of them, each behind its number
rows() {
	n=0
	while read -r dialect id step expectation kind number select; do
		n=$((n + 1))
		[ $((n % 3)) -eq "$1" ] || continue
		printf '%04d %s\n' $n "$(row "faulty-$1" "$dialect" "$id" \
		    "$step" "$expectation" "$kind" "$number" "$select")"
	done < expectations > "part-$1"
}
for part in 0 1 2; do rows $part & done
wait
{
	echo "# case, step/expectation, kind: what turns exactly it red"
	sort part-? | cut -d' ' -f2-
} > matrix

grep 'BUT RED' matrix | sed 's/^/# /'
grep -q 'BUT RED' matrix
[ $? -ne 0 ]
ok $? "each fault turns exactly its expectation red"
[ "${UPDATE:-}" = 1 ] && cp matrix "$golden"
diff "$golden" matrix | sed 's/^/# /'
cmp -s "$golden" matrix
ok $? "the table is the one that is checked in"

done_testing
