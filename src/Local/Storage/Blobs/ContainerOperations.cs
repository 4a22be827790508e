using System.Globalization;
using System.Text;
using System.Xml;
using Jobs.Local.Storage.Protocol;

namespace Jobs.Local.Storage.Blobs;

/// <summary>Operations on the service and on containers, the listings among them.</summary>
internal sealed class ContainerOperations(DiskBlobStore store)
{
    /// <summary>An operation on the service.</summary>
    public StorageResponse OfService(StorageRequest request) => (request.Method, request.Query["restype"], request.Query["comp"]) switch
    {
        ("GET", null, "list") => ListContainers(request),
        ("GET", "service", "properties") => Xml(ServiceXml.DefaultProperties),
        ("GET" or "HEAD", "account", "properties") => new StorageResponse(200).With("x-ms-sku-name", "Standard_LRS").With("x-ms-account-kind", "StorageV2").With("x-ms-is-hns-enabled", "false"),
        ("PUT", "service", "properties") => throw StorageError.NotImplemented("setting the service's properties"),
        ("POST", null, "batch") => throw StorageError.NotImplemented("batches of blob operations"),
        _ => throw StorageError.InvalidParameter("comp"),
    };

    /// <summary>An operation on a container.</summary>
    public StorageResponse OfContainer(StorageRequest request, string name, CancellationToken cancellationToken)
    {
        if (request.Query["restype"] != "container")
            throw StorageError.InvalidParameter("restype");
        switch (request.Method, request.Query["comp"])
        {
            case ("PUT", null):
                return Written(201, store.Containers.Create(name, BlobLimits.Metadata(request)));
            case ("DELETE", null):
                CheckConditions(request, name);
                store.Containers.Delete(name);
                store.Blocks.ClearContainer(name);
                return new StorageResponse(202);
            case ("GET" or "HEAD", null or "metadata"):
                var container = CheckConditions(request, name);
                var response = Written(200, container).With("x-ms-lease-status", "unlocked").With("x-ms-lease-state", "available")
                    .With("x-ms-has-immutability-policy", "false").With("x-ms-has-legal-hold", "false");
                foreach (var (key, value) in container.Metadata ?? [])
                    response.With($"x-ms-meta-{key}", value);
                return response;
            case ("PUT", "metadata"):
                CheckConditions(request, name);
                return Written(200, store.Containers.SetMetadata(name, BlobLimits.Metadata(request)));
            case ("GET" or "HEAD", "acl"):
                return Written(200, store.Containers.Get(name)).WithBody(Encoding.UTF8.GetBytes(ServiceXml.NoAccessPolicies), ServiceXml.ContentType);
            case ("GET", "list"):
                return ListBlobs(request, name, cancellationToken);
            case (_, null):
                throw StorageError.MethodNotAllowed();
            case (_, { } component):
                throw StorageError.NotImplemented($"comp={component} of a container");
        }
    }

    private StoredContainer CheckConditions(StorageRequest request, string name)
    {
        var container = store.Containers.Get(name);
        BlobConditions.Of(request).CheckRead(StoredBlob.ETagOf(container.Ticks), new DateTime(container.Ticks, DateTimeKind.Utc));
        return container;
    }

    private StorageResponse ListContainers(StorageRequest request)
    {
        var (prefix, take, from) = (request.Query["prefix"] ?? "", Take(request), Marker(request));
        var names = store.Containers.List(prefix).Where(name => string.CompareOrdinal(name, from) >= 0).Take(take + 1).ToList();
        var withMetadata = Includes(request, "metadata");
        return Page(request, container: null, names.Count > take ? names[take] : null, xml =>
        {
            xml.WriteStartElement("Containers");
            foreach (var name in names.Take(take))
            {
                var container = store.Containers.Get(name);
                xml.WriteStartElement("Container");
                xml.WriteElementString("Name", name);
                xml.WriteStartElement("Properties");
                xml.WriteElementString("Last-Modified", Http(container.Ticks));
                xml.WriteElementString("Etag", StoredBlob.ETagOf(container.Ticks));
                xml.WriteElementString("LeaseStatus", "unlocked");
                xml.WriteElementString("LeaseState", "available");
                xml.WriteEndElement();
                if (withMetadata)
                    WriteMetadata(xml, container.Metadata);
                xml.WriteEndElement();
            }

            xml.WriteEndElement();
        });
    }

    private StorageResponse ListBlobs(StorageRequest request, string container, CancellationToken cancellationToken)
    {
        var (prefix, delimiter, take, from) = (request.Query["prefix"] ?? "", request.Query["delimiter"], Take(request), Marker(request));
        var withMetadata = Includes(request, "metadata");
        var entries = new List<(string Name, bool IsPrefix)>();
        string? next = null;
        foreach (var name in store.List(container, prefix, cancellationToken))
        {
            var end = string.IsNullOrEmpty(delimiter) ? -1 : name.IndexOf(delimiter, prefix.Length, StringComparison.Ordinal);
            var entry = end < 0 ? (Name: name, IsPrefix: false) : (Name: name[..(end + delimiter!.Length)], IsPrefix: true);
            if (string.CompareOrdinal(entry.Name, from) < 0 || (entries.Count > 0 && entries[^1] == entry))
                continue;
            if (entries.Count == take)
            {
                next = entry.Name;
                break;
            }

            entries.Add(entry);
        }

        return Page(request, container, next, xml =>
        {
            xml.WriteStartElement("Blobs");
            foreach (var (name, isPrefix) in entries)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (isPrefix)
                {
                    xml.WriteStartElement("BlobPrefix");
                    BlobXml.WriteName(xml, name);
                    xml.WriteEndElement();
                }
                else if (store.Find(container, name) is var (blob, length))
                {
                    WriteBlob(xml, blob, length, withMetadata);
                }
            }

            xml.WriteEndElement();
        });
    }

    private static void WriteBlob(XmlWriter xml, StoredBlob blob, long length, bool withMetadata)
    {
        xml.WriteStartElement("Blob");
        BlobXml.WriteName(xml, blob.Name);
        xml.WriteStartElement("Properties");
        xml.WriteElementString("Creation-Time", Http(blob.CreatedTicks ?? blob.Ticks));
        xml.WriteElementString("Last-Modified", Http(blob.Ticks));
        xml.WriteElementString("Etag", blob.ETag.Trim('"'));
        xml.WriteElementString("Content-Length", length.ToString(CultureInfo.InvariantCulture));
        xml.WriteElementString("Content-Type", blob.ContentType);
        BlobXml.WriteOptional(xml, "Content-Encoding", blob.ContentEncoding);
        BlobXml.WriteOptional(xml, "Content-Language", blob.ContentLanguage);
        BlobXml.WriteOptional(xml, "Content-Disposition", blob.ContentDisposition);
        BlobXml.WriteOptional(xml, "Cache-Control", blob.CacheControl);
        BlobXml.WriteOptional(xml, "Content-MD5", blob.ContentMd5);
        xml.WriteElementString("BlobType", "BlockBlob");
        xml.WriteElementString("LeaseStatus", "unlocked");
        xml.WriteElementString("LeaseState", "available");
        xml.WriteElementString("ServerEncrypted", "false");
        xml.WriteEndElement();
        if (withMetadata)
            WriteMetadata(xml, blob.Metadata);
        xml.WriteEndElement();
    }

    private static void WriteMetadata(XmlWriter xml, Dictionary<string, string>? metadata)
    {
        xml.WriteStartElement("Metadata");
        foreach (var (name, value) in metadata ?? [])
            xml.WriteElementString(name, value);
        xml.WriteEndElement();
    }

    private static StorageResponse Page(StorageRequest request, string? container, string? next, Action<XmlWriter> content) =>
        new StorageResponse(200).WithBody(BlobXml.Write("EnumerationResults", xml =>
        {
            xml.WriteAttributeString("ServiceEndpoint", $"{request.Origin}/{EmulatorAccount.Name}/");
            if (container is not null)
                xml.WriteAttributeString("ContainerName", container);
            BlobXml.WriteOptional(xml, "Prefix", request.Query["prefix"]);
            BlobXml.WriteOptional(xml, "Marker", request.Query["marker"]);
            BlobXml.WriteOptional(xml, "MaxResults", request.Query["maxresults"]);
            BlobXml.WriteOptional(xml, "Delimiter", request.Query["delimiter"]);
            content(xml);
            xml.WriteElementString("NextMarker", next is null ? "" : ContinuationToken.Write(next));
        }), ServiceXml.ContentType);

    private static StorageResponse Written(int status, StoredContainer container) =>
        new StorageResponse(status).With("ETag", StoredBlob.ETagOf(container.Ticks)).With("Last-Modified", Http(container.Ticks));

    private static StorageResponse Xml(string text) => new StorageResponse(200).WithBody(Encoding.UTF8.GetBytes(text), ServiceXml.ContentType);

    private static bool Includes(StorageRequest request, string what) => request.Query["include"]?.Split(',').Contains(what, StringComparer.OrdinalIgnoreCase) == true;

    private static string? Marker(StorageRequest request) => request.Query["marker"] is { Length: > 0 } marker ? ContinuationToken.Read(marker) : null;

    private static int Take(StorageRequest request) => request.Query["maxresults"] is not { } text ? BlobLimits.MaxPage
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var take) && take >= 1 ? Math.Min(take, BlobLimits.MaxPage)
        : throw new StorageError(400, "OutOfRangeQueryParameterValue", "One of the query parameters specified in the request URI is outside the permissible range: maxresults.");

    private static string Http(long ticks) => new DateTime(ticks, DateTimeKind.Utc).ToString("R", CultureInfo.InvariantCulture);
}
