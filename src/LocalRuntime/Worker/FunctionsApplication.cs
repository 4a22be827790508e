using System.Reflection;
using System.Runtime.CompilerServices;
using Jobs.LocalRuntime.Host;

namespace Microsoft.Azure.Functions.Worker.Builder;

/// <summary>Makes the builder of a function app.</summary>
public class FunctionsApplication
{
    /// <summary>
    /// A builder for the functions of the calling assembly. The local host takes from the arguments <c>--urls</c>, <c>--data</c>, and
    /// <c>--Name value</c> for any setting.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static FunctionsApplicationBuilder CreateBuilder(string[] args) => CreateBuilder(args, Assembly.GetCallingAssembly());

    internal static FunctionsApplicationBuilder CreateBuilder(string[] args, Assembly assembly) => CreateBuilder(args, assembly, assembly.GetTypes());

    internal static FunctionsApplicationBuilder CreateBuilder(string[] args, Assembly assembly, IReadOnlyCollection<Type> types) =>
        new(LocalHostOptions.Parse(args, assembly), types);
}
