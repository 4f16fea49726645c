using System.Linq.Expressions;
using System.Reflection;
using System.Runtime.CompilerServices;
using Coniunctum.Architecture.Tests.Support;

namespace Coniunctum.Architecture.Tests;

/// <summary>
/// Every public method and constructor that is given <c>null</c> where it takes none says so, before it does anything else. Records
/// are data and are left out, as are exceptions and what cannot be called by reflection: spans, references, and open generics.
/// </summary>
public sealed class NullArgumentTests
{
    private static readonly NullabilityInfoContext s_nullability = new();

    public static IEnumerable<string> Assemblies => Repository.Assemblies;

    [TestCaseSource(nameof(Assemblies))]
    public void PublicMembers_GivenNull_ThrowArgumentNullException(string assembly)
    {
        var silent = new List<string>();
        int called = 0;
        foreach (Type type in Assembly.Load(assembly).GetExportedTypes().Where(IsCallable).OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            foreach (MethodBase method in MembersOf(type))
            {
                ParameterInfo[] parameters = method.GetParameters();
                for (int i = 0; i < parameters.Length; i++)
                {
                    if (!TakesNoNull(parameters[i]) || !TryArguments(parameters, i, out object?[] arguments)) continue;
                    called++;
                    if (WhatComesOf(method, type, arguments) is { } other) silent.Add($"{type.FullName}.{method.Name}: {parameters[i].Name} → {other}");
                }
            }
        }

        TestContext.Out.WriteLine(FormattableString.Invariant($"{assembly}: {called} arguments"));
        Assert.That(silent, Is.Empty, () => string.Join('\n', silent));
    }

    private static bool IsCallable(Type type) =>
        !type.IsInterface && !type.IsEnum && !type.ContainsGenericParameters && !type.IsByRefLike && !IsRecord(type)
        && !typeof(Delegate).IsAssignableFrom(type) && !typeof(Exception).IsAssignableFrom(type);

    private static bool IsRecord(Type type) =>
        type.GetMethod("PrintMembers", BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.DeclaredOnly) is not null;

    private static IEnumerable<MethodBase> MembersOf(Type type)
    {
        const BindingFlags own = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        IEnumerable<MethodBase> constructors = type.IsAbstract ? [] : type.GetConstructors(own);
        return constructors.Concat(type.GetMethods(own))
            .Where(method => !method.IsAbstract && !method.ContainsGenericParameters && (!method.IsSpecialName || method.IsConstructor))
            // What every object has, and what object's own contract lets be called with anything.
            .Where(method => method.Name is not ("Equals" or "CompareTo"));
    }

    private static bool TakesNoNull(ParameterInfo parameter) =>
        !parameter.ParameterType.IsValueType && !parameter.ParameterType.IsByRef && !parameter.ParameterType.IsPointer
        && s_nullability.Create(parameter).WriteState == NullabilityState.NotNull;

    private static bool MayBeNull(ParameterInfo parameter) =>
        !parameter.ParameterType.IsByRef && s_nullability.Create(parameter).WriteState == NullabilityState.Nullable;

    private static bool TryArguments(ParameterInfo[] parameters, int missing, out object?[] arguments)
    {
        arguments = new object?[parameters.Length];
        for (int i = 0; i < parameters.Length; i++)
        {
            Type type = parameters[i].ParameterType;
            if (parameters[i].IsOut) continue;
            if (type.IsByRef || type.IsByRefLike)
            {
                if (!type.IsByRef || type.GetElementType()!.IsByRefLike) return false;
                type = type.GetElementType()!;
            }

            if (i == missing || MayBeNull(parameters[i])) continue;
            if (!TryMake(type, out arguments[i])) return false;
        }

        return true;
    }

    /// <summary>Makes something that is not null. What it is good for does not matter: nothing should have been done with it.</summary>
    private static bool TryMake(Type type, out object? made)
    {
        made = type == typeof(string) ? "a"
            : type == typeof(int) ? 1
            : type == typeof(Stream) ? Stream.Null
            : type == typeof(TimeProvider) ? TimeProvider.System
            : type.IsArray ? Array.CreateInstance(type.GetElementType()!, 0)
            : type.IsInterface && !type.ContainsGenericParameters && type.IsVisible ? TryProxy(type)
            : typeof(Delegate).IsAssignableFrom(type) ? TryDelegate(type)
            : ConcreteOf(type) is { } concrete ? Blank(concrete)
            : null;
        return made is not null || type.IsValueType;
    }

    private static object? TryProxy(Type type)
    {
        // An interface with spans in it, or with static members, has no proxy.
        try
        {
            return DispatchProxy.Create(type, typeof(Anything));
        }
        catch (Exception exception) when (exception is NotSupportedException or ArgumentException or TypeLoadException)
        {
            return null;
        }
    }

    private static object? TryDelegate(Type type)
    {
        MethodInfo invoke = type.GetMethod("Invoke")!;
        ParameterExpression[] parameters = [.. invoke.GetParameters().Select(parameter => Expression.Parameter(parameter.ParameterType))];
        return parameters.Any(parameter => parameter.IsByRef || parameter.Type.IsByRefLike)
            ? null
            : Expression.Lambda(type, Expression.Default(invoke.ReturnType), parameters).Compile();
    }

    private static Type? ConcreteOf(Type type) => !type.IsAbstract ? type
        : type.Assembly.GetTypes().FirstOrDefault(other => other.IsSubclassOf(type) && !other.IsAbstract && !other.ContainsGenericParameters);

    private static object Blank(Type type)
    {
        object blank = RuntimeHelpers.GetUninitializedObject(type);
#pragma warning disable CA1816 // It was never made: there is nothing to finalize.
        GC.SuppressFinalize(blank);
#pragma warning restore CA1816
        return blank;
    }

    /// <summary>Calls, and returns what came of it, or <c>null</c> where that is as it should be.</summary>
    private static string? WhatComesOf(MethodBase method, Type type, object?[] arguments)
    {
        try
        {
            object? result = method is ConstructorInfo constructor
                ? constructor.Invoke(arguments)
                : method.Invoke(method.IsStatic ? null : Blank(ConcreteOf(type) ?? type), arguments);
            return result is Task { Exception.InnerException: { } late } ? NameUnlessRight(late) : "nothing";
        }
        catch (TargetInvocationException exception)
        {
            return NameUnlessRight(exception.InnerException!);
        }
    }

    private static string? NameUnlessRight(Exception exception) => exception is ArgumentNullException ? null : exception.GetType().Name;

    /// <summary>Implements any interface, and answers nothing.</summary>
    public class Anything : DispatchProxy
    {
        /// <inheritdoc/>
        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => null;
    }
}
