using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;

namespace Jobs.Local.Commands;

/// <summary>Serves the files of the folder <c>SampleSite</c> on loopback, for a crawl that needs no other machine.</summary>
internal sealed class SampleSite : IAsyncDisposable
{
    /// <summary>The port that it takes when it is free, so that a page has the same address, and is the same document, every time.</summary>
    private const int PreferredPort = 7079;

    private readonly WebApplication _web;

    private SampleSite(WebApplication web)
    {
        _web = web;
        Address = new Uri(web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
    }

    /// <summary>Where its first page is.</summary>
    public Uri Address { get; }

    public static async Task<SampleSite> StartAsync()
    {
        try
        {
            return await StartAsync(PreferredPort);
        }
        catch (IOException)
        {
            // Somebody else has the port.
            return await StartAsync(0);
        }
    }

    public ValueTask DisposeAsync() => _web.DisposeAsync();

    private static async Task<SampleSite> StartAsync(int port)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        var web = builder.Build();
        try
        {
            web.UseFileServer(new FileServerOptions { FileProvider = new PhysicalFileProvider(Path.Combine(AppContext.BaseDirectory, "SampleSite")) });
            await web.StartAsync();
            return new SampleSite(web);
        }
        catch
        {
            await web.DisposeAsync();
            throw;
        }
    }
}
