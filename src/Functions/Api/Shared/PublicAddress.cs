using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Jobs.Functions.Api.Shared;

/// <summary>The absolute addresses that we hand out. The base is <see cref="PublicAddressOptions.PublicUrl"/>; without it, the address that the request came to.</summary>
public sealed class PublicAddress
{
    private readonly string _base;

    private PublicAddress(string @base) => _base = @base;

    /// <summary>The addresses for the answer to a request.</summary>
    public static PublicAddress For(HttpRequest request, IOptions<PublicAddressOptions> options) => new(
        options.Value.PublicUrl is { Length: > 0 } configured ? configured.TrimEnd('/') : $"{request.Scheme}://{request.Host}");

    /// <summary>Scheme, host and port, as a browser writes them in <c>Origin</c>; null when the request names no host.</summary>
    public string? Origin => Uri.TryCreate(_base, UriKind.Absolute, out var uri) ? uri.GetLeftPart(UriPartial.Authority) : null;

    /// <summary>The address of a path of ours; an address that is whole already as it is.</summary>
    public string Of(string pathOrAddress) => pathOrAddress.StartsWith('/') ? _base + pathOrAddress : pathOrAddress;

    /// <summary>Where a widget is edited.</summary>
    public string WidgetEditor(string tenant, string widgetId) => $"{_base}/app/{Uri.EscapeDataString(tenant)}/widgets/{widgetId}";

    /// <summary>Where an agent is edited.</summary>
    public string AgentEditor(string tenant, string agentId) => $"{_base}/app/{Uri.EscapeDataString(tenant)}/agents/{agentId}";

    /// <summary>The address that starts a run of the agent that the token was made for. Whoever knows it can.</summary>
    public string Webhook(string token) => $"{_base}/hooks/{token}";

    /// <summary>The page of a published widget.</summary>
    public string WidgetPage(string widgetId) => $"{_base}/w/{widgetId}/";

    /// <summary>The script that mounts a published widget on somebody's page.</summary>
    public string WidgetScript(string widgetId) => $"{_base}/w/{widgetId}/embed.js";
}
