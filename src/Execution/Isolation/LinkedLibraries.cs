using System.Text.RegularExpressions;

namespace Jobs.Execution.Isolation;

/// <summary>The shared libraries that programs are linked with, as the loader tells them. Linux only.</summary>
internal static partial class LinkedLibraries
{
    private const int OutputBytes = 64 * 1024;

    /// <summary>The absolute paths of the libraries of a program and of libraries that it loads later, the loader itself among them.</summary>
    /// <param name="program">The program.</param>
    /// <param name="loadedLater">Libraries that it is not linked with.</param>
    /// <param name="cancellationToken">Ends the programs that are asked.</param>
    public static async Task<IReadOnlySet<string>> OfAsync(string program, IEnumerable<string> loadedLater, CancellationToken cancellationToken)
    {
        var libraries = await ListAsync([program], cancellationToken);
        var loader = libraries.FirstOrDefault(path => Path.GetFileName(path).StartsWith("ld-", StringComparison.Ordinal));
        foreach (var library in loader is null ? [] : loadedLater)
        {
            libraries.UnionWith(await ListAsync([loader!, library], cancellationToken));
        }

        return libraries;
    }

    private static async Task<HashSet<string>> ListAsync(IReadOnlyList<string> command, CancellationToken cancellationToken)
    {
        var listing = await BoundedProcess.RunAsync(command, "/", OutputBytes, new Dictionary<string, string> { ["LD_TRACE_LOADED_OBJECTS"] = "1" }, cancellationToken);
        return [.. Library().Matches(listing.Output.Text).Select(match => match.Groups["path"].Value)];
    }

    // "libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f…)" and "/lib64/ld-linux-x86-64.so.2 (0x00007f…)"
    [GeneratedRegex(@"^\s*(\S+ => )?(?<path>/\S+) \(0x[0-9a-f]+\)$", RegexOptions.Multiline)]
    private static partial Regex Library();
}
