# SPDX-License-Identifier: Apache-2.0
#
#   make run     set up, build, run the shipped cases against the local mock
#   make check   set up, build, run every test (make check-long for the rest)
#   make bench   measure, as ratios to plain tools in the same run
#
# VARIANT=debug|release|asan|tsan|cov|fuzz|analyze has its own object tree.

PROG    = esitesti
VERSION = 0.1.0

PREFIX  ?= /usr/local
BINDIR  ?= $(PREFIX)/bin
MANDIR  ?= $(PREFIX)/share/man
DATADIR ?= $(PREFIX)/share/$(PROG)
DESTDIR ?=

VARIANT ?= debug
O       ?= build/$(VARIANT)

PKGS = libcurl openssl libxml-2.0 libxslt libexslt xmlsec1-openssl libevent libevent_openssl \
       libevent_pthreads sqlite3 jansson
PKG_CONFIG ?= pkg-config
# -isystem keeps other people's headers out of our own warnings. Evaluated when
# first used: before the set-up there may be no pkg-config.
DEP_CPPFLAGS = $(eval DEP_CPPFLAGS := $$(patsubst -I%,-isystem %,$$(shell \
               $(PKG_CONFIG) --cflags $(PKGS))))$(DEP_CPPFLAGS)
DEP_LIBS     = $(eval DEP_LIBS := $$(shell $(PKG_CONFIG) --libs \
               $(PKGS)))$(DEP_LIBS)

CPPFLAGS += -Iharness -D_GNU_SOURCE -DVERSION='"$(VERSION)"' $(DEP_CPPFLAGS)
CPPFLAGS += -include harness/base/banned.h
DEPFLAGS  = -MMD -MP
CFLAGS   ?= -O2 -g
CFLAGS   += -std=c17 -fno-common -pthread

WARN  = -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion
WARN += -Wstrict-prototypes -Wmissing-prototypes -Wmissing-declarations
WARN += -Wold-style-definition -Wredundant-decls -Wnested-externs
WARN += -Wpointer-arith -Wwrite-strings -Wundef -Wvla -Walloca -Wformat=2
WARN += -Wno-missing-field-initializers -Wimplicit-fallthrough -Wdouble-promotion -Wswitch-enum -Wdate-time
GCC_WARN  = -Wcast-qual -Wcast-align=strict -Wformat-signedness
GCC_WARN += -Wformat-overflow=2 -Wformat-truncation=2 -Wduplicated-cond
GCC_WARN += -Wduplicated-branches -Wlogical-op -Wjump-misses-init
GCC_WARN += -Warith-conversion -Wbidi-chars=any -Wnull-dereference
CLANG_WARN = -Wcomma -Wmissing-variable-declarations -Wcovered-switch-default
ifeq ($(VARIANT),fuzz)
CC := clang
endif
IS_CLANG := $(findstring clang,$(CC))
WARN += $(if $(IS_CLANG),$(CLANG_WARN),$(GCC_WARN))
CFLAGS += $(WARN)
ifneq ($(WERROR),0)
CFLAGS += -Werror
endif

HARDEN_C  = -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -fstack-protector-strong
HARDEN_C += -fstack-clash-protection -fcf-protection=full -fPIE
HARDEN_C += -ftrivial-auto-var-init=pattern
HARDEN_L  = -pie -Wl,-z,relro,-z,now,-z,noexecstack,-z,separate-code,--as-needed
SANITIZE  = -fno-omit-frame-pointer -fno-sanitize-recover=all
ifeq ($(VARIANT),release)
CPPFLAGS += -DDATADIR='"$(DATADIR)"'
CFLAGS += $(HARDEN_C) -ffile-prefix-map=$(CURDIR)=. -flto=auto \
          -Wno-null-dereference
AR      = gcc-ar
LDFLAGS += $(HARDEN_L)
else ifeq ($(VARIANT),asan)
CFLAGS += -O1 $(SANITIZE) -fsanitize=address,undefined -Wno-null-dereference \
          -Wno-format-overflow -Wno-format-truncation
else ifeq ($(VARIANT),tsan)
CFLAGS += -O1 -fsanitize=thread
else ifeq ($(VARIANT),cov)
CFLAGS += -O0 --coverage -Wno-format-overflow -Wno-format-truncation
else ifeq ($(VARIANT),fuzz)
CFLAGS += -O1 $(SANITIZE) -fsanitize=fuzzer-no-link,address,undefined \
          -fprofile-instr-generate -fcoverage-mapping
else ifeq ($(VARIANT),analyze)
CFLAGS += -O2 -fanalyzer
endif

SRCS     := $(sort $(wildcard harness/*.c harness/*/*.c))
LIB_SRCS := $(filter-out harness/main.c harness/compile-rules.c,$(SRCS))
RULES    := $(patsubst cases/%.sch,build/%.xsl,$(sort $(wildcard \
            cases/rules/*.sch)))
LIB_OBJS := $(LIB_SRCS:%.c=$(O)/%.o)
HDRS     := $(sort $(wildcard harness/*.h harness/*/*.h tests/lib/*.h))
TEST_LIB := $(patsubst %.c,$(O)/%.o,$(wildcard tests/lib/*.c))
UNITS    := $(patsubst %.c,$(O)/%,$(sort $(wildcard tests/unit/test_*.c)))
FUZZERS  := $(patsubst %.c,$(O)/%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
TOOLS    := $(patsubst %.c,$(O)/%,$(sort $(wildcard tests/bench/*.c)))
LIB       = $(O)/lib$(PROG).a

V ?= 0
Q_0 = @
Q   = $(Q_$(V))
say = $(if $(Q),@printf '  %-7s %s\n' $(1) $(2))
LINK = $(CC) $(CFLAGS) $(LDFLAGS)

all: $(PROG)

# The program stands in the root; other variants leave theirs in their tree.
$(PROG): $(O)/bin/$(PROG) | $(RULES)
	$(Q)cp -f $< $@

$(O)/bin/$(PROG): $(O)/harness/main.o $(LIB)
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D) && $(LINK) -o $@ $^ $(DEP_LIBS)

# Shipped rule sets, compiled; the program does it itself where they are not.
build/rules/%.xsl: cases/rules/%.sch harness/xml/schematron.xsl \
    $(O)/bin/compile-rules
	$(call say,RULES,$<)
	$(Q)mkdir -p $(@D) && $(O)/bin/compile-rules harness/xml/schematron.xsl \
	    $< $@
$(O)/bin/compile-rules: $(O)/harness/compile-rules.o $(LIB)
	$(call say,LD,$@)
	$(Q)mkdir -p $(@D) && $(LINK) -o $@ $^ $(DEP_LIBS)

$(LIB): $(LIB_OBJS)
	$(call say,AR,$@)
	$(Q)mkdir -p $(@D) && rm -f $@ && $(AR) rcs $@ $^

$(O)/%.o: %.c $(O)/.flags
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D) && $(CC) $(CPPFLAGS) $(DEPFLAGS) -Itests/lib $(CFLAGS) \
	    -c -o $@ $<

$(O)/tests/unit/%: $(O)/tests/unit/%.o $(TEST_LIB) $(LIB)
	$(call say,LD,$@)
	$(Q)$(LINK) -o $@ $^ $(DEP_LIBS) -lcmocka

$(O)/tests/bench/%: $(O)/tests/bench/%.o $(LIB)
	$(call say,LD,$@)
	$(Q)$(LINK) -o $@ $^ $(DEP_LIBS)

$(O)/tests/fuzz/%: $(O)/tests/fuzz/%.o $(LIB)
	$(call say,LD,$@)
	$(Q)$(LINK) -fsanitize=fuzzer -o $@ $^ $(DEP_LIBS)

# Everything is built anew when the compiler or its flags change.
$(O)/.flags: FORCE
	@mkdir -p $(@D); echo '$(CC) $(CPPFLAGS) $(CFLAGS)' | cmp -s - $@ || \
	    echo '$(CC) $(CPPFLAGS) $(CFLAGS)' > $@

# ---- What a newcomer types

run: setup
	$(Q)$(MAKE) --no-print-directory -j2 $(PROG)
	$(Q)./$(PROG) run

help:
	@printf '%s\n' \
	    'make                build ./$(PROG)' \
	    'make run            set up, build, run the shipped cases' \
	    'make check          set up, build, run every test' \
	    'make check-long     fuzzing, thread and memory checkers, coverage' \
	    'make torture        kill the mock 200 times, look for losses' \
	    'make load           honest clients of the mock among hostile ones' \
	    'make bench          measure, beside plain tools in the same run' \
	    'make setup          install the packages that are missing' \
	    'make install        into PREFIX ($(PREFIX)); undone by uninstall' \
	    'make lint format    check, or format, the sources' \
	    'make dist clean     an archive of the sources; remove what was built'

setup:
	$(Q)./.ci/setup
setup-check:
	$(Q)./.ci/setup check

# ---- Tests

check: setup-check
	$(Q)$(MAKE) --no-print-directory -j2 $(PROG) tools units-asan
	$(Q)$(MAKE) --no-print-directory -j2 check-headers
	$(Q)tests/lib/check

units: $(UNITS)
units-asan:
	$(Q)$(MAKE) --no-print-directory VARIANT=asan units

# What takes minutes: fuzzing, thread and memory checkers, coverage.
check-long: setup-check
	$(Q)tests/lib/check-long

torture: all
	$(Q)tests/torture/torture
load: all tools
	$(Q)tests/load/load

fuzzers: $(FUZZERS)
tools: $(TOOLS)
bench: all
	$(Q)$(MAKE) --no-print-directory VARIANT=release build/release/bin/$(PROG) \
	    build/release/.bench
	$(Q)tests/bench/bench
$(O)/.bench: $(TOOLS)
	$(Q)touch $@

# Every header compiles alone.
check-headers: $(HDRS:%=$(O)/%.hdr)
$(O)/%.hdr: % $(O)/.flags
	$(Q)mkdir -p $(@D) && $(CC) $(CPPFLAGS) -Itests/lib $(CFLAGS) \
	    -Wno-unused-function -fsyntax-only -x c $< && touch $@

# ---- House-keeping

lint:
	$(Q)tests/lint/lint
format:
	$(Q)clang-format -i $(SRCS) $(filter %.h,$(HDRS)) $(wildcard tests/*/*.c)
tidy:
	$(Q)printf '%s\n' $(SRCS) | xargs -P 2 -I '{}' clang-tidy --quiet '{}' \
	    -- $(CPPFLAGS) $(filter -std=%,$(CFLAGS))
cppcheck:
	$(Q)cppcheck --std=c11 --enable=warning,performance,portability \
	    --inline-suppr '-DLIST_FOREACH(v,h,f)=while (v)' \
	    --error-exitcode=1 --quiet -j2 -Iharness harness

install: all
	install -Dm755 $(PROG) $(DESTDIR)$(BINDIR)/$(PROG)
	install -Dm644 harness/esitesti.1 $(DESTDIR)$(MANDIR)/man1/esitesti.1
	install -Dm644 harness/esitesti-case.5 \
	    $(DESTDIR)$(MANDIR)/man5/esitesti-case.5
	mkdir -p $(DESTDIR)$(DATADIR)
	cp -R cases fixtures certs $(DESTDIR)$(DATADIR)/
	install -Dm644 harness/xml/schematron.xsl \
	    $(DESTDIR)$(DATADIR)/harness/xml/schematron.xsl
	mkdir -p $(DESTDIR)$(DATADIR)/build/rules
	cp build/rules/*.xsl $(DESTDIR)$(DATADIR)/build/rules/
	install -Dm644 harness/report/check.xsl \
	    $(DESTDIR)$(DATADIR)/harness/report/check.xsl
	install -Dm644 harness/report/report.xsl \
	    $(DESTDIR)$(DATADIR)/harness/report/report.xsl
uninstall:
	rm -f $(DESTDIR)$(BINDIR)/$(PROG) $(DESTDIR)$(MANDIR)/man1/esitesti.1 \
	    $(DESTDIR)$(MANDIR)/man5/esitesti-case.5
	rm -rf $(DESTDIR)$(DATADIR)
dist:
	git archive --prefix=$(PROG)-$(VERSION)/ HEAD | gzip -n9 \
	    > build/$(PROG)-$(VERSION).tar.gz
clean:
	rm -rf build $(PROG)

.PHONY: all run help setup setup-check check check-long units units-asan \
    torture load fuzzers tools bench check-headers lint format tidy cppcheck \
    install uninstall dist clean FORCE
.DELETE_ON_ERROR:
.SECONDARY:
-include $(SRCS:%.c=$(O)/%.d) $(TEST_LIB:.o=.d) $(UNITS:%=%.d) $(FUZZERS:%=%.d) $(TOOLS:%=%.d)
