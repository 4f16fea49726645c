using System.Buffers;
using Coniunctum.Ledger.Encoding;
using Coniunctum.P2P.Tests.Support;
using Coniunctum.P2P.Wire;
using Coniunctum.P2P.Wire.Frames;
using Coniunctum.P2P.Wire.Protocol;

namespace Coniunctum.P2P.Tests.Wire;

/// <summary>Messages and frames with bits flipped, bytes drawn, cut and repeated: nothing throws, nothing is read in two ways.</summary>
[Category("Long")]
public sealed class WireFuzzTests
{
    private const int Seed = 20261128;

    private static readonly int s_rounds = Environment.GetEnvironmentVariable("CONIUNCTUM_LONG") == "1" ? 200_000 : 500;

    public static IEnumerable<Type> Types => MessageSamples.Types;

    [TestCaseSource(nameof(Types))]
    public void Decode_MutatedMessages_GivesAFaultOrTheSameBytesAgain(Type type)
    {
        var random = new Random(Seed);
        int taken = 0;
        for (int i = 0; i < s_rounds; i++)
        {
            WireMessage message = MessageSamples.Draw(type, random);
            byte[] bytes = Mutate(MessageCodec.Encode(message, WireLimits.Default), random);
            DecodeOutcome outcome = MessageCodec.Decode(message.Kind, bytes, WireLimits.Default, out WireMessage? decoded);
            Assert.That(outcome.IsValid, Is.EqualTo(decoded is not null));
            if (decoded is null)
            {
                Assert.That(outcome.Fault, Is.Not.EqualTo(DecodeFault.Unchecked));
                Assert.That(outcome.Offset, Is.InRange(0, bytes.Length));
                Assert.That(outcome.ToString(), Does.StartWith("At byte "));
                continue;
            }

            taken++;
            Assert.That(MessageCodec.Encode(decoded, WireLimits.Default), Is.EqualTo(bytes), Convert.ToHexString(bytes));
        }

        TestContext.Out.WriteLine(Invariant($"seed {Seed}: {taken} of {s_rounds} mutants are messages"));
    }

    [TestCaseSource(nameof(Types))]
    public void Decode_RandomBytes_AllocatesInProportionToThem(Type type)
    {
        var random = new Random(Seed);
        MessageKind kind = MessageSamples.Draw(type, random).Kind;
        byte[] bytes = new byte[400];
        for (int i = 0; i < s_rounds; i++)
        {
            random.NextBytes(bytes);
            // Arrays are likelier than chance has them.
            for (int j = 0; j < 4; j++) bytes[random.Next(8)] = (byte)(0x90 + random.Next(16));
            long before = GC.GetAllocatedBytesForCurrentThread();
            _ = MessageCodec.Decode(kind, bytes, WireLimits.Default, out _);
            Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(32_768 + (64 * bytes.Length)));
        }
    }

    [Test]
    public void Read_MutatedStreams_EndsInAFaultOrNot_WithBoundedMemory()
    {
        var random = new Random(Seed);
        int messages = 0;
        var faults = new Dictionary<string, int>();
        for (int i = 0; i < s_rounds; i++)
        {
            var conversation = new Conversation(0);
            conversation.TrySend(0, Protocol.ConversationTests.NewHello());
            ProtocolFault fault = ProtocolFault.None;
            var reader = new FrameReader((channel, kind) =>
            {
                Admission admission = conversation.Admit(channel, kind);
                fault = admission.Fault;
                return ToLimit(admission);
            });
            byte[] stream = Mutate(DrawStream(random), random);
            var input = new ReadOnlySequence<byte>(stream);
            while (fault == ProtocolFault.None && reader.TryRead(ref input, out FramedMessage framed))
            {
                messages++;
                WireLimits limits = conversation.LimitsOf(framed.Channel);
                if (!MessageCodec.Decode((MessageKind)framed.Kind, framed.Bytes, limits, out WireMessage? message).IsValid) break;
                Admission admission = conversation.Receive(framed.Channel, message!);
                Assert.That(admission.Verdict, Is.Not.EqualTo(AdmissionVerdict.Unchecked));
                fault = admission.Fault;
            }

            Assert.That(reader.BufferedBytes, Is.LessThanOrEqualTo(stream.Length));
            string outcome = fault != ProtocolFault.None ? fault.ToString() : reader.Fault.ToString();
            faults[outcome] = faults.GetValueOrDefault(outcome) + 1;
        }

        TestContext.Out.WriteLine(Invariant($"seed {Seed}: {messages} messages; {string.Join(", ", faults.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => Invariant($"{pair.Key} {pair.Value}")))}"));
        Assert.That(faults, Has.Count.GreaterThan(5));
    }

    private static int ToLimit(Admission admission) => admission.Verdict switch
    {
        AdmissionVerdict.Take => admission.MaxBytes,
        AdmissionVerdict.PassOver => -admission.MaxBytes,
        _ => 0,
    };

    private static byte[] DrawStream(Random random)
    {
        var writer = new FrameWriter();
        var output = new ArrayBufferWriter<byte>();
        void Send(byte channel, WireMessage message)
        {
            writer.TryAdd(channel, message.Kind, MessageCodec.Encode(message, WireLimits.Default));
            while (writer.TryWrite(output)) { }
        }

        Send(0, Protocol.ConversationTests.NewHello((ushort)random.Next(2)));
        for (int i = random.Next(6); i > 0; i--)
        {
            WireMessage message = MessageSamples.Draw(MessageSamples.Types[random.Next(MessageSamples.Types.Count)], random);
            Send((byte)(KindTable.Of(message.Kind)!.Scope == MessageScope.Connection ? 0 : random.Next(1, 3)), message);
        }

        return output.WrittenSpan.ToArray();
    }

    private static byte[] Mutate(byte[] bytes, Random random)
    {
        List<byte> mutant = [.. bytes];
        for (int i = random.Next(4); i > 0 && mutant.Count > 0; i--)
        {
            int at = random.Next(mutant.Count);
            switch (random.Next(6))
            {
                case 0 or 1: mutant[at] ^= (byte)(1 << random.Next(8)); break;
                case 2: mutant[at] = (byte)random.Next(256); break;
                case 3: mutant.RemoveRange(at, Math.Min(random.Next(1, 20), mutant.Count - at)); break;
                case 4: mutant.Insert(at, (byte)random.Next(256)); break;
                case 5: mutant.InsertRange(at, mutant.GetRange(at, Math.Min(random.Next(1, 20), mutant.Count - at))); break;
            }
        }

        return [.. mutant];
    }
}
