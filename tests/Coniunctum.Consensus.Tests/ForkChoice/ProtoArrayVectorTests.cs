using System.Buffers.Binary;
using System.Text.Json;
using Coniunctum.Consensus.ForkChoice;
using Coniunctum.Crypto;

namespace Coniunctum.Consensus.Tests.ForkChoice;

/// <summary>
/// Published cases of a fork choice by votes: a block weighs what those who voted for it last own, the larger identity wins a
/// tie, and the head is looked for from the justified block on. Weights move there with every vote, so that the tree is built
/// anew for every question.
/// </summary>
public sealed class ProtoArrayVectorTests
{
    private static readonly JsonElement s_vectors = VectorFile.ReadJson("forkchoice/protoarray_no_votes_and_ffg.json");

    public static IEnumerable<string> Cases => s_vectors.EnumerateObject().Select(property => property.Name);

    [TestCaseSource(nameof(Cases))]
    public void Heads_AreThePublishedOnes(string name)
    {
        JsonElement vector = s_vectors.GetProperty(name);
        var blocks = new List<(Hash256 Root, Hash256 Parent)> { (Root(vector.GetProperty("finalized_checkpoint"), "root"), default) };
        var votes = new Dictionary<int, Hash256>();
        int heads = 0;
        foreach (JsonElement operation in vector.GetProperty("operations").EnumerateArray())
        {
            switch (operation.GetProperty("op").GetString())
            {
                case "ProcessBlock":
                    blocks.Add((Root(operation, "root"), Root(operation, "parent_root")));
                    break;
                case "ProcessAttestation":
                    votes[operation.GetProperty("validator_index").GetInt32()] = Root(operation, "block_root");
                    break;
                case "FindHead":
                    ulong[] balances = [.. operation.GetProperty("justified_state_balances").EnumerateArray().Select(balance => balance.GetUInt64())];
                    Hash256 head = Build(blocks, votes, balances).HeadFrom(new BlockId(Root(operation.GetProperty("justified_checkpoint"), "root"))).Value;
                    Assert.That(head, Is.EqualTo(Root(operation, "expected_head")), $"question {++heads}");
                    break;
                default:
                    Assert.Fail($"unknown operation {operation}");
                    break;
            }
        }

        Assert.That(heads, Is.Positive);
    }

    private static Ghost Build(List<(Hash256 Root, Hash256 Parent)> blocks, Dictionary<int, Hash256> votes, ulong[] balances)
    {
        var choice = new Ghost();
        var known = new Dictionary<Hash256, ForkChoiceBlock>();
        foreach ((Hash256 root, Hash256 parent) in blocks)
        {
            ulong weight = votes.Where(vote => vote.Value == root).Aggregate(0UL, (sum, vote) => sum + balances[vote.Key]);
            ulong precedence = BinaryPrimitives.ReadUInt64BigEndian(root.AsSpan()[^8..]);
            if (known.Count == 0)
            {
                known.Add(root, new ForkChoiceBlock(new BlockId(root), default, 0, default, default));
                choice.Anchor(known[root]);
            }
            else if (known.TryGetValue(parent, out ForkChoiceBlock below))
            {
                // A block whose parent is unknown cannot win.
                var block = new ForkChoiceBlock(new BlockId(root), below.Id, below.Height + 1, Work.From(weight), default, precedence);
                known.Add(root, block);
                choice.Add(block);
            }
        }

        return choice;
    }

    private static Hash256 Root(JsonElement element, string name) => Hash256.Parse(element.GetProperty(name).GetString()!.AsSpan(2));
}
