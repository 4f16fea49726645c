using System.Text.Json;
using Coniunctum.Crypto;
using Coniunctum.Ledger;

namespace Coniunctum.Architecture.Tests.Values;

/// <summary>The converters serve generated serializers too, which native programs need.</summary>
public sealed class SourceGeneratedTests
{
    private static readonly BlockId s_block = (BlockId)SampleValues.Make(typeof(BlockId));

    [Test]
    public void BlockId_IsItsDigits()
    {
        string json = JsonSerializer.Serialize(s_block, ValueContext.Default.BlockId);
        Assert.That(json, Is.EqualTo($"\"{s_block}\""));
        Assert.That(JsonSerializer.Deserialize(json, ValueContext.Default.BlockId), Is.EqualTo(s_block));
    }

    [Test]
    public void Confirmation_ComesBack()
    {
        var sample = (Confirmation)SampleValues.Make(typeof(Confirmation));
        string json = JsonSerializer.Serialize(sample, ValueContext.Default.Confirmation);
        Assert.That(JsonSerializer.Deserialize(json, ValueContext.Default.Confirmation), Is.EqualTo(sample));
    }

    [Test]
    public void DictionaryOfAddresses_ComesBack()
    {
        var sample = new Dictionary<Address, Work> { [(Address)SampleValues.Make(typeof(Address))] = Work.Max };
        string json = JsonSerializer.Serialize(sample, ValueContext.Default.DictionaryAddressWork);
        Assert.That(JsonSerializer.Deserialize(json, ValueContext.Default.DictionaryAddressWork), Is.EqualTo(sample));
    }

    [Test]
    public void ParametersOfAProfile_ComeBack()
    {
        Parameter[] sample = [.. Profiles.Development.Parameters];
        string json = JsonSerializer.Serialize(sample, ValueContext.Default.ParameterArray);
        Assert.That(JsonSerializer.Deserialize(json, ValueContext.Default.ParameterArray), Is.EqualTo(sample));
    }

    [Test]
    public void ProfileAndKey_AreRefused()
    {
        using var key = PrivateKey.Generate(SystemEntropy.Instance);
        Assert.That(() => JsonSerializer.Serialize(Profiles.Development, ValueContext.Default.ChainProfile), Throws.TypeOf<NotSupportedException>());
        Assert.That(() => JsonSerializer.Serialize(key, ValueContext.Default.PrivateKey), Throws.TypeOf<NotSupportedException>());
    }
}
