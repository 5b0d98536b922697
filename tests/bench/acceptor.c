/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server that only accepts: mutual TLS, a thread for each connection, and to
 * every POST the shortest answer that acknowledges its message. The floor that
 * sending is measured against, for esitesti and for curl alike.
 *     acceptor CERTS-DIR PORT-FILE
 * Listens on a free port of 127.0.0.1 and ends with SIGTERM.
 */
#include "base/str.h"
#include "base/xalloc.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	HEAD_ROOM = 16384,
	BODY_ROOM = 1 << 20
};

static SSL_CTX *context;

struct connection {
	SSL *ssl;
	char data[HEAD_ROOM + BODY_ROOM];
	size_t have;
};

/* Reads on until `want` bytes are there; false at the end of the stream. */
static bool fill(struct connection *c, size_t want)
{
	while (c->have < want) {
		int n = SSL_read(c->ssl, c->data + c->have,
		    (int)(sizeof(c->data) - 1 - c->have));
		if (n <= 0)
			return false;
		c->have += (size_t)n;
		c->data[c->have] = '\0';
	}
	return true;
}

static size_t content_length(const char *head)
{
	const char *at = strcasestr(head, "\r\ncontent-length:");
	return at ? strtoul(at + strlen("\r\ncontent-length:"), NULL, 10) : 0;
}

/* The message's own id is the first id in it. */
static void message_id(const char *body, char id[128])
{
	static const char mark[] = "<id root=\"";
	const char *at = strstr(body, mark);
	size_t n = at ? strcspn(at + strlen(mark), "\"") : 0;
	if (n > 127)
		n = 127;
	if (at)
		memcpy(id, at + strlen(mark), n);
	id[n] = '\0';
}

static bool answer(struct connection *c, const char *body)
{
	char id[128], out[2048], message[1536];
	message_id(body, id);
	int n = snprintf(message, sizeof(message),
	    "<MCCI_IN000002UV01 ITSVersion=\"XML_1.0\" "
	    "xmlns=\"urn:hl7-org:v3\"><id root=\"%s.1\"/><creationTime "
	    "value=\"20260101000000\"/><interactionId "
	    "root=\"2.16.840.1.113883.1.6\" extension=\"MCCI_IN000002UV01\"/>"
	    "<processingCode code=\"D\"/><processingModeCode code=\"T\"/>"
	    "<acceptAckCode code=\"NE\"/><receiver typeCode=\"RCV\"><device>"
	    "<id root=\"1.2.3\"/></device></receiver><sender typeCode=\"SND\">"
	    "<device><id root=\"1.2.4\"/></device></sender><acknowledgement>"
	    "<typeCode code=\"AA\"/><targetMessage><id root=\"%s\"/>"
	    "</targetMessage></acknowledgement></MCCI_IN000002UV01>",
	    id, id);
	int all = snprintf(out, sizeof(out),
	    "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n"
	    "Content-Length: %d\r\n\r\n%s",
	    n, message);
	return SSL_write(c->ssl, out, all) == all;
}

/* One request and its answer; what came behind it stays for the next. */
static bool serve_one(struct connection *c)
{
	char *end;
	while (!(end = strstr(c->data, "\r\n\r\n")))
		if (c->have >= HEAD_ROOM || !fill(c, c->have + 1))
			return false;
	size_t head = (size_t)(end - c->data) + 4;
	size_t body = content_length(c->data);
	if (body > BODY_ROOM - 1 || !fill(c, head + body))
		return false;
	bool open = answer(c, c->data + head);
	c->have -= head + body;
	memmove(c->data, c->data + head + body, c->have);
	c->data[c->have] = '\0';
	return open;
}

static void *serve(void *arg)
{
	struct connection *c = xcalloc(1, sizeof(*c));
	int fd = *(int *)arg;
	int on = 1;
	free(arg);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	c->ssl = SSL_new(context);
	SSL_set_fd(c->ssl, fd);
	if (SSL_accept(c->ssl) == 1)
		while (serve_one(c))
			;
	SSL_free(c->ssl);
	close(fd);
	free(c);
	return NULL;
}

static void make_context(const char *dir)
{
	char *ca = xasprintf("%s/ca.pem", dir);
	char *pem = xasprintf("%s/server.pem", dir);
	char *key = xasprintf("%s/server.key", dir);
	context = SSL_CTX_new(TLS_server_method());
	if (!context || SSL_CTX_use_certificate_chain_file(context, pem) != 1 ||
	    SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1 ||
	    SSL_CTX_load_verify_locations(context, ca, NULL) != 1) {
		fprintf(
		    stderr, "acceptor: no usable certificates in %s\n", dir);
		exit(2);
	}
	SSL_CTX_set_verify(
	    context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_num_tickets(context, 0);
	free(ca);
	free(pem);
	free(key);
}

static int listen_on_loopback(const char *port_file)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, len) != 0 ||
	    listen(fd, 64) != 0 ||
	    getsockname(fd, (struct sockaddr *)&at, &len) != 0) {
		perror("acceptor");
		exit(2);
	}
	FILE *f = fopen(port_file, "w");
	if (f) {
		fprintf(f, "%u\n", (unsigned)ntohs(at.sin_port));
		fclose(f);
	}
	return fd;
}

int main(int argc, char *argv[])
{
	if (argc != 3) {
		fputs("usage: acceptor CERTS-DIR PORT-FILE\n", stderr);
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	make_context(argv[1]);
	int listener = listen_on_loopback(argv[2]);
	for (;;) {
		int *fd = xmalloc(sizeof(*fd));
		*fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
		pthread_t thread;
		if (*fd < 0 || pthread_create(&thread, NULL, serve, fd) != 0) {
			free(fd);
			return 2;
		}
		pthread_detach(thread);
	}
}
