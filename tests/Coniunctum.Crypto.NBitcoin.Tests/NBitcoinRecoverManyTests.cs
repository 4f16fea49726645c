namespace Coniunctum.Crypto.NBitcoin.Tests;

public sealed class NBitcoinRecoverManyTests() : RecoverManyContract(new NBitcoinSecp256k1Scheme<Sha3_256>());
