using System.Text;
using Jobs.Local.Storage.Protocol;

namespace Jobs.Local.Storage.Tables;

/// <summary>Reads the multipart body of a transaction: one changeset of HTTP requests. Anything else is 400 InvalidInput.</summary>
internal static class BatchBody
{
    private const string MultipartMixed = "multipart/mixed";
    private static readonly byte[] LineEnd = "\r\n"u8.ToArray();

    /// <summary>The requests inside, in order; at least one.</summary>
    public static List<StorageRequest> Read(StorageRequest batch, ReadOnlyMemory<byte> body)
    {
        var parts = Parts(body, Boundary(batch.Header("Content-Type")));
        if (parts.Count != 1)
            throw Invalid("a batch has one changeset");
        var (headers, content) = Split(parts[0]);
        if (headers.GetValueOrDefault("Content-Type")?.StartsWith(MultipartMixed, StringComparison.OrdinalIgnoreCase) != true)
            throw StorageError.NotImplemented("queries in a batch");
        var requests = Parts(content, Boundary(headers["Content-Type"])).ConvertAll(part => Request(batch, part));
        return requests.Count > 0 ? requests : throw Invalid("the changeset is empty");
    }

    private static StorageRequest Request(StorageRequest batch, ReadOnlyMemory<byte> part)
    {
        var (_, http) = Split(part);
        var lineEnd = http.Span.IndexOf(LineEnd);
        var words = lineEnd < 0 ? [] : Encoding.UTF8.GetString(http.Span[..lineEnd]).Split(' ');
        if (words.Length != 3)
            throw Invalid("a request has no request line");
        var (headers, body) = Split(http[(lineEnd + LineEnd.Length)..]);
        var target = words[1];
        if (target.IndexOf("://", StringComparison.Ordinal) is >= 0 and var scheme)
            target = target.IndexOf('/', scheme + "://".Length) is >= 0 and var path ? target[path..] : "/";
        var query = target.IndexOf('?');
        return new PartRequest(headers, body)
        {
            Method = words[0].ToUpperInvariant(),
            Origin = batch.Origin,
            Path = query < 0 ? target : target[..query],
            Query = new QueryParameters(query < 0 ? "" : target[query..]),
        };
    }

    /// <summary>What stands between the lines of a boundary.</summary>
    private static List<ReadOnlyMemory<byte>> Parts(ReadOnlyMemory<byte> body, string boundary)
    {
        var parts = new List<ReadOnlyMemory<byte>>();
        var delimiter = Encoding.ASCII.GetBytes($"--{boundary}");
        var position = body.Span.IndexOf(delimiter);
        while (position >= 0)
        {
            position += delimiter.Length;
            if (body.Span[position..].StartsWith("--"u8))
                return parts;
            if (!body.Span[position..].StartsWith(LineEnd))
                break;
            position += LineEnd.Length;
            var length = body.Span[position..].IndexOf([.. LineEnd, .. delimiter]);
            if (length < 0)
                break;
            parts.Add(body.Slice(position, length));
            position += length + LineEnd.Length;
        }

        throw Invalid("a boundary is missing");
    }

    /// <summary>The headers and what follows their blank line.</summary>
    private static (Dictionary<string, string> Headers, ReadOnlyMemory<byte> Content) Split(ReadOnlyMemory<byte> part)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var position = 0;
        while (true)
        {
            var length = part.Span[position..].IndexOf(LineEnd);
            if (length < 0)
                return part.Length == position ? (headers, ReadOnlyMemory<byte>.Empty) : throw Invalid("the headers of a part do not end");
            if (length == 0)
                return (headers, part[(position + LineEnd.Length)..]);
            var line = Encoding.UTF8.GetString(part.Span.Slice(position, length));
            var colon = line.IndexOf(':');
            if (colon <= 0)
                throw Invalid("a header has no colon");
            headers[line[..colon].Trim()] = line[(colon + 1)..].Trim();
            position += length + LineEnd.Length;
        }
    }

    private static string Boundary(string? contentType)
    {
        const string Parameter = "boundary=";
        var start = contentType?.IndexOf(Parameter, StringComparison.OrdinalIgnoreCase) ?? -1;
        if (start < 0)
            throw Invalid("the content type has no boundary");
        var boundary = contentType![(start + Parameter.Length)..].Split(';')[0].Trim().Trim('"');
        return boundary.Length > 0 ? boundary : throw Invalid("the boundary is empty");
    }

    private static StorageError Invalid(string why) => StorageError.InvalidInput($"The batch is not valid: {why}.");

    private sealed class PartRequest(Dictionary<string, string> headers, ReadOnlyMemory<byte> body) : StorageRequest
    {
        public override IEnumerable<KeyValuePair<string, string>> Headers => headers;

        public override string? Header(string name) => headers.GetValueOrDefault(name);

        public override async Task CopyBodyToAsync(Stream target, CancellationToken cancellationToken) => await target.WriteAsync(body, cancellationToken).ConfigureAwait(false);
    }
}
