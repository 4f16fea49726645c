namespace Coniunctum.Simulation;

/// <summary>Something on its way over a connection.</summary>
/// <param name="Subject">What it is called among the events.</param>
/// <param name="Content">Its bytes among the events.</param>
/// <param name="Bytes">Its length on the wire.</param>
/// <param name="Charge">For how many bytes its sender's machine is answered when it has left; 0 where it asked for nothing.</param>
/// <param name="Arrive">What happens at the other end.</param>
internal readonly record struct InTransit(string Subject, ReadOnlyMemory<byte> Content, int Bytes, int Charge, Action Arrive);
