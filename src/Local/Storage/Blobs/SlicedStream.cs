namespace Jobs.Local.Storage.Blobs;

/// <summary>The next bytes of a stream, and no more of it. Disposing disposes the stream.</summary>
internal sealed class SlicedStream(Stream inner, long length) : ReadOnlyStream
{
    private long _left = length;

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await inner.ReadAsync(buffer[..(int)Math.Min(buffer.Length, _left)], cancellationToken).ConfigureAwait(false);
        _left -= read;
        return read;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }
}
