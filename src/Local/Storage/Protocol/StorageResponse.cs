namespace Jobs.Local.Storage.Protocol;

/// <summary>An answer of one of the two services. Its body is in memory or a stream, never both.</summary>
internal sealed class StorageResponse(int status) : IAsyncDisposable
{
    private readonly List<KeyValuePair<string, string>> _headers = [];

    /// <summary>The HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>The headers; those of the body are among them, but for its length.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers => _headers;

    /// <summary>The body, when it is in memory.</summary>
    public ReadOnlyMemory<byte> Body { get; private set; }

    /// <summary>The body, when it is read while it is sent; whoever sends it disposes it.</summary>
    public Stream? BodyStream { get; private set; }

    /// <summary>The length of the body, also where an answer to HEAD has none.</summary>
    public long ContentLength { get; private set; }

    /// <summary>Adds a header, unless its value is null.</summary>
    public StorageResponse With(string name, string? value)
    {
        if (value is not null)
            _headers.Add(new(name, value));
        return this;
    }

    /// <summary>Sets the body.</summary>
    public StorageResponse WithBody(ReadOnlyMemory<byte> body, string contentType)
    {
        (Body, ContentLength) = (body, body.Length);
        return With("Content-Type", contentType);
    }

    /// <summary>Sets the body to what a stream gives.</summary>
    public StorageResponse WithBody(Stream body, long length)
    {
        (BodyStream, ContentLength) = (body, length);
        return this;
    }

    /// <summary>Says how long the body would be that an answer to HEAD leaves out.</summary>
    public StorageResponse WithLength(long length)
    {
        ContentLength = length;
        return this;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => BodyStream?.DisposeAsync() ?? ValueTask.CompletedTask;
}
