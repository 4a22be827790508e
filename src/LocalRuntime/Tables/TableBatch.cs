using System.Globalization;
using System.Text;
using Azure;
using Azure.Data.Tables;
using Jobs.LocalRuntime.Storage;

namespace Jobs.LocalRuntime.Tables;

/// <summary>An entity-group transaction as the service takes it: HTTP requests inside a changeset inside a multipart body.</summary>
internal sealed class TableBatch
{
    private const string StatusLine = "HTTP/1.1 ";

    /// <summary>Writes the requests.</summary>
    public TableBatch(Uri endpoint, IEnumerable<TableRestRequest> requests)
    {
        var (batch, changeset) = ($"batch_{Guid.NewGuid()}", $"changeset_{Guid.NewGuid()}");
        ContentType = $"multipart/mixed; boundary={batch}";
        var root = endpoint.AbsoluteUri.TrimEnd('/');
        using var content = new MemoryStream();
        Append($"--{batch}\r\nContent-Type: multipart/mixed; boundary={changeset}\r\n\r\n");
        foreach (var request in requests)
        {
            Append($"--{changeset}\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n");
            Append($"{request.Method.Method} {root}/{request.Path} HTTP/1.1\r\nAccept: application/json;odata=minimalmetadata\r\nDataServiceVersion: 3.0\r\n");
            foreach (var (name, value) in request.Headers)
                Append($"{name}: {value}\r\n");
            if (request.Body is not null)
                Append($"Content-Type: application/json\r\nContent-Length: {request.Body.Length}\r\n");
            Append("\r\n");
            content.Write(request.Body);
            Append("\r\n");
        }

        Append($"--{changeset}--\r\n--{batch}--\r\n");
        Content = content.ToArray();

        void Append(string text) => content.Write(Encoding.UTF8.GetBytes(text));
    }

    /// <summary>The request's media type with the boundary.</summary>
    public string ContentType { get; }

    /// <summary>The request's body.</summary>
    public byte[] Content { get; }

    /// <summary>
    /// The answers, in order. A refusal comes as the only one, inside a 202; its message begins with the index of the action and a colon.
    /// </summary>
    public static IReadOnlyList<Response> ParseResponse(string body, int expected)
    {
        var responses = new List<Response>();
        var lines = body.Split("\r\n");
        for (var i = 0; i < lines.Length; i++)
        {
            if (!lines[i].StartsWith(StatusLine, StringComparison.Ordinal))
                continue;
            var status = int.Parse(lines[i].AsSpan(StatusLine.Length, 3), CultureInfo.InvariantCulture);
            ETag etag = default;
            for (i++; i < lines.Length && lines[i].Length > 0; i++)
            {
                var colon = lines[i].IndexOf(':');
                if (colon > 0 && lines[i].AsSpan(0, colon).Equals("ETag", StringComparison.OrdinalIgnoreCase))
                    etag = new ETag(lines[i][(colon + 1)..].Trim());
            }

            if (status >= 400)
                throw Failed(status, string.Join("\n", lines.Skip(i + 1).TakeWhile(line => !line.StartsWith("--", StringComparison.Ordinal))));
            responses.Add(new StoredResponse(status, etag));
        }

        return responses.Count == expected ? responses
            : throw new RequestFailedException($"The table service answered {responses.Count} of {expected} actions: the transaction's outcome is unknown.");
    }

    private static TableTransactionFailedException Failed(int status, string json)
    {
        var refusal = RestTableStore.Refusal(status, json);
        var colon = refusal.Message.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && int.TryParse(refusal.Message.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            ? TableTransactionFailedException.At(index, refusal)
            : new TableTransactionFailedException(refusal);
    }
}
