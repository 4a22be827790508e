using System.Text;
using Azure.Core;
using Jobs.LocalRuntime.Storage;

namespace Jobs.LocalRuntime.Blobs;

/// <summary>The Blob service's scheme SharedKey: the method, the standard headers, the x-ms headers, the resource with its query.</summary>
internal sealed class BlobSharedKeyPolicy(string account, string key) : SharedKeyPolicy(account, key)
{
    protected override (string Scheme, string Text) TextToSign(Request request)
    {
        var uri = request.Uri.ToUri();
        var text = new StringBuilder();
        text.Append(request.Method.Method).Append('\n');
        text.Append(Header(request, "Content-Encoding")).Append('\n');
        text.Append(Header(request, "Content-Language")).Append('\n');
        text.Append(request.Content is { } content && content.TryComputeLength(out var length) && length > 0 ? length : "").Append('\n');
        foreach (var name in new[] { "Content-MD5", "Content-Type", "Date", "If-Modified-Since", "If-Match", "If-None-Match", "If-Unmodified-Since", "Range" })
            text.Append(Header(request, name)).Append('\n');
        foreach (var header in request.Headers.Where(header => header.Name.StartsWith("x-ms-", StringComparison.OrdinalIgnoreCase)).OrderBy(header => header.Name.ToLowerInvariant(), StringComparer.Ordinal))
            text.Append(header.Name.ToLowerInvariant()).Append(':').Append(header.Value.Trim()).Append('\n');
        text.Append('/').Append(Account).Append(uri.AbsolutePath);
        var query = uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Select(part => part.Split('=', 2));
        foreach (var part in query.OrderBy(part => part[0], StringComparer.Ordinal))
            text.Append('\n').Append(part[0].ToLowerInvariant()).Append(':').Append(Uri.UnescapeDataString(part[1]));
        return ("SharedKey", text.ToString());
    }
}
