using System.Globalization;
using System.Text;
using System.Xml;
using Jobs.Local.Storage.Protocol;

namespace Jobs.Local.Storage.Blobs;

/// <summary>Writing a blob block by block.</summary>
internal sealed class BlockOperations(DiskBlobStore store)
{
    /// <summary>Where a block of a list is looked for.</summary>
    private enum BlockSource
    {
        Committed,
        Uncommitted,
        Latest,
    }

    /// <summary>The most bytes of a list: room for as many blocks as there may be.</summary>
    private const int MaxListBytes = 8 * 1024 * 1024;

    /// <summary>Put Block.</summary>
    public async Task<StorageResponse> PutBlockAsync(StorageRequest request, string container, string name, CancellationToken cancellationToken)
    {
        if (request.Header("x-ms-copy-source") is not null)
            throw StorageError.NotImplemented("blocks from other addresses");
        store.Containers.Folder(container);
        var id = Id(request.Query["blockid"] ?? throw new StorageError(400, "MissingRequiredQueryParameter", "A query parameter that's mandatory for this request is not specified: blockid."));
        string? md5 = null;
        await store.Blocks.StageAsync(
            container, name, id, async file => md5 = await UploadStream.ReceiveAsync(request, file, BlobLimits.MaxBlockBytes, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        return new StorageResponse(201).With("Content-MD5", md5).With("x-ms-request-server-encrypted", "false")
            .With(StructuredMessage.Header, request.Header(StructuredMessage.Header));
    }

    /// <summary>Put Block List: the blob becomes the blocks of the list, in its order.</summary>
    public async Task<StorageResponse> PutBlockListAsync(StorageRequest request, string container, string name, CancellationToken cancellationToken)
    {
        var list = ReadList(await request.ReadBodyAsync(MaxListBytes, cancellationToken).ConfigureAwait(false));
        store.Containers.Folder(container);
        using var existing = Existing(container, name);
        var blocks = list.ConvertAll(block => Find(container, name, existing, block.Source, block.Id));
        var blob = BlobWrites.Described(request, name) with
        {
            ContentMd5 = BlobLimits.StoredHeader(request, "x-ms-blob-content-md5"),
            Blocks = blocks.ConvertAll(block => new StoredBlock(block.Id, block.Length)),
        };
        if (request.Header("x-ms-blob-content-type") is null)
            blob = blob with { ContentType = BlobLimits.DefaultContentType };
        blob = await store.PutAsync(container, blob, BlobConditions.Of(request), async (file, described) =>
        {
            foreach (var block in blocks)
                await CopyAsync(container, name, existing, block, file, cancellationToken).ConfigureAwait(false);
            return described;
        }, cancellationToken).ConfigureAwait(false);
        store.Blocks.Clear(container, name);
        return BlobWrites.Written(201, blob);
    }

    /// <summary>Get Block List.</summary>
    public StorageResponse GetBlockList(StorageRequest request, string container, string name)
    {
        var kind = request.Query["blocklisttype"] ?? "committed";
        if (kind is not ("committed" or "uncommitted" or "all"))
            throw StorageError.InvalidParameter("blocklisttype");
        var found = store.Find(container, name);
        var uncommitted = store.Blocks.List(container, name);
        if (found is null && uncommitted.Count == 0)
            throw BlobErrors.BlobNotFound();
        var response = new StorageResponse(200).With("x-ms-blob-content-length", (found?.Length ?? 0).ToString(CultureInfo.InvariantCulture));
        if (found is { Blob: var blob })
            response.With("ETag", blob.ETag).With("Last-Modified", blob.LastModified.ToString("R", CultureInfo.InvariantCulture));
        return response.WithBody(BlobXml.Write("BlockList", xml =>
        {
            if (kind is "committed" or "all")
                WriteBlocks(xml, "CommittedBlocks", found?.Blob.Blocks ?? []);
            if (kind is "uncommitted" or "all")
                WriteBlocks(xml, "UncommittedBlocks", uncommitted);
        }), ServiceXml.ContentType);
    }

    private static void WriteBlocks(XmlWriter xml, string element, List<StoredBlock> blocks)
    {
        xml.WriteStartElement(element);
        foreach (var block in blocks)
        {
            xml.WriteStartElement("Block");
            xml.WriteElementString("Name", block.Id);
            xml.WriteElementString("Size", block.Size.ToString(CultureInfo.InvariantCulture));
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    private OpenBlob? Existing(string container, string name)
    {
        try
        {
            return store.Open(container, name);
        }
        catch (StorageError missing) when (missing.Code == "BlobNotFound")
        {
            return null;
        }
    }

    /// <summary>Where a block's bytes are; 400 when there is no such block.</summary>
    private FoundBlock Find(string container, string name, OpenBlob? existing, BlockSource source, string id)
    {
        if (source != BlockSource.Committed)
        {
            using var staged = store.Blocks.Open(container, name, Id(id));
            if (staged is not null)
                return new FoundBlock(id, staged.Length, CommittedAt: null);
        }

        if (source != BlockSource.Uncommitted)
        {
            long position = 0;
            foreach (var block in existing?.Blob.Blocks ?? [])
            {
                if (block.Id == id)
                    return new FoundBlock(id, block.Size, position);
                position += block.Size;
            }
        }

        throw BlobErrors.InvalidBlockList();
    }

    private async Task CopyAsync(string container, string name, OpenBlob? existing, FoundBlock block, Stream target, CancellationToken cancellationToken)
    {
        if (block.CommittedAt is { } position)
        {
            existing!.Stream.Position = existing.ContentStart + position;
            var left = block.Length;
            var buffer = new byte[(int)Math.Min(left, 81920)];
            while (left > 0)
            {
                var read = await existing.Stream.ReadAsync(buffer.AsMemory(0, (int)Math.Min(left, buffer.Length)), cancellationToken).ConfigureAwait(false);
                if (read == 0)
                    throw new InvalidDataException($"The blob {name} is shorter than its blocks.");
                await target.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
                left -= read;
            }

            return;
        }

        await using var staged = store.Blocks.Open(container, name, Id(block.Id)) ?? throw BlobErrors.InvalidBlockList();
        if (staged.Length != block.Length)
            throw BlobErrors.InvalidBlockList();
        await staged.CopyToAsync(target, cancellationToken).ConfigureAwait(false);
    }

    private static List<(BlockSource Source, string Id)> ReadList(ReadOnlyMemory<byte> body)
    {
        var list = new List<(BlockSource, string)>();
        try
        {
            using var reader = XmlReader.Create(
                new StringReader(Encoding.UTF8.GetString(body.Span).TrimStart('\uFEFF')),
                new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, IgnoreWhitespace = true, IgnoreComments = true });
            reader.ReadStartElement("BlockList");
            while (reader.NodeType == XmlNodeType.Element)
            {
                if (!Enum.TryParse<BlockSource>(reader.Name, out var source))
                    throw InvalidXml();
                if (list.Count == BlobLimits.MaxBlocks)
                    throw new StorageError(400, "BlockListTooLong", "The block list may not contain more than 50,000 blocks.");
                list.Add((source, reader.ReadElementContentAsString().Trim()));
            }
        }
        catch (XmlException)
        {
            throw InvalidXml();
        }

        return list;

        static StorageError InvalidXml() => new(400, "InvalidXmlDocument", "XML specified is not syntactically valid.");
    }

    private static byte[] Id(string encoded)
    {
        var id = new byte[encoded.Length];
        return Convert.TryFromBase64String(encoded, id, out var length) && length is > 0 and <= BlobLimits.MaxBlockIdBytes
            ? id[..length]
            : throw StorageError.InvalidParameter("blockid");
    }

    private sealed record FoundBlock(string Id, long Length, long? CommittedAt);
}
