using System.Text.Json.Serialization;
using Coniunctum.Crypto.Internal;
using Coniunctum.Ledger;

namespace Coniunctum.Consensus;

/// <summary>A message as a rule judges it, untrusted.</summary>
/// <param name="Topic">One of the rule's topics.</param>
/// <param name="Content">At most as many bytes as the topic allows; must not change afterwards.</param>
/// <param name="Block">
/// The block that came beside it, or <c>null</c>. Its transactions are those that its header names, and it is no larger than the topic
/// allows; its seal and its certificate may be anything.
/// </param>
[JsonConverter(typeof(NoJsonConverter<TopicMessage>))]
public readonly record struct TopicMessage(string Topic, ReadOnlyMemory<byte> Content, HashedBlock? Block);
