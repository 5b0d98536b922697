# shellcheck shell=sh disable=SC2154 # sourced by tests/bench/bench
# The check of documents, all stages, against xmllint with the schema alone and
# against jing with schema and Schematron. Times are processor time (getrusage
# of the children), per document: a long run less a short one, so that the start
# counts nowhere but in its own row.
#
# jing takes one schema at a time, so that a document costs it the schema and
# each rule set, one after the other. That sum stands in three comparisons:
# Java gets faster in the first hundreds of documents: it is given all of them.
#   like with like   `check --stages syntactic,schema,rules`, one more document
#   all six stages   `check`, one more document: jing has nothing to hold against
#                    codes, signature and guard, which count for us alone
#   cold, one by one what waits for a single document: the clock, from the start
#                    of the first process to the end of the last; all six stages
#     sh tests/bench/check.sh      this part alone

if [ -z "${work:-}" ]; then
	set -eu
	cd "$(dirname "$0")/../.."
	esitesti=$PWD/build/release/bin/esitesti
	ESITESTI_DATA=$PWD export ESITESTI_DATA
	rounds=${ROUNDS:-5}
	work=$(mktemp -d "$PWD/build/bench.XXXXXX")
	trap 'rm -rf "$work"' EXIT
	trap 'exit 130' INT TERM
	median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
	row() { printf '%-58s %8s  %s\n' "$1" "$2" "$3"; }
fi

# spent COMMAND…: sets $us (processor time) and $kib (peak memory). Findings
# are no failure: 1 is an answer, too, and 3 is xmllint's.
spent() {
	/usr/bin/env time -o "$work/spent" -f '%U %S %M' "$@" \
	    > "$work/out" 2> "$work/err" < /dev/null || [ $? -le 3 ]
	us=$(tail -n 1 "$work/spent" | awk '{ printf "%d", ($1 + $2) * 1000000 }')
	kib=$(tail -n 1 "$work/spent" | awk '{ print $3 }')
}
median_us() { # median_us COMMAND…: the median of the rounds
	r=0
	: > "$work/us"
	while [ $r -lt "$rounds" ]; do
		r=$((r + 1))
		spent "$@"
		echo "$us" >> "$work/us"
	done
	us=$(median < "$work/us")
}
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.1f", (b > 0 ? a / b : 0) }'; }

# ---- The documents
corpus=${ESITESTI_CORPUS:-$PWD/../shared/corpus}
schema=$corpus/schemas/cda-fi/CDA_Fi.xsd
mkdir "$work/docs" "$work/copies"
if [ -r "$schema" ]; then
	what="Kela's documents"
	find "$corpus/kela-prescriptions" -name '*.xml' -size +27k -size -45k |
	    sort | head -n 40 > "$work/list"
else
	what="own fixtures (no ../shared/corpus here)"
	schema=$(find "$PWD/fixtures/schemas" -name 'cda-fi.xsd' | head -n 1)
	find "$PWD/fixtures/clean" -name '*.xml' ! -name 'sanoma*' | sort \
	    > "$work/list"
fi
n=0
while IFS= read -r file; do
	n=$((n + 1))
	cp "$file" "$work/docs/$n.xml"
done < "$work/list"
docs=$n
copies=$((1000 / docs)) # the clock of time(1) ticks in hundredths
i=0
while [ $i -lt $((docs * copies)) ]; do
	ln "$work/docs/$((i % docs + 1)).xml" "$work/copies/$i.xml"
	i=$((i + 1))
done
many=$i
one=$work/docs/1.xml

echo
row "check: $docs of $what" "" ""
# starts COMMAND…: sets $start, us of a whole process for one document
starts() {
	# shellcheck disable=SC2016 # for the inner shell
	median_us sh -c 'i=0; while [ $i -lt 20 ]; do i=$((i + 1)); "$@"; done' \
	    starts "$@" "$one"
	start=$((us / 20))
}
# per_document COMMAND…: sets $start and $each, us for one more document
per_document() {
	starts "$@"
	median_us "$@" "$work"/copies/*.xml
	each=$(((us - start) / (many - 1)))
}
per_document xmllint --noout --nonet --schema "$schema"
lint=$each
lint_start=$start
row "xmllint --schema, one more document" "$lint us" ""
for stage in syntactic schema rules codes signature guard; do
	per_document "$esitesti" check --jobs 1 --stages $stage
	row "  check --stages $stage (reading included)" "$each us" ""
done
per_document "$esitesti" check --jobs 1
all=$each
row "check, all stages, one more document" "$all us" ""
row "  ratio" "$(ratio "$all" "$lint")" "at most 10, aim 5"
row "check, cold start to exit: ratio" "$(ratio "$start" "$lint_start")" \
    "at most 4"

# wall COMMAND…: sets $wall, us on the clock
wall() {
	from=$(date +%s%N)
	"$@" > /dev/null 2>&1 < /dev/null || [ $? -le 3 ]
	wall=$((($(date +%s%N) - from) / 1000))
}
median_wall() {
	r=0
	: > "$work/wall"
	while [ $r -lt "$rounds" ]; do
		r=$((r + 1))
		wall "$@"
		echo "$wall" >> "$work/wall"
	done
	wall=$(median < "$work/wall")
}

# ---- jing: the same schema, and our rules in its own Schematron
jing_cold() { # every schema, a process each
	for rules in "$schema" cases/rules/*.sch; do
		jing "$rules" "$one" || [ $? -le 3 ]
	done
}
if command -v jing > /dev/null 2>&1; then
	slow=0
	for rules in "$schema" cases/rules/*.sch; do
		spent jing "$rules" "$one"
		begin=$us
		spent jing "$rules" "$work"/copies/*.xml
		slow=$((slow + (us - begin) / (many - 1)))
		[ "$rules" != "$schema" ] ||
			row "jing with the schema, one more document" "$slow us" ""
	done
	row "jing with the schema and our rules, one more document" "$slow us" ""
	per_document "$esitesti" check --jobs 1 --stages syntactic,schema,rules
	row "  like with like: times check of the same three stages" \
	    "$(ratio "$slow" "$each")" "at least 20"
	row "  times check of all six stages" "$(ratio "$slow" "$all")" \
	    "at least 20"
	median_wall jing_cold
	cold=$wall
	median_wall "$esitesti" check "$one"
	row "  cold, one document: times check of all six stages" \
	    "$(ratio "$cold" "$wall")" \
	    "at least 20 ($((cold / 1000)) ms, $((wall / 1000)) ms)"
else
	row "jing is not installed: not compared" "" ""
fi

# ---- Several at a time, and memory
three="$work/copies $work/copies $work/copies"
# shellcheck disable=SC2086 # three words on purpose
median_wall "$esitesti" check --jobs 1 $three
alone=$wall
# shellcheck disable=SC2086
median_wall "$esitesti" check --jobs 2 $three
row "check --jobs 2: times as fast as --jobs 1" "$(ratio "$alone" "$wall")" \
    "2 on two free cores"
for format in json html junit sarif; do # all renderings at once
	set -- "$@" "--$format" "$work/report.$format"
done
# the folder so often: 2000 and 10000 documents
spent "$esitesti" check --jobs 1 "$@" "$work/copies" "$work/copies"
few=$kib
i=0
while [ $i -lt 10000 ]; do
	set -- "$@" "$work/copies"
	i=$((i + many))
done
spent "$esitesti" check --jobs 1 "$@"
row "$i documents: peak memory, times that of $((2 * many))" \
    "$(awk -v a="$kib" -v b="$few" 'BEGIN { printf "%.2f", a / b }')" \
    "flat: about 1 ($((kib / 1024)) MiB)"
set --

# ---- Large documents: an attachment of random bytes in the narrative's place
large() { # large MIB: makes $work/large.xml
	{
		printf '<ClinicalDocument xmlns="urn:hl7-org:v3"><component>'
		printf '<nonXMLBody><text mediaType="application/pdf" '
		printf 'representation="B64">\n'
		{
			printf '%%PDF-1.4 '
			head -c $((($1 * 1048576 - 400) * 57 / 77)) /dev/urandom
		} | base64 -w 76
		printf '</text></nonXMLBody></component></ClinicalDocument>\n'
	} > "$work/large.xml"
}
for mib in 15 60; do
	large $mib
	size=$(wc -c < "$work/large.xml")
	spent "$esitesti" check "$work/large.xml"
	row "a document of $((size / 1000000)) MB" "$((us / 1000)) ms" \
	    "time grows with the size"
	row "  memory, times its size" "$(ratio $((kib * 1024)) "$size")" \
	    "$([ $mib -lt 60 ] || echo "at most 4")"
done
large 61
refused() { # refused WHAT FILE
	spent "$esitesti" check "$2"
	grep -q 'may have' "$work/out" ||
		{ echo "61 MiB were not refused" >&2; exit 1; }
	row "a document of 61 MiB is refused: $1" "$((us / 1000)) ms" \
	    "at once ($((kib / 1024)) MiB of memory)"
}
refused "a file" "$work/large.xml"
mkfifo "$work/fifo"
cat "$work/large.xml" > "$work/fifo" 2> /dev/null &
refused "a FIFO, when it gets too long" "$work/fifo"
wait $! || true
