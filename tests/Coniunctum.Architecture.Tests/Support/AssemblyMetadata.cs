using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Coniunctum.Architecture.Tests.Support;

/// <summary>What a built assembly says of itself, read without loading it.</summary>
internal sealed class AssemblyMetadata
{
    private AssemblyMetadata(MetadataReader reader)
    {
        References = [.. reader.AssemblyReferences.Select(handle => reader.GetString(reader.GetAssemblyReference(handle).Name)).Order(StringComparer.Ordinal)];
        TypeDefinitions = [.. reader.TypeDefinitions.Select(handle => reader.GetTypeDefinition(handle)).Select(type => FullName(reader, type.Namespace, type.Name))];
        Declarations = [.. Members(reader)];
        Mentions = Names(reader).Concat(Strings(reader)).Where(name => name.Length > 0).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>The assemblies that it refers to.</summary>
    public IReadOnlyList<string> References { get; }

    /// <summary>The types that it defines, with their namespaces.</summary>
    public IReadOnlyList<string> TypeDefinitions { get; }

    /// <summary>Every member that it declares, with the short name of its type; a nested type is a type too.</summary>
    public IReadOnlyList<(string Type, string Member)> Declarations { get; }

    /// <summary>Every name of a type or member that it defines or refers to, every namespace, and every string in its code.</summary>
    public IReadOnlySet<string> Mentions { get; }

    public static AssemblyMetadata Of(string assembly)
    {
        using var file = new PEReader(File.OpenRead(Path.Combine(AppContext.BaseDirectory, assembly + ".dll")));
        return new AssemblyMetadata(file.GetMetadataReader());
    }

    private static string FullName(MetadataReader reader, StringHandle space, StringHandle name) =>
        space.IsNil ? reader.GetString(name) : $"{reader.GetString(space)}.{reader.GetString(name)}";

    private static IEnumerable<(string Type, string Member)> Members(MetadataReader reader)
    {
        foreach (TypeDefinitionHandle handle in reader.TypeDefinitions)
        {
            TypeDefinition type = reader.GetTypeDefinition(handle);
            string name = reader.GetString(type.Name);
            yield return (name, "");
            foreach (FieldDefinitionHandle field in type.GetFields()) yield return (name, reader.GetString(reader.GetFieldDefinition(field).Name));
            foreach (PropertyDefinitionHandle property in type.GetProperties()) yield return (name, reader.GetString(reader.GetPropertyDefinition(property).Name));
            foreach (MethodDefinitionHandle method in type.GetMethods()) yield return (name, reader.GetString(reader.GetMethodDefinition(method).Name));
        }
    }

    private static IEnumerable<string> Names(MetadataReader reader)
    {
        foreach (TypeDefinitionHandle handle in reader.TypeDefinitions)
        {
            TypeDefinition type = reader.GetTypeDefinition(handle);
            yield return reader.GetString(type.Namespace);
            yield return reader.GetString(type.Name);
        }

        foreach (TypeReferenceHandle handle in reader.TypeReferences)
        {
            TypeReference type = reader.GetTypeReference(handle);
            yield return reader.GetString(type.Namespace);
            yield return reader.GetString(type.Name);
        }

        foreach (MemberReferenceHandle handle in reader.MemberReferences) yield return reader.GetString(reader.GetMemberReference(handle).Name);
        foreach (FieldDefinitionHandle handle in reader.FieldDefinitions) yield return reader.GetString(reader.GetFieldDefinition(handle).Name);
        foreach (PropertyDefinitionHandle handle in reader.PropertyDefinitions) yield return reader.GetString(reader.GetPropertyDefinition(handle).Name);
        foreach (EventDefinitionHandle handle in reader.EventDefinitions) yield return reader.GetString(reader.GetEventDefinition(handle).Name);
        foreach (MethodDefinitionHandle handle in reader.MethodDefinitions)
        {
            MethodDefinition method = reader.GetMethodDefinition(handle);
            yield return reader.GetString(method.Name);
            foreach (ParameterHandle parameter in method.GetParameters()) yield return reader.GetString(reader.GetParameter(parameter).Name);
        }
    }

    private static IEnumerable<string> Strings(MetadataReader reader)
    {
        UserStringHandle handle = MetadataTokens.UserStringHandle(0);
        do
        {
            yield return reader.GetUserString(handle);
            handle = reader.GetNextHandle(handle);
        }
        while (!handle.IsNil);
    }
}
