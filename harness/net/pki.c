/* SPDX-License-Identifier: Apache-2.0 */
#include "net/pki.h"

#include "base/buf.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/str.h"
#include "net/pki-make.h"
#include "net/tls.h"
#include "record/digest.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define STAMP "profiles.sha256"
/* The number grows when what older programs made would not do: they keep
 * theirs, for they may be running. */
#define FOLDER "pki-v2"
enum {
	RENEW_DAYS = 7,
	PASS_BYTES = 16,
	SERIAL_NUMBER = 64, /* X.520: ub-serial-number */
};

/* ---- Writing */

static char *name_in(const char *dir, const char *file, const char *ending)
{
	char *name = xasprintf("%s%s", file, ending);
	char *path = path_join(dir, name);
	free(name);
	return path;
}

/*
 * A new file, not synced: the folder appears by rename, an empty file in it
 * counts as missing, and two dozen syncs would cost more than the keys.
 */
static int write_file(const char *path, const void *data, size_t len,
    mode_t mode, struct err *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	FILE *f = fd >= 0 ? fdopen(fd, "w") : NULL;
	bool ok = f && fwrite(data, 1, len, f) == len;
	if (f && fclose(f) != 0)
		ok = false;
	if (!f && fd >= 0)
		close(fd);
	return ok ? 0 : err_errno(err, ERR_IO, "cannot write '%s'", path);
}

/* What `bio` holds goes to DIR/FILE+ending; takes the BIO. */
static int write_bio(BIO *bio, const char *dir, const char *file,
    const char *ending, mode_t mode, struct err *err)
{
	char *data = NULL;
	char *path = name_in(dir, file, ending);
	long len = BIO_get_mem_data(bio, &data);
	int rc = write_file(path, data, (size_t)len, mode, err);
	OPENSSL_cleanse(data, (size_t)len);
	BIO_free(bio);
	free(path);
	return rc;
}

static BIO *memory(void)
{
	BIO *bio = BIO_new(BIO_s_mem());
	if (!bio)
		BUG("no memory BIO");
	return bio;
}

static bool is_root(const struct pki *p, const struct profile *c)
{
	return &p->profiles.at[c->issuer] == c;
}

static int write_chain(const struct pki *p, const struct profile *c,
    const char *dir, struct err *err)
{
	BIO *bio = memory();
	PEM_write_bio_X509(bio, c->made);
	const struct profile *by = c;
	while (c->chain && !is_root(p, by)) {
		by = &p->profiles.at[by->issuer];
		if (!is_root(p, by))
			PEM_write_bio_X509(bio, by->made);
	}
	return write_bio(bio, dir, c->file, ".pem", 0644, err);
}

static int write_key(const struct pki *p, const struct profile *c,
    const char *dir, struct err *err)
{
	BIO *bio = memory();
	PEM_write_bio_PrivateKey(
	    bio, pki_key_of(p, c), NULL, NULL, 0, NULL, NULL);
	return write_bio(bio, dir, c->file, ".key", 0600, err);
}

static int write_pkcs12(const struct pki *p, const struct profile *c,
    const char *dir, struct err *err)
{
	unsigned char random[PASS_BYTES];
	char pass[2 * PASS_BYTES + 2];
	STACK_OF(X509) *chain = sk_X509_new_null();
	BIO *bio = memory();
	int rc = -1;
	const struct profile *by = &p->profiles.at[c->issuer];
	if (!chain || (!is_root(p, by) && !sk_X509_push(chain, by->made)))
		BUG("cannot keep a certificate");
	RAND_bytes(random, sizeof(random));
	str_hex(pass, random, sizeof(random));
	PKCS12 *p12 = PKCS12_create(pass, c->id, pki_key_of(p, c), c->made,
	    chain, NID_aes_256_cbc, NID_aes_256_cbc, 0, 0, 0);
	if (!p12 || i2d_PKCS12_bio(bio, p12) != 1) {
		tls_fail(err, "cannot make '%s.p12'", c->file);
		BIO_free(bio);
		goto out;
	}
	if (write_bio(bio, dir, c->file, ".p12", 0600, err) < 0)
		goto out;
	bio = memory();
	BIO_printf(bio, "%s\n", pass);
	rc = write_bio(bio, dir, c->file, ".p12.pass", 0600, err);
out:
	OPENSSL_cleanse(pass, sizeof(pass));
	PKCS12_free(p12);
	sk_X509_free(chain);
	return rc;
}

static int make_shelves(const char *dir, struct err *err)
{
	int rc = 0;
	for (size_t i = 0; rc == 0 && i < PKI_SHELVES; i++) {
		char *shelf = path_join(dir, pki_shelves[i]);
		rc = dir_make(shelf, 0700, err);
		free(shelf);
	}
	return rc;
}

static int write_crl(const struct pki_crl *c, const char *dir, struct err *err)
{
	BIO *bio = memory();
	PEM_write_bio_X509_CRL(bio, c->made);
	return write_bio(bio, dir, c->file, ".pem", 0644, err);
}

static int write_all(const struct pki *p, const char *dir, struct err *err)
{
	int rc = make_shelves(dir, err);
	for (size_t i = 0; rc == 0 && i < p->profiles.count; i++) {
		const struct profile *c = &p->profiles.at[i];
		if (!c->file)
			continue;
		rc = write_chain(p, c, dir, err);
		if (rc == 0 && !c->is_ca)
			rc = write_key(p, c, dir, err);
		if (rc == 0 && c->pkcs12)
			rc = write_pkcs12(p, c, dir, err);
	}
	VEC_EACH (struct pki_crl, c, &p->crls)
		if (rc == 0)
			rc = write_crl(c, dir, err);
	if (rc < 0)
		return -1;
	char *stamp = path_join(dir, STAMP);
	rc = write_file(stamp, p->digest, strlen(p->digest), 0644, err);
	free(stamp);
	return rc;
}

/* Makes everything in memory, then writes: what can fail, fails early. */
static int create(struct pki *p, const char *dir, struct err *err)
{
	if (pki_make(p, (int64_t)time(NULL), err) < 0 ||
	    dir_make(dir, 0700, err) < 0)
		return -1;
	return write_all(p, dir, err);
}

int pki_create(const char *dir, const char *profiles, struct err *err)
{
	struct pki p;
	int is_free = dir_is_free(dir, err);
	if (is_free < 0)
		return -1;
	if (!is_free) {
		err_set(err, ERR_USAGE, "the folder '%s' is not empty", dir);
		return err_hint(err,
		    "keys are never overwritten: name a folder that does not "
		    "exist");
	}
	if (pki_read(&p, profiles, err) < 0)
		return -1;
	int rc = create(&p, dir, err);
	pki_release(&p);
	return rc;
}

/* ---- The cache */

static bool exists(const char *dir, const char *file, const char *ending)
{
	struct stat st;
	char *path = name_in(dir, file, ending);
	bool yes = stat(path, &st) == 0 && st.st_size > 0;
	free(path);
	return yes;
}

static bool lasts(const char *dir, const char *file)
{
	STACK_OF(X509) *certs = NULL;
	struct err why = { 0 };
	char *path = name_in(dir, file, ".pem");
	time_t then = time(NULL) + (time_t)RENEW_DAYS * 24 * 60 * 60;
	bool ok = certificates_read(&certs, path, &why) == 0;
	for (int i = 0; ok && i < sk_X509_num(certs); i++)
		ok = X509_cmp_time(X509_get0_notAfter(sk_X509_value(certs, i)),
			 &then) > 0;
	sk_X509_pop_free(certs, X509_free);
	free(path);
	return ok;
}

static bool same_profiles(const struct pki *p, const char *dir)
{
	struct buf stamp = BUF_INIT(128);
	struct err why = { 0 };
	char *path = path_join(dir, STAMP);
	bool same = buf_read_file(&stamp, path, &why) == 0 &&
		    streq(stamp.ptr, p->digest);
	buf_release(&stamp);
	free(path);
	return same;
}

static bool is_fresh(const struct pki *p, const char *dir)
{
	if (!same_profiles(p, dir))
		return false;
	VEC_EACH (struct profile, c, &p->profiles) {
		if (!c->file)
			continue;
		if (!exists(dir, c->file, ".pem") ||
		    (!c->is_ca && !exists(dir, c->file, ".key")) ||
		    (c->pkcs12 && !(exists(dir, c->file, ".p12") &&
				      exists(dir, c->file, ".p12.pass"))))
			return false;
		if (!strchr(c->file, '/') && !lasts(dir, c->file))
			return false;
	}
	VEC_EACH (struct pki_crl, c, &p->crls)
		if (!exists(dir, c->file, ".pem"))
			return false;
	return true;
}

static char *cache_folder(struct err *err)
{
	const char *cache = getenv("XDG_CACHE_HOME");
	const char *home = getenv("HOME");
	char *dir = NULL;
	/* The XDG base directory specification: relative paths do not count. */
	if (cache && cache[0] == '/')
		dir = path_join(cache, "esitesti");
	else if (home && home[0] == '/')
		dir = path_join(home, ".cache/esitesti");
	if (!dir) {
		err_set(err, ERR_USAGE,
		    "there is no place for the test certificates: neither "
		    "XDG_CACHE_HOME nor HOME is set");
		err_hint(err,
		    "set HOME, or make them with 'esitesti certs init DIR' "
		    "and name DIR");
		return NULL;
	}
	if (dir_make(dir, 0700, err) == 0)
		return dir;
	free(dir);
	return NULL;
}

/* Makes a new one beside the old one, and swaps them in one step. */
static int renew(struct pki *p, const char *dir, struct err *err)
{
	char *temporary = xasprintf("%s.new", dir);
	(void)dir_remove(temporary); /* of a run that was killed */
	int rc = create(p, temporary, err);
	if (rc == 0 && rename(temporary, dir) != 0 &&
	    renameat2(AT_FDCWD, temporary, AT_FDCWD, dir, RENAME_EXCHANGE) != 0)
		rc = err_errno(err, ERR_IO, "cannot replace '%s'", dir);
	(void)dir_remove(temporary);
	free(temporary);
	return rc;
}

static int freshen(struct pki *p, const char *dir, struct err *err)
{
	char *lock = xasprintf("%s.lock", dir);
	int fd = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	int rc = -1;
	if (fd < 0) {
		err_errno(err, ERR_IO, "cannot open '%s'", lock);
		goto out;
	}
	while (flock(fd, LOCK_EX) != 0)
		if (errno != EINTR) {
			err_errno(err, ERR_IO, "cannot lock '%s'", lock);
			goto out;
		}
	rc = is_fresh(p, dir) ? 0 : renew(p, dir, err);
out:
	if (fd >= 0)
		close(fd); /* unlocks */
	free(lock);
	return rc;
}

/* The organisation of the profile "client"; "" = there is none. */
static const char *own_organisation(const struct pki *p)
{
	VEC_EACH (const struct profile, c, &p->profiles)
		if (streq(c->id, "client") && c->serial_number)
			return c->serial_number;
	return "";
}

/* What was made out for the profiles' own organisation is so for `oid`; the
 * names, which say that it is a test, stay. */
static void make_out_for(struct pki *p, const char *oid)
{
	char *own = xstrdup(own_organisation(p));
	char *stamp = xasprintf("%s %s", p->digest, oid);
	VEC_EACH (struct profile, c, &p->profiles) {
		if (!c->serial_number || !streq(c->serial_number, own))
			continue;
		free(c->serial_number);
		c->serial_number = xstrdup(oid);
	}
	digest_text(stamp, strlen(stamp), p->digest);
	free(stamp);
	free(own);
}

/* Whether it is another organisation, and one that a certificate can name. */
static bool is_another(const struct pki *p, const char *oid)
{
	return oid && *own_organisation(p) &&
	       !streq(oid, own_organisation(p)) && path_is_plain_name(oid) &&
	       strlen(oid) <= SERIAL_NUMBER;
}

char *pki_cached_for(
    const char *profiles, const char *organisation, struct err *err)
{
	struct pki p = { 0 };
	char *cache = cache_folder(err), *folder = NULL, *dir = NULL;
	int rc = -1;
	if (!cache)
		return NULL;
	if (pki_read(&p, profiles, err) < 0)
		goto out;
	folder = xstrdup(FOLDER);
	if (is_another(&p, organisation)) {
		make_out_for(&p, organisation);
		free(folder);
		folder = xasprintf(FOLDER "-%s", organisation);
	}
	dir = path_join(cache, folder);
	rc = freshen(&p, dir, err);
out:
	pki_release(&p);
	free(folder);
	free(cache);
	if (rc == 0)
		return dir;
	free(dir);
	err_wrap(err, "test certificates");
	return NULL;
}

char *pki_cached(const char *profiles, struct err *err)
{
	return pki_cached_for(profiles, NULL, err);
}

/* ---- The deliberately bad */

static const struct {
	enum pki_side side;
	const char *shelf;
} shelves_of[] = {
	{ PKI_CLIENT, "bad" },
	{ PKI_CLIENT, "odd" },
	{ PKI_SERVER, "bad-server" },
};

/* 1 = it is not on this shelf. */
static int take(struct identity *id, const char *dir, const char *shelf,
    const char *name, struct err *err)
{
	char *folder = path_join(dir, shelf);
	char *pem = name_in(folder, name, ".pem");
	char *key = name_in(folder, name, ".key");
	int rc = access(pem, F_OK) != 0
		     ? 1
		     : identity_load_pem(id, pem, key, NULL, err);
	id->is_bad = rc == 0;
	free(folder);
	free(pem);
	free(key);
	return rc;
}

int pki_load_bad(struct identity *id, const char *dir, enum pki_side side,
    const char *name, struct err *err)
{
	*id = (struct identity){ 0 };
	for (size_t i = 0; i < COUNTOF(shelves_of); i++) {
		if (shelves_of[i].side != side || !path_is_plain_name(name))
			continue;
		int rc = take(id, dir, shelves_of[i].shelf, name, err);
		if (rc <= 0)
			return rc;
	}
	err_set(err, ERR_USAGE,
	    "the test certificates in '%s' have no bad %s certificate '%s'",
	    dir, side == PKI_SERVER ? "server" : "client", name);
	return err_hint(err,
	    "look into its %s; 'esitesti certs init DIR' makes "
	    "a folder with all that there are",
	    side == PKI_SERVER ? "bad-server/" : "bad/ and odd/");
}
