using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Jobs.Execution.Egress;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Jobs.Execution.Tests.Egress;

/// <summary>
/// A server on 127.0.0.1 that speaks TLS for the names of the test, and the <see cref="EgressOptions"/> with which those names resolve to public addresses that lead here. No rule is
/// switched off: what the tests replace is the DNS and the wire.
/// </summary>
internal sealed class TlsServer : IAsyncDisposable
{
    /// <summary>A host that every test may grant.</summary>
    public const string Host = "api.example.com";

    /// <summary>Another one.</summary>
    public const string Other = "other.example.com";

    private readonly WebApplication _app;
    private readonly int _port;

    private TlsServer(WebApplication app, X509Certificate2 root)
    {
        _app = app;
        _port = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port;
        Options = new EgressOptions { Resolve = ResolveAsync, Connect = ConnectAsync, TrustedRoots = [root] };
    }

    /// <summary>For a network whose names lead to this server.</summary>
    public EgressOptions Options { get; init; }

    /// <summary>The answer to the n-th resolution of a name, from 1; a public address unless the test says otherwise.</summary>
    public Func<string, int, string[]> Names { get; set; } = (_, _) => ["93.184.216.34"];

    /// <summary>Every resolution, in order.</summary>
    public ConcurrentQueue<string> Resolved { get; } = [];

    /// <summary>Every address and port that a connection was opened to, in order.</summary>
    public ConcurrentQueue<string> Connected { get; } = [];

    /// <summary>Starts the server. Its certificate is for <c>*.example.com</c> and <c>bücher.example</c>, from an authority that only <see cref="Options"/> trusts.</summary>
    public static async Task<TlsServer> StartAsync(RequestDelegate handle)
    {
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var rootRequest = new CertificateRequest("CN=Test authority", rootKey, HashAlgorithmName.SHA256);
        rootRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var root = rootRequest.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(2));

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Test server", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("*.example.com");
        names.AddDnsName("xn--bcher-kva.example");
        request.CertificateExtensions.Add(names.Build());
        using var signed = request.Create(root, DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1), [1]);
        using var pair = signed.CopyWithPrivateKey(key);
        var certificate = X509CertificateLoader.LoadPkcs12(pair.Export(X509ContentType.Pkcs12), null);

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.RequestHeaderEncodingSelector = _ => Encoding.Latin1;
            kestrel.ResponseHeaderEncodingSelector = _ => Encoding.Latin1;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate));
        });
        var app = builder.Build();
        app.Run(handle);
        await app.StartAsync();
        return new TlsServer(app, X509CertificateLoader.LoadCertificate(root.Export(X509ContentType.Cert)));
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private Task<IPAddress[]> ResolveAsync(string name, CancellationToken cancellationToken)
    {
        Resolved.Enqueue(name);
        return Task.FromResult(Array.ConvertAll(Names(name, Resolved.Count(n => n == name)), IPAddress.Parse));
    }

    private async Task<Stream> ConnectAsync(IPAddress address, int port, CancellationToken cancellationToken)
    {
        Connected.Enqueue($"{address}:{port}");
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _port, cancellationToken);
        return client.GetStream();
    }
}
