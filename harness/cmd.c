/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd.h"

#include "base/file.h"
#include "base/str.h"
#include "check/target.h"
#include "record/result.h"
#include "testcase/case.h"
#include "xml/dsig.h"

#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <libxml/parser.h>
#include <libxslt/xslt.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* Sorted by name: tested. */
const struct command commands[] = {
	{ "certs", "make test certificates, or say what is in one", cmd_certs,
	    cmd_certs_tables },
	{ "check", "check documents and messages, offline", cmd_check,
	    cmd_check_tables },
	{ "init", "write a commented project file, esitesti.xml", cmd_init,
	    cmd_init_tables },
	{ "lint", "check case, dialect and project files", cmd_lint,
	    cmd_lint_tables },
	{ "list", "list the cases and what they rest on", cmd_list,
	    cmd_list_tables },
	{ "mock", "serve a local stand-in for the archive", cmd_mock,
	    cmd_mock_tables },
	{ "report", "render run folders, or judge them again", cmd_report,
	    cmd_report_tables },
	{ "run", "run pre-test cases and judge the answers", cmd_run,
	    cmd_run_tables },
	{ "show", "show a case, a dialect or a fact in full", cmd_show,
	    cmd_show_tables },
	{ "sign", "make the system signature of CDA documents, for tests",
	    cmd_sign, cmd_sign_tables },
};
const size_t command_count = COUNTOF(commands);

static void usage(FILE *out)
{
	fputs("usage: esitesti COMMAND [options] [operands]\n\n"
	      "Runs the pre-tests of a system that uses Kanta, over mutual "
	      "TLS, against a\nlocal mock or the client test environment. "
	      "Not made or approved by Kela.\n\ncommands:\n",
	    out);
	for (size_t i = 0; i < command_count; i++)
		fprintf(
		    out, "  %-8s %s\n", commands[i].name, commands[i].summary);
	fputs("\n'esitesti run' alone runs a self-test. "
	      "'esitesti COMMAND --help' tells more,\n"
	      "'man esitesti' all.\n",
	    out);
}

/* A program started with closed standard streams must not write its reports
 * into whatever file gets the number. */
static void keep_standard_streams(void)
{
	int fd;
	do {
		fd = open("/dev/null", O_RDWR); /* NOLINT: kept on purpose */
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

static int init_libraries(struct err *err)
{
	signal(SIGPIPE, SIG_IGN);
	/* Reports and messages are UTF-8; numbers and sorting are C's. */
	setlocale(LC_CTYPE, "C.UTF-8");
	tzset(); /* so that no library looks for the zone's file later */
	xmlInitParser();
	xsltInit();
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return err_set(err, ERR_INTERNAL, "libcurl does not start");
	return 0;
}

static void end_libraries(void)
{
	curl_global_cleanup();
	dsig_stop();
	xsltCleanupGlobals();
	xmlCleanupParser();
}

static const struct command *find(const char *name, struct err *err)
{
	const char *names[COUNTOF(commands)];
	for (size_t i = 0; i < command_count; i++) {
		names[i] = commands[i].name;
		if (streq(names[i], name))
			return &commands[i];
	}
	const char *near = str_nearest(name, names, command_count);
	err_set(err, ERR_USAGE, "there is no command '%s'", name);
	if (near)
		err_hint(err, "did you mean '%s'?", near);
	else
		err_hint(err, "'esitesti --help' lists them");
	return NULL;
}

/* A full disk behind stdout must not look like success. */
static int close_product(FILE *out, struct err *err)
{
	if (fflush(out) == 0 && !ferror(out))
		return 0;
	return err_errno(err, ERR_IO, "cannot write to the standard output");
}

static int dispatch(int argc, char *argv[], struct io *io, struct err *err)
{
	if (argc < 2) {
		usage(io->errout);
		return EXIT_USAGE;
	}
	if (streq(argv[1], "--help") || streq(argv[1], "-h") ||
	    streq(argv[1], "help")) {
		usage(io->out);
		return 0;
	}
	if (streq(argv[1], "--version")) {
		fprintf(io->out, "esitesti %s\n", VERSION);
		return 0;
	}
	const struct command *c = find(argv[1], err);
	if (!c)
		return -1;
	if (init_libraries(err) < 0)
		return -1;
	int rc = c->run(argc - 1, argv + 1, io, err);
	end_libraries();
	return rc;
}

int esitesti_main(int argc, char *argv[], FILE *out, FILE *errout)
{
	struct io io = { out, errout };
	struct err err = { 0 };
	keep_standard_streams();
	int rc = dispatch(argc, argv, &io, &err);
	if (close_product(out, &err) < 0)
		rc = -1;
	if (rc < 0) {
		fflush(out);
		err_print(errout, &err);
		rc = exit_of_error(&err);
	}
	return rc;
}

bool wants_color(FILE *out)
{
	const char *none = getenv("NO_COLOR"), *term = getenv("TERM");
	return isatty(fileno(out)) && !(none && *none) &&
	       !(term && streq(term, "dumb"));
}

bool wants_mask(void)
{
	const char *ci = getenv("CI");
	return ci && streq(ci, "true");
}

void print_fault(void *ctx, const struct err *err)
{
	err_print(ctx, err);
}

/* ---- The shipped data */

char *shipped_path(const struct shipped *s, const char *name)
{
	return path_join(s->dir, name);
}

int shipped_load(struct shipped *s, struct err *err)
{
	*s = (struct shipped){ .dir = path_data(err) };
	if (!s->dir)
		return -1;
	char *facts = shipped_path(s, "cases/facts.xml");
	char *rules = shipped_path(s, "cases/targets.xml");
	s->facts = facts_load(facts, err);
	if (s->facts)
		s->rules = target_rules_load(rules, err);
	free(facts);
	free(rules);
	return s->rules ? 0 : -1;
}

void shipped_release(struct shipped *s)
{
	facts_free(s->facts);
	target_rules_free(s->rules);
	free(s->dir);
	*s = (struct shipped){ 0 };
}
