using System.Collections.Immutable;

namespace Coniunctum.Storage.Sqlite.Verification;

/// <summary>The damage found so far, and how to repair it.</summary>
internal sealed class Findings
{
    private const int MaxListed = 1000;

    private readonly ImmutableArray<StoreDamage>.Builder _damages = ImmutableArray.CreateBuilder<StoreDamage>();
    private readonly List<Action> _repairs = [];

    public long Count { get; private set; }

    public ImmutableArray<StoreDamage> Listed => _damages.ToImmutable();

    public IReadOnlyList<Action> Repairs => _repairs;

    public void Add(RowKind kind, ulong? height, string detail, DamageRemedy remedy, Action? repair = null)
    {
        Count++;
        if (_damages.Count < MaxListed) _damages.Add(new StoreDamage(kind, height, detail, remedy));
        if (repair is not null) _repairs.Add(repair);
    }
}
