using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Jobs.Local.Host;

/// <summary>
/// Takes the free ports that port 0 stands for as soon as the addresses are known, because settings of the app may have to name them, and keeps them until the listener has them.
/// </summary>
internal sealed class ReservedPorts : IDisposable
{
    private readonly Dictionary<EndPoint, Socket> _sockets = [];
    private readonly HashSet<string> _urls = new(StringComparer.Ordinal);

    /// <summary>The address with the port that it really has. One with a port of its own, or that is none, stays as it is.</summary>
    public string Reserve(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri)
            || uri is not { Port: 0, AbsolutePath: "/" }
            || uri.Scheme != Uri.UriSchemeHttp
            || !IPAddress.TryParse(uri.Host, out var address))
        {
            return url;
        }

        var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(new IPEndPoint(address, port: 0));
        _sockets.Add(socket.LocalEndPoint!, socket);
        var reserved = new UriBuilder(uri) { Port = ((IPEndPoint)socket.LocalEndPoint!).Port }.Uri.GetLeftPart(UriPartial.Authority);
        _urls.Add(reserved);
        return reserved;
    }

    /// <summary>Whether the address is one whose port was reserved.</summary>
    public bool Has(string url) => _urls.Contains(url);

    /// <summary>The socket that the listener is to use, which is its own from now on.</summary>
    public Socket Take(EndPoint endPoint) => _sockets.Remove(endPoint, out var socket) ? socket : SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint);

    public void Dispose()
    {
        foreach (var socket in _sockets.Values)
        {
            socket.Dispose();
        }
    }
}
