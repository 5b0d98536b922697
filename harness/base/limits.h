/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

/*
 * Every size, depth, count and time that somebody else decides has its cap
 * here. Crossing one is a clear error or finding: never a crash, a hang or a
 * truncated file. Sizes are in bytes, times in milliseconds.
 */
#define LIMIT_KIB(n) ((size_t)(n)*1024)
#define LIMIT_MIB(n) ((size_t)(n)*1024 * 1024)

/* XML of any kind (xml/doc.h) */
#define LIMIT_XML_BYTES	     LIMIT_MIB(96) /* no entity: caps any text, too */
#define LIMIT_XML_PEEK	     LIMIT_KIB(64) /* in which a root is sought */
#define LIMIT_XML_DEPTH	     256
#define LIMIT_XML_ATTRIBUTES 128      /* of one element, xmlns included */
#define LIMIT_XML_NAMESPACES 256      /* declarations in scope */
#define LIMIT_XML_NODES	     2000000  /* attributes included */
#define LIMIT_XML_NAMES	     100000   /* different ones; libxml2 keeps them */
#define LIMIT_XML_BURDEN     25000000 /* 5,000 siblings: xml/doc.h */
#define LIMIT_XML_PATH	     10000    /* siblings looked at for one place */
#define LIMIT_XPATH_TEXT     LIMIT_KIB(8) /* an expression */
#define LIMIT_XPATH_WORK     10000000	  /* libxml2's operations */

/* Documents and messages */
#define LIMIT_DOCUMENT	       LIMIT_MIB(60) /* a clinical document */
#define LIMIT_MESSAGE	       LIMIT_MIB(96) /* its frame: base64 is 4/3 of it */
#define LIMIT_HEAD	       LIMIT_KIB(32) /* HTTP head, either way */
#define LIMIT_MIME_PARTS       8
#define LIMIT_HEADER_TEXT      1024  /* a text in a SOAP header */
#define LIMIT_HEADER_BLOCKS    32    /* that a fault tells of */
#define LIMIT_QUERY_PARAMETERS 64    /* values of all parameters of a query */
#define LIMIT_ANSWER_DOCUMENTS 10000 /* in the answer to one */
#define LIMIT_DOCUMENT_TERMS   512   /* by which the mock finds a document */
#define LIMIT_ACK_DETAILS      256
#define LIMIT_SHARK_ITEMS      1000 /* of one answer of that service */

/* Our own files */
#define LIMIT_CASE_FILE	    LIMIT_MIB(1)
#define LIMIT_CONFIG_FILE   LIMIT_MIB(1) /* project, dialect, target list */
#define LIMIT_CASES	    20000
#define LIMIT_STEPS	    2000	  /* in one case, teardown included */
#define LIMIT_EXPECTATIONS  64		  /* in one step */
#define LIMIT_REPEAT_EVERY  60		  /* seconds between two attempts */
#define LIMIT_REPEAT_WITHIN 600		  /* seconds from first to last */
#define LIMIT_REPEAT	    60		  /* attempts of one step */
#define LIMIT_VARIABLES	    16384	  /* known in one case */
#define LIMIT_VALUE	    LIMIT_KIB(64) /* one variable's value */
#define LIMIT_CERT_FILE	    LIMIT_KIB(256)
#define LIMIT_CRL_FILE	    LIMIT_MIB(32)
#define LIMIT_CHAIN	    10 /* certificates in one chain */
#define LIMIT_PROFILES	    64 /* CAs or certificates of the test PKI */
#define LIMIT_PROFILE_DAYS  36500
#define LIMIT_DIALECT_DEPTH 8 /* extends of extends of … */

/* Run folders */
#define LIMIT_JOURNAL_LINE   LIMIT_MIB(2) /* the plan of LIMIT_CASES ids fits */
#define LIMIT_JOURNAL	     LIMIT_MIB(1024)
#define LIMIT_JOURNAL_EVENTS 4000000
#define LIMIT_REPORT_EXCERPT LIMIT_KIB(64) /* of a message, in report.html */
#define LIMIT_STYLE_WORK     100000000	   /* steps of one use of report.xsl */
#define LIMIT_STYLE_DEPTH    500	   /* templates in templates */
#define LIMIT_REPORT_EMBEDDED                   \
 50 /* cases with messages shown in report.html \
     */

#define LIMIT_ANNOTATIONS  50 /* of one run: GitHub shows no more of a job */
#define LIMIT_STEP_SUMMARY LIMIT_MIB(1) /* GitHub drops a larger one */

/* The guard (check/guard.h) */
#define LIMIT_GUARD_NESTING  6 /* base64 in XML in base64 … */
#define LIMIT_GUARD_FINDINGS 64
#define LIMIT_GUARD_ATTESTED 16

/* The check of a document (check/check.h) */
#define LIMIT_FINDINGS	    5000    /* of one file */
#define LIMIT_CHECK_FILES   1000000 /* named by one command, in folders */
#define LIMIT_EXCERPT	    96	    /* characters of a source line shown */
#define LIMIT_BASELINE	    10000   /* accepted findings of one baseline */
#define LIMIT_BASELINE_FILE LIMIT_MIB(8)
#define LIMIT_CODES_FILE    LIMIT_MIB(64)
#define LIMIT_SCHEMA_BYTES  LIMIT_MIB(16) /* all files of a schema */

/* Rule sets in Schematron (xml/schematron.h) */
#define LIMIT_SCHEMATRON_DEPTH	  16	 /* files in files, rules in rules */
#define LIMIT_SCHEMATRON_FILES	  200	 /* that one schema names */
#define LIMIT_SCHEMATRON_NODES	  200000 /* of a schema with all it names */
#define LIMIT_SCHEMATRON_CONTEXTS 10000	 /* of all its rules */
#define LIMIT_SCHEMATRON_HITS	  10000	 /* of one rule set in one document */
#define LIMIT_SCHEMATRON_TEXT	  4000	 /* characters of one of its texts */
#define LIMIT_SCHEMATRON_NOTES	  64 /* diagnostics or properties of one hit */

/* XML signatures (xml/dsig.h) */
#define LIMIT_SIGNATURES	   8		 /* of one document */
#define LIMIT_SIGNATURE_REFERENCES 16		 /* of one signature */
#define LIMIT_SIGNATURE_TRANSFORMS 8		 /* of one reference */
#define LIMIT_SIGNATURE_BASE64	   LIMIT_KIB(32) /* a certificate, a value */
#define LIMIT_SIGNATURE_SLOW \
 200000 /* nodes of what goes through inclusive c14n, XPath or a stylesheet */
#define LIMIT_SIGNATURE_TRIALS LIMIT_MIB(8) /* memory of a digest's cause */
#define LIMIT_SAXON_MS	       60000 /* one document by a rule set of XPath 2 */
#define LIMIT_SAXON_MIB	       1024  /* of Java's memory */
#define LIMIT_SAXON_OUT	       LIMIT_MIB(16)
#define LIMIT_SAXON_FILES      4096 /* that one process is given at once */
#define LIMIT_SAXON_PILE       LIMIT_MIB(512) /* their bytes */
#define LIMIT_SAXON_STARTS     16 /* over them, while some of them end it */

/* Commands of the vendor's that make a document */
#define LIMIT_COMMAND_MS 60000

/* The network */
#define LIMIT_JOBS	  64
#define LIMIT_SHARDS	  1000 /* of one plan; run folders in one report */
#define LIMIT_CONNECT_MS  10000
#define LIMIT_EXCHANGE_MS 60000
#define LIMIT_PROBE_MS	  5000 /* waiting for a TLS alert */

/* The page of a mock's run folder */
#define LIMIT_WATCH_BYTES   LIMIT_MIB(4) /* of the journal's end */
#define LIMIT_WATCH_ENTRIES 300

/* The mock */
#define LIMIT_MOCK_READERS     8
#define LIMIT_MOCK_AHEAD       LIMIT_MIB(16) /* read, and not yet kept */
#define LIMIT_MOCK_CONNECTIONS 1024 /* more: the longest idle ones go */
#define LIMIT_MOCK_SURPLUS     64   /* let in to be told so */
#define LIMIT_MOCK_BACKLOG     1024
#define LIMIT_MOCK_IDLE_S      60	      /* without a byte of a request */
#define LIMIT_MOCK_PATIENCE_MS 20000	      /* for a handshake, a head … */
#define LIMIT_MOCK_RATE	       LIMIT_KIB(64)  /* … a body, an answer: + 1 s */
#define LIMIT_MOCK_HELD	       LIMIT_MIB(384) /* of all connections at once */
#define LIMIT_MOCK_PATH	       512	      /* of a URL */
#define LIMIT_MOCK_TOLD	       8	      /* troubles of a kind … */
#define LIMIT_MOCK_TOLD_MS     10000 /* … in this time; others are counted */
#define LIMIT_MOCK_UNSHOWN     LIMIT_MIB(1) /* lines nobody has read yet */
#define LIMIT_MOCK_UNSHOWN_MS  2000
#define LIMIT_MOCK_LINGER_MS   2000 /* after a fatal alert: design, Traps */

#endif
