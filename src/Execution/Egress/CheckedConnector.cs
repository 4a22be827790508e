using System.Net;
using System.Net.Sockets;

namespace Jobs.Execution.Egress;

/// <summary>
/// Connects to hosts that others named. The name is resolved once, all of its addresses must be public (<see cref="AddressRules"/>), and the connection goes to one of those
/// very addresses: a name that resolves to something else a moment later changes nothing. Only of <paramref name="localHosts"/> the addresses may be any.
/// </summary>
public sealed class CheckedConnector(EgressOptions options, LocalHosts localHosts)
{
    /// <summary>Connects, or throws <see cref="EgressException"/>, whose message does not show addresses.</summary>
    public async Task<Stream> ConnectAsync(DnsEndPoint host, CancellationToken cancellationToken)
    {
        IPAddress[] addresses;
        try
        {
            addresses = await options.Resolve(host.Host, cancellationToken);
        }
        catch (SocketException error)
        {
            throw new EgressException($"The name {host.Host} cannot be resolved.", error) { Failure = EgressFailure.NameNotFound };
        }

        if (addresses.Length == 0)
        {
            throw new EgressException($"The name {host.Host} cannot be resolved.") { Failure = EgressFailure.NameNotFound };
        }

        // One address that is not public condemns the name: whoever answers so is trying something, or it is a name for inside.
        if (!localHosts.Contains(host.Host, host.Port) && !Array.TrueForAll(addresses, AddressRules.IsPublic))
        {
            throw new EgressException($"The name {host.Host} resolves to an address that is not public.");
        }

        Exception? last = null;
        // IPv4 first: where IPv6 is announced but does not work, it would cost the whole time of each try.
        foreach (var address in addresses.OrderBy(a => a.AddressFamily is AddressFamily.InterNetwork ? 0 : 1).Take(EgressLimits.MaxAddresses))
        {
            using var timeout = new CancellationTokenSource(EgressLimits.ConnectTime, options.Time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
            try
            {
                return await options.Connect(address, host.Port, either.Token);
            }
            catch (SocketException error)
            {
                last = error;
            }
            catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
            {
                last = error;
            }
        }

        throw new EgressException($"No connection to {host.Host} can be made.", last) { Failure = EgressFailure.Unreachable };
    }
}
