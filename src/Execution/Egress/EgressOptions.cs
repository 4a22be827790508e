using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Jobs.Execution.Egress;

/// <summary>What requests on behalf of others need of the machine. The defaults are the real ones; tests put their own names and servers in their place, and no rule.</summary>
public sealed record EgressOptions
{
    /// <summary>All addresses of a name; throws <see cref="SocketException"/> when there are none.</summary>
    public Func<string, CancellationToken, Task<IPAddress[]>> Resolve { get; init; } = Dns.GetHostAddressesAsync;

    /// <summary>A connection to an address and port; throws <see cref="SocketException"/>.</summary>
    public Func<IPAddress, int, CancellationToken, Task<Stream>> Connect { get; init; } = ConnectSocketAsync;

    /// <summary>The authorities that vouch for servers; null for those that the machine trusts.</summary>
    public X509Certificate2Collection? TrustedRoots { get; init; }

    /// <summary>The clock of the time limits.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    private static async Task<Stream> ConnectSocketAsync(IPAddress address, int port, CancellationToken cancellationToken)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address, port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
