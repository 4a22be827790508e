using System.Globalization;
using Jobs.Local.Storage.Protocol;

namespace Jobs.Local.Storage.Blobs;

/// <summary>A refusal as the Blob service writes it: the code in a header, and an XML document unless the request was a HEAD.</summary>
internal static class BlobErrorResponse
{
    /// <summary>The answer.</summary>
    public static StorageResponse Of(StorageError refusal, string method)
    {
        var response = new StorageResponse(refusal.Status).With("x-ms-error-code", refusal.Code);
        return method == "HEAD" || refusal.Status == 304 ? response : response.WithBody(BlobXml.Write("Error", xml =>
        {
            xml.WriteElementString("Code", refusal.Code);
            xml.WriteElementString("Message", string.Create(CultureInfo.InvariantCulture, $"{refusal.Message}\nTime:{DateTime.UtcNow:O}"));
        }), ServiceXml.ContentType);
    }
}
