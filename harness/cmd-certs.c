/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/str.h"
#include "net/certificate.h"
#include "net/crl.h"
#include "net/identity.h"
#include "net/pki.h"
#include "record/result.h"

#include <stdlib.h>

static const char init_notes[] =
    "DIR must not exist or be empty. It gets ca.pem (the root), server.pem, "
    "client.pem,\nclient.p12 with its pass phrase in client.p12.pass, "
    "signer.pem, their keys, the\nrevocation list crl.pem, and in bad/, odd/ "
    "and bad-server/ one certificate for each\ndefect, in bad-crl/ one list. "
    "They prove nothing about Kanta; how to get test\ncertificates from DVV "
    "is in certs/README.md.\n";

static const char show_notes[] =
    "FILE is PEM, DER or PKCS#12 (.p12, .pfx); the pass phrase of PKCS#12 is "
    "the first line\nof --pass-file, else ESITESTI_PASS.\n\n"
    "exit status: 0 nothing is known to be wrong; 1 something would not do for "
    "Kanta's\nclient test environment; 2 a FILE cannot be read as a "
    "certificate.\n";

struct certs_options {
	const char *crl, *pass_file, *profiles;
};

static const struct opt init_options[] = {
	{ "profiles", 0, OPT_TEXT, "FILE",
	    OPT_INTO(struct certs_options, profiles),
	    "what to make (default: the shipped certs/profiles.xml)" },
};
static const struct opt show_options[] = {
	{ "crl", 0, OPT_TEXT, "FILE", OPT_INTO(struct certs_options, crl),
	    "a revocation list (PEM or DER) to look into" },
	{ "pass-file", 0, OPT_TEXT, "FILE",
	    OPT_INTO(struct certs_options, pass_file),
	    "first line is the pass phrase of PKCS#12 files" },
};

static const struct opt_set init_set = {
	.command = "certs init",
	.operands = "DIR",
	.summary = "make a PKI for rehearsals with the local mock",
	.opts = init_options,
	.count = COUNTOF(init_options),
	.notes = init_notes,
};
static const struct opt_set show_set = {
	.command = "certs show",
	.operands = "FILE...",
	.summary = "say in words what certificates are, and what would not do",
	.opts = show_options,
	.count = COUNTOF(show_options),
	.notes = show_notes,
};
static const struct opt_set certs_set = {
	.command = "certs",
	.operands = "init DIR | show FILE...",
	.summary = "make test certificates, or say what is in one",
	.notes = "'esitesti certs init --help' and 'esitesti certs show "
		 "--help' tell more.\n",
};

static int certs_init(int argc, char *argv[], struct io *io, struct err *err)
{
	struct certs_options o = { 0 };
	int first = opt_parse(&init_set, &o, argc, argv, io->out, err);
	if (first <= 0)
		return first;
	if (argc - first != 1)
		return err_set(err, ERR_USAGE,
		    "'certs init' takes one folder, not %d", argc - first);
	char *data = o.profiles ? NULL : path_data(err);
	if (!o.profiles && !data)
		return -1;
	char *profiles =
	    data ? path_join(data, "certs/profiles.xml") : xstrdup(o.profiles);
	int rc = pki_create(argv[first], profiles, err);
	if (rc == 0)
		fprintf(io->out,
		    "test certificates are in '%s' (for the local mock only)\n",
		    argv[first]);
	free(profiles);
	free(data);
	return rc < 0 ? -1 : EXIT_PASSED;
}

/* ---- certs show */

static bool is_pkcs12(const char *path)
{
	static const char *const endings[] = { ".p12", ".pfx", ".P12", ".PFX" };
	for (size_t i = 0; i < COUNTOF(endings); i++)
		if (str_ends(path, endings[i]))
			return true;
	return false;
}

/* All certificates of a file, whatever its form. */
static int read_any(
    STACK_OF(X509) * *out, const char *path, const char *pass, struct err *err)
{
	struct identity id = { 0 };
	if (!is_pkcs12(path))
		return certificates_read(out, path, err);
	if (identity_load_pkcs12(&id, path, pass, err) < 0)
		return -1;
	*out = id.chain;
	id.chain = NULL;
	if (!sk_X509_unshift(*out, id.leaf))
		BUG("cannot keep a certificate");
	id.leaf = NULL;
	identity_release(&id);
	return 0;
}

/* What all files are looked at with. */
struct show {
	char *pass;
	STACK_OF(X509_CRL) * crls;
	struct target_rules *rules;
};

/* The number of faults, or -1. */
static long show_file(
    const struct show *s, const char *path, struct io *io, struct err *err)
{
	struct world world = world_real();
	struct buf text = BUF_INIT(LIMIT_CERT_FILE);
	STACK_OF(X509) *certs = NULL;
	size_t faults = 0;
	if (read_any(&certs, path, s->pass, err) < 0)
		return -1;
	fprintf(io->out, "%s\n", path);
	for (int i = 0; i < sk_X509_num(certs); i++)
		faults += certificate_describe(
		    &text, certs, i, s->crls, s->rules, world_now(&world));
	int rc = buf_check(&text, "what is to be said of it", err);
	fputs(text.ptr, io->out);
	buf_release(&text);
	sk_X509_pop_free(certs, X509_free);
	return rc < 0 ? -1 : (long)faults;
}

static int show_all(
    const struct show *s, char *files[], int count, struct io *io)
{
	int code = EXIT_PASSED;
	for (int i = 0; i < count; i++) {
		struct err one = { 0 };
		long faults = show_file(s, files[i], io, &one);
		if (faults < 0)
			err_print(io->errout, &one);
		code = exit_worse(code, faults < 0   ? EXIT_USAGE
					: faults > 0 ? EXIT_FAILED
						     : EXIT_PASSED);
	}
	return code;
}

static int certs_show(int argc, char *argv[], struct io *io, struct err *err)
{
	struct certs_options o = { 0 };
	struct show s = { 0 };
	char *data = NULL, *path = NULL;
	int code = -1;
	int first = opt_parse(&show_set, &o, argc, argv, io->out, err);
	if (first <= 0)
		return first;
	if (first == argc)
		return err_set(
		    err, ERR_USAGE, "'certs show' needs at least one file");
	const char *environment =
	    getenv("ESITESTI_PASS") ? "ESITESTI_PASS" : NULL;
	if (pass_phrase_read(&s.pass, o.pass_file, environment, err) < 0)
		return -1;
	data = path_data(err);
	if (!data || (o.crl && crls_read(&s.crls, o.crl, err) < 0))
		goto out;
	path = path_join(data, "cases/targets.xml");
	s.rules = target_rules_load(path, err);
	if (s.rules)
		code = show_all(&s, argv + first, argc - first, io);
out:
	target_rules_free(s.rules);
	sk_X509_CRL_pop_free(s.crls, X509_CRL_free);
	free(path);
	free(data);
	pass_phrase_free(s.pass);
	return code;
}

/* ---- The command */

static const struct {
	const char *name;
	int (*run)(int argc, char *argv[], struct io *io, struct err *err);
} subcommands[] = {
	{ "init", certs_init },
	{ "show", certs_show },
};

int cmd_certs(int argc, char *argv[], struct io *io, struct err *err)
{
	const char *names[COUNTOF(subcommands)];
	for (size_t i = 0; i < COUNTOF(subcommands); i++)
		names[i] = subcommands[i].name;
	if (argc < 2) {
		err_set(err, ERR_USAGE, "'certs' needs a subcommand");
		return err_hint(err, "it can be: init, show");
	}
	if (argv[1][0] == '-') {
		int rc = opt_parse(&certs_set, NULL, argc, argv, io->out, err);
		return rc <= 0 ? rc
			       : err_set(err, ERR_USAGE,
				     "'certs' needs a subcommand");
	}
	int n = str_choice(
	    argv[1], names, COUNTOF(names), "the subcommand of 'certs'", err);
	if (n < 0)
		return -1;
	return subcommands[n].run(argc - 1, argv + 1, io, err);
}

void cmd_certs_tables(table_fn *each, void *ctx)
{
	each(ctx, &certs_set);
	each(ctx, &init_set);
	each(ctx, &show_set);
}
