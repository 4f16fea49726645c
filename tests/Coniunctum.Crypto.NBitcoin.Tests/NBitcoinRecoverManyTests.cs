using Coniunctum.Crypto.Tests.Secp256k1;

namespace Coniunctum.Crypto.NBitcoin.Tests;

public sealed class NBitcoinRecoverManyTests() : RecoverManyContract(new NBitcoinSecp256k1Scheme<Sha3_256>());
