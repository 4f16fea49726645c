namespace Coniunctum.Ledger;

/// <summary>
/// The rules that make a block valid. 1 to 12 are the first paper's, in its order (section II.D); the others belong to
/// formats that have the fields they speak of, or keep every input within limits.
/// </summary>
public enum BlockRule
{
    /// <summary>No rule.</summary>
    None = 0,

    /// <summary>1: the digest is less than the target, or the seal is what the consensus rule asks for.</summary>
    ProofInvalid = 1,

    /// <summary>2: the target is the one that the ancestors imply.</summary>
    TargetWrong = 2,

    /// <summary>3: the previous hash is a known block.</summary>
    PreviousUnknown = 3,

    /// <summary>4: the Merkle root matches the transactions, and their list is not a mutated one (CVE-2012-2459).</summary>
    MerkleRootMismatch = 4,

    /// <summary>5: the height is the parent's plus one.</summary>
    HeightWrong = 5,

    /// <summary>6: every transaction is signed by its sender.</summary>
    SignatureInvalid = 6,

    /// <summary>7: every sender can pay, in the order of the list.</summary>
    BalanceInsufficient = 7,

    /// <summary>8: the tag (TXID) was never used by that sender.</summary>
    TagReused = 8,

    /// <summary>9: the first transaction is the reward, and the only one from root.</summary>
    RewardMisplaced = 9,

    /// <summary>10: the reward's amount is right.</summary>
    RewardAmountWrong = 10,

    /// <summary>11: nothing is paid to root.</summary>
    PaidToRoot = 11,

    /// <summary>12: there is at least one transaction.</summary>
    Empty = 12,

    /// <summary>13: the timestamp is later than the median of the previous eleven.</summary>
    TimestampTooOld = 13,

    /// <summary>14: the timestamp is not further ahead of the receiver's clock than the profile allows.</summary>
    TimestampTooNew = 14,

    /// <summary>15: the ruleset is the one in force at the height.</summary>
    RulesetWrong = 15,

    /// <summary>16: the state root is that of the state after the block.</summary>
    StateRootMismatch = 16,

    /// <summary>17: the history root is that over all blocks before.</summary>
    HistoryRootMismatch = 17,

    /// <summary>18: the block's encoding, seal and certificate aside, is within the profile's limit.</summary>
    BlockTooLarge = 18,

    /// <summary>19: a transaction's encoding is within the profile's limit.</summary>
    TransactionTooLarge = 19,

    /// <summary>20: the height at which a transaction's validity ends has not passed, and is not beyond the window.</summary>
    TagOutsideWindow = 20,

    /// <summary>21: the amount is one that the format allows.</summary>
    AmountOutOfRange = 21,

    /// <summary>22: a payment that creates an account is at least the profile's minimum.</summary>
    PaymentTooSmall = 22,

    /// <summary>23: a payload calls an application that the profile knows, in its form.</summary>
    PayloadInvalid = 23,

    /// <summary>24: the reward carries no fee, no payload, a zero signature and a tag bound to the height.</summary>
    RewardMalformed = 24,

    /// <summary>25: sums fit: cumulative work stays below 2²⁵⁶.</summary>
    Overflow = 25,

    /// <summary>26: the seal is empty or within its limit, as the consensus rule asks.</summary>
    SealInvalid = 26,

    /// <summary>27: the certificate is one that the finality rule accepts.</summary>
    CertificateInvalid = 27,

    /// <summary>28: the block does not contradict one that is final.</summary>
    ContradictsFinality = 28,

    /// <summary>29: the parent is not itself invalid.</summary>
    ParentInvalid = 29,

    /// <summary>30: the work of all calls in the block is within the profile's limit.</summary>
    WorkExceeded = 30,
}
