namespace Coniunctum.Crypto.NBitcoin.Tests;

public sealed class NBitcoinSecp256k1SchemeTests : RecoverableEcdsaContract
{
    protected override ISignatureScheme Make<TAddressHash>() => new NBitcoinSecp256k1Scheme<TAddressHash>();
}
