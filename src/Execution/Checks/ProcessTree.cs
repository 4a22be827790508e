using System.Globalization;

namespace Jobs.Execution.Checks;

/// <summary>A process with all that it has started, as Linux tells of them.</summary>
internal static class ProcessTree
{
    // Fields of /proc/{id}/stat, counted from the state, which follows the name.
    private const int ParentField = 1;
    private const int ResidentField = 21;

    /// <summary>How many bytes of memory they have together; null where the first has ended.</summary>
    /// <param name="root">The first of them.</param>
    public static long? MemoryOf(int root)
    {
        var all = new Dictionary<int, (int Parent, long Bytes)>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && Read(folder) is { } process)
            {
                all[id] = process;
            }
        }

        if (!all.ContainsKey(root))
        {
            return null;
        }

        var children = all.ToLookup(process => process.Value.Parent, process => process.Key);
        // An id may have become another's between two readings: nothing is counted twice.
        var (bytes, seen, open) = (0L, new HashSet<int>(), new Stack<int>([root]));
        while (open.TryPop(out var id))
        {
            if (!seen.Add(id))
            {
                continue;
            }

            bytes += all[id].Bytes;
            foreach (var child in children[id])
            {
                open.Push(child);
            }
        }

        return bytes;
    }

    private static (int Parent, long Bytes)? Read(string folder)
    {
        try
        {
            var text = File.ReadAllText(Path.Combine(folder, "stat"));
            // A name may hold anything, brackets and blanks too.
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return (int.Parse(fields[ParentField], CultureInfo.InvariantCulture), long.Parse(fields[ResidentField], CultureInfo.InvariantCulture) * Environment.SystemPageSize);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has ended just now, or is not shown to us.
            return null;
        }
    }
}
