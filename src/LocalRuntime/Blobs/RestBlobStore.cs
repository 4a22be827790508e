using System.Globalization;
using System.Xml.Linq;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Jobs.LocalRuntime.Storage;

namespace Jobs.LocalRuntime.Blobs;

/// <summary>The Blob service over REST: Azure, or an emulator. Failed tries are repeated as the client's options say.</summary>
internal sealed class RestBlobStore : IBlobStore
{
    private const string Scope = "https://storage.azure.com/.default";

    private readonly Uri _endpoint;
    private readonly HttpPipeline _pipeline;

    private RestBlobStore(Uri endpoint, BlobClientOptions options, HttpPipelinePolicy authentication)
    {
        _endpoint = endpoint;
        _pipeline = HttpPipelineBuilder.Build(options, authentication);
    }

    /// <summary>By account key.</summary>
    public static RestBlobStore WithSharedKey(StorageConnectionString account, BlobClientOptions options) =>
        new(account.BlobEndpoint!, options, new BlobSharedKeyPolicy(account.AccountName, account.AccountKey));

    /// <summary>By identity.</summary>
    public static RestBlobStore WithIdentity(Uri endpoint, TokenCredential credential, BlobClientOptions options) =>
        new(endpoint, options, new BearerTokenAuthenticationPolicy(credential, Scope));

    /// <inheritdoc/>
    public async Task<bool> CreateContainerAsync(string container, CancellationToken cancellationToken)
    {
        using var message = CreateMessage(RequestMethod.Put, container);
        message.Request.Uri.AppendQuery("restype", "container");
        await _pipeline.SendAsync(message, cancellationToken).ConfigureAwait(false);
        return message.Response.Status switch
        {
            201 => true,
            409 when ErrorCode(message.Response) == "ContainerAlreadyExists" => false,
            _ => throw Refusal(message.Response),
        };
    }

    /// <inheritdoc/>
    public async Task<BlobContentInfo> UploadAsync(string container, string name, BinaryData content, string contentType, bool createOnly, CancellationToken cancellationToken)
    {
        using var message = CreateMessage(RequestMethod.Put, container, name);
        message.Request.Headers.SetValue("x-ms-blob-type", "BlockBlob");
        message.Request.Headers.SetValue("x-ms-blob-content-type", contentType);
        message.Request.Headers.SetValue("Content-Type", BlobLimits.DefaultContentType);
        if (createOnly)
            message.Request.Headers.SetValue("If-None-Match", ETag.All.ToString());
        message.Request.Content = RequestContent.Create(content);
        await _pipeline.SendAsync(message, cancellationToken).ConfigureAwait(false);
        var response = message.Response;
        return response.Status == 201
            ? new BlobContentInfo(response.Headers.ETag ?? default, LastModified(response.Headers.TryGetValue("Last-Modified", out var time) ? time : ""))
            : throw Refusal(response);
    }

    /// <inheritdoc/>
    public async Task<BlobDownloadResult> DownloadAsync(string container, string name, CancellationToken cancellationToken)
    {
        using var message = CreateMessage(RequestMethod.Get, container, name);
        await _pipeline.SendAsync(message, cancellationToken).ConfigureAwait(false);
        var response = message.Response;
        if (response.Status != 200)
            throw Refusal(response);
        var content = response.Content;
        return new BlobDownloadResult(content, new BlobDownloadDetails(response.Headers.ContentType ?? "", response.Headers.ETag ?? default, content.ToMemory().Length));
    }

    /// <inheritdoc/>
    public async Task<bool> ExistsAsync(string container, string name, CancellationToken cancellationToken)
    {
        using var message = CreateMessage(RequestMethod.Head, container, name);
        await _pipeline.SendAsync(message, cancellationToken).ConfigureAwait(false);
        return message.Response.Status switch { 200 => true, 404 => false, _ => throw Refusal(message.Response) };
    }

    /// <inheritdoc/>
    public async Task<bool> DeleteAsync(string container, string name, CancellationToken cancellationToken)
    {
        using var message = CreateMessage(RequestMethod.Delete, container, name);
        await _pipeline.SendAsync(message, cancellationToken).ConfigureAwait(false);
        return message.Response.Status switch { 202 => true, 404 => false, _ => throw Refusal(message.Response) };
    }

    /// <inheritdoc/>
    public async Task<Page<BlobItem>> ListAsync(string container, string prefix, int take, string? continuation, CancellationToken cancellationToken)
    {
        using var message = CreateMessage(RequestMethod.Get, container);
        var uri = message.Request.Uri;
        uri.AppendQuery("restype", "container");
        uri.AppendQuery("comp", "list");
        uri.AppendQuery("maxresults", take.ToString(CultureInfo.InvariantCulture));
        if (prefix.Length > 0)
            uri.AppendQuery("prefix", prefix);
        if (continuation is not null)
            uri.AppendQuery("marker", continuation);
        await _pipeline.SendAsync(message, cancellationToken).ConfigureAwait(false);
        if (message.Response.Status != 200)
            throw Refusal(message.Response);
        var listing = XDocument.Parse(message.Response.Content.ToString().TrimStart('\uFEFF')).Root!;
        var items = listing.Element("Blobs")!.Elements("Blob").Select(Item).ToList();
        var next = listing.Element("NextMarker")?.Value;
        return Page<BlobItem>.FromValues(items, string.IsNullOrEmpty(next) ? null : next, message.Response);
    }

    private HttpMessage CreateMessage(RequestMethod method, string container, string? blob = null)
    {
        var message = _pipeline.CreateMessage();
        message.Request.Method = method;
        var path = blob is null ? container : $"{container}/{string.Join('/', blob.Split('/').Select(Uri.EscapeDataString))}";
        message.Request.Uri.Reset(new Uri($"{_endpoint.AbsoluteUri.TrimEnd('/')}/{path}"));
        message.Request.Headers.SetValue("x-ms-version", BlobClientOptions.Version);
        return message;
    }

    private static BlobItem Item(XElement blob)
    {
        var name = blob.Element("Name")!;
        var properties = blob.Element("Properties")!;
        return new BlobItem(
            (bool?)name.Attribute("Encoded") == true ? Uri.UnescapeDataString(name.Value) : name.Value,
            new BlobItemProperties((long)properties.Element("Content-Length")!, LastModified(properties.Element("Last-Modified")!.Value)));
    }

    private static DateTimeOffset LastModified(string text) => DateTimeOffset.ParseExact(text, "R", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    private static string? ErrorCode(Response response) => response.Headers.TryGetValue("x-ms-error-code", out var code) ? code : null;

    private static RequestFailedException Refusal(Response response)
    {
        var code = ErrorCode(response);
        return new(response.Status, $"The blob service answered {response.Status} {code ?? response.ReasonPhrase}.", code, null);
    }
}
