#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Kills the mock at random moments and looks at what it leaves.

    torture.py ESITESTI CERTS-DIR WORK-DIR KILLS [SEED]

A round: the mock starts on the archive that the last round left; each document
whose acknowledgement a client read then must be there byte for byte, one whose
answer was lost must be there whole or not at all; keep-alive clients archive
anew; SIGKILL. Behind each round the killed run folder's journal must be a chain
that is whole up to its cut, with the files that it names; every few rounds the
archive passes SQLite's integrity check, all its documents are fetched once
more, and a new one begins. Prints the seed; exit code 1 at the first loss.
"""
import concurrent.futures
import hashlib
import http.client
import json
import os
import random
import shutil
import signal
import sqlite3
import ssl
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
import messages  # noqa: E402

CLIENTS = 4
DIALECT = """<dialect xmlns="urn:esitesti:dialect:1" name="untouched"
    extends="kanta">
<title xml:lang="fi">Tavulleen</title><title xml:lang="en">Untouched</title>
<value key="archive.returns" mark="U" source="a test">untouched</value>
</dialect>
"""
ROUNDS_PER_ARCHIVE = 20


class Loss(Exception):
    pass


class Torture:
    def __init__(self, esitesti, certs, work, seed):
        self.esitesti, self.certs, self.work = esitesti, certs, work
        self.random = random.Random(seed)
        self.messages = messages.Messages(esitesti)
        self.tls = ssl.create_default_context(
            cafile=os.path.join(certs, "ca.pem"))
        self.tls.load_cert_chain(os.path.join(certs, "client.pem"),
                                 os.path.join(certs, "client.key"))
        self.lock = threading.Lock()
        self.number = 0
        self.round = self.starts = 0
        self.sums = {"kept": 0, "lost": 0, "fetched": 0}
        self.lost_but_kept = set()
        self.dialect = os.path.join(work, "untouched.xml")
        with open(self.dialect, "w") as f:
            f.write(DIALECT)
        self.busy = threading.Event()
        self.new_archive()

    def new_archive(self):
        self.archive = os.path.join(self.work, f"archive-{self.round}.db")
        self.kept, self.unsure, self.fresh = {}, {}, []

    # ---- The mock

    def start(self):
        self.starts += 1
        self.run = os.path.join(self.work, f"run-{self.starts}")
        reader, writer = os.pipe()
        self.mock = subprocess.Popen(
            [self.esitesti, "mock", "--certs", self.certs, "--archive",
             self.archive, "--out", self.run, "--ready-fd", str(writer), "--dialect", self.dialect],
            pass_fds=[writer], stderr=open(self.run + ".log", "wb"))
        os.close(writer)
        with os.fdopen(reader) as ready:
            line = ready.readline()
        if not line:
            raise Loss("the mock does not start: " +
                       open(self.run + ".log").read())
        self.port = int(line)

    def kill(self):
        self.mock.send_signal(signal.SIGKILL)
        self.mock.wait()

    # ---- Clients

    def connect(self):
        return http.client.HTTPSConnection(
            "localhost", self.port, context=self.tls, timeout=30)

    @staticmethod
    def post(connection, body):
        connection.request("POST", "/", body, {"Content-Type": "text/xml"})
        return connection.getresponse().read()

    def next_number(self):
        with self.lock:
            self.number += 1
            return self.number

    def client(self):
        """Archives until the mock is gone."""
        kept, unsure = {}, {}
        connection = self.connect()
        while True:
            n = self.next_number()
            size = 300000 if n % 50 == 0 else 0
            oid, text, document = self.messages.archive(n, size)
            digest = hashlib.sha256(document).digest()
            try:
                answer = self.post(connection, text)
            except (OSError, http.client.HTTPException):
                unsure[oid] = digest
                break
            if b'code="AA"' not in answer:
                raise Loss(f"{oid.decode()} is refused: {answer[-800:]}")
            kept[oid] = digest
            self.busy.set()
        return kept, unsure

    def load(self):
        self.busy.clear()
        with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
            clients = [pool.submit(self.client) for _ in range(CLIENTS)]
            self.busy.wait(10)
            time.sleep(self.random.uniform(0, 0.15))
            self.kill()
            self.fresh = []
            for c in clients:
                kept, unsure = c.result()
                self.kept.update(kept)
                self.unsure.update(unsure)
                self.fresh += list(kept) + list(unsure)
                self.sums["kept"] += len(kept)
                self.sums["lost"] += len(unsure)

    # ---- What it left

    def look_at(self, oids):
        connection = self.connect()
        for oid in oids:
            answer = self.post(
                connection, self.messages.fetch(self.next_number(), oid))
            document = messages.fetched(answer)
            self.sums["fetched"] += 1
            if document is None:
                if oid in self.kept:
                    raise Loss(f"{oid.decode()} was acknowledged and is gone")
                continue
            wanted = self.kept.get(oid) or self.unsure.get(oid)
            if hashlib.sha256(document).digest() != wanted:
                raise Loss(f"{oid.decode()} has other bytes")
            if oid not in self.kept:
                self.lost_but_kept.add(oid)
        connection.close()

    def look_at_archive(self):
        db = sqlite3.connect(self.archive)
        said = db.execute("PRAGMA integrity_check").fetchall()
        db.close()
        if said != [("ok",)]:
            raise Loss(f"{self.archive}: {said}")

    def look_at_journal(self):
        previous = "0" * 64
        with open(os.path.join(self.run, "journal.jsonl"), "rb") as f:
            for n, line in enumerate(f.read().split(b"\n")[:-1], 1):
                event = json.loads(line)
                if event["n"] != n or event["prev"] != previous:
                    raise Loss(f"{self.run}: the chain breaks at line {n}")
                previous = hashlib.sha256(line).hexdigest()
                if event["event"] == "exchange":
                    self.look_at_files(event)

    def look_at_files(self, event):
        for side in ("request", "response"):
            for part in ("head", "body"):
                stored = event.get(side, {}).get(part, {})
                if "file" not in stored:
                    continue
                path = os.path.join(self.run, "messages", stored["file"])
                with open(path, "rb") as f:
                    digest = hashlib.sha256(f.read()).hexdigest()
                if digest != stored["sha256"]:
                    raise Loss(f"{path} has other bytes than were journaled")

    def go(self, kills):
        for self.round in range(1, kills + 1):
            self.start()
            self.look_at(self.fresh)
            self.load()
            self.look_at_journal()
            shutil.rmtree(self.run)
            if self.round % ROUNDS_PER_ARCHIVE == 0 or self.round == kills:
                self.start()
                self.look_at(list(self.kept) + list(self.unsure))
                self.mock.terminate()
                if self.mock.wait() != 0:
                    raise Loss("the mock does not end with 0")
                self.look_at_archive()
                self.new_archive()


def main(esitesti, certs, work, kills, seed=None):
    seed = int(seed) if seed else random.randrange(1 << 32)
    print(f"seed {seed}", flush=True)
    torture = Torture(esitesti, certs, work, seed)
    try:
        torture.go(int(kills))
    except Loss as loss:
        print(f"round {torture.round}: {loss}")
        return 1
    finally:
        if torture.mock.poll() is None:
            torture.kill()
    s = torture.sums
    print(f"{kills} kills: {s['kept']} documents acknowledged, all there; "
          f"{s['lost']} answers lost, "
          f"{len(torture.lost_but_kept)} of them seen kept; "
          f"{s['fetched']} fetched and compared")
    return 0 if s["kept"] > 0 else 1


if __name__ == "__main__":
    if len(sys.argv) not in (5, 6):
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
