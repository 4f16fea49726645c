#!/usr/bin/env python3
"""That peer.py computes what docs/PROTOCOL.md gives to compare with, and refuses what is wrong: chains, encodings, certificates."""
import copy, ssl, tempfile, unittest
import peer

KEY = 1234567
ADDRESS = peer.H(peer.public_key(peer.multiply(KEY, peer.G)))
HEADER, TRANSACTIONS = 0, 2  # places in a block
SIGNATURE = 6  # its place in a transaction

def make_chain() -> list:
    """Three blocks, easy to prove, each but the first with a transfer behind its reward."""
    blocks, ids = [], []
    for height in range(3):
        transactions = [[peer.be(height, 8) + bytes(24), bytes(32), ADDRESS, 50, 0, b"", bytes(65)]]
        if height > 0:
            fields = [peer.be(100, 8) + peer.be(height, 24), ADDRESS, b"\x05" * 32, 1, 1, b""]
            transactions.append([*fields, peer.sign(KEY, peer.transaction_id(ids[0], *fields))])
        header = peer.Header(0, height, 0, ids[-1] if ids else b"\x01" * 32, bytes(32), b"\xFF" * 32, 10**12 + height, bytes(32), bytes(32))
        blocks.append([list(header), b"", transactions, None])
        set_root(blocks[-1])
        ids.append(peer.block_id(peer.Header(*blocks[-1][HEADER])))
    return blocks

def set_root(block: list) -> None:
    leaves = [peer.H(b"\x00" + peer.pack(transaction)) for transaction in block[TRANSACTIONS]]
    block[HEADER][peer.Header._fields.index("merkle_root")] = peer.merkle_root(leaves)

def read(blocks: list, chain_id: bytes) -> None:
    chain = peer.Chain(chain_id)
    chain.add_block(*blocks[0])
    for block in blocks[1:]:
        chain.add_header(peer.Header(*block[HEADER]))
    for block in blocks[1:]:
        chain.add_block(*block)

class Chains(unittest.TestCase):
    def setUp(self):
        self.blocks = make_chain()
        self.id = peer.block_id(peer.Header(*self.blocks[0][HEADER]))

    def refuse(self, what: str) -> None:
        with self.assertRaisesRegex(ValueError, what):
            read(self.blocks, self.id)

    def test_sound(self):
        read(self.blocks, self.id)

    def test_headers(self):
        sound = self.blocks
        for field, value in (("height", 5), ("previous", bytes(32)), ("ruleset", 1), ("target", b"\xFE" * 32), ("timestamp", 10**12)):
            with self.subTest(field):
                self.blocks = copy.deepcopy(sound)
                self.blocks[1][HEADER][peer.Header._fields.index(field)] = value
                self.refuse("the header behind .* is wrong")

    def test_work(self):
        for block in self.blocks:
            block[HEADER][peer.Header._fields.index("target")] = bytes(32)
        self.id = peer.block_id(peer.Header(*self.blocks[0][HEADER]))
        self.blocks[1][HEADER][peer.Header._fields.index("previous")] = self.id
        self.refuse("'link': True.*'work': False")

    def test_genesis(self):
        self.id = bytes(32)
        self.refuse("genesis")

    def test_merkle_root(self):
        self.blocks[2][TRANSACTIONS][1][3] = 2
        self.refuse("wrong Merkle root")

    def test_seal(self):
        self.blocks[2][1] = b"x"
        self.refuse("a seal or a certificate")

    def test_other_block(self):
        self.blocks[2][HEADER][2] = 1
        chain = peer.Chain(self.id)
        chain.add_block(*self.blocks[0])
        for block in make_chain()[1:]:
            chain.add_header(peer.Header(*block[HEADER]))
        chain.add_block(*self.blocks[1])
        with self.assertRaisesRegex(ValueError, "another one than was asked for"):
            chain.add_block(*self.blocks[2])

    def test_second_reward(self):
        self.blocks[2][TRANSACTIONS].append(self.blocks[2][TRANSACTIONS][0])
        set_root(self.blocks[2])
        self.refuse("a reward in a wrong place")

    def test_signatures(self):
        *fields, signature = self.blocks[2][TRANSACTIONS][1]
        s = peer.number(signature[32:64])
        high = signature[:32] + peer.be(peer.N - s, 32) + bytes([signature[64] ^ 1])
        for wrong in (peer.sign(KEY + 1, peer.transaction_id(self.id, *fields)), high, signature[:64], bytes(65)):
            with self.subTest(wrong.hex()):
                self.blocks[2][TRANSACTIONS][1][SIGNATURE] = wrong
                set_root(self.blocks[2])
                self.refuse("not signed|out of range|not on the curve")

class Encodings(unittest.TestCase):
    def test_both_ways(self):
        for value in (0, 127, 128, 255, 256, 65535, 65536, 2**32, 2**64 - 1, b"", b"a" * 300, "", "abc" * 20, [1, [2, None, 3]], [0] * 20):
            self.assertEqual(peer.unpack(peer.pack(value)), value)

    def test_other_forms(self):
        for data in (b"", b"\xCC\x01", b"\xC1", b"\x80", b"\x90\x00", b"\xC4\x05a", b"\x92\x01", b"\xD0\x01", b"\xA1\xFF"):
            with self.subTest(data.hex()), self.assertRaises((ValueError, IndexError)):
                peer.unpack(data)

class Vectors(unittest.TestCase):
    def test_chain_id(self):
        commitment = bytes.fromhex("ff05880d9617c4744cacd92ee3e7e02f2c5b838bd272661558dbdac345a6cef1")
        target = peer.be(2**256 // 2**24, 32)
        genesis = peer.Header(0, 0, 0, commitment, peer.merkle_root([]), target, 1767225600000, bytes(32), bytes(32))
        self.assertEqual(peer.block_id(genesis).hex(), "1ae6b08da53e5a2bbe48d984cd464eb07c88f94cfe752bec599e0f47b6dba6e3")

    def test_certificate(self):
        digest = bytes.fromhex("c0c0274f53ea5da27f21f3464e473829d54b4e57e3bd179b0c26b47c6c9c0ddf")
        signature = ("fac2dbaa9d2dad614a052cbd650f8a1ea31859d71b86e8ff27ccaf6521677c2a"
                     "7424a53395e729645de714b95d84267c4e5d09e4d1bfa6cd8421fff42be43f2101")
        self.assertEqual(peer.sign(1, digest).hex(), signature)
        self.assertEqual(peer.recover(digest, peer.sign(1, digest)), peer.public_key(peer.G))

class Certificates(unittest.TestCase):
    def make(self, node_key: int) -> bytes:
        with tempfile.TemporaryDirectory() as folder:
            path, _ = peer.make_certificate(node_key, folder)
            with open(path) as file:
                return ssl.PEM_cert_to_DER_cert(file.read())

    def test_sound(self):
        self.assertEqual(peer.key_of_certificate(self.make(9)), peer.public_key(peer.multiply(9, peer.G)))

    def test_other_key(self):
        sound, peer.sign = peer.sign, lambda key, digest: sound(key + 1, digest)
        try:
            certificate = self.make(9)
        finally:
            peer.sign = sound
        with self.assertRaisesRegex(ValueError, "does not vouch"):
            peer.key_of_certificate(certificate)

    def test_other_extension(self):
        sound, peer.OID = peer.OID, "2.25.5"
        try:
            certificate = self.make(9)
        finally:
            peer.OID = sound
        with self.assertRaisesRegex(ValueError, "not exactly one"):
            peer.key_of_certificate(certificate)

if __name__ == "__main__":
    unittest.main()
