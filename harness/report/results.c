/* SPDX-License-Identifier: Apache-2.0 */
#include "report/inside.h"

#include "base/file.h"
#include "base/limits.h"

struct results {
	struct sink sink;
	struct report *r;
	struct file_writer file;
	struct buf piece;
};

static int write_piece(
    struct results *w, const struct buf *piece, struct err *err)
{
	if (buf_check(piece, "one case in results.xml", err) < 0)
		return -1;
	if (fwrite(piece->ptr, 1, piece->len, w->file.stream) != piece->len)
		return err_errno(err, ERR_IO, "cannot write the results");
	return 0;
}

static void results_free(struct results *w)
{
	file_abandon(&w->file);
	buf_release(&w->piece);
	free(w);
}

static int results_end(void *ctx, bool good, struct err *err)
{
	struct results *w = ctx;
	int rc = good ? 0 : -1;
	if (rc == 0) {
		buf_clear(&w->piece);
		buf_adds(&w->piece, "</results>\n");
		rc = write_piece(w, &w->piece, err);
	}
	if (rc == 0)
		rc = file_commit(&w->file, err);
	results_free(w);
	return rc;
}

static int write_case(void *ctx, struct report_case *c, struct err *err)
{
	struct results *w = ctx;
	return write_piece(w, fragment_plain(w->r, c), err);
}

struct sink *results_begin(struct report *r, const struct report_options *o,
    const char *path, struct err *err)
{
	struct results *w = xcalloc(1, sizeof(*w));
	(void)o; /* neutral in language, and it stays with the run */
	w->sink = (struct sink){ write_case, results_end, w };
	w->r = r;
	buf_init(&w->piece, FRAGMENT_CAP);
	if (file_begin(&w->file, path, 0600, err) < 0)
		goto fail;
	buf_adds(&w->piece, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
			    "<results xmlns=\"" XMLNS_RESULTS "\">\n");
	fragment_run(&w->piece, r);
	if (write_piece(w, &w->piece, err) == 0)
		return &w->sink;
fail:
	results_free(w);
	return NULL;
}
