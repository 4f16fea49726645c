namespace Coniunctum.P2P.Wire;

/// <summary>What a message is, as its frames say it: the class in the high byte, a number within it in the low byte.</summary>
internal enum MessageKind : ushort
{
    /// <summary>No kind.</summary>
    None = 0,

    Publish = 0x0001,
    Digest = 0x0002,
    Want = 0x0003,

    GetHeaders = 0x0101,
    Headers = 0x0102,
    Announce = 0x0103,
    GetSides = 0x0104,
    Sides = 0x0105,

    GetBlocks = 0x0201,
    Block = 0x0202,
    Missing = 0x0203,
    GetCertificates = 0x0204,
    Certificates = 0x0205,
    Compact = 0x0206,
    GetParts = 0x0207,
    Parts = 0x0208,
    GetCompact = 0x0209,

    Have = 0x0301,
    GetTransactions = 0x0302,
    Transactions = 0x0303,
    Candidate = 0x0304,
    Submit = 0x0305,
    Submitted = 0x0306,

    Hello = 0x0401,
    Bye = 0x0402,
    Ping = 0x0403,
    Pong = 0x0404,
    GetAddresses = 0x0405,
    Addresses = 0x0406,
    Open = 0x0407,
    Shut = 0x0408,
    NewAddresses = 0x0409,
    GetProof = 0x0411,
    Proof = 0x0412,
    GetInclusion = 0x0413,
    Inclusion = 0x0414,
    GetAncestry = 0x0415,
    Ancestry = 0x0416,
    GetManifest = 0x0421,
    Manifest = 0x0422,
    GetShard = 0x0423,
    Shard = 0x0424,
}
