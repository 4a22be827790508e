namespace Jobs.Local.Storage.Protocol;

/// <summary>
/// A request to one of the two services, however it came: from a client in this process, from the listening port, or inside a batch. Path and query are as
/// they were sent, still escaped, so that each service decodes them once and in its own way.
/// </summary>
internal abstract class StorageRequest
{
    /// <summary>The HTTP method, in upper case.</summary>
    public required string Method { get; init; }

    /// <summary>The address up to the account, for example <c>http://127.0.0.1:10002</c>.</summary>
    public required string Origin { get; init; }

    /// <summary>The path with its account, escaped, for example <c>/devstoreaccount1/Jobs(PartitionKey='p',RowKey='r')</c>.</summary>
    public required string Path { get; init; }

    /// <summary>The query.</summary>
    public required QueryParameters Query { get; init; }

    /// <summary>Every header, for what depends on the names: metadata and signatures.</summary>
    public abstract IEnumerable<KeyValuePair<string, string>> Headers { get; }

    /// <summary>A header's value; null when it was not sent.</summary>
    public abstract string? Header(string name);

    /// <summary>Writes the body to a stream.</summary>
    public abstract Task CopyBodyToAsync(Stream target, CancellationToken cancellationToken);

    /// <summary>
    /// What follows the account in the path, still escaped and without a slash in front; empty for the account itself. Another account than the emulator's
    /// is a refusal.
    /// </summary>
    public string Resource()
    {
        const string Account = "/" + EmulatorAccount.Name;
        if (!Path.StartsWith(Account, StringComparison.Ordinal) || (Path.Length > Account.Length && Path[Account.Length] != '/'))
            throw new StorageError(400, "InvalidUri", $"The path of an address begins with /{EmulatorAccount.Name}.");
        return Path.Length <= Account.Length + 1 ? "" : Path[(Account.Length + 1)..];
    }

    /// <summary>The body in memory. One that is larger than allowed is 413 RequestBodyTooLarge.</summary>
    public async Task<ReadOnlyMemory<byte>> ReadBodyAsync(int maxBytes, CancellationToken cancellationToken)
    {
        using var body = new BoundedMemoryStream(maxBytes);
        await CopyBodyToAsync(body, cancellationToken).ConfigureAwait(false);
        return body.Written;
    }

    private sealed class BoundedMemoryStream(int maxBytes) : MemoryStream
    {
        public ReadOnlyMemory<byte> Written => GetBuffer().AsMemory(0, (int)Length);

        public override void Write(byte[] buffer, int offset, int count)
        {
            Check(count);
            base.Write(buffer, offset, count);
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            Check(buffer.Length);
            base.Write(buffer);
        }

        // Without these two the base class may go round the checks above.
        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        {
            Write(buffer, offset, count);
            return Task.CompletedTask;
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Write(buffer.Span);
            return ValueTask.CompletedTask;
        }

        private void Check(int count)
        {
            if (Length + count > maxBytes)
                throw StorageError.RequestBodyTooLarge(maxBytes);
        }
    }
}
