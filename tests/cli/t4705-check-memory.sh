#!/bin/sh
# The memory of `esitesti check`: large documents, too large ones, many.
. "$(dirname "$0")/../lib/tap.sh"
command -v python3 > /dev/null || skip_all "python3 is not installed"

peak() { python3 "$root/tests/lib/peak.py" "$@"; }
rss() { peak rss "$esitesti" check --jobs 1 "$@"; }
# at_most GOT MOST TITLE
at_most() {
	[ "$1" -le "$2" ]
	ok $? "$3"
	echo "# $1 KiB, at most $2"
}

printf '<ClinicalDocument xmlns="urn:hl7-org:v3"/>' > small.xml
base=$(rss small.xml)

# ---- A large document: beside what any check needs
peak document 24 large.xml
at_most "$(rss large.xml)" $((base + 24 * 1024 * 7 / 2)) \
    "24 MiB with an attachment: at most 3.5 times that"

# ---- One that is too large
printf '<ClinicalDocument xmlns="urn:hl7-org:v3"><title>' > big.xml
truncate -s 61M big.xml
at_most "$(rss big.xml)" $((base + 2048)) "61 MiB are refused unread"
at_most "$(rss - < big.xml)" $((base + 2048)) "… as standard input, too"
mkfifo fifo
cat big.xml > fifo 2> /dev/null &
at_most "$(rss fifo)" $((base + 62 * 1024)) \
    "of a stream no more is kept than a document may have"
wait $!
out=$("$esitesti" check big.xml)
is $? 3 "the exit code says so"
like "$out" "'big.xml' has 61.0 MB; a document may have 60 MB" "… and the text"
out=$("$esitesti" check - < big.xml)
like "$out" "'standard input' has 61.0 MB" "… of the standard input, too"
mkfifo again
cat big.xml > again 2> /dev/null &
out=$("$esitesti" check again)
is $? 3 "and of a FIFO"
wait $!
like "$out" "more than the 60 MB that a document may have" "… with its cap"

# One byte less than too large is read to its end
head -c 62914560 big.xml | "$esitesti" check --stages syntactic - > out.txt
is $? 1 "60 MiB of a stream are read"
like "$(cat out.txt)" 'ESI-SYN-' "… and looked at"

# ---- Many: all renderings at once, and none keeps what it has told
printf '<ClinicalDocument xmlns="urn:hl7-org:v3">%s</ClinicalDocument>' \
    '<code code="x"/><title>a</title><id/><id/><none/>' > one.xml
peak copies one.xml 200 few
peak copies one.xml 2000 many
views="--stages syntactic,schema,codes --html r.html --json r.json
    --junit r.junit --sarif r.sarif"
# shellcheck disable=SC2086 # several words on purpose
few=$(rss $views few)
# shellcheck disable=SC2086
many=$(rss $views many)
at_most "$many" $((few * 11 / 10)) "2000 files take the memory of 200"
found=$(grep -o '"rule":' r.json | wc -l)
[ "$found" -ge 2000 ]
ok $? "… and findings of each were told ($found)"

done_testing
