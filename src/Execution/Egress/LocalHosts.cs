using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Jobs.Execution.Egress;

/// <summary>
/// Hosts that may be called although their addresses are not public, each with its port: sites on the machine of whoever runs the app there. The app registers none and reads no setting
/// that could name one; only the local host does, which refuses to run in Azure.
/// </summary>
public sealed class LocalHosts
{
    private readonly FrozenSet<string> _hosts;

    private LocalHosts(IEnumerable<string> hosts) => _hosts = hosts.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>No host.</summary>
    public static LocalHosts None { get; } = new([]);

    /// <summary>Reads hosts with their ports, separated by commas: <c>127.0.0.1:8080,site.test:80</c>. <paramref name="error"/> says what is wrong with them.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out LocalHosts? hosts, [NotNullWhen(false)] out string? error)
    {
        (hosts, error) = (null, null);
        var read = new List<string>();
        foreach (var entry in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var colon = entry.LastIndexOf(':');
            if (colon < 0
                || !ushort.TryParse(entry.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
                || !Uri.TryCreate($"http://{entry}/", UriKind.Absolute, out var uri)
                || uri.PathAndQuery != "/"
                || uri.UserInfo.Length > 0
                || uri.Port != port)
            {
                error = $"'{entry}' is not a host with a port, such as 127.0.0.1:8080.";
                return false;
            }

            read.Add(Key(uri.IdnHost, uri.Port));
        }

        hosts = new LocalHosts(read);
        return true;
    }

    /// <summary>True for a host that is named with this very port.</summary>
    public bool Contains(Uri address) => Contains(address.IdnHost, address.Port);

    /// <inheritdoc cref="Contains(Uri)"/>
    internal bool Contains(string host, int port) => _hosts.Contains(Key(host, port));

    private static string Key(string host, int port) => string.Create(CultureInfo.InvariantCulture, $"{host.ToLowerInvariant()} {port}");
}
