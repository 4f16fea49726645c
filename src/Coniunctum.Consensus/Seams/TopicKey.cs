using System.Text.Json.Serialization;
using Coniunctum.Crypto;
using Coniunctum.Crypto.Internal;

namespace Coniunctum.Consensus;

/// <summary>
/// What an honest author says one thing about. A second content of a key is an equivocation, which is passed on as evidence; a third
/// one is not.
/// </summary>
/// <param name="Slot">When it is said, in the rule's own numbers: a height, a round, a question.</param>
/// <param name="Author">Who says it, as its signature shows.</param>
/// <param name="Kind">What kind of thing is said, in the rule's own numbers.</param>
[JsonConverter(typeof(NoJsonConverter<TopicKey>))]
public readonly record struct TopicKey(ulong Slot, Address Author, byte Kind);
