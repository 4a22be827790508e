namespace Jobs.Local.Storage.Protocol;

/// <summary>A refusal, with the status, the code and the message of the service.</summary>
internal sealed class StorageError(int status, string code, string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>The HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>The service's word for it, also in the header <c>x-ms-error-code</c>.</summary>
    public string Code { get; } = code;

    /// <summary>A value that a header or a parameter must not have.</summary>
    public static StorageError InvalidInput(string message) => new(400, "InvalidInput", message);

    /// <summary>More than a request may carry.</summary>
    public static StorageError RequestBodyTooLarge(long maxBytes) =>
        new(413, "RequestBodyTooLarge", $"The request body is too large and exceeds the maximum permissible limit of {maxBytes} bytes.");

    /// <summary>The disk is full, does not answer, or too much waits for it: the same request may succeed later.</summary>
    public static StorageError ServerBusy(string message, Exception? cause = null) => new(503, "ServerBusy", message, cause);

    /// <summary>What was asked exists in Azure and not here.</summary>
    public static StorageError NotImplemented(string what) => new(501, "NotImplemented", $"The embedded storage does not implement {what}.");

    /// <summary>The method is not one of the resource's.</summary>
    public static StorageError MethodNotAllowed() => new(405, "UnsupportedHttpVerb", "The resource doesn't support specified Http Verb.");

    /// <summary>A header that the operation needs was not sent.</summary>
    public static StorageError MissingHeader(string name) => new(400, "MissingRequiredHeader", $"An HTTP header that's mandatory for this request is not specified: {name}.");

    /// <summary>A header's value is not valid.</summary>
    public static StorageError InvalidHeader(string name) => new(400, "InvalidHeaderValue", $"The value for one of the HTTP headers is not in the correct format: {name}.");

    /// <summary>A query parameter's value is not valid.</summary>
    public static StorageError InvalidParameter(string name) =>
        new(400, "InvalidQueryParameterValue", $"Value for one of the query parameters specified in the request URI is invalid: {name}.");
}
