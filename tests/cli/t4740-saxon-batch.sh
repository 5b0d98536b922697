#!/bin/sh
# Rule sets of XPath 2 over many files: one process for all of them, the same
# verdicts as one by one, and nobody's lost by another's trouble.
. "$(dirname "$0")/../lib/tap.sh"

if ! [ -x /usr/bin/java ] || ! [ -r /usr/share/java/Saxon-HE.jar ]; then
	skip_all "Saxon is not installed"
fi

# Each start of Java is counted; its memory and time are those of the check.
mkdir -p home/bin
cat > home/bin/java << END
#!/bin/sh
echo start >> "$work/starts"
exec /usr/bin/java "\$@"
END
chmod +x home/bin/java
starts() {
	wc -l < "$work/starts"
}
check() { # check OPTIONS… FILES…: JSON without times
	: > "$work/starts"
	JAVA_HOME=$work/home "$esitesti" check --stages=syntactic,rules \
	    --format json "$@"
}
verdict() { # verdict FILE REPORT: all of the file but its name
	grep "$(sha256sum < "$1" | cut -d' ' -f1)" "$2" |
	    sed 's/"name":"[^"]*"//; s/"fingerprint":"[^"]*"//g
		s/"took-[a-z]*":[0-9.]*//g; s/[],}]*$//'
}

cat > two.sch << 'END'
<schema xmlns="http://purl.oclc.org/dsdl/schematron" queryBinding="xslt2">
  <ns prefix="v3" uri="urn:hl7-org:v3"/>
  <pattern>
    <rule context="v3:title">
      <assert id="TWO-1" test="upper-case(.) = 'OK'">Not ok.</assert>
    </rule>
  </pattern>
</schema>
END
sed 's/TWO-1/THREE-1/' two.sch > three.sch
document() { # document TITLE
	printf '<ClinicalDocument xmlns="urn:hl7-org:v3">\n<title>%s</title>\n</ClinicalDocument>\n' "$1"
}
mkdir many
i=0
while [ $i -lt 40 ]; do
	if [ $((i % 4)) -eq 0 ]; then document "ok"; else document "bad $i"; fi \
	    > "many/$i.xml"
	i=$((i + 1))
done
cp "$root/fixtures/clean/sanoma-arkistointi.xml" many/message.xml

check --jobs 1 --rules two.sch many > together.json
is "$(starts)" 1 "one process over 41 files, messages among them"
check --jobs 4 --rules two.sch --rules three.sch many > both.json
is "$(starts)" 2 "one for each rule set, whatever --jobs"
is "$(grep -o '"rule":"TWO-1"' together.json | wc -l)" \
    "$(grep -o '"rule":"THREE-1"' both.json | wc -l)" "both find the same"
is "$(grep -o '"rule":"TWO-1"' together.json | wc -l)" 36 \
    "which is right: 30 titles, and 6 in the message's document"

for file in many/1.xml many/5.xml many/message.xml; do
	check --rules two.sch - < $file > alone.json
	verdict $file together.json > one
	verdict $file alone.json > other
	[ -s one ] && cmp -s one other
	ok $? "$file: the verdict of one by one"
done
is "$(starts)" 2 "a message and the document in it, from standard input: each alone"

# A pipe can be read but once, and not by who works ahead.
mkfifo pipe
for jobs in 1 4; do
	timeout -s KILL 60 cat many/1.xml > pipe &
	writer=$!
	JAVA_HOME=$work/home timeout -s KILL 60 "$esitesti" check --jobs $jobs \
	    --stages=syntactic,rules --format json --rules two.sch \
	    many/0.xml pipe many/5.xml > piped.json
	kill "$writer" 2> /dev/null
	wait "$writer" 2> /dev/null
	verdict many/1.xml piped.json > one
	grep -q TWO-1 one
	ok $? "--jobs $jobs: a named pipe among files is checked, and waits for nobody"
done

# ---- One that fails, and one that ends the process
cat > trouble.sch << 'END'
<schema xmlns="http://purl.oclc.org/dsdl/schematron" queryBinding="xslt2">
  <ns prefix="v3" uri="urn:hl7-org:v3"/>
  <pattern>
    <rule context="v3:title">
      <assert id="TWO-1" test="upper-case(.) = 'OK'">Not ok.</assert>
      <assert id="TWO-2" test="if (. = 'error') then error() else true()">No.</assert>
    </rule>
  </pattern>
</schema>
END
rm many/message.xml
document error > many/error.xml
check --rules trouble.sch many > failed.json
is $? 8 "what could not be judged is the exit code"
is "$(starts)" 1 "a document that fails does not end the process"
is "$(grep -o '"rule":"TWO-1"' failed.json | wc -l)" 30 "the others have their verdicts"
grep '"many/error.xml"' failed.json | grep -q 'trouble.sch.*Error signalled'
ok $? "the one is not checked, and Saxon's words say why"
is "$(grep '"many/' failed.json | grep -c 'Error signalled')" 1 \
    "nobody else"

# A Java that dies at its third document, in each process.
cat > home/bin/java << END
#!/bin/sh
echo start >> "$work/starts"
if [ "\$(wc -l < "$work/starts")" -eq 1 ]; then
	mv in all-in
	mkdir in
	for f in \$(ls all-in | head -3); do ln "all-in/\$f" "in/\$f"; done
	/usr/bin/java "\$@"
	last=\$(ls in | tail -1)
	rm out-0/"\$last"
	kill -9 \$\$
fi
exec /usr/bin/java "\$@"
END
check --rules trouble.sch many > killed.json
is "$(starts)" 2 "behind a process that was killed another one goes over the rest"
is "$(grep '"many/' killed.json | grep -o 'ended by signal 9' | wc -l)" 2 \
    "the document that it died of is not checked, with the reason (both languages)"
found=$(grep -o '"rule":"TWO-1"' killed.json | wc -l)
[ "$found" -ge 29 ]
ok $? "and all others have their verdicts"

# No Java at all behind the name: nothing is lost in silence.
printf '#!/bin/sh\nexit 3\n' > home/bin/java
check --rules trouble.sch many/1.xml many/2.xml > none.json
is $? 8 "a Java that does not start is no file in order"
check --rules trouble.sch --junit none.junit \
    "$root/fixtures/clean/hoitokertomus.xml" > /dev/null
like "$(cat none.junit)" '<error message=.* type="broke"' "nor for a build server"
is "$(grep '"many/' none.json | grep -c 'trouble.sch broke off: .* ended with code 3')" 2 \
    "a Java that does not start: both files say that they were not checked"

# ---- Interrupted: a Java that never ends
printf '#!/bin/sh\necho $$ > "%s/pid"\nexec sleep 300\n' "$work" > home/bin/java
mkdir tmp
begin() { # begin FILES…: until Java runs
	rm -f pid
	TMPDIR=$work/tmp JAVA_HOME=$work/home "$esitesti" check --jobs 2 \
	    --stages=rules --rules two.sch "$@" < many/1.xml > broken.txt 2>&1 &
	checker=$!
	i=0
	while [ ! -s pid ] && [ $i -lt 300 ]; do sleep 0.1; i=$((i + 1)); done
	java=$(cat pid)
}
ended() { # ended PID: gone, or waiting for who should reap it
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		case $(ps -o stat= -p "$1") in '' | Z*) return 0 ;; esac
		sleep 0.1
	done
	kill -9 "$1"
	return 1
}
begin many
kill -INT "$checker"
wait "$checker"
is $? 130 "Ctrl-C among many files: exit code 130"
ended "$java"
ok $? "its Java is gone"
is "$(find tmp -name 'esitesti-saxon-*' | wc -l)" 0 "and its folder"
begin -
kill -INT "$checker"
for _ in 1 2 3 4 5 6 7 8 9 10; do
	grep -q 'once more stops at once' broken.txt && break
	sleep 0.1
done
kill -INT "$checker"
wait "$checker"
is $? 130 "Ctrl-C twice: at once"
ended "$java"
ok $? "and no Java goes on without its deadline"

is "$(find /tmp "${TMPDIR:-/tmp}" -maxdepth 1 -name 'esitesti-saxon-*' -newer two.sch 2> /dev/null | wc -l)" 0 \
    "no folder is left behind"

done_testing
