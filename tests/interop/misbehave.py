#!/usr/bin/env python3
"""Connects to a node as peer.py does, breaks docs/PROTOCOL.md in one way, and prints what the node answers to that."""
import argparse, secrets, sys
import peer

WAYS = ["other-chain", "other-version", "other-key", "no-hello", "two-hellos", "longer-form", "longer-message", "unknown-kind",
        "unasked-answer", "unopened-chain", "too-much-asked"]

def send_frame(stranger: peer.Peer, kind: int, content: bytes) -> None:
    stranger.socket.sendall(peer.be(len(content), 3) + b"\x00" + peer.be(kind, 2) + content)

def misbehave(stranger: peer.Peer, way: str, key: bytes, chain: bytes) -> None:
    if way == "no-hello":
        stranger.send("Ping", 1)
        return
    if way == "other-key":
        key = peer.public_key(peer.G)
    for _ in range(2 if way == "two-hellos" else 1):
        stranger.send("Hello", 2 if way == "other-version" else 1, 0, secrets.randbits(64), key, [], 1)
    if way == "other-chain":
        stranger.send("Open", peer.H(chain), 0, 0, 0, bytes(32), chain, None)
    elif way == "longer-form":  # The number 1 of a Ping in two bytes.
        send_frame(stranger, peer.KINDS["Ping"], b"\x91\xCC\x01")
    elif way == "longer-message":
        send_frame(stranger, peer.KINDS["Bye"], peer.pack([0, "x" * 2000]))
    elif way == "unknown-kind":
        send_frame(stranger, 0x04FF, b"\x90")
    elif way == "unasked-answer":
        stranger.send("Addresses", [])
    elif way == "unopened-chain":
        stranger.send("GetBlocks", [chain])
    elif way == "too-much-asked":
        stranger.send("Open", chain, 0, 0, 0, bytes(32), chain, None)
        stranger.wait("Open")
        # More ids than one may ask for at once, over all messages.
        stranger.send("GetBlocks", [peer.H(bytes([place])) for place in range(16)])
        stranger.send("GetBlocks", [peer.H(bytes([place])) for place in range(16, 32)])

def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("way", choices=WAYS)
    parser.add_argument("endpoint", help="the node's host:port")
    parser.add_argument("chain", type=bytes.fromhex, help="the chain's id, hexadecimal")
    arguments = parser.parse_args()
    node_key = secrets.randbelow(peer.N - 1) + 1
    stranger = peer.Peer(*arguments.endpoint.rsplit(":", 1), node_key)
    misbehave(stranger, arguments.way, peer.public_key(peer.multiply(node_key, peer.G)), arguments.chain)
    while True:
        name, message = stranger.receive()
        if name in ("Bye", "Shut"):
            break
    print(name, *(field.hex() if isinstance(field, bytes) else field for field in message))
    if name == "Bye":
        peer.check(stranger.stream.read(1) == b"", "the node goes on behind Bye")

if __name__ == "__main__":
    try:
        main()
    except Exception as error:
        sys.exit(f"failed: {error!r}")
