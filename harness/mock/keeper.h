/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MOCK_KEEPER_H
#define MOCK_KEEPER_H

#include "mock/receive.h"
#include "record/exchange.h"

/*
 * The threads that judge and store, so that neither slows the sockets down.
 * Readers, one for each processor, judge whatever needs no archive, in any
 * order. One thread keeps: in order of arrival it takes all requests that are
 * read as one group: one transaction, one commit (one sync of the disk), and
 * only then are their answers given back. The answers follow from the order of
 * arrival alone, however many readers there are.
 */
struct evhttp_request;

struct job {
	struct evhttp_request *from; /* the server's; not touched here */
	size_t held;		     /* likewise: bytes, for its caps */
	bool last;		     /* likewise: the connection ends with it */
	uint64_t number;
	int64_t started; /* wall clock, microseconds */
	bool is_post;
	const char *method; /* "GET", for the log */
	char *path;	    /* of the URL */
	char *query, *host; /* likewise, and of the head; or NULL */
	char *content_type, *content_encoding; /* as written, or NULL */
	char media_type[128]; /* without parameters, lower case */
	struct buf head;      /* as on the wire; empty = not asked for */
	struct buf body;
	struct fault_list faults; /* that hold for it */
	bool has_organisation;
	char organisation[128]; /* of the client certificate */
	struct received received;
	struct job *next;
	/* The keeper's own: */
	struct request_in in;
	struct inquiry *inquiry;
	bool is_read;
};
void job_free(struct job *job);

struct keeper;

struct keeper *keeper_start(const struct receive_context *ctx, struct err *err);
/* Ends the threads after what is at hand. */
void keeper_end(struct keeper *w);
/* After keeper_end; jobs that still wait, or were not taken, are freed. */
void keeper_free(struct keeper *w);

void keeper_give(struct keeper *w, struct job *job);
/* All that is done, in order of arrival; linked by `next`. */
struct job *keeper_take(struct keeper *w);
/* Readable when something may be there to take. */
int keeper_fd(const struct keeper *w);

#endif
