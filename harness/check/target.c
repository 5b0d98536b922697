/* SPDX-License-Identifier: Apache-2.0 */
#include "check/target.h"

#include "base/str.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <stdlib.h>

enum {
	URL_MAX = 512
};

void target_release(struct target *t)
{
	free(t->name);
	free(t->url);
	free(t->host);
	free(t->ca);
	free(t->crl);
	free(t->certificate);
	free(t->key);
	free(t->pkcs12);
	free(t->pass_file);
	free(t->pass_environment);
	free(t->dialect);
	*t = (struct target){ 0 };
}

static char *copy(const char *s)
{
	return s ? xstrdup(s) : NULL;
}

void target_copy(struct target *to, const struct target *from)
{
	*to = (struct target){
		.kind = from->kind,
		.name = copy(from->name),
		.url = copy(from->url),
		.host = copy(from->host),
		.ca = copy(from->ca),
		.crl = copy(from->crl),
		.certificate = copy(from->certificate),
		.key = copy(from->key),
		.pkcs12 = copy(from->pkcs12),
		.pass_file = copy(from->pass_file),
		.pass_environment = copy(from->pass_environment),
		.dialect = copy(from->dialect),
		.pause_ms = from->pause_ms,
	};
}

static bool is_loopback(const char *host)
{
	struct in_addr four;
	struct in6_addr six;
	if (streq(host, "localhost"))
		return true;
	/* inet_pton takes four decimal numbers and nothing else: neither
	 * 0x7f.1 nor 0177.0.0.1 nor a name that begins with 127. */
	if (inet_pton(AF_INET, host, &four) == 1)
		return ntohl(four.s_addr) >> 24 == 127;
	if (inet_pton(AF_INET6, host, &six) == 1)
		return IN6_IS_ADDR_LOOPBACK(&six);
	return false;
}

bool target_is_plain(const char *url)
{
	return str_starts(url, "http://");
}

static size_t scheme_length(const char *url)
{
	return target_is_plain(url) ? strlen("http://") : strlen("https://");
}

/*
 * The host as it is written, lower-cased, brackets off; false when it holds
 * anything that two readers of a URL could understand differently.
 */
static bool written_host(const char *url, char *host, size_t size)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "0123456789.-_";
	const char *from = url + scheme_length(url);
	bool bracketed = *from == '[';
	from += bracketed;
	size_t len = strcspn(from, bracketed ? "]/?#" : ":/?#");
	if (len == 0 || len >= size || (bracketed && from[len] != ']'))
		return false;
	for (size_t i = 0; i < len; i++) {
		char c = from[i];
		host[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
	}
	host[len] = '\0';
	if (bracketed)
		return strspn(host, "0123456789abcdef:.") == len;
	return host[0] != '.' && strspn(host, plain) == len;
}

/* What libcurl, which will open the connection, takes for the host. */
static bool same_host_for_curl(const char *url, const char *host)
{
	CURLU *parsed = curl_url();
	char *part = NULL;
	bool same = parsed &&
		    curl_url_set(parsed, CURLUPART_URL, url, 0) == CURLUE_OK &&
		    curl_url_get(parsed, CURLUPART_HOST, &part, 0) == CURLUE_OK;
	if (same) {
		size_t len = strlen(part);
		bool bracketed = len > 1 && part[0] == '[';
		if (bracketed)
			part[len - 1] = '\0';
		char low[URL_MAX];
		str_copy(low, sizeof(low), part + (bracketed ? 1 : 0));
		for (char *p = low; *p; p++)
			if (*p >= 'A' && *p <= 'Z')
				*p = (char)(*p - 'A' + 'a');
		same = streq(low, host);
	}
	curl_free(part);
	curl_url_cleanup(parsed);
	return same;
}

static const char *strange_in(const char *url)
{
	const char *from = url + scheme_length(url);
	size_t authority = strcspn(from, "/?#");
	if (memchr(from, '@', authority))
		return "a user name or pass phrase has no place in it";
	if (memchr(from, '%', authority))
		return "its host is percent-encoded";
	if (strchr(url, '#'))
		return "it has a fragment ('#')";
	for (const char *p = url; *p; p++)
		if ((unsigned char)*p <= ' ' || (unsigned char)*p >= 0x7F ||
		    strchr("\\\"<>^`{|}", *p))
			return "it holds a character that no URL may hold";
	return NULL;
}

static int set_url(struct target *t, const char *url, struct err *err)
{
	char host[URL_MAX];
	static const char hint[] =
	    "write it as https://host[:port]/path, in plain form";
	if (strlen(url) >= URL_MAX)
		return err_set(err, ERR_LIMIT,
		    "the URL is longer than %d characters", URL_MAX - 1);
	const char *strange = strange_in(url);
	if (strange) {
		err_set(err, ERR_USAGE, "the URL '%s' cannot be used: %s", url,
		    strange);
		return err_hint(err, "%s", hint);
	}
	if (!written_host(url, host, sizeof(host)) ||
	    !same_host_for_curl(url, host)) {
		err_set(err, ERR_USAGE,
		    "the URL '%s' does not name its host in plain form", url);
		return err_hint(err, "%s", hint);
	}
	free(t->url);
	free(t->host);
	t->url = xstrdup(url);
	t->host = xstrdup(host);
	t->kind = is_loopback(host) ? TARGET_LOOPBACK : TARGET_REAL;
	return 0;
}

int target_set_url(struct target *t, const char *url, struct err *err)
{
	if (str_starts(url, "https://"))
		return set_url(t, url, err);
	err_set(err, ERR_USAGE, "'%s' is not an https URL", url);
	return err_hint(err, "messages travel over TLS only; write it as "
			     "https://host[:port]/path, in plain form");
}

int target_set_validation_url(
    struct target *t, const char *url, struct err *err)
{
	return target_is_plain(url) ? set_url(t, url, err)
				    : target_set_url(t, url, err);
}
