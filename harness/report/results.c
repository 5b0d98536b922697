/* SPDX-License-Identifier: Apache-2.0 */
#include "report/inside.h"

#include "base/file.h"
#include "base/limits.h"

struct results {
	struct report *r;
	FILE *out;
	struct buf piece;
};

static int flush_piece(struct results *w, struct err *err)
{
	if (buf_check(&w->piece, "one case in results.xml", err) < 0)
		return -1;
	if (fwrite(w->piece.ptr, 1, w->piece.len, w->out) != w->piece.len)
		return err_errno(err, ERR_IO, "cannot write the results");
	buf_clear(&w->piece);
	return 0;
}

static int write_case(void *ctx, struct report_case *c, struct err *err)
{
	struct results *w = ctx;
	fragment_case(&w->piece, w->r, c, false);
	return flush_piece(w, err);
}

static int write_all(struct results *w, struct err *err)
{
	buf_adds(&w->piece, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
			    "<results xmlns=\"" XMLNS_RESULTS "\">\n");
	fragment_run(&w->piece, w->r);
	if (flush_piece(w, err) < 0 ||
	    report_each(w->r, write_case, w, err) < 0)
		return -1;
	buf_adds(&w->piece, "</results>\n");
	return flush_piece(w, err);
}

int report_results(struct report *r, const struct report_options *o,
    const char *path, struct err *err)
{
	struct file_writer file = { 0 };
	struct results w = { .r = r, .piece = BUF_INIT(FRAGMENT_CAP) };
	int rc = -1;
	(void)o; /* neutral in language, and it stays with the run */
	if (file_begin(&file, path, 0600, err) < 0)
		goto out;
	w.out = file.stream;
	if (write_all(&w, err) < 0 || file_commit(&file, err) < 0)
		goto out;
	rc = 0;
out:
	file_abandon(&file);
	buf_release(&w.piece);
	return rc;
}
