/* SPDX-License-Identifier: Apache-2.0 */
#include "record/writer.h"

#include "base/file.h"
#include "base/limits.h"
#include "base/str.h"
#include "base/xalloc.h"
#include "record/event.h"
#include "record/journal.h"
#include "record/names.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <unistd.h>

struct record {
	char *path;
	int dir;
	struct journal *journal;
	atomic_uint seq;
	pthread_mutex_t lock; /* of what follows, and of inputs/, quarantine/ */
	struct names chains;  /* file names in certificates/ */
};

/* ---- Begin and end */

static void record_free(struct record *r)
{
	journal_free(r->journal);
	names_release(&r->chains);
	pthread_mutex_destroy(&r->lock);
	if (r->dir >= 0)
		close(r->dir);
	free(r->path);
	free(r);
}

static int open_dir(struct record *r, struct err *err)
{
	int vacant = dir_is_free(r->path, err);
	if (vacant < 0)
		return -1;
	if (!vacant) {
		err_set(
		    err, ERR_USAGE, "the folder '%s' is not empty", r->path);
		return err_hint(
		    err, "a run never writes over another: name a new folder");
	}
	if (dir_make(r->path, 0700, err) < 0)
		return -1;
	r->dir = open(r->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	/* An empty folder that was there before may be open to others. */
	if (r->dir < 0 || fchmod(r->dir, 0700) != 0)
		return err_errno(err, ERR_IO, "cannot open '%s'", r->path);
	return 0;
}

static int begin(
    struct record *r, const struct record_info *info, struct err *err)
{
	struct run_head head = {
		.format = EVENT_FORMAT,
		.id = info->id,
		.role = info->role,
		.tool = info->tool,
		.purpose = info->purpose,
		.lang = info->lang,
		.target = info->target,
		.url = info->url,
		.dialect = info->dialect,
		.plan_digest = info->plan_digest,
		.seed = info->seed,
		.system = info->system,
		.system_version = info->system_version,
		.system_class = info->system_class,
		.tester = info->tester,
		.answerer = info->answerer,
		.shard = info->shard,
		.shards = info->shards,
		.plan_cases = info->plan_cases,
		.jobs = info->jobs,
		.strict = info->strict,
	};
	for (size_t i = 0; i < info->planned_count; i++)
		*VEC_PUSH(&head.planned) = info->planned[i];
	int rc = journal_event(r->journal, event_begin(&head), err);
	VEC_RELEASE(&head.planned);
	return rc < 0 ? -1 : journal_flush(r->journal, err);
}

/* The new folder's own entry, so that a power cut does not take all of it. */
static void sync_parent(const char *path)
{
	char *parent = path_dir(path);
	int fd = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
	free(parent);
}

struct record *record_create(const char *dir, const struct record_info *info,
    const struct world *world, struct err *err)
{
	struct record *r = xcalloc(1, sizeof(*r));
	r->path = xstrdup(dir);
	r->dir = -1;
	pthread_mutex_init(&r->lock, NULL);
	if (open_dir(r, err) < 0)
		goto failed;
	r->journal = journal_new(r->dir, dir, world, err);
	if (!r->journal || begin(r, info, err) < 0)
		goto failed;
	sync_parent(dir);
	return r;
failed:
	record_free(r);
	return NULL;
}

int record_seal(struct record *r, bool interrupted, struct err *err)
{
	int rc = journal_seal(r->journal, interrupted, err);
	if (rc == 0)
		rc = journal_flush(r->journal, err);
	record_free(r);
	return rc;
}

void record_abandon(struct record *r)
{
	if (r)
		record_free(r);
}

int record_flush(struct record *r, struct err *err)
{
	return journal_flush(r->journal, err);
}

/* ---- Inputs */

static int make_input_folder(
    struct record *r, const char *name, struct err *err)
{
	const char *slash = strchr(name, '/');
	if (!slash)
		return 0;
	char *folder = xasprintf(
	    "%s/%.*s", folder_names[FOLDER_INPUTS], (int)(slash - name), name);
	int rc = 0;
	if (mkdirat(r->dir, folder, 0700) != 0 && errno != EEXIST)
		rc = err_errno(
		    err, ERR_IO, "cannot make '%s/%s'", r->path, folder);
	free(folder);
	return rc;
}

/* 1 = the same bytes are there, 0 = nothing is; -1 = other bytes, or trouble.
 */
static int input_is_there(struct record *r, const char *name, const void *bytes,
    size_t len, struct err *err)
{
	char *path =
	    xasprintf("%s/%s/%s", r->path, folder_names[FOLDER_INPUTS], name);
	struct buf old = BUF_INIT(LIMIT_MESSAGE);
	struct stat st;
	int rc = 0;
	if (stat(path, &st) != 0)
		goto out;
	if (buf_read_file(&old, path, err) < 0)
		rc = -1;
	else if (old.len == len && memcmp(old.ptr, bytes, len) == 0)
		rc = 1;
	else
		rc = err_set(err, ERR_USAGE,
		    "the run has two different files '%s'", name);
out:
	buf_release(&old);
	free(path);
	return rc;
}

static int input_event(struct record *r, const char *name, const char *origin,
    const void *bytes, size_t len, struct err *err)
{
	char sha256[DIGEST_TEXT];
	digest_text(bytes, len, sha256);
	struct log_event e = { .kind = LOG_INPUT };
	e.input.name = xstrdup(name);
	char *here = path_here(origin ? origin : "/");
	e.input.origin = *here == '/' ? NULL : here;
	e.input.sha256 = sha256;
	e.input.bytes = len;
	int rc = journal_event(r->journal, event_write(&e), err);
	free(e.input.name);
	free(here);
	return rc;
}

int record_input(struct record *r, const char *name, const void *bytes,
    size_t len, struct err *err)
{
	return record_input_from(r, name, NULL, bytes, len, err);
}

int record_input_from(struct record *r, const char *name, const char *origin,
    const void *bytes, size_t len, struct err *err)
{
	if (!input_name_is_plain(name))
		return err_set(err, ERR_INTERNAL,
		    "'%s' is no name for a run's input", name);
	pthread_mutex_lock(&r->lock);
	int rc = input_is_there(r, name, bytes, len, err);
	bool is_new = rc == 0;
	if (is_new)
		rc = make_input_folder(r, name, err);
	if (is_new && rc == 0)
		rc = journal_file(
		    r->journal, FOLDER_INPUTS, name, bytes, len, err);
	if (is_new && rc == 0)
		rc = input_event(r, name, origin, bytes, len, err);
	pthread_mutex_unlock(&r->lock);
	return rc < 0 ? -1 : 0;
}

/* ---- Exchanges */

/* Ids may come out of a URL: whatever is no plain character becomes '_'. */
static void add_plain(struct buf *to, const char *id)
{
	for (const char *p = id; *p; p++) {
		bool plain =
		    str_is_digit(*p) || str_is_alpha(*p) || strchr("._-", *p);
		buf_addc(to, plain ? *p : '_');
	}
}

/* "0007-case-step-1.request.body"; ids that are not there are left out. */
static void name_part(
    struct stored *to, const struct exchange *x, const char *part)
{
	struct buf name = BUF_INIT(sizeof(to->file) - 1);
	buf_addf(&name, "%04u-", x->seq);
	const char *const ids[] = { x->case_id, x->step_id };
	for (size_t i = 0; i < COUNTOF(ids); i++) {
		add_plain(&name, ids[i]);
		if (ids[i][0])
			buf_addc(&name, '-');
	}
	buf_addf(&name, "%u.%s", x->attempt, part);
	str_copy(to->file, sizeof(to->file), name.ptr);
	buf_release(&name);
}

static int write_part(struct record *r, const struct exchange *x,
    const char *part, const struct buf *bytes, bool withheld, struct stored *to,
    struct err *err)
{
	*to = (struct stored){ .bytes = bytes->len };
	if (withheld || bytes->len == 0)
		return 0;
	name_part(to, x, part);
	digest_text(bytes->ptr, bytes->len, to->sha256);
	return journal_file(
	    r->journal, FOLDER_MESSAGES, to->file, bytes->ptr, bytes->len, err);
}

static int write_message(struct record *r, const struct exchange *x,
    bool is_request, struct message *m, struct err *err)
{
	const char *head = is_request ? "request.head" : "response.head";
	const char *body = is_request ? "request.body" : "response.body";
	if (write_part(
		r, x, head, &m->head, m->withheld, &m->head_stored, err) < 0)
		return -1;
	return write_part(
	    r, x, body, &m->body, m->withheld, &m->body_stored, err);
}

/*
 * The chain is written by the first exchange that saw it. The lock is held
 * while it is: another exchange must not name it before it joined a group.
 */
static int write_chain(struct record *r, struct tls_facts *tls, struct err *err)
{
	tls->peer_chain_sha256[0] = '\0';
	if (!tls->peer_chain || !*tls->peer_chain)
		return 0;
	size_t len = strlen(tls->peer_chain);
	digest_text(tls->peer_chain, len, tls->peer_chain_sha256);
	char name[CHAIN_FILE];
	chain_file(name, tls->peer_chain_sha256);

	pthread_mutex_lock(&r->lock);
	bool is_new;
	names_add(&r->chains, name, &is_new);
	int rc = is_new ? journal_file(r->journal, FOLDER_CERTIFICATES, name,
			      tls->peer_chain, len, err)
			: 0;
	pthread_mutex_unlock(&r->lock);
	return rc;
}

int record_sending(struct record *r, const struct exchange *x, struct err *err)
{
	struct log_event e = { .kind = LOG_SENDING };
	const struct {
		char *to;
		size_t size;
		const char *from;
	} texts[] = {
#define TEXT(member, from_) { member, sizeof(member), from_ }
		TEXT(e.case_id, x->case_id),
		TEXT(e.sending.step_id, x->step_id),
		TEXT(e.sending.message, x->message),
		TEXT(e.sending.message_id, x->message_id),
		TEXT(e.sending.document, x->document),
		TEXT(e.sending.document_oid, x->document_oid),
		TEXT(e.sending.url, x->url),
#undef TEXT
	};
	for (size_t i = 0; i < COUNTOF(texts); i++)
		str_copy(texts[i].to, texts[i].size, texts[i].from);
	e.sending.attempt = x->attempt;
	return journal_event(r->journal, event_write(&e), err);
}

int record_exchange(struct record *r, struct exchange *x, struct err *err)
{
	x->seq = atomic_fetch_add(&r->seq, 1) + 1;
	if (write_message(r, x, true, &x->request, err) < 0 ||
	    write_message(r, x, false, &x->response, err) < 0 ||
	    write_chain(r, &x->tls, err) < 0)
		return -1;
	struct log_event e = { .kind = LOG_EXCHANGE };
	e.exchange = x;
	return journal_event(r->journal, event_write(&e), err);
}

/* ---- Other events */

int record_case_begin(struct record *r, const char *case_id, struct err *err)
{
	struct log_event e = { .kind = LOG_CASE_BEGIN };
	str_copy(e.case_id, sizeof(e.case_id), case_id);
	return journal_event(r->journal, event_write(&e), err);
}

int record_verdict(struct record *r, const struct verdict *v, struct err *err)
{
	struct log_event e = { .kind = LOG_VERDICT };
	e.verdict = *v;
	return journal_event(r->journal, event_write(&e), err);
}

int record_kept(struct record *r, const char *case_id, const char *name,
    const char *value, struct err *err)
{
	struct log_event e = { .kind = LOG_KEPT };
	str_copy(e.case_id, sizeof(e.case_id), case_id);
	str_copy(e.kept.name, sizeof(e.kept.name), name);
	e.kept.value = xstrdup(value);
	int rc = journal_event(r->journal, event_write(&e), err);
	free(e.kept.value);
	return rc;
}

int record_remark(struct record *r, const char *case_id, const char *step_id,
    unsigned exchange, const struct note *note, struct err *err)
{
	struct log_event e = { .kind = LOG_REMARK };
	str_copy(e.case_id, sizeof(e.case_id), case_id);
	str_copy(e.remark.step_id, sizeof(e.remark.step_id), step_id);
	e.remark.exchange = exchange;
	e.remark.note = *note;
	return journal_event(r->journal, event_write(&e), err);
}

int record_case_end(struct record *r, const char *case_id,
    enum result_kind kind, int64_t duration_us, struct err *err)
{
	struct log_event e = { .kind = LOG_CASE_END };
	str_copy(e.case_id, sizeof(e.case_id), case_id);
	e.end.kind = kind;
	e.end.duration_us = duration_us;
	if (journal_event(r->journal, event_write(&e), err) < 0)
		return -1;
	return journal_flush(r->journal, err);
}

int record_quarantine(struct record *r, const char *name, const void *bytes,
    size_t len, struct err *err)
{
	if (!path_is_plain_name(name))
		return err_set(err, ERR_INTERNAL,
		    "'%s' is no name for a file in quarantine", name);
	pthread_mutex_lock(&r->lock);
	char *path = NULL;
	int rc = -1;
	if (mkdirat(r->dir, "quarantine", 0700) != 0 && errno != EEXIST) {
		err_errno(err, ERR_IO, "cannot make '%s/quarantine'", r->path);
		goto out;
	}
	path = xasprintf("%s/quarantine/%s", r->path, name);
	if (access(path, F_OK) == 0)
		err_set(err, ERR_INTERNAL, "'%s' is there already", path);
	else
		rc = file_write_whole(path, bytes, len, 0600, err);
out:
	pthread_mutex_unlock(&r->lock);
	free(path);
	return rc;
}
