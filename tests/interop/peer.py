#!/usr/bin/env python3
"""A second implementation of a peer, written from docs/PROTOCOL.md alone: it shares no code with the node that it talks to.

It proves a node key of its own over TLS, synchronises headers and blocks and checks them from genesis on; with --key it submits
a transfer and waits for the block that confirms it. The chain: format standard, proof-of-work, constant target, default puzzle.
Not checked: the state, nor the root of the history. Exits with 0 if all was as the page says. Needs Python 3.8 and openssl.
"""
import argparse, collections, hashlib, hmac, re, secrets, socket, ssl, subprocess, sys, tempfile, time

def check(condition, what: str) -> None:
    if not condition:
        raise ValueError(what)

H = lambda data: hashlib.sha3_256(data).digest()
be = lambda value, size: value.to_bytes(size, "big")
number = lambda data: int.from_bytes(data, "big")

# Canonical MessagePack. A form: the first value that does not fit into it, its code, the bytes of the value behind the code.
UNSIGNED = ((2**7, 0x00, 0), (2**8, 0xCC, 1), (2**16, 0xCD, 2), (2**32, 0xCE, 4), (2**64, 0xCF, 8))
BYTES = ((2**8, 0xC4, 1), (2**16, 0xC5, 2), (2**32, 0xC6, 4))
TEXT = ((2**5, 0xA0, 0), (2**8, 0xD9, 1), (2**16, 0xDA, 2), (2**32, 0xDB, 4))
ARRAY = ((2**4, 0x90, 0), (2**16, 0xDC, 2), (2**32, 0xDD, 4))
NIL = ((1, 0xC0, 0),)

def shortest(value: int, forms) -> bytes:
    code, size = next((code, size) for end, code, size in forms if value < end)
    return bytes([code]) + be(value, size) if size else bytes([code + value])

def pack(value) -> bytes:
    if value is None:
        return b"\xC0"
    if isinstance(value, int):
        return shortest(value, UNSIGNED)
    if isinstance(value, (bytes, str)):
        content, forms = (value, BYTES) if isinstance(value, bytes) else (value.encode(), TEXT)
        return shortest(len(content), forms) + content
    return shortest(len(value), ARRAY) + b"".join(map(pack, value))

def unpack_at(data: bytes, at: int):
    code = data[at]
    forms, first, size = next(((forms, first, size) for forms in (NIL, UNSIGNED, BYTES, TEXT, ARRAY) for end, first, size in forms
                               if (code == first if size else first <= code < first + end)), (None, 0, 0))
    check(forms, f"the code {code:02x} is none that a message may have")
    start = at + 1 + size
    value = number(data[at + 1 : start]) if size else code - first
    if forms in (NIL, UNSIGNED):
        return (value if forms is UNSIGNED else None), start
    if forms is not ARRAY:
        content = data[start : start + value]
        return content.decode() if forms is TEXT else content, start + value
    items = []
    for _ in range(value):
        item, start = unpack_at(data, start)
        items.append(item)
    return items, start

def unpack(data: bytes):
    value, _ = unpack_at(data, 0)
    check(pack(value) == data, "an encoding is not canonical")
    return value

# secp256k1, plainly: neither fast nor in constant time.
P = 2**256 - 2**32 - 977
N = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
G = (0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798, 0x483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8)

def add(a, b):
    if a is None or b is None:
        return b if a is None else a
    if a[0] == b[0] and a[1] != b[1]:
        return None
    slope = 3 * a[0] * a[0] * pow(2 * a[1], -1, P) if a == b else (b[1] - a[1]) * pow(b[0] - a[0], -1, P)
    x = (slope * slope - a[0] - b[0]) % P
    return x, (slope * (a[0] - x) - a[1]) % P

def multiply(scalar: int, point):
    result = None
    for bit in bin(scalar % N)[2:]:
        result = add(add(result, result), point if bit == "1" else None)
    return result

def public_key(point) -> bytes:
    check(point, "a signature recovers to no key")
    return be(point[0], 32) + be(point[1], 32)

def sign(key: int, digest: bytes) -> bytes:
    """With the nonce of RFC 6979. That the first one is out of range, or r or s is 0, will not be seen."""
    seed, k, v = be(key, 32) + be(number(digest) % N, 32), bytes(32), b"\x01" * 32
    for step in (b"\x00" + seed, b"\x01" + seed):
        k = hmac.new(k, v + step, "sha256").digest()
        v = hmac.new(k, v, "sha256").digest()
    nonce = number(hmac.new(k, v, "sha256").digest())
    x, y = multiply(nonce, G)
    s, parity = pow(nonce, -1, N) * (number(digest) + x * key) % N, y & 1
    return be(x % N, 32) + be(min(s, N - s), 32) + bytes([parity ^ (s > N // 2) | (2 if x >= N else 0)])

def recover(digest: bytes, signature: bytes) -> bytes:
    r, s, v = number(signature[:32]), number(signature[32:64]), number(signature[64:])
    check(len(signature) == 65 and 0 < r < N and 0 < s <= N // 2 and v < 4, "a signature is out of range")
    x = r + N if v & 2 else r
    y = pow(x**3 + 7, (P + 1) // 4, P)
    check(x < P and (y * y - x**3 - 7) % P == 0, "a signature's nonce is not on the curve")
    inverse, nonce = pow(r, -1, N), (x, y if y & 1 == v & 1 else P - y)
    return public_key(add(multiply(s * inverse, nonce), multiply(-number(digest) * inverse, G)))

# The certificate of TLS, in which the node key vouches for the certificate's key.
OID = "2.25.68494689581452736581218363443129973451"

def openssl(*arguments: str, given: bytes = b"") -> bytes:
    return subprocess.run(["openssl", *arguments], input=given, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout

def make_certificate(node_key: int, folder: str) -> tuple:
    key, certificate = folder + "/key.pem", folder + "/certificate.pem"
    openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key)
    key_info = openssl("pkey", "-in", key, "-pubout", "-outform", "DER")
    value = b"\x04\x81\x82\x01" + public_key(multiply(node_key, G)) + sign(node_key, H(b"coniunctum-tls" + key_info))
    openssl("req", "-x509", "-new", "-key", key, "-subj", "/CN=peer", "-days", "1", "-out", certificate,
            "-addext", f"{OID}=critical,DER:" + ":".join(f"{byte:02x}" for byte in value))
    return certificate, key

def key_of_certificate(certificate: bytes) -> bytes:
    key = openssl("x509", "-inform", "DER", "-pubkey", "-noout", given=certificate)
    key_info = openssl("pkey", "-pubin", "-outform", "DER", given=key)
    check(key_info.hex().startswith("3059301306072a8648ce3d020106082a8648ce3d03010703420004"), "the certificate's key is not of P-256")
    fields = openssl("asn1parse", "-inform", "DER", given=certificate).decode()
    values = re.findall(rf":{OID}\n.* BOOLEAN +:255\n.* OCTET STRING +\[HEX DUMP\]:04818201([0-9A-F]{{258}})\n", fields)
    check(len(values) == 1 == fields.count(OID), "the certificate has not exactly one critical extension of version 1")
    value = bytes.fromhex(values[0])
    check(recover(H(b"coniunctum-tls" + key_info), value[64:]) == value[:64], "the node key does not vouch for the certificate")
    return value[:64]

# The kinds that we know; what comes of others is passed over. We serve nothing, and answer so.
NAMES = {0x0101: "GetHeaders", 0x0102: "Headers", 0x0103: "Announce", 0x0201: "GetBlocks", 0x0202: "Block", 0x0203: "Missing",
         0x0305: "Submit", 0x0306: "Submitted", 0x0401: "Hello", 0x0402: "Bye", 0x0403: "Ping", 0x0404: "Pong",
         0x0405: "GetAddresses", 0x0406: "Addresses", 0x0407: "Open", 0x0408: "Shut"}
KINDS = {name: kind for kind, name in NAMES.items()}
ANSWERS = {"Ping": lambda value: ("Pong", value), "GetAddresses": lambda: ("Addresses", []),
           "GetHeaders": lambda ids, stop: ("Headers", []), "GetBlocks": lambda ids: ("Missing", ids)}

class Peer:
    """A connection to a node, about one chain, which has our channel 1."""
    def __init__(self, host: str, port: str, node_key: int):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version, context.check_hostname, context.verify_mode = ssl.TLSVersion.TLSv1_3, False, ssl.CERT_NONE
        context.set_alpn_protocols(["coniunctum/1"])
        with tempfile.TemporaryDirectory() as folder:
            context.load_cert_chain(*make_certificate(node_key, folder))
        self.socket = context.wrap_socket(socket.create_connection((host.strip("[]"), port), 90))
        self.stream = self.socket.makefile("rb")
        check(self.socket.selected_alpn_protocol() == "coniunctum/1", "the node does not speak coniunctum/1")
        self.key = key_of_certificate(self.socket.getpeercert(binary_form=True))
        self.parts = collections.defaultdict(bytes)  # of the messages that are not whole yet, by class

    def send(self, name: str, *message) -> None:
        kind, content = KINDS[name], pack(message)
        channel = 1 if kind < 0x0401 or name == "Open" else 0
        while content:
            piece, content = content[:16378], content[16378:]
            self.socket.sendall(be((2**23 if content else 0) + len(piece), 3) + be(channel, 1) + be(kind, 2) + piece)

    def receive(self) -> tuple:
        while True:
            header = self.stream.read(6)
            check(len(header) == 6, "the node has ended the connection")
            more, length, channel, kind = header[0] > 127, number(header[:3]) % 2**23, header[3], number(header[4:])
            check(1 <= length <= 16378 and (length == 16378 or not more), "a frame has a wrong length")
            check((channel > 0) == (not 0x0401 <= kind <= 0x0409 or kind == KINDS["Open"]), f"{kind:04x} on channel {channel}")
            self.parts[kind >> 8] += self.stream.read(length)
            check(len(self.parts[kind >> 8]) <= 2097152, f"a message of the kind {kind:04x} is too long")
            content = None if more else self.parts.pop(kind >> 8)
            if content and kind in NAMES:
                return NAMES[kind], unpack(content)

    def wait(self, wanted: str) -> list:
        """The fields of the next message of this name. Questions that come meanwhile are answered."""
        while True:
            name, message = self.receive()
            if name == wanted:
                return message
            check(name not in ("Bye", "Shut", "Missing"), f"the node says {name}: {message[-2:]}")
            if name in ANSWERS:
                self.send(*ANSWERS[name](*message))

Header = collections.namedtuple("Header", "ruleset height nonce previous merkle_root target timestamp state_root history_root")

def block_id(header: Header) -> bytes:
    fields = [field if isinstance(field, bytes) else be(field, 8) for field in header[2:]]
    return H(H(H(be(header.ruleset, 2) + be(header.height, 8)) + b"".join(map(H, fields))))

def merkle_root(nodes: list) -> bytes:
    while len(nodes) > 1:
        nodes = [H(b"\x01" + b"".join(nodes[at : at + 2])) if at + 1 < len(nodes) else nodes[at] for at in range(0, len(nodes), 2)]
    return nodes[0] if nodes else H(b"")

class Chain:
    """What has come of a chain, checked from genesis on: ids and headers, and the leaves of each block."""
    def __init__(self, chain_id: bytes):
        self.id, self.ids, self.headers, self.blocks, self.weight = chain_id, [], [], [], 0

    def add_header(self, header: Header) -> None:
        identity = block_id(header)
        if self.ids:
            median = sorted(before.timestamp for before in self.headers[-11:])[min(len(self.ids), 11) // 2]
            rules = {"link": header.previous == self.ids[-1], "height": header.height == len(self.ids), "ruleset": header.ruleset == 0,
                     "time": median < header.timestamp, "target": header.target == self.headers[0].target, "work": identity < header.target}
            check(all(rules.values()), f"the header behind {self.ids[-1].hex()} is wrong: {rules}")
            self.weight += 2**256 // (number(header.target) + 1)
        check(self.ids or identity == self.id, "genesis has not the chain's id")
        self.ids.append(identity)
        self.headers.append(header)

    def add_block(self, header: list, seal: bytes, transactions: list, certificate) -> None:
        header, leaves = Header(*header), [H(b"\x00" + pack(transaction)) for transaction in transactions]
        if not self.ids:
            self.add_header(header)
        check(header == self.headers[len(self.blocks)], f"block {header.height} is another one than was asked for")
        check(seal == b"" and certificate is None, f"block {header.height} has a seal or a certificate")
        check(merkle_root(leaves) == header.merkle_root, f"block {header.height} has a wrong Merkle root")
        for place, (*fields, signature) in enumerate(transactions):
            is_from_root = fields[1] == bytes(32)
            check(is_from_root == (place == 0 or header.height == 0), f"block {header.height} has a reward in a wrong place")
            check(is_from_root or H(recover(transaction_id(self.id, *fields), signature)) == fields[1],
                  f"block {header.height} has a transaction that its sender has not signed")
        self.blocks.append(leaves)

def transaction_id(chain_id, tag, sender, receiver, amount, fee, payload) -> bytes:
    return H(H(chain_id + tag + sender + receiver + be(amount, 8) + be(fee, 8) + H(payload)))

def synchronise(peer: Peer, chain: Chain) -> Chain:
    """The chain with the headers and blocks that it lacked: another one, from genesis on, where another branch has won."""
    headers = [None]
    while headers:
        steps = [0] + [2**step for step in range(30) if 2**step < len(chain.ids)]
        peer.send("GetHeaders", [chain.ids[-1 - step] for step in steps] + chain.ids[:1], None)
        headers = [Header(*unpack(head[0])) for head in peer.wait("Headers")[0]]
        if headers and headers[0].previous != chain.ids[-1]:
            headers, chain = chain.headers[:1], Chain(chain.id)
        for header in headers:
            chain.add_header(header)
    while len(chain.blocks) < len(chain.ids):
        fetch(peer, chain, chain.ids[len(chain.blocks) :][:16])
    return chain

def fetch(peer: Peer, chain: Chain, ids: list) -> None:
    blocks = {}
    peer.send("GetBlocks", ids)
    while len(blocks) < len(ids):
        block = unpack(peer.wait("Block")[0])
        blocks[block_id(Header(*block[0]))] = block
    for identity in ids:
        chain.add_block(*blocks[identity])

def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("endpoint", help="the node's host:port")
    parser.add_argument("chain", type=bytes.fromhex, help="the chain's id, hexadecimal")
    parser.add_argument("--node", type=bytes.fromhex, help="the id that the node must have, hexadecimal")
    parser.add_argument("--key", type=argparse.FileType(), help="a file with the private key that pays, hexadecimal")
    arguments = parser.parse_args()
    node_key, chain = secrets.randbelow(N - 1) + 1, Chain(arguments.chain)
    peer = Peer(*arguments.endpoint.rsplit(":", 1), node_key)
    check(arguments.node in (None, H(peer.key)), "another node answers than the one that is expected")
    print("connected over TLS 1.3, to the node", H(peer.key).hex())
    peer.send("Hello", 1, 0, secrets.randbits(64), public_key(multiply(node_key, G)), [], 1)
    peer.send("Open", chain.id, 0, 0, 0, bytes(32), chain.id, None)
    major, minor, _, key, _, roles = peer.wait("Hello")
    check(major == 1 and key == peer.key, "the node says Hello with another major version or key")
    while (opened := peer.wait("Open"))[0] != chain.id:
        peer.send("Shut", opened[0], 1, "")
    _, _, _, height, weight, tip, _ = opened
    print(f"opened the chain: version {major}.{minor}, roles {roles}; the node is at height {height}")
    fetch(peer, chain, [chain.id])
    chain = synchronise(peer, chain)
    check(tip in chain.ids and chain.weight >= number(weight), "the node's headers are not the chain that it opened")
    peer.send("Ping", 1)
    check(peer.wait("Pong") == [1], "the node answers Ping with another number")
    print(f"synchronised: {len(chain.ids)} blocks, {sum(map(len, chain.blocks))} transactions, tip {chain.ids[-1].hex()}")
    if arguments.key:
        pay(peer, chain, int(arguments.key.read(), 16))
    peer.send("Bye", 1, "")

def pay(peer: Peer, chain: Chain, key: int) -> None:
    tag, sender = be(len(chain.ids) + 72, 8) + secrets.token_bytes(24), H(public_key(multiply(key, G)))
    fields = [tag, sender, secrets.token_bytes(32), 1000, 1000, b""]  # to anyone, and a fee
    transaction = pack([*fields, sign(key, transaction_id(chain.id, *fields))])
    leaf = H(b"\x00" + transaction)
    peer.send("Submit", transaction)
    answered, rule, text = peer.wait("Submitted")
    check(answered == leaf and rule == 0, f"the node does not admit the transfer: rule {rule}, {text}")
    print("submitted:", leaf.hex())
    while not any(leaf in leaves for leaves in chain.blocks):
        time.sleep(1)
        chain = synchronise(peer, chain)
    print("confirmed at height", next(height for height, leaves in enumerate(chain.blocks) if leaf in leaves))

if __name__ == "__main__":
    try:
        main()
    except Exception as error:  # Whatever a node sends, and whatever comes of it here, is told in one line.
        sys.exit(f"failed: {error}" if type(error) is ValueError else f"failed: {error!r}")
