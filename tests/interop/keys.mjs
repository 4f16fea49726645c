// Answers questions about keys with ethers. Reads one JSON object from standard input, writes one to standard output.
import {
  decryptKeystoreJson, encryptKeystoreJson, getBytes, HDNodeWallet, Mnemonic, Wallet,
} from 'ethers';

const read = async () => {
  const pieces = [];
  for await (const piece of process.stdin) pieces.push(piece);
  return JSON.parse(Buffer.concat(pieces).toString('utf8'));
};

const bytes = hex => getBytes('0x' + hex);

const answers = {
  // A keystore file and its password's bytes: the key in it.
  open: async ({ file, password }) => ({ key: (await decryptKeystoreJson(file, bytes(password))).privateKey.slice(2) }),

  // A key, a password's bytes and a cost: a keystore file.
  write: async ({ key, password, n, r, p }) => ({
    file: await encryptKeystoreJson(new Wallet('0x' + key), bytes(password), { scrypt: { N: n, r, p } }),
  }),

  // Words, a passphrase and a path: the seed, and the key at the path.
  derive: async ({ words, passphrase, path }) => {
    const mnemonic = Mnemonic.fromPhrase(words, passphrase);
    const key = HDNodeWallet.fromMnemonic(mnemonic, path);
    return {
      seed: mnemonic.computeSeed().slice(2),
      entropy: mnemonic.entropy.slice(2),
      key: key.privateKey.slice(2),
      xprv: key.extendedKey,
      xpub: key.neuter().extendedKey,
    };
  },

  // An xpub and a path: the xpub at the path.
  descend: async ({ xpub, path }) => ({ xpub: HDNodeWallet.fromExtendedKey(xpub).derivePath(path).extendedKey }),
};

const questions = await read();
const results = [];
for (const question of questions) results.push(await answers[question.ask](question));
process.stdout.write(JSON.stringify(results) + '\n');
