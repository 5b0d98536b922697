# What the mock takes from 8 keep-alive clients, next to what mountebank and
# WireMock take of the same requests when they answer each with the same fixed
# reply and look at nothing. Mutual TLS for all three; the clients' own work
# (tests/bench/flood.c, about a tenth of a millisecond for each message) is done
# on the same processors and counts. Sourced by bench.
#
# The peers are used where they are installed: `mb` and `wiremock.jar` in
# $PEERS (build/peers unless told), or `mb` in the PATH:
#     npm install --prefix build/peers mountebank wiremock
flood=$PWD/build/release/tests/bench/flood
peers=${PEERS:-$PWD/build/peers}
flood_count=${FLOOD:-3000}
flood_next=0

# wait_for FILE: until something is in it, 20 s at most
wait_for() {
	tries=0
	while [ ! -s "$1" ]; do
		tries=$((tries + 1))
		[ $tries -lt 400 ] || { echo "no $1" >&2; exit 1; }
		sleep 0.05
	done
}
end_last() {
	kill "$last" 2>/dev/null || true
	wait "$last" 2>/dev/null || true
}
# flood_port PORT NAME: $rounds rounds, the median to $work/NAME.rate
flood_port() {
	i=0
	while [ $i -lt "$rounds" ]; do
		i=$((i + 1))
		"$flood" "$certs" "$1" "$work/message.xml" "$flood_count" 8 \
		    $flood_next >> "$work/$2.flood"
		flood_next=$((flood_next + flood_count))
	done
	awk '{ print $1 }' "$work/$2.flood" | median > "$work/$2.rate"
}
rate() { echo "$(cat "$work/$1.rate") /s"; }

flood_mock() { # flood_mock NAME OPTION…
	name=$1
	shift
	rm -f "$work/mport"
	"$esitesti" mock --policy signature=off --certs "$certs" --port 0 \
	    --port-file "$work/mport" \
	    "$@" 2> "$work/$name.log" &
	last=$!
	pids="$pids $last"
	wait_for "$work/mport"
	flood_port "$(cat "$work/mport")" "$name"
	ps -o rss= -p "$last" | awk '{ printf "%d", $1 / 1024 }' \
	    > "$work/$name.rss"
	end_last
}
flood_mock memory
row "the mock, signatures off: messages of $bytes bytes" \
    "$(rate memory)" "at least 1000 /s"
flood_mock file --archive "$work/archive.db"
row "  … with its archive in a file, each group synced" \
    "$(rate file)" "at least 1000 /s"
row "  … its memory after $((rounds * flood_count)) of them" \
    "$(cat "$work/file.rss") MiB" "flat"

# The reply that the peers give to everything: what the mock said to one.
tr -d '\n' < "$work/answer" > "$work/answer.flat"
reply=$(sed 's/"/\\"/g' "$work/answer.flat")

if [ -x "$peers/node_modules/.bin/mb" ]; then
	mb=$peers/node_modules/.bin/mb
else
	mb=$(command -v mb || true)
fi
pem() { awk '{ printf "%s\\n", $0 }' "$1"; }
flood_mountebank() {
	cat > "$work/mb.json" <<J
{ "imposters": [ { "port": $1, "protocol": "https", "mutualAuth": true,
  "key": "$(pem "$certs/server.key")", "cert": "$(pem "$certs/server.pem")",
  "stubs": [ { "responses": [ { "is": { "statusCode": 200, "headers": {
    "Content-Type": "text/xml", "Connection": "Keep-Alive",
    "Content-Length": "$(wc -c < "$work/answer.flat")" },
    "body": "$reply" } } ] } ] } ] }
J
	"$mb" start --port $(($1 + 1)) --configfile "$work/mb.json" \
	    --nologfile --pidfile "$work/mb.pid" --localOnly \
	    --log '{"level":"error"}' > "$work/mb.log" 2>&1 &
	last=$!
	pids="$pids $last"
}
jar=$(find "$peers" -name 'wiremock-standalone*.jar' 2>/dev/null | head -n 1)
flood_wiremock() {
	mkdir -p "$work/wm/mappings"
	cat > "$work/wm/mappings/all.json" <<J
{ "request": { "method": "ANY", "urlPattern": ".*" },
  "response": { "status": 200, "headers": { "Content-Type": "text/xml",
    "Content-Length": "$(wc -c < "$work/answer.flat")" },
    "body": "$reply" } }
J
	openssl pkcs12 -export -in "$certs/server.pem" \
	    -inkey "$certs/server.key" -out "$work/wm/key.p12" \
	    -passout pass:password
	keytool -importcert -noprompt -alias ca -file "$certs/ca.pem" \
	    -keystore "$work/wm/trust.jks" -storetype JKS \
	    -storepass password 2> /dev/null
	java -jar "$jar" --root-dir "$work/wm" --disable-http \
	    --https-port "$1" --https-keystore "$work/wm/key.p12" \
	    --keystore-type PKCS12 --keystore-password password \
	    --key-manager-password password --https-require-client-cert \
	    --https-truststore "$work/wm/trust.jks" \
	    --truststore-password password --no-request-journal \
	    --disable-banner > "$work/wm.log" 2>&1 &
	last=$!
	pids="$pids $last"
}
# answers PORT: whether a request gets the reply within 20 s
answers() {
	tries=0
	while ! curl -sS --cacert "$certs/ca.pem" --cert "$certs/client.pem" \
	    --key "$certs/client.key" -d x "https://localhost:$1/" 2>/dev/null |
	    grep -q 'code="AA"'; do
		tries=$((tries + 1))
		[ $tries -lt 100 ] || return 1
		sleep 0.2
	done
}
peer() { # peer NAME TOOL-OR-EMPTY: floods it where it is installed
	what="  $1, a fixed reply to the same requests"
	if [ -z "$2" ]; then
		row "$what" "-" "not installed"
		return
	fi
	port=$((20000 + $$ % 20000))
	"flood_$1" "$port"
	if answers "$port"; then
		flood_port "$port" "$1" # once for the warmth
		: > "$work/$1.flood"
		flood_port "$port" "$1"
		row "$what" "$(rate "$1")" ""
	else
		row "$what" "-" "did not start"
	fi
	end_last
}
peer mountebank "$mb"
peer wiremock "$jar"
