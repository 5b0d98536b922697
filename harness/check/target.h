/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CHECK_TARGET_H
#define CHECK_TARGET_H

#include "base/err.h"
#include "base/vec.h"

#include <stdint.h>

/*
 * Where messages may go. A target is the embedded mock, something on the
 * loopback interface, or an environment named in the project file or the
 * shipped list (cases/targets.xml). That list also tells which hosts and which
 * certificate issuers belong to test environments; what it does not tell is
 * taken for production and refused.
 */
enum target_kind {
	TARGET_EMBEDDED, /* started by this run */
	TARGET_LOOPBACK, /* 127.0.0.0/8, ::1, localhost, over any port */
	TARGET_REAL,
};

struct target {
	enum target_kind kind;
	char *name, *url, *host; /* host without brackets, lower case */
	char *ca;  /* PEM file that the server is checked against */
	char *crl; /* PEM or DER: revocation list for it, or NULL */
	char *certificate, *key; /* PEM; or … */
	char *pkcs12;
	char *pass_file, *pass_environment; /* where the pass phrase is */
	char *dialect;
	unsigned pause_ms; /* between messages; real targets only */
};

void target_release(struct target *t);
void target_copy(struct target *to, const struct target *from);

/* Fills kind and host from the url. ERR_USAGE when it is no https URL. */
NODISCARD int target_set_url(
    struct target *t, const char *url, struct err *err);

/*
 * The same for a service that only looks at what it is sent and says what it
 * thinks of it (validation): https, or http, which is for loopback and for the
 * services that the rules name (target_may_be_plain; the guard asks).
 */
NODISCARD int target_set_validation_url(
    struct target *t, const char *url, struct err *err);
bool target_is_plain(const char *url); /* http */

/* The rules of cases/targets.xml. */
struct target_rules;
struct target_rules *target_rules_load(const char *path, struct err *err);
void target_rules_free(struct target_rules *rules);
/* A target of the shipped list, or NULL. */
const struct target *target_rules_find(
    const struct target_rules *rules, const char *name);

/*
 * Takes `host` for a test environment, too: somebody attests it. It must be a
 * whole host name, no address and no pattern, and none that the rules know as
 * production. ERR_USAGE otherwise.
 */
NODISCARD int target_rules_attest(
    struct target_rules *rules, const char *host, struct err *err);

/* The url of a validation service of the list by its name, or NULL. */
const char *target_rules_validation(
    const struct target_rules *rules, const char *name);
/* Whether that very host is one of these, and its url http. */
bool target_may_be_plain(const struct target_rules *rules, const char *host);

bool target_host_is_test(const struct target_rules *rules, const char *host);
/* `issuer` as RFC 2253 text. */
bool target_issuer_is_test(
    const struct target_rules *rules, const char *issuer);

#endif
