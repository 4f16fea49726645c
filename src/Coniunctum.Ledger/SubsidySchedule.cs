namespace Coniunctum.Ledger;

/// <summary>How many new base units each block's reward creates.</summary>
public abstract record SubsidySchedule
{
    private protected SubsidySchedule()
    {
    }

    /// <summary>Every parameter of the schedule, in an order that never changes.</summary>
    public abstract IEnumerable<Parameter> Parameters { get; }

    /// <summary>Nothing is ever created after genesis.</summary>
    public static SubsidySchedule None => new Constant(0);

    /// <summary>Returns the subsidy of the block at a height, in base units; genesis has none.</summary>
    /// <param name="height">The height.</param>
    public abstract ulong At(ulong height);

    /// <summary>
    /// Returns what the block at a height creates, in base units: its subsidy, or what is left to
    /// <see cref="ChainProfile.MaxSupply"/> where that is less. So the supply ends there, and blocks go on with their fees.
    /// </summary>
    /// <param name="height">The height.</param>
    /// <param name="supply">Base units in existence before the block.</param>
    public ulong At(ulong height, ulong supply) => Math.Min(At(height), ChainProfile.MaxSupply - supply);

    /// <summary>Returns the sum of the subsidies of blocks 1 to a height, in base units, whether or not there is room for it below <see cref="ChainProfile.MaxSupply"/>.</summary>
    /// <param name="height">The last height that counts.</param>
    public abstract UInt128 SumThrough(ulong height);

    /// <summary>The same subsidy for ever (the first paper's).</summary>
    /// <param name="Amount">Base units a block.</param>
    public sealed record Constant(ulong Amount) : SubsidySchedule
    {
        /// <inheritdoc/>
        public override IEnumerable<Parameter> Parameters => [new("subsidy.constant", Amount)];

        /// <inheritdoc/>
        public override ulong At(ulong height) => height == 0 ? 0 : Amount;

        /// <inheritdoc/>
        public override UInt128 SumThrough(ulong height) => (UInt128)Amount * height;
    }

    /// <summary>A subsidy that halves at fixed intervals, rounding down (Bitcoin's).</summary>
    /// <param name="Initial">Base units a block at first.</param>
    /// <param name="Interval">Blocks between halvings; at least 1.</param>
    public sealed record Halving(ulong Initial, ulong Interval) : SubsidySchedule
    {
        /// <inheritdoc/>
        public override IEnumerable<Parameter> Parameters =>
            [new("subsidy.initial", Initial), new("subsidy.halving", Interval)];

        /// <inheritdoc/>
        public override ulong At(ulong height)
        {
            if (height == 0) return 0;
            ulong halvings = (height - 1) / Interval;
            return halvings >= 64 ? 0 : Initial >> (int)halvings;
        }

        /// <inheritdoc/>
        public override UInt128 SumThrough(ulong height)
        {
            UInt128 sum = 0;
            for (int halvings = 0; halvings < 64 && height > 0; halvings++)
            {
                ulong blocks = Math.Min(height, Interval);
                sum += (UInt128)(Initial >> halvings) * blocks;
                height -= blocks;
            }

            return sum;
        }
    }
}
