/* SPDX-License-Identifier: Apache-2.0 */
#include "record/index.h"

#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Reads the event at `line` as the reader does. */
static void read_event(const uint8_t *data, const struct index_line *line)
{
	struct event e;
	struct log_event out;
	struct err err = { 0 };
	if (event_parse(&e, (const char *)data + line->offset, line->len,
		line->number, &err) < 0)
		BUG("a line of the index is no event");
	if (event_read(&e, &out, &err) < 0 && err.kind != ERR_RECORD)
		BUG("an event is refused without a reason");
	event_log_release(&out);
	event_release(&e);
}

/* A run folder's journal.jsonl of any origin. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("journal.jsonl", MFD_CLOEXEC);
	if (fd < 0 || write(fd, data, size) != (ssize_t)size ||
	    lseek(fd, 0, SEEK_SET) != 0)
		BUG("no memory file");
	struct index index;
	struct run_head head = { 0 };
	struct err err = { 0 };
	if (index_build(&index, fd, &err) == 0 &&
	    event_read_head(&index.begin, &head, &err) == 0)
		VEC_EACH (struct index_line, line, &index)
			read_event(data, line);
	VEC_RELEASE(&head.planned);
	index_release(&index);
	close(fd);
	return 0;
}
