namespace Meziantou.Analyzer.Annotations;

/// <summary>
/// Tells the analyzers that a type's text is the same under every culture, so that formatting one needs no provider.
/// They look for the attribute by this name, in whatever assembly it is defined.
/// </summary>
[AttributeUsage(AttributeTargets.Struct | AttributeTargets.Class)]
internal sealed class CultureInsensitiveTypeAttribute : Attribute;
