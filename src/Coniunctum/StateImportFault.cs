namespace Coniunctum;

/// <summary>Why a file of a state is not taken in.</summary>
public enum StateImportFault
{
    /// <summary>Not said.</summary>
    None = 0,

    /// <summary>The file, or what an earlier import has left in the store, is cut off or damaged.</summary>
    Damaged,

    /// <summary>The file belongs to another chain than the profile's.</summary>
    OtherChain,

    /// <summary>The store holds a chain already.</summary>
    StoreNotEmpty,

    /// <summary>The file's headers do not prove the state: <see cref="StateImportOptions.Trust"/> takes it nevertheless.</summary>
    NeedsTrust,

    /// <summary>A header is refused.</summary>
    HeaderRefused,

    /// <summary>The block at the state's height is refused.</summary>
    BlockRefused,

    /// <summary>The state is not the one that the last header commits to.</summary>
    StateRefused,
}
