using Coniunctum.Ledger.Encoding;
using Coniunctum.P2P.Tests.Support;
using Coniunctum.P2P.Wire;

namespace Coniunctum.P2P.Tests.Wire;

/// <summary>Every type of message, found by reflection.</summary>
public sealed class MessageRoundTripTests
{
    public static IEnumerable<Type> Types => MessageSamples.Types;

    [Test]
    public void Types_AreAsManyAsKinds()
    {
        MessageKind[] kinds = [.. Enum.GetValues<MessageKind>().Where(kind => kind != MessageKind.None)];
        Assert.That(Types.Select(type => type.Name), Is.EquivalentTo(kinds.Select(kind => kind.ToString())));
        Assert.That(MessageCodec.Kinds, Is.EquivalentTo(kinds));
        Assert.That(kinds, Has.Length.EqualTo(42));
    }

    [TestCaseSource(nameof(Types))]
    public void Message_EncodedAndDecoded_IsTheSame_InTheSameBytes(Type type)
    {
        var random = new Random(1234);
        for (int i = 0; i < 200; i++)
        {
            WireMessage message = MessageSamples.Draw(type, random);
            byte[] bytes = MessageCodec.Encode(message, WireLimits.Default);
            DecodeOutcome outcome = MessageCodec.Decode(message.Kind, bytes, WireLimits.Default, out WireMessage? decoded);
            Assert.That(outcome.Fault, Is.EqualTo(DecodeFault.None), outcome.ToString());
            Assert.That(MessageSamples.Describe(decoded), Is.EqualTo(MessageSamples.Describe(message)));
            Assert.That(MessageCodec.Encode(decoded!, WireLimits.Default), Is.EqualTo(bytes));
            Assert.That(decoded!.Units, Is.EqualTo(message.Units));
        }
    }

    [TestCaseSource(nameof(Types))]
    public void Message_Cut_Extended_OrOfAnotherArity_SaysWhereItIsWrong(Type type)
    {
        var random = new Random(99);
        WireMessage message = MessageSamples.Draw(type, random);
        byte[] bytes = MessageCodec.Encode(message, WireLimits.Default);
        for (int length = 0; length < bytes.Length; length++)
        {
            DecodeOutcome cut = MessageCodec.Decode(message.Kind, bytes.AsMemory(0, length), WireLimits.Default, out WireMessage? none);
            Assert.That(cut.Fault, Is.EqualTo(DecodeFault.Truncated).Or.EqualTo(DecodeFault.WrongLength), $"cut at {length}");
            Assert.That(cut.Offset, Is.LessThanOrEqualTo(length));
            Assert.That(none, Is.Null);
        }

        DecodeOutcome longer = MessageCodec.Decode(message.Kind, (byte[])[.. bytes, 0xc0], WireLimits.Default, out _);
        Assert.That((longer.Fault, longer.Offset), Is.EqualTo((DecodeFault.TrailingBytes, (long)bytes.Length)));

        byte[] other = [.. bytes];
        other[0]++;
        Assert.That(MessageCodec.Decode(message.Kind, other, WireLimits.Default, out _), Has.Property("Fault").EqualTo(DecodeFault.WrongLength).And.Property("Offset").EqualTo(0));
    }
}
