using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Coniunctum.Ledger;
using Coniunctum.Node.Headers.Python;

namespace Coniunctum.Node.Tests.Headers;

public sealed class PythonChainTests
{
    private static readonly JsonElement s_vector = VectorFile.ReadJson("seed/coniunctum_python_chain.json");

    [Test]
    public void Verify_SeedChain_IsRightUpToItsTip()
    {
        PythonChainOutcome outcome = Verify(s_vector.GetRawText());
        Assert.That((outcome.Verdict, outcome.Count, outcome.Fault), Is.EqualTo((Verdict.Valid, 5, (string?)null)));
        Assert.That(outcome.Tip.ToString(), Is.EqualTo(s_vector.GetProperty("tip_hash").GetString()));
    }

    [Test]
    public void DumpAndDigest_SeedProofs_AreThePublishedOnes()
    {
        JsonElement blocks = s_vector.GetProperty("chain");
        int i = 0;
        foreach (JsonElement proof in s_vector.GetProperty("proofs").EnumerateArray())
        {
            byte[] text = PythonJson.Dump(blocks[i]);
            Assert.That(Encoding.ASCII.GetString(text), Is.EqualTo(proof.GetProperty("canonical_previous").GetString()));
            ulong nonce = blocks[i + 1].GetProperty("proof").GetUInt64();
            Assert.That(PythonChain.ProofOf(nonce, text).ToString(), Is.EqualTo(proof.GetProperty("pow_hash").GetString()));
            i++;
        }

        Assert.That(i, Is.EqualTo(4));
    }

    [TestCase(1, "proof", "38970", BlockRule.ProofInvalid, 1)]
    [TestCase(3, "proof", "1", BlockRule.ProofInvalid, 3)]
    [TestCase(2, "miner", "\"x\"", BlockRule.PreviousUnknown, 3)]
    [TestCase(0, "timestamp", "\"2021\"", BlockRule.PreviousUnknown, 1)]
    [TestCase(4, "previous_hash", "\"00000000000000000000000000000000000000000000000000000000000000ff\"", BlockRule.PreviousUnknown, 4)]
    public void Verify_ChangedBlock_IsNamedByTheRule(int block, string key, string value, BlockRule rule, int count)
    {
        PythonChainOutcome outcome = Verify(Change(block, key, value));
        Assert.That((outcome.Verdict.Kind, outcome.Verdict.Rule, outcome.Count), Is.EqualTo((VerdictKind.Invalid, rule, count)));
    }

    [TestCase(2, "proof", "-1")]
    [TestCase(2, "proof", "1.5")]
    [TestCase(2, "previous_hash", "\"0\"")]
    [TestCase(2, "previous_hash", "7")]
    public void Verify_BlockThatIsNone_IsAFault(int block, string key, string value)
    {
        PythonChainOutcome outcome = Verify(Change(block, key, value));
        Assert.That(outcome.Fault, Is.Not.Null);
        Assert.That(outcome.Verdict.IsValid, Is.False);
    }

    [TestCase("")]
    [TestCase("{}")]
    [TestCase("[]")]
    [TestCase("[1, 2]")]
    [TestCase("{\"chain\": 1}")]
    [TestCase("{\"chain\": [{}], \"difficulty\": 65}")]
    [TestCase("{\"chain\": [{\"a\": 1, \"a\": 2}]}")]
    [TestCase("{\"chain\": [{}], ")]
    public void Verify_BytesThatAreNoChain_AreAFault(string json) => Assert.That(Verify(json).Fault, Is.Not.Null);

    [TestCase("\"proof\": \"x\", \"previous_hash\": \"\"", "It has no proof from 0 to 2^64-1.")]
    [TestCase("\"proof\": 1, \"previous_hash\": 7", "It has no previous_hash of 64 hexadecimal digits.")]
    public void Verify_AMemberOfAnotherKind_IsNamed_AndTheBlocksBeforeItCount(string members, string fault)
    {
        PythonChainOutcome one = Verify("[{\"a\": 1}]");
        Assert.That((one.Count, one.Tip == default), Is.EqualTo((1, false)));
        Assert.That(Verify($"[{{\"a\": 1}}, {{{members}}}]"), Is.EqualTo(new PythonChainOutcome(1, one.Tip, default, fault)));
    }

    [Test]
    public void Verify_Cancelled_Ends() =>
        Assert.That(() => PythonChain.Verify("[{}]"u8.ToArray(), new CancellationToken(canceled: true)), Throws.InstanceOf<OperationCanceledException>());

    [Test]
    public void Verify_AFaultThatRepeatsTheFile_IsOneLine()
    {
        string fault = Verify("[{\"a\\n\\u001b[31m\": 1, \"a\\n\\u001b[31m\": 2}]").Fault!;
        Assert.That(fault, Does.Contain("a\\u000a\\u001b[31m"));
        Assert.That(fault.Where(char.IsControl), Is.Empty);
    }

    [Test]
    public void Verify_ChainBehindAByteOrderMark_IsTheSame()
    {
        string chain = s_vector.GetProperty("chain").GetRawText();
        foreach (Encoding encoding in new Encoding[] { new UTF8Encoding(true), new UnicodeEncoding(false, true), new UTF32Encoding(true, true) })
            Assert.That(PythonChain.Verify((byte[])[.. encoding.GetPreamble(), .. encoding.GetBytes(chain)]), Is.EqualTo(Verify(chain)));
        Assert.That(PythonChain.Verify(Encoding.BigEndianUnicode.GetBytes(chain)).Fault, Does.Contain("UTF-16 text (big-endian)"));
    }

    [Test]
    public void Verify_MoreZerosThanTheProofsHave_AreNotThere()
    {
        // 0000f2…: four zeros, and the client's own constant asks for five.
        Assert.That(Verify(s_vector.GetProperty("chain").GetRawText()).Verdict.Rule, Is.EqualTo(BlockRule.ProofInvalid));
    }

    // What Python 3 prints for json.dumps(json.loads(text), sort_keys=True).
    [TestCase("{\"b\":1,\"a\":[true,false,null],\"B\":{}}", "{\"B\": {}, \"a\": [true, false, null], \"b\": 1}")]
    [TestCase("\"h\\u00e9\\u20ac\\ud83d\\ude00\"", "\"h\\u00e9\\u20ac\\ud83d\\ude00\"")]
    [TestCase("\"\\/\\u002f\\u007f\\u0001\\b\\f\\n\\r\\t\\\"\\\\ ~\"", "\"//\\u007f\\u0001\\b\\f\\n\\r\\t\\\"\\\\ ~\"")]
    [TestCase("{\"\\uffff\":1,\"\\ud83d\\ude00\":2}", "{\"\\uffff\": 1, \"\\ud83d\\ude00\": 2}")]
    [TestCase("123456789012345678901234567890", "123456789012345678901234567890")]
    [TestCase("-0", "0")]
    [TestCase("-0.0", "-0.0")]
    [TestCase("1.0", "1.0")]
    [TestCase("1e5", "100000.0")]
    [TestCase("0.1", "0.1")]
    [TestCase("1e15", "1000000000000000.0")]
    [TestCase("1e16", "1e+16")]
    [TestCase("1.5e300", "1.5e+300")]
    [TestCase("0.0001", "0.0001")]
    [TestCase("0.00001", "1e-05")]
    [TestCase("1.25e-7", "1.25e-07")]
    [TestCase("5e-324", "5e-324")]
    [TestCase("2.2250738585072014e-308", "2.2250738585072014e-308")]
    [TestCase("9007199254740993.0", "9007199254740992.0")]
    [TestCase("0.30000000000000004", "0.30000000000000004")]
    public void Dump_AnyValue_IsWhatPythonPrints(string json, string expected)
    {
        using var document = JsonDocument.Parse(json);
        Assert.That(Encoding.ASCII.GetString(PythonJson.Dump(document.RootElement)), Is.EqualTo(expected));
    }

    private static string Change(int block, string key, string value)
    {
        JsonNode root = JsonNode.Parse(s_vector.GetRawText())!;
        root["chain"]![block]![key] = JsonNode.Parse(value);
        return root.ToJsonString();
    }

    private static PythonChainOutcome Verify(string json) => PythonChain.Verify(Encoding.UTF8.GetBytes(json));
}
