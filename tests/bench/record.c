/* SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"
#include "base/xalloc.h"
#include "record/writer.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

/*
 * record DIR [EXCHANGES [BYTES [THREADS]]]: how long the run folder DIR, which
 * must not exist, takes for so many archive messages. One line of
 * numbers.
 */
struct load {
	struct record *record;
	size_t count, bytes;
	unsigned thread;
	bool failed;
};

static void *work(void *arg)
{
	struct load *l = arg;
	char *body = xcalloc(1, l->bytes);
	struct exchange x;
	struct err err = { 0 };
	exchange_init(&x);
	buf_adds(&x.request.head, "POST / HTTP/1.1\r\nHost: localhost\r\n\r\n");
	buf_add(&x.request.body, body, l->bytes);
	buf_adds(&x.response.head, "HTTP/1.1 200 OK\r\n\r\n");
	buf_add(&x.response.body, body, l->bytes < 800 ? l->bytes : 800);
	for (size_t i = 0; i < l->count && !l->failed; i++) {
		snprintf(x.case_id, sizeof(x.case_id), "case-%u-%zu", l->thread,
		    i / 100);
		snprintf(x.step_id, sizeof(x.step_id), "step-%zu", i);
		l->failed = record_exchange(l->record, &x, &err) < 0;
	}
	if (l->failed)
		err_print(stderr, &err);
	exchange_release(&x);
	free(body);
	return NULL;
}

static bool run_threads(
    struct record *r, size_t count, size_t bytes, unsigned threads)
{
	pthread_t *ids = xcalloc(threads, sizeof(*ids));
	struct load *loads = xcalloc(threads, sizeof(*loads));
	bool ok = true;
	for (unsigned i = 0; i < threads; i++) {
		loads[i] = (struct load){ .record = r,
			.count = count / threads,
			.bytes = bytes,
			.thread = i };
		if (pthread_create(&ids[i], NULL, work, &loads[i]) != 0)
			BUG("no thread");
	}
	for (unsigned i = 0; i < threads; i++) {
		pthread_join(ids[i], NULL);
		ok = ok && !loads[i].failed;
	}
	free(loads);
	free(ids);
	return ok;
}

static size_t number(char *argv[], int argc, int i, size_t otherwise)
{
	struct err err = { 0 };
	uint64_t n = otherwise;
	if (i < argc && str_number(argv[i], 1, 100000000, &n, &err) < 0)
		err_print(stderr, &err);
	return (size_t)n;
}

int main(int argc, char *argv[])
{
	size_t count = number(argv, argc, 2, 2000);
	size_t bytes = number(argv, argc, 3, 54000);
	unsigned threads = (unsigned)number(argv, argc, 4, 4);
	if (argc < 2)
		return 2;
	struct err err = { 0 };
	struct world world = world_real();
	struct record_info info = {
		.id = "bench", .role = "run", .answerer = ANSWERER_EMBEDDED_MOCK
	};
	struct record *r = record_create(argv[1], &info, &world, &err);
	int64_t start = clock_monotonic();
	bool ok = r && run_threads(r, count, bytes, threads);
	int64_t queued = clock_monotonic();
	if (!ok || record_seal(r, false, &err) < 0) {
		err_print(stderr, &err);
		return 1;
	}
	int64_t sealed = clock_monotonic();
	printf("%zu exchanges of %zu bytes from %u threads: queued in %.3f s, "
	       "sealed in %.3f s\n",
	    count, bytes, threads, (double)(queued - start) / 1e6,
	    (double)(sealed - start) / 1e6);
	return 0;
}
