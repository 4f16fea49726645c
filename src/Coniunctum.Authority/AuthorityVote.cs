namespace Coniunctum.Authority;

/// <summary>What a block's producer says of an address, as the header's nonce carries it.</summary>
internal enum AuthorityVote
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>It should be a signer.</summary>
    Add = 1,

    /// <summary>It should not be one.</summary>
    Drop = 2,
}
