using System.Diagnostics.CodeAnalysis;
using Azure;
using Azure.Core;

namespace Jobs.LocalRuntime.Storage;

/// <summary>A response that no HTTP request stands behind: what a local store answers with, or one part of a batch.</summary>
internal sealed class StoredResponse(int status, ETag etag = default) : Response
{
    private const string ETagHeader = "ETag";

    public override int Status => status;

    public override string ReasonPhrase => "";

    public override Stream? ContentStream { get; set; }

    public override string ClientRequestId { get; set; } = "";

    public override void Dispose() => ContentStream?.Dispose();

    protected override bool TryGetHeader(string name, [NotNullWhen(true)] out string? value)
    {
        value = ContainsHeader(name) ? etag.ToString("H") : null;
        return value is not null;
    }

    protected override bool TryGetHeaderValues(string name, [NotNullWhen(true)] out IEnumerable<string>? values)
    {
        values = TryGetHeader(name, out var value) ? [value] : null;
        return values is not null;
    }

    protected override bool ContainsHeader(string name) => etag != default && string.Equals(name, ETagHeader, StringComparison.OrdinalIgnoreCase);

    protected override IEnumerable<HttpHeader> EnumerateHeaders() => ContainsHeader(ETagHeader) ? [new HttpHeader(ETagHeader, etag.ToString("H"))] : [];
}
