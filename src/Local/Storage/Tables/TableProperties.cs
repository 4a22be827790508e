using System.Text;
using Jobs.Local.Storage.Protocol;

namespace Jobs.Local.Storage.Tables;

/// <summary>What tools ask before they show anything: the service's properties and a table's access policies. Both are as in a new account, and cannot be changed.</summary>
internal static class TableProperties
{
    /// <summary>An operation on the service itself.</summary>
    public static StorageResponse OfService(StorageRequest request) => (request.Query["restype"], request.Query["comp"], request.Method) switch
    {
        ("service", "properties", "GET") => Xml(ServiceXml.DefaultProperties),
        ("service", "properties", "PUT") => throw StorageError.NotImplemented("setting the service's properties"),
        _ => throw StorageError.InvalidParameter("comp"),
    };

    /// <summary>An operation on a table other than reading and writing its entities.</summary>
    public static StorageResponse OfTable(StorageRequest request, string component, bool exists) => (component, request.Method) switch
    {
        ("acl", "GET") => exists ? Xml(ServiceXml.NoAccessPolicies) : throw TableErrors.TableNotFound(),
        ("acl", "PUT") => throw StorageError.NotImplemented("stored access policies"),
        _ => throw StorageError.InvalidParameter("comp"),
    };

    private static StorageResponse Xml(string text) => new StorageResponse(200).WithBody(Encoding.UTF8.GetBytes(text), ServiceXml.ContentType);
}
