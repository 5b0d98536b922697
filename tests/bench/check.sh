# shellcheck shell=sh disable=SC2154 # sourced by tests/bench/bench
# The check of documents, all stages, against xmllint with the schema alone and
# against jing with schema and Schematron. Times are processor time of one core
# (getrusage of the children), per document: a long run less a short one, so
# that the start counts nowhere but in its own row.
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
copies=$((2000 / docs)) # the clock of time(1) ticks in hundredths
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

# ---- jing: the same schema, and our rules in its own Schematron
if command -v jing > /dev/null 2>&1; then
	jing_files() { spent jing "$@"; }
	jing_files "$schema" "$one"
	begin=$us
	jing_files "$schema" "$work"/copies/1*.xml
	some=$(find "$work/copies" -name '1*.xml' | wc -l)
	jing=$(((us - begin) / (some - 1)))
	row "jing with the schema, one more document" "$jing us" ""
	slow=$jing
	for rules in cases/rules/*.sch; do
		jing_files "$rules" "$one"
		begin=$us
		jing_files "$rules" "$work"/copies/1*.xml
		slow=$((slow + (us - begin) / (some - 1)))
	done
	row "jing with the schema and our rules" "$slow us" ""
	row "  ratio" "$(ratio "$slow" "$all")" "at least 20"
else
	row "jing is not installed: not compared" "" ""
fi

# ---- Several at a time, and memory
wall() { # wall COMMAND…: sets $wall, ms
	from=$(date +%s%N)
	"$@" > /dev/null 2>&1 || [ $? -le 3 ]
	wall=$((($(date +%s%N) - from) / 1000000))
}
wall "$esitesti" check --jobs 1 "$work/copies" "$work/copies" "$work/copies"
alone=$wall
wall "$esitesti" check --jobs 2 "$work/copies" "$work/copies" "$work/copies"
row "check --jobs 2: times as fast as --jobs 1" "$(ratio "$alone" "$wall")" \
    "2 on two free cores"
spent "$esitesti" check --jobs 1 "$work/copies"
few=$kib
mkdir "$work/thousands"
i=0
while [ $i -lt 10000 ]; do
	ln "$work/copies/$((i % many)).xml" "$work/thousands/$i.xml"
	i=$((i + 1))
done
spent "$esitesti" check --jobs 1 "$work/thousands"
row "10000 documents: peak memory, times that of $many" \
    "$(ratio "$kib" "$few")" "flat: about 1 ($((kib / 1024)) MiB)"

# ---- Large documents: base64 in the narrative's place for files
large() { # large MIB: makes $work/large.xml
	{
		printf '<ClinicalDocument xmlns="urn:hl7-org:v3"><component>'
		printf '<nonXMLBody><text mediaType="application/pdf" '
		printf 'representation="B64">\n'
		head -c $(($1 * 1024 * 1024 * 3 / 4 - 600000)) /dev/zero |
		    tr '\0' 'A' | sed '1s/^/%PDF-1.4 /' | base64 -w 76 |
		    head -c $(($1 * 1024 * 1024 - 300))
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
	    "at most 4"
done
{
	printf '<ClinicalDocument xmlns="urn:hl7-org:v3"><title>'
	head -c $((61 * 1024 * 1024)) /dev/zero | tr '\0' 'a'
	printf '</title></ClinicalDocument>\n'
} > "$work/large.xml"
spent "$esitesti" check "$work/large.xml"
grep -q 'ESI-SYN-19' "$work/out" ||
	{ echo "61 MiB were not refused" >&2; exit 1; }
row "a document of 61 MiB is refused" "$((us / 1000)) ms" "at once"
