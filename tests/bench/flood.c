/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Archives one message many times over, each time as another one: ids of the
 * message and of its document are counted on, in the frame and in the base64
 * alike, without encoding more than the few letters that change.
 *     flood CERTS-DIR PORT MESSAGE COUNT [CLIENTS [FIRST [WANTED]]]
 * CLIENTS keep-alive connections (8), each with a thread of its own, send
 * COUNT messages to https://localhost:PORT/; FIRST is the number of the first
 * (0). Each answer must be 200 and hold the text WANTED (code="AA"). Prints
 * messages per second, wall clock and the client's own CPU time. Exit code 1
 * when an answer was none of these.
 */
#include "base/clock.h"
#include "base/str.h"
#include "base/vec.h"
#include "base/xalloc.h"
#include "kanta/mime.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	DIGITS = 9, /* of an id that are counted */
	ANSWER_ROOM = 1 << 16,
	LINE = MIME_LINE + 1,
};

struct patch {
	size_t at; /* of the digits in the message, or in the document */
};
struct patches {
	VEC(struct patch);
};

/* What every client sends; `plain` is what the base64 at `coded` holds. */
static struct {
	struct buf text, plain;
	size_t coded;
	struct patches outside, inside;
} message = { .text = BUF_INIT(1 << 20), .plain = BUF_INIT(1 << 20) };

static struct {
	SSL_CTX *tls;
	uint16_t port;
	const char *wanted;
	uint64_t count, first;
	atomic_ullong next, accepted;
} job;

static void die(const char *why)
{
	fprintf(stderr, "flood: %s\n", why);
	exit(2);
}

/* ---- The message */

/* The last DIGITS of the longest arc of the id, counted from its start. */
static size_t digits_in(const char *id, size_t len)
{
	size_t best = 0, end = 0;
	for (size_t i = 0, n = 0; i < len; i++) {
		n = id[i] == '.' ? 0 : n + 1;
		if (n > best) {
			best = n;
			end = i + 1;
		}
	}
	if (best <= DIGITS)
		die("no arc of an id is long enough to be counted on");
	return end - DIGITS;
}

static void find_id(struct patches *to, const struct buf *in, const char *id)
{
	size_t len = strlen(id), digits = digits_in(id, len);
	const char *at = in->ptr;
	while ((at = strstr(at, id))) {
		VEC_PUSH(to)->at = (size_t)(at - in->ptr) + digits;
		at += len;
	}
}

/* The first id behind `mark`; malloc'ed. */
static char *id_behind(const struct buf *in, const char *mark)
{
	static const char begin[] = "<id root=\"";
	const char *at = strstr(in->ptr, mark);
	at = at ? strstr(at, begin) : NULL;
	if (!at)
		die("the message has no id where one is looked for");
	at += strlen(begin);
	return xstrndup(at, strcspn(at, "\""));
}

static void read_message(const char *path)
{
	struct err err = { 0 };
	if (buf_read_file(&message.text, path, &err) < 0)
		die(err.msg);
	const char *head = strstr(message.text.ptr, "Content-ID:");
	const char *body = head ? strstr(head, "\n\n") : NULL;
	const char *end = body ? strstr(body + 2, "\n\n--") : NULL;
	if (!end)
		die("the message has no MIME part");
	message.coded = (size_t)(body + 2 - message.text.ptr);
	if (base64_decode(
		&message.plain, body + 2, (size_t)(end - body) - 2, &err) < 0)
		die(err.msg);
	char *own = id_behind(&message.text, "ITSVersion");
	char *document = id_behind(&message.text, "<clinicalDocument>");
	find_id(&message.outside, &message.text, own);
	find_id(&message.outside, &message.text, document);
	find_id(&message.inside, &message.plain, document);
	if (!message.inside.count)
		die("the document does not hold its own id");
	free(own);
	free(document);
}

/* The three bytes that byte `i` of the document belongs to, encoded anew. */
static void encode_group(char *text, const char *plain, size_t i)
{
	struct buf four = BUF_INIT(8);
	size_t group = i / 3, letter = group * 4;
	base64_encode(&four, plain + group * 3, 3, 0);
	memcpy(text + message.coded + letter / MIME_LINE * LINE +
		   letter % MIME_LINE,
	    four.ptr, 4);
	buf_release(&four);
}

static void count_on(char *text, char *plain, uint64_t number)
{
	char digits[DIGITS + 1];
	snprintf(digits, sizeof(digits), "%09llu",
	    (unsigned long long)number % 1000000000);
	VEC_EACH (const struct patch, p, &message.outside)
		memcpy(text + p->at, digits, DIGITS);
	VEC_EACH (const struct patch, p, &message.inside) {
		memcpy(plain + p->at, digits, DIGITS);
		for (size_t i = p->at / 3 * 3; i < p->at + DIGITS; i += 3)
			encode_group(text, plain, i);
	}
}

/* ---- A client */

static SSL *connect_to(uint16_t port)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
	if (fd < 0 || connect(fd, (struct sockaddr *)&at, sizeof(at)) != 0)
		die("cannot connect");
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	SSL *ssl = SSL_new(job.tls);
	SSL_set_fd(ssl, fd);
	SSL_set1_host(ssl, "localhost");
	SSL_set_tlsext_host_name(ssl, "localhost");
	if (SSL_connect(ssl) != 1)
		die("the TLS handshake failed");
	return ssl;
}

/* The length of the answer in `in` once it is whole, else 0. */
static size_t whole_answer(const char *in, size_t have)
{
	static const char name[] = "\r\ncontent-length:";
	const char *end = strstr(in, "\r\n\r\n");
	const char *length = end ? strcasestr(in, name) : NULL;
	if (!end)
		return 0;
	if (!length || length > end)
		die("an answer without Content-Length");
	size_t all =
	    (size_t)(end - in) + 4 + strtoul(length + strlen(name), NULL, 10);
	return have >= all ? all : 0;
}

static void read_answer(SSL *ssl, char *in)
{
	size_t have = 0;
	do {
		int n = SSL_read(ssl, in + have, (int)(ANSWER_ROOM - 1 - have));
		if (n <= 0)
			die("the connection ended within an answer");
		have += (size_t)n;
		in[have] = '\0';
	} while (whole_answer(in, have) != have && have < ANSWER_ROOM - 1);
	if (str_starts(in, "HTTP/1.1 200") && strstr(in, job.wanted))
		atomic_fetch_add(&job.accepted, 1);
	else if (atomic_load(&job.accepted) == 0)
		fprintf(stderr, "flood: %s\n", in);
}

static void *client(void *unused)
{
	(void)unused;
	SSL *ssl = connect_to(job.port);
	char *in = xmalloc(ANSWER_ROOM);
	char *plain = xmemdup(message.plain.ptr, message.plain.len);
	char head[256];
	size_t n = (size_t)snprintf(head, sizeof(head),
	    "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/xml\r\n"
	    "Content-Length: %zu\r\n\r\n",
	    message.text.len);
	char *out = xmalloc(n + message.text.len);
	memcpy(out, head, n);
	memcpy(out + n, message.text.ptr, message.text.len);
	uint64_t i;
	while ((i = atomic_fetch_add(&job.next, 1)) < job.count) {
		count_on(out + n, plain, job.first + i);
		if (SSL_write(ssl, out, (int)(n + message.text.len)) <= 0)
			die("the connection ended within a request");
		read_answer(ssl, in);
	}
	int fd = SSL_get_fd(ssl);
	SSL_shutdown(ssl);
	SSL_free(ssl);
	close(fd);
	free(in);
	free(plain);
	free(out);
	return NULL;
}

static void run_clients(size_t clients)
{
	pthread_t *threads = xcalloc(clients, sizeof(*threads));
	for (size_t i = 0; i < clients; i++)
		if (pthread_create(&threads[i], NULL, client, NULL) != 0)
			die("cannot start a thread");
	for (size_t i = 0; i < clients; i++)
		pthread_join(threads[i], NULL);
	free(threads);
}

static void make_context(const char *dir)
{
	char *ca = xasprintf("%s/ca.pem", dir);
	char *pem = xasprintf("%s/client.pem", dir);
	char *key = xasprintf("%s/client.key", dir);
	job.tls = SSL_CTX_new(TLS_client_method());
	if (!job.tls || SSL_CTX_load_verify_file(job.tls, ca) != 1 ||
	    SSL_CTX_use_certificate_chain_file(job.tls, pem) != 1 ||
	    SSL_CTX_use_PrivateKey_file(job.tls, key, SSL_FILETYPE_PEM) != 1)
		die("no usable certificates");
	SSL_CTX_set_verify(job.tls, SSL_VERIFY_PEER, NULL);
	free(ca);
	free(pem);
	free(key);
}

static uint64_t number(char *argv[], int argc, int i, uint64_t otherwise)
{
	struct err err = { 0 };
	uint64_t n = otherwise;
	if (i < argc && str_number(argv[i], 0, 999999999, &n, &err) < 0)
		die(err.msg);
	return n;
}

static double cpu_seconds(void)
{
	struct rusage u;
	getrusage(RUSAGE_SELF, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
	       (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

int main(int argc, char *argv[])
{
	if (argc < 5)
		die("usage: flood CERTS-DIR PORT MESSAGE COUNT "
		    "[CLIENTS [FIRST [WANTED]]]");
	signal(SIGPIPE, SIG_IGN);
	make_context(argv[1]);
	read_message(argv[3]);
	job.port = (uint16_t)number(argv, argc, 2, 0);
	job.count = number(argv, argc, 4, 0);
	job.first = number(argv, argc, 6, 0);
	job.wanted = argc > 7 ? argv[7] : "code=\"AA\"";
	int64_t begin = clock_monotonic();
	run_clients((size_t)number(argv, argc, 5, 8));
	double wall = (double)(clock_monotonic() - begin) / 1e6;
	printf("%.0f per second: %llu messages in %.3f s, %llu accepted, "
	       "client CPU %.3f s\n",
	    (double)job.count / wall, (unsigned long long)job.count, wall,
	    atomic_load(&job.accepted), cpu_seconds());
	SSL_CTX_free(job.tls);
	buf_release(&message.text);
	buf_release(&message.plain);
	VEC_RELEASE(&message.outside);
	VEC_RELEASE(&message.inside);
	return atomic_load(&job.accepted) == job.count ? 0 : 1;
}
