/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/xalloc.h"
#include "record/digest.h"
#include "record/event.h"
#include "record/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * A run folder whose journal.jsonl is of any origin, read as `esitesti report`
 * reads it. The folder has the files that the seeds name.
 *
 * Parser: harness/record/event.c harness/record/fields.c
 * Parser: harness/record/index.c harness/record/reader.c
 * Parser: harness/record/names.c
 */

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char folder[] = "/dev/shm/esitesti-fuzz.XXXXXX";
static int folder_fd = -1;

static void remove_folder(void)
{
	(void)dir_remove(folder);
}

/* Puts `data` where `name` was. */
static void put(const char *name, const void *data, size_t size)
{
	int fd = openat(
	    folder_fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, data, size) != (ssize_t)size || close(fd) < 0)
		BUG("cannot write into the folder");
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	if (!mkdtemp(folder))
		return -1;
	atexit(remove_folder);
	folder_fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder_fd < 0 || mkdirat(folder_fd, "inputs", 0700) < 0 ||
	    mkdirat(folder_fd, "messages", 0700) < 0 ||
	    mkdirat(folder_fd, "certificates", 0700) < 0)
		return -1;
	static const char chain[] = "-----BEGIN CERTIFICATE-----\n";
	char digest[DIGEST_TEXT];
	char name[sizeof("certificates/") + CHAIN_FILE] = "certificates/";
	digest_text(chain, sizeof(chain) - 1, digest);
	chain_file(name + strlen(name), digest);
	put(name, chain, sizeof(chain) - 1);
	put("inputs/plan.txt", "plan\n", 5);
	put("messages/0001-a-b-1.request.body", "<a/>", 4);
	return 0;
}

/* What was read can be written; a failure has a reason. */
static void use_event(struct run_log *log, struct log_event *e)
{
	struct err err = { 0 };
	struct buf bytes = BUF_INIT(LIMIT_MESSAGE);
	if (e->kind == LOG_EXCHANGE && log_bodies(log, e->exchange, &err) < 0 &&
	    err.kind == ERR_NONE)
		BUG("bodies are refused without a reason");
	err.kind = ERR_NONE;
	if (e->kind == LOG_INPUT &&
	    log_input(log, e->input.name, &bytes, &err) < 0 &&
	    err.kind == ERR_NONE)
		BUG("an input is refused without a reason");
	json_t *json = event_write(e);
	if (!json)
		BUG("an event that was read cannot be written");
	json_decref(json);
	buf_release(&bytes);
}

static void use_case(struct run_log *log, const char *id)
{
	struct log_events events;
	struct err err = { 0 };
	if (log_case(log, id, &events, &err) < 0) {
		if (err.kind == ERR_NONE)
			BUG("a case is refused without a reason");
		return;
	}
	VEC_EACH (struct log_event, e, &events)
		use_event(log, e);
	log_events_release(&events);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err err = { 0 };
	put("journal.jsonl", data, size);
	struct run_log *log = log_open(folder, &err);
	if (!log) {
		if (err.kind == ERR_NONE)
			BUG("a folder is refused without a reason");
		return 0;
	}
	if (log_seal(log) == SEAL_BROKEN && log_broken_at(log) == 0)
		BUG("a chain that is broken nowhere");
	use_case(log, "");
	for (size_t i = 0; i < log_case_count(log); i++)
		use_case(log, log_case_id(log, i));
	json_decref(event_begin(log_head(log)));
	log_close(log);
	return 0;
}
