#!/bin/sh
# Bad surroundings of the mock: a full disk, an archive that is held, newer,
# another program's, read-only or taken away. Clear words, a clean end, and no
# acknowledgement for what was not kept.
. "$(dirname "$0")/../lib/tap.sh"

command -v curl > /dev/null || skip_all "curl is not installed"
command -v python3 > /dev/null || skip_all "python3 is not installed"

test_certs
python3 "$root/tests/lib/messages.py" "$esitesti" 200000 fetch.xml \
    > message.xml

# sql FILE STATEMENTS
sql() {
	python3 -c 'import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.executescript(sys.argv[2])' "$@"
}
post() { # post PATH [FILE]: the answer, and its status behind it
	mtls_curl -H 'Content-Type: text/xml' -w ' %{http_code}' \
	    --data-binary "@${2:-message.xml}" "$mock_url$1" | tr -d '\n'
}

# refused TITLE CODE PATTERN ARGUMENTS…: does not start, and says why
refused() {
	refused_title=$1
	refused_code=$2
	refused_pattern=$3
	shift 3
	refused_text=$(timeout 20 "$esitesti" mock --certs "$certs" "$@" 2>&1)
	is $? "$refused_code" "$refused_title: exit code $refused_code"
	like "$refused_text" "$refused_pattern" "… and says why"
	like "$refused_text" 'hint: ' "… and what to do"
}

# ---- Archives that are none of ours to use

head -c 5000 /dev/urandom > noise.db
refused "an archive of random bytes" 2 'noise.db' --archive noise.db
sql other.db 'CREATE TABLE other (a); PRAGMA application_id=77;'
cp other.db other.before
refused "another program's database" 2 'but no archive' --archive other.db
cmp -s other.db other.before
ok $? "… which is not changed"
"$esitesti" mock --certs "$certs" --archive newer.db --ready-fd 3 \
    3> ready 2> /dev/null &
mock_pid=$!
mock_pids="$mock_pids $mock_pid"
while [ ! -s ready ] && kill -0 $mock_pid; do sleep 0.02; done
stop_mock
cp newer.db mine.db
sql newer.db 'PRAGMA user_version=99;'
refused "an archive of a newer version" 2 'version 99' --archive newer.db
head -c 3000 mine.db > cut.db
refused "an archive that was cut off" 2 'cut.db' --archive cut.db
mkdir folder
refused "a folder as the archive" 2 'folder' --archive folder

python3 -c 'import sqlite3, sys, time
db = sqlite3.connect("mine.db", isolation_level=None)
db.execute("PRAGMA locking_mode=EXCLUSIVE")
db.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
time.sleep(30)' > held &
holder=$!
mock_pids="$mock_pids $holder"
while [ ! -s held ]; do sleep 0.02; done
refused "an archive that another program holds" 2 'mine.db' --archive mine.db
kill $holder
wait $holder 2>/dev/null

# ---- Held while it serves: what cannot be kept is not acknowledged

start_mock --archive mine.db
rm -f held
python3 -c 'import sqlite3, sys, time
db = sqlite3.connect("mine.db", isolation_level=None)
db.execute("BEGIN IMMEDIATE")
print("held", flush=True)
time.sleep(30)' > held &
holder=$!
mock_pids="$mock_pids $holder"
while [ ! -s held ]; do sleep 0.02; done
answer=$(post /)
like "$answer" ':Server.*ei käsitelty.* 500$' \
    "held while it serves: a SOAP fault says that it was not processed"
kill $holder
wait $holder 2>/dev/null
like "$(post /)" 'code="AA".* 200$' "… and the next is kept"
stop_mock
is $? 0 "… and it ends cleanly"

# ---- A full disk

clean_disks() {
	umount disk folder 2> /dev/null
	clean_up
}
trap clean_disks EXIT

full_disk() { # full_disk TITLE ARCHIVE
	n=0
	while [ $n -lt 60 ]; do
		n=$((n + 1))
		answer=$(post "/$n")
		case $answer in *'code="AA"'*) ;; *) break ;; esac
	done
	like "$answer" ':Server.*ei käsitelty.* 500$' \
	    "$1: a SOAP fault, behind $((n - 1)) acknowledgements"
	lost=0
	i=0
	while [ $i -lt $((n - 1)) ]; do
		i=$((i + 1))
		case $(post "/$i" fetch.xml) in
		*Content-ID*) ;;
		*) lost=$((lost + 1)) ;;
		esac
	done
	is $lost 0 "… what was acknowledged is there"
	unlike "$(post "/$n" fetch.xml)" 'Content-ID' \
	    "… and what was not is not"
	stop_mock
	is $? 0 "… and it ends cleanly"
	is "$(sql "$2" 'PRAGMA integrity_check;' && echo ok)" ok \
	    "… and leaves a whole archive"
}

mkdir disk
if mount -t tmpfs -o size=2m tmpfs disk 2> /dev/null; then
	start_mock --archive disk/archive.db
	full_disk "a full disk" disk/archive.db
	umount disk
else
	skip "a full disk" "only root can mount a small one"
fi

# ---- Taken away while it serves

start_mock --archive gone.db
like "$(post /)" 'code="AA"' "an archive that is there"
mv gone.db away.db
answer=$(post /second)
like "$answer" ':Server.*ei käsitelty.* 500$' \
    "taken away while it serves: a SOAP fault, no acknowledgement"
like "$(cat mock.log)" 'gone.db' "… and the log names the file"
mv away.db gone.db
like "$(post /second)" 'code="AA"' "… until it is back"
stop_mock
is $? 0 "… and it ends cleanly"

# ---- Places

mkdir nocerts
refused "a folder without certificates" 2 'nocerts' --certs nocerts
refused "an archive in a folder that is not there" 2 'nowhere' \
    --archive nowhere/archive.db
if [ "$(id -u)" -eq 0 ] && mount --bind folder folder 2> /dev/null; then
	cp mine.db folder/mine.db
	mount -o remount,ro,bind folder
	refused "a read-only archive" 2 'folder/mine.db' \
	    --archive folder/mine.db
	refused "a read-only run folder" 2 'folder/run' --out folder/run
	umount folder
elif [ "$(id -u)" -ne 0 ]; then
	chmod 444 mine.db
	refused "a read-only archive" 2 'mine.db' --archive mine.db
	chmod 644 mine.db
else
	skip "a read-only archive" "cannot mount one"
fi

# ---- A screen that nobody reads: a pipe with a reader who sleeps

mkfifo screen
python3 -c 'import time; time.sleep(60)' < screen &
reader=$!
mock_pids="$mock_pids $reader"
"$esitesti" mock --certs "$certs" --port-file screen.port 2> screen &
mock_pid=$!
mock_pids="$mock_pids $mock_pid"
while [ ! -s screen.port ] && kill -0 $mock_pid; do sleep 0.02; done
mtls_curl -o /dev/null "https://localhost:$(cat screen.port)/[1-1500]"
is $? 0 "a screen that nobody reads holds nothing up"
stop_mock
is $? 0 "… not even the end"
kill $reader

# ---- A run folder on a full disk: said once, and the mock goes on

mkdir -p disk
if mount -t tmpfs -o size=2m tmpfs disk 2> /dev/null; then
	start_mock --out disk/run
	n=0
	while [ $n -lt 15 ]; do
		n=$((n + 1))
		answer=$(post "/$n")
	done
	like "$answer" 'code="AA"' "a run folder on a full disk: it goes on"
	is "$(grep -c 'no longer written' mock.log)" 1 "… and says so once"
	! stop_mock
	ok $? "… also in its exit code"
	umount disk
else
	skip "a run folder on a full disk" "only root can mount a small one"
fi

done_testing
