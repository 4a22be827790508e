using System.Buffers.Binary;
using System.Text.Json;

namespace Jobs.Local.Storage.Blobs;

/// <summary>A blob opened for reading. Its content stays what it was, whoever overwrites or deletes the blob meanwhile.</summary>
/// <param name="Blob">What is known of it.</param>
/// <param name="Stream">The file.</param>
/// <param name="ContentStart">Where in the file the content begins.</param>
internal sealed record OpenBlob(StoredBlob Blob, FileStream Stream, long ContentStart) : IDisposable
{
    /// <summary>The bytes of the content.</summary>
    public long Length => Stream.Length - ContentStart;

    /// <inheritdoc/>
    public void Dispose() => Stream.Dispose();
}

/// <summary>The form of a blob's file: the length of the header, the header (<see cref="StoredBlob"/> as JSON), the content.</summary>
internal static class BlobFile
{
    /// <summary>As many blocks as there may be fit in.</summary>
    private const int MaxHeaderBytes = 8 * 1024 * 1024;

    private const int BufferBytes = 4096;

    /// <summary>Writes the header at the beginning of a file; the content follows.</summary>
    public static void WriteHeader(Stream file, StoredBlob blob)
    {
        var json = blob.ToJson();
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, json.Length);
        file.Position = 0;
        file.Write(length);
        file.Write(json);
    }

    /// <summary>Opens a file; null when it is not there. One that is no blob is an <see cref="InvalidDataException"/>.</summary>
    public static OpenBlob? Open(string path)
    {
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, BufferBytes, FileOptions.Asynchronous);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }

        try
        {
            Span<byte> prefix = stackalloc byte[sizeof(int)];
            file.ReadExactly(prefix);
            var length = BinaryPrimitives.ReadInt32LittleEndian(prefix);
            if (length is <= 0 or > MaxHeaderBytes || length > file.Length - sizeof(int))
                throw new InvalidDataException("The length of its header is wrong.");
            var json = new byte[length];
            file.ReadExactly(json);
            return new OpenBlob(StoredBlob.FromJson(json), file, sizeof(int) + length);
        }
        catch (Exception e) when (e is InvalidDataException or JsonException or EndOfStreamException)
        {
            file.Dispose();
            throw new InvalidDataException($"{path} is not a blob of this store: {e.Message}", e);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }
}
