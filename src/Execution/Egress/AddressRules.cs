using System.Net;
using System.Net.Sockets;

namespace Jobs.Execution.Egress;

/// <summary>
/// Which IP addresses we connect to on behalf of others: those of the public internet. Everything that IANA's registries of special-purpose addresses name is refused, and what
/// clouds use for themselves. Of IPv6 only global unicast (2000::/3) is public, and within it nothing that carries an IPv4 address, because that could be any: so mapped,
/// compatible, translated (NAT64), 6to4 and Teredo addresses are refused, whatever they carry.
/// </summary>
public static class AddressRules
{
    private static readonly IPNetwork[] Refused =
    [
        .. new[]
        {
            "0.0.0.0/8", // this host
            "10.0.0.0/8", // private
            "100.64.0.0/10", // shared by carriers; a cloud's metadata at 100.100.100.200
            "127.0.0.0/8", // loopback
            "168.63.129.16/32", // Azure's own: DNS, health probes, the host's agent
            "169.254.0.0/16", // link-local; metadata at 169.254.169.254
            "172.16.0.0/12", // private
            "192.0.0.0/24", // protocol assignments; a cloud's metadata at 192.0.0.192
            "192.0.2.0/24", // documentation
            "192.31.196.0/24", // AS112
            "192.52.193.0/24", // multicast tunnels
            "192.88.99.0/24", // 6to4 relays
            "192.168.0.0/16", // private
            "192.175.48.0/24", // AS112
            "198.18.0.0/15", // benchmarks
            "198.51.100.0/24", // documentation
            "203.0.113.0/24", // documentation
            "224.0.0.0/4", // multicast
            "240.0.0.0/4", // reserved; broadcast
            "2001::/23", // protocol assignments: Teredo, benchmarks, ORCHID
            "2001:db8::/32", // documentation
            "2002::/16", // 6to4
            "2620:4f:8000::/48", // AS112
            "3fff::/20", // documentation
        }.Select(IPNetwork.Parse),
    ];

    /// <summary>True for an address that we may connect to.</summary>
    public static bool IsPublic(IPAddress address) => address.AddressFamily switch
    {
        AddressFamily.InterNetwork => !IsRefused(address),
        AddressFamily.InterNetworkV6 => IsGlobalUnicast(address) && address.ScopeId == 0 && !IsRefused(address),
        _ => false,
    };

    /// <summary>2000::/3, by the bits: <see cref="IPNetwork"/> takes a mapped address for the IPv4 address in it.</summary>
    private static bool IsGlobalUnicast(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        return address.TryWriteBytes(bytes, out _) && bytes[0] >> 5 == 1;
    }

    private static bool IsRefused(IPAddress address) => Array.Exists(Refused, network => network.Contains(address));
}
