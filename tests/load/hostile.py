#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Clients that a server is better off without, many at a time.

    hostile.py CERTS-DIR PORT IDLE SLOW GARBAGE QUERY-FILE [SEED]

IDLE connections say nothing after the TLS handshake. SLOW ones send or read a
byte a second: in the handshake, in a request's head, in its body, in reading
the answers to the query that they send over and over. GARBAGE ones come again each second:
random bytes before TLS, rubbish inside it, TLS and then nothing, half a request
and then a reset. Whoever is thrown out comes back. Prints "ready" when all have
been connected once; ends at SIGTERM with a line of counts. A connection that
the server refuses to take is counted as "refused".
"""
import asyncio
import collections
import os
import random
import signal
import socket
import ssl
import struct
import sys

HOST = "127.0.0.1"
counts = collections.Counter()
connected = set()


def context(certs):
    c = ssl.create_default_context(cafile=os.path.join(certs, "ca.pem"))
    c.check_hostname = False
    c.load_cert_chain(os.path.join(certs, "client.pem"),
                      os.path.join(certs, "client.key"))
    return c


def client_hello(tls):
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    try:
        tls.wrap_bio(incoming, outgoing, server_hostname="localhost")\
            .do_handshake()
    except ssl.SSLWantReadError:
        pass
    return outgoing.read()


class Client:
    query = b""

    def __init__(self, name, port, tls, behave):
        self.name, self.port, self.tls, self.behave = name, port, tls, behave
        self.reader = self.writer = None

    async def open(self, tls=True):
        s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        s.setblocking(False)
        if self.name == "slow-reader":
            s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        try:
            loop = asyncio.get_running_loop()
            await asyncio.wait_for(loop.sock_connect(s, (HOST, self.port)), 10)
        except (OSError, asyncio.TimeoutError):
            counts["refused"] += 1
            s.close()
            raise
        self.reader, self.writer = await asyncio.open_connection(
            sock=s, ssl=self.tls if tls else None, limit=4096,
            server_hostname="localhost" if tls else None)

    def reset(self):
        s = self.writer.get_extra_info("socket")
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                     struct.pack("ii", 1, 0))
        self.writer.transport.abort()

    async def hear(self, seconds):
        """What the server says before it closes, or within the time."""
        try:
            line = await asyncio.wait_for(self.reader.readline(), seconds)
            words = line.split()
            if len(words) > 1 and words[0].startswith(b"HTTP/"):
                counts["heard-" + words[1].decode("latin-1")] += 1
            return len(line) > 0
        except asyncio.TimeoutError:
            return True

    async def send(self, data):
        self.writer.write(data)
        await self.writer.drain()

    async def trickle(self, data):
        """A byte a second, until the server has had enough."""
        for i in range(len(data)):
            await self.send(data[i:i + 1])
            if self.reader.at_eof():
                break
            await asyncio.sleep(1)

    async def live(self):
        while True:
            try:
                await self.behave(self)
            except (OSError, ssl.SSLError, asyncio.IncompleteReadError,
                    asyncio.TimeoutError, ValueError):
                pass
            finally:
                connected.add(self)
                counts[self.name] += 1
                if self.writer:
                    self.writer.transport.abort()
                self.writer = None
            await asyncio.sleep(0.5 + random.random())


async def idle(c):
    await c.open()
    connected.add(c)
    await c.reader.read(1)


async def slow_handshake(c):
    hello = client_hello(c.tls)
    await c.open(tls=False)
    connected.add(c)
    await c.trickle(hello)


HEAD = b"POST /slow HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/xml\r\n"


async def slow_head(c):
    await c.open()
    connected.add(c)
    teller = asyncio.ensure_future(c.hear(3600))
    try:
        await c.trickle(HEAD + b"X-Slow: " + b"x" * 4000)
    finally:
        teller.cancel()


async def slow_body(c):
    await c.open()
    connected.add(c)
    await c.send(HEAD + b"Content-Length: 100000\r\n\r\n")
    teller = asyncio.ensure_future(c.hear(3600))
    try:
        await c.trickle(b"x" * 100000)
    finally:
        teller.cancel()


async def slow_reader(c):
    await c.open()
    connected.add(c)
    head = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/xml\r\n"
    head += b"Content-Length: %d\r\n\r\n" % len(c.query)
    c.writer.transport.pause_reading()
    for _ in range(20):
        c.writer.write(head + c.query)
    for _ in range(3600):
        if c.writer.is_closing():
            break
        await asyncio.sleep(1)


async def random_bytes(c):
    await c.open(tls=False)
    await c.send(random.randbytes(random.randrange(1, 2000)))
    await c.hear(5)


async def rubbish(c):
    await c.open()
    await c.send(random.choice([
        random.randbytes(500) + b"\r\n\r\n",
        b"GET\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 20000 + b"\r\n",
        b"\0" * 5000,
    ]))
    await c.hear(5)


async def nothing(c):
    await c.open()
    await asyncio.sleep(0.2)


async def half_a_request(c):
    await c.open()
    await c.send(HEAD + b"Content-Length: 100000\r\n\r\n" + b"<a>" * 1000)
    await asyncio.sleep(0.05)
    c.reset()


SLOW = [("slow-handshake", slow_handshake), ("slow-head", slow_head),
        ("slow-body", slow_body), ("slow-reader", slow_reader)]
GARBAGE = [("random-bytes", random_bytes), ("rubbish", rubbish),
           ("nothing", nothing), ("half-a-request", half_a_request)]


async def main(certs, port, idles, slows, garbage):
    tls = context(certs)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    asyncio.get_running_loop().set_exception_handler(lambda loop, what: None)
    wanted = [("idle", idle)] * idles
    wanted += [SLOW[i % len(SLOW)] for i in range(slows)]
    wanted += [GARBAGE[i % len(GARBAGE)] for i in range(garbage)]
    random.shuffle(wanted)
    clients = [Client(name, port, tls, how) for name, how in wanted]
    tasks = []
    for c in clients:
        tasks.append(asyncio.ensure_future(c.live()))
        await asyncio.sleep(0.002)
    while len(connected) < len(clients) and not stop.is_set():
        await asyncio.sleep(0.05)
    print("ready", flush=True)
    await stop.wait()
    print(" ".join(f"{k}={v}" for k, v in sorted(counts.items())), flush=True)
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    if len(sys.argv) not in (7, 8):
        sys.exit(__doc__)
    with open(sys.argv[6], "rb") as file:
        Client.query = file.read()
    random.seed(int(sys.argv[7]) if len(sys.argv) > 7 else None)
    asyncio.run(main(sys.argv[1], *(int(a) for a in sys.argv[2:6])))
