using Coniunctum.Crypto.Secp256k1;

namespace Coniunctum.Crypto.Tests.Secp256k1;

public sealed class Secp256k1SchemeTests : RecoverableEcdsaContract
{
    protected override ISignatureScheme Make<TAddressHash>() => new Secp256k1Scheme<TAddressHash>();
}
