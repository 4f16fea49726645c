namespace Coniunctum.Node.Cli;

/// <summary>Marks a command whose options are also taken from the environment.</summary>
internal interface IFromEnvironment;
