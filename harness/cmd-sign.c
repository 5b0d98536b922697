/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/str.h"
#include "check/guard.h"
#include "check/signature.h"
#include "cmd.h"
#include "kanta/sign.h"
#include "net/identity.h"
#include "net/pki.h"
#include "record/result.h"

#include <stdlib.h>
#include <unistd.h>

struct sign_command {
	const char *certificate, *key, *out, *pass_file;
	bool replace;
};

static const struct opt options[] = {
	{ "certificate", 0, OPT_TEXT, "FILE",
	    OPT_INTO(struct sign_command, certificate),
	    "PEM of the signer, of a test CA (default: a rehearsal's)" },
	{ "key", 0, OPT_TEXT, "FILE", OPT_INTO(struct sign_command, key),
	    "its key, PEM (default: in the same file)" },
	{ "out", 'o', OPT_TEXT, "PATH", OPT_INTO(struct sign_command, out),
	    "write here: a file, or a folder (default: standard output)" },
	{ "pass-file", 0, OPT_TEXT, "FILE",
	    OPT_INTO(struct sign_command, pass_file),
	    "first line is the pass phrase of the key" },
	{ "replace", 0, OPT_FLAG, NULL, OPT_INTO(struct sign_command, replace),
	    "put the new signature in place of those that are there" },
};

static const struct opt_set option_set = {
	.command = "sign",
	.operands = "FILE|- ...",
	.summary = "make the system signature of CDA documents, for tests",
	.opts = options,
	.count = COUNTOF(options),
	.notes = "The signature is put into the text: every other byte stays "
		 "as it was. Documents with\nidentity codes outside the 900 "
		 "series are refused.\n",
};

void cmd_sign_tables(table_fn *each, void *ctx)
{
	each(ctx, &option_set);
}

/* What all files are signed with. */
struct signer {
	const struct sign_command *o;
	struct shipped shipped;
	struct identity identity;
	struct world world;
	unsigned number; /* of the document */
	bool into_folder;
};

/* ---- The certificate */

static int load_own(struct signer *s, struct err *err)
{
	const char *key = s->o->key ? s->o->key : s->o->certificate;
	char *pass = NULL;
	int rc = pass_phrase_read(&pass, s->o->pass_file,
	    getenv("ESITESTI_PASS") ? "ESITESTI_PASS" : NULL, err);
	if (rc == 0)
		rc = identity_load_pem(
		    &s->identity, s->o->certificate, key, pass, err);
	pass_phrase_free(pass);
	return rc;
}

static int load_test_signer(struct signer *s, struct err *err)
{
	char *profiles = shipped_path(&s->shipped, "certs/profiles.xml");
	char *dir = pki_cached(profiles, err);
	free(profiles);
	if (!dir)
		return -1;
	char *certificate = path_join(dir, "signer.pem");
	char *key = path_join(dir, "signer.key");
	int rc = identity_load_pem(&s->identity, certificate, key, NULL, err);
	free(certificate);
	free(key);
	free(dir);
	return rc;
}

/* A production certificate must not sign what is a test (design, Laws 2). */
static int load_signer(struct signer *s, struct err *err)
{
	if (!s->o->certificate && s->o->key)
		return err_set(err, ERR_USAGE, "--key needs --certificate");
	int rc =
	    s->o->certificate ? load_own(s, err) : load_test_signer(s, err);
	if (rc < 0)
		return -1;
	if (signature_issuer_is_test(s->shipped.rules, s->identity.leaf))
		return 0;
	err_set(err, ERR_USAGE, "'%s' is not of a test CA: issued by '%s'",
	    s->o->certificate, s->identity.issuer);
	return err_hint(err,
	    "only test certificates sign here; cases/targets.xml lists their "
	    "issuers");
}

/* ---- One document */

static int guard(const struct buf *document, const char *name, struct err *err)
{
	struct guard_report *report = xcalloc(1, sizeof(*report));
	guard_scan(report, document->ptr, document->len, NULL);
	int rc = 0;
	for (size_t i = 0; i < report->count && rc == 0; i++) {
		struct buf text = BUF_INIT(LIMIT_KIB(4));
		if (report->at[i].rule != GUARD_IDENTITY)
			continue;
		note_render(&text, &report->at[i].what, LANG_EN);
		rc = err_set(err, ERR_GUARD, "'%s' is not signed: %s (%s)",
		    name, text.ptr, report->at[i].where);
		buf_release(&text);
	}
	free(report);
	return rc;
}

/* What was made must verify, or something here is broken. */
static int verify(const struct buf *document, const char *name, struct err *err)
{
	const xmlNode *place = NULL;
	struct xml_doc *doc =
	    xml_parse(document->ptr, document->len, name, err);
	if (!doc)
		return -1;
	int rc = 0;
	if (!signatures_hold(doc, &place))
		rc = xml_fail(doc, place, err, ERR_INTERNAL,
		    "the signature that was made does not verify");
	xml_free(doc);
	return rc;
}

static int write_out(const struct signer *s, const char *name,
    const struct buf *document, struct io *io, struct err *err)
{
	if (!s->o->out) {
		fwrite(document->ptr, 1, document->len, io->out);
		return 0;
	}
	char *path = s->into_folder ? path_join(s->o->out, path_base(name))
				    : xstrdup(s->o->out);
	int rc =
	    file_write_whole(path, document->ptr, document->len, 0644, err);
	free(path);
	return rc;
}

static int sign_operand(
    struct signer *s, const char *operand, struct io *io, struct err *err)
{
	struct buf document = BUF_INIT(LIMIT_DOCUMENT);
	bool is_input = streq(operand, "-");
	const char *name = is_input ? "standard input" : operand;
	unsigned n = s->number++;
	struct signing signing = {
		.key = s->identity.key,
		.certificate = s->identity.leaf,
		.now = world_now(&s->world),
		.serial = { world_id(&s->world, "sign", "high", n),
		    world_id(&s->world, "sign", "low", n) },
		.replace = s->o->replace,
	};
	int rc = is_input ? buf_read_fd(&document, STDIN_FILENO, name, err)
			  : buf_read_file(&document, operand, err);
	/* The user's word, as everywhere. */
	if (rc < 0 && err->kind == ERR_IO) {
		err->kind = ERR_USAGE;
		err_hint(err, "name a file that is there and can be read");
	}
	if (rc == 0 && (guard(&document, name, err) < 0 ||
			   document_sign(&document, name, &signing, err) < 0 ||
			   verify(&document, name, err) < 0 ||
			   write_out(s, is_input ? "signed.xml" : operand,
			       &document, io, err) < 0))
		rc = -1;
	buf_release(&document);
	return rc;
}

/* ---- The command */

static int choose_out(struct signer *s, int count, struct err *err)
{
	if (!s->o->out)
		return count == 1 ? 0
				  : err_set(err, ERR_USAGE,
					"several files need --out, a "
					"folder");
	s->into_folder = count > 1 || str_ends(s->o->out, "/");
	struct err ignored = { 0 };
	if (dir_is_free(s->o->out, &ignored) == 0 && ignored.kind == ERR_NONE &&
	    access(s->o->out, F_OK) == 0)
		s->into_folder = true;
	return s->into_folder ? dir_make(s->o->out, 0777, err)
			      : file_check_place(s->o->out, err);
}

int cmd_sign(int argc, char *argv[], struct io *io, struct err *err)
{
	struct sign_command o = { 0 };
	struct signer s = { .o = &o, .world = world_real() };
	int first = opt_parse(&option_set, &o, argc, argv, io->out, err);
	if (first <= 0)
		return first;
	if (first == argc) {
		err_set(err, ERR_USAGE, "sign what? name a file, or '-'");
		return err_hint(
		    err, "esitesti sign document.xml --out signed/");
	}
	int rc = -1;
	if (shipped_load(&s.shipped, err) < 0 || load_signer(&s, err) < 0 ||
	    choose_out(&s, argc - first, err) < 0)
		goto out;
	rc = 0;
	for (int i = first; rc == 0 && i < argc; i++)
		rc = sign_operand(&s, argv[i], io, err);
out:
	identity_release(&s.identity);
	shipped_release(&s.shipped);
	return rc < 0 ? -1 : EXIT_PASSED;
}
